"""The SQLite database of the local Customer Profiles: its tables, its version, its transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from emulator.errors import StateError

APPLICATION_ID: Final = 0x43504C31
"""Marks the file as ours, so that no other SQLite file is ever written to."""

VERSION: Final = 1

_BUSY_SECONDS: Final = 2
"""How long to wait for the emulator that used the file before and is about to end."""

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

DOMAIN_TABLES: Final = ("types", "profiles", "keys", "objects", "standard_objects", "standard_keys")
"""Tables whose rows belong to a domain and go with it."""


class Database:
    """One connection, used from one thread. file: None keeps everything in memory."""

    def __init__(self, file: Path | None) -> None:
        self._name = ":memory:" if file is None else str(file)
        try:
            self.connection = sqlite3.connect(
                self._name, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=256
            )
            self.execute = self.connection.execute
            self._open()
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
        if version > VERSION:
            raise StateError(
                f"{self._name} has format {version}, this release reads up to {VERSION}; "
                "use the newer release, or name another file"
            )
        self.connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-200000;"
        )
        if not tables:
            self.connection.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id={APPLICATION_ID};"
                f" PRAGMA user_version={VERSION}; COMMIT;"
            )
        # A file that may only be read is opened, too, and refuses the first write.
        with self.transaction():
            self.execute(f"PRAGMA user_version={VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception undoes every write in the block."""
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

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
