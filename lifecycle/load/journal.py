"""What a domain has taken so far, so that a run goes on where one was killed, and a second run
sends only what has changed.

For each UNIQUE key and occurrence of it in the input, the hash of the row that was acknowledged
last; no value of a row. An acknowledgement is written before the next ones are waited for: what a
kill comes between is sent once more, which changes nothing.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from lifecycle.errors import CouldNotRunError
from lifecycle.load.staging import Staged

_FORMAT: Final = 1
_APPLICATION: Final = 0x4C4F4144


class Journal:
    """One file for one object type of one domain.

    Raises: CouldNotRunError for a file of another domain, another program or a newer format, and
    for one that cannot be written.
    """

    def __init__(self, path: Path, place: str) -> None:
        """place: which domain and object type, in words."""
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=2)
            self._open(place)
        except sqlite3.Error as error:
            raise self._problem(error) from None

    def _open(self, place: str) -> None:
        execute = self._connection.execute
        (application,) = execute("PRAGMA application_id").fetchone()
        (tables,) = execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != _APPLICATION:
            raise CouldNotRunError(f"{self._path} belongs to another program; name another journal")
        (version,) = execute("PRAGMA user_version").fetchone()
        if version > _FORMAT:
            raise CouldNotRunError(f"{self._path} is of a newer release; name another journal")
        # One run at a time, and what is committed outlives the process.
        self._connection.executescript(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        )
        if not tables:
            self._connection.executescript(
                f"BEGIN; PRAGMA application_id={_APPLICATION}; PRAGMA user_version={_FORMAT};"
                "CREATE TABLE place (name TEXT NOT NULL);"
                "CREATE TABLE sent (key BLOB NOT NULL, occurrence INTEGER NOT NULL,"
                " content BLOB NOT NULL, PRIMARY KEY (key, occurrence)) WITHOUT ROWID; COMMIT;"
            )
            execute("INSERT INTO place VALUES (?)", (place,))
        (known,) = execute("SELECT name FROM place").fetchone()
        if known != place:
            text = f"{self._path} is the journal of {known}, not of {place}; name another journal"
            raise CouldNotRunError(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def has(self, row: Staged) -> bool:
        """Whether this very row was taken last in its place."""
        found = self._connection.execute(
            "SELECT content FROM sent WHERE key=? AND occurrence=?", (row.unique, row.occurrence)
        ).fetchone()
        return found is not None and found[0] == row.content

    def add(self, rows: Iterable[Staged]) -> None:
        """Take down rows that were acknowledged. Raises: CouldNotRunError on a full disk."""
        try:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "INSERT OR REPLACE INTO sent VALUES (?,?,?)",
                [(row.unique, row.occurrence, row.content) for row in rows],
            )
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._problem(error) from None

    def _problem(self, error: sqlite3.Error) -> CouldNotRunError:
        busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        reason = "another run is using it" if busy else str(error)
        text = f"{self._path} cannot be used as journal: {reason}"
        return CouldNotRunError(f"{text}; what was sent so far is in the domain")
