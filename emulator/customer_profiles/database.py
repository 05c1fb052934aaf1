"""The SQLite database of the local Customer Profiles: its tables, its version, its transactions."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from emulator.customer_profiles.migrations import STEPS, Steps, keep_copy, migrate
from emulator.errors import StateError
from emulator.http import ServiceError

log = logging.getLogger("emulator.state")

APPLICATION_ID: Final = 0x43504C31
"""Marks the file as ours, so that no other SQLite file is ever written to."""

VERSION: Final = len(STEPS) + 1

_BUSY_SECONDS: Final = 2
"""How long to wait for the emulator that used the file before and is about to end."""

_COMPLAINT_SECONDS: Final = 60.0
"""How often the log says that the file cannot be written."""

_UNWRITABLE: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)

_TABLES: Final = """
CREATE TABLE domains (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
  body BLOB NOT NULL, tags BLOB NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
  UNIQUE (account, region, name)
);
CREATE TABLE types (
  domain INTEGER NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, tags BLOB NOT NULL,
  created REAL NOT NULL, updated REAL NOT NULL,
  PRIMARY KEY (domain, name)
);
CREATE TABLE profiles (
  domain INTEGER NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (domain, id)
) WITHOUT ROWID;
CREATE INDEX profiles_in_order ON profiles (domain, sequence);
CREATE TABLE keys (
  domain INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, profile TEXT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (domain, key, value, profile, origin)
) WITHOUT ROWID;
CREATE INDEX keys_of_profile ON keys (domain, profile);
CREATE TABLE objects (
  domain INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL,
  profile TEXT NOT NULL, sequence INTEGER NOT NULL, expires REAL NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (domain, type, value)
);
CREATE INDEX objects_of_profile ON objects (domain, profile, type, sequence);
CREATE INDEX objects_by_key ON objects (domain, type, key);
CREATE INDEX objects_by_expiry ON objects (expires);
CREATE TABLE standard_objects (
  domain INTEGER NOT NULL, root TEXT NOT NULL, id TEXT NOT NULL, profile TEXT NOT NULL,
  type TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (domain, root, id)
);
CREATE INDEX standard_objects_of_profile ON standard_objects (domain, profile, root, sequence);
CREATE TABLE standard_keys (
  domain INTEGER NOT NULL, root TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (domain, root, key, value, id)
) WITHOUT ROWID;
"""

DOMAIN_TABLES: Final = (
    "types",
    "profiles",
    "keys",
    "objects",
    "standard_objects",
    "standard_keys",
    "definitions",
)
"""Tables whose rows belong to a domain and go with it."""


@dataclass(slots=True)
class Totals:
    """How many objects a domain holds, and how many bytes are in them."""

    objects: int
    size: int


class Database:
    """One connection, used from one thread. file: None keeps everything in memory.

    totals: by domain, where they have been counted; whoever writes objects keeps them true. What is
    undone makes them unknown.
    """

    def __init__(self, file: Path | None, steps: Steps = STEPS) -> None:
        self.file = file
        self._name = ":memory:" if file is None else str(file)
        self._steps = steps
        self._transaction = _Transaction(self)
        self._complained = -_COMPLAINT_SECONDS
        self.totals: dict[int, Totals] = {}
        with self._named_errors():
            self.connection = sqlite3.connect(
                self._name, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=256
            )
        self.execute = self.connection.execute
        try:
            with self._named_errors():
                self._open()
        except BaseException:
            self.connection.close()
            raise

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            reason = "another process uses it" if busy else str(error)
            raise StateError(f"{self._name} cannot be used as state file: {reason}") from None

    def _open(self) -> None:
        # What we keep in memory of it would not be true if another process wrote to it, too.
        self.execute("PRAGMA locking_mode=EXCLUSIVE")
        (application,) = self.execute("PRAGMA application_id").fetchone()
        (version,) = self.execute("PRAGMA user_version").fetchone()
        (tables,) = self.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION_ID:
            raise StateError(f"{self._name} belongs to another program; name another file")
        known = len(self._steps) + 1
        if version > known:
            raise StateError(
                f"{self._name} has format {version}, this release reads up to {known}; "
                "use the newer release, or name another file"
            )
        # In WAL mode a commit is in the hands of the operating system, which outlives this
        # process. Only a machine that fails loses the last ones; FULL would wait for the disk.
        self.connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-200000;"
        )
        if not tables:
            self._create()
        elif version < known and self.file is not None:
            copy = keep_copy(self.connection, self.file, version)
            log.warning(
                "%s is brought from format %d to %d; a copy is kept in %s",
                *(self._name, version, known, copy),
            )
        # A file that may only be read is opened, too, and refuses the first write.
        with self.transaction():
            migrate(self.connection, version if tables else 1, self._steps)
        if self.file is None:
            # Nobody else reads it and nothing of it is kept: a commit would only take time, by the
            # number of all pages. What is undone is undone to a savepoint.
            self.execute("BEGIN")
            self._transaction = _Savepoint(self)

    def _create(self) -> None:
        self.connection.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id={APPLICATION_ID};"
            " PRAGMA user_version=1; COMMIT;"
        )

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: an exception undoes every write in the block."""
        return self._transaction

    def refusal(self, error: sqlite3.OperationalError) -> ServiceError:
        """What a write is answered that the file cannot take: it may succeed later.

        Raises: error, if it is anything but a disk that is full or a file that cannot be written.
        """
        if error.sqlite_errorcode & 0xFF not in _UNWRITABLE:
            raise error
        now = time.monotonic()
        if now - self._complained > _COMPLAINT_SECONDS:
            self._complained = now
            log.error("%s cannot be written: %s; reads go on, writes fail", self._name, error)
        text = f"The state file of the local AWS cannot be written: {error}. Reads go on."
        return ServiceError("InternalServerException", text, 500)

    def last_sequence(self) -> int:
        """The highest sequence number given out so far."""
        (last,) = self.execute(
            "SELECT max((SELECT coalesce(max(sequence), 0) FROM profiles),"
            " (SELECT coalesce(max(sequence), 0) FROM objects),"
            " (SELECT coalesce(max(sequence), 0) FROM standard_objects))"
        ).fetchone()
        return int(last)

    def close(self) -> None:
        """Close the connection; nothing is left unwritten."""
        self.connection.close()


class _Transaction:
    """One after the other, never within each other."""

    begin, commit = "BEGIN", "COMMIT"
    undo: tuple[str, ...] = ("ROLLBACK",)

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changes = 0

    def __enter__(self) -> None:
        self._changes = self._database.connection.total_changes
        self._database.execute(self.begin)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._undo()
            return
        try:
            self._database.execute(self.commit)
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        # Most of what fails is refused before anything is written.
        if self._database.connection.total_changes != self._changes:
            self._database.totals.clear()
        # A full disk has ended it already.
        if self._database.connection.in_transaction:
            for statement in self.undo:
                self._database.execute(statement)


class _Savepoint(_Transaction):
    """A part of a transaction that never ends."""

    begin, commit = "SAVEPOINT part", "RELEASE part"
    undo = ("ROLLBACK TO part", "RELEASE part")
