"""SQLite as a cluster: one file for each resource ARN, whatever database a request names.

Tables are typed as SQLite types them: a value is what it was stored as. A column declared BOOLEAN
or DECIMAL is read as one; every other value has the kind of its storage class, so that a DATE or
TIMESTAMP column returns the text that was put in. Connections share a file in WAL mode: readers
see what was committed before they began, and a writer waits for the one before it.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from emulator.errors import StateError
from emulator.rds_data import statements
from emulator.rds_data.databases import (
    MAX_RESULT_BYTES,
    Cell,
    Column,
    DatabaseError,
    Result,
    Row,
)
from emulator.rds_data.errors import too_large_result, too_many_statements
from emulator.rds_data.parameters import Parameter, Scalar
from emulator.rds_data.statements import Dialect, Statement

_T = TypeVar("_T")

_LOCK_SECONDS: Final = 0.02
"""How long SQLite itself waits for a lock, which nothing can interrupt, and how long we do then."""

_ERRORS: Final = (sqlite3.Error, sqlite3.Warning)
_FETCHED_ROWS: Final = 1_000
_FORBIDDEN: Final = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})
_INTERNAL: Final = "sqlite_"
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9-]+")

_COLUMNS: Final[dict[type, tuple[str, int, bool]]] = {
    bool: ("BOOLEAN", 16, False),
    int: ("INTEGER", -5, True),
    float: ("REAL", 8, True),
    Decimal: ("DECIMAL", 3, True),
    str: ("TEXT", 12, False),
    bytes: ("BLOB", 2004, False),
}
"""Type name, JDBC's number and whether it is signed, by what a value is read as."""


class SqliteClusters:
    """Files in a folder. folder: None for one that is removed at the end.

    Raises: StateError for a folder that cannot be had.
    """

    def __init__(self, folder: Path | None) -> None:
        self._temporary: TemporaryDirectory[str] | None = None
        if folder is None:
            self._temporary = TemporaryDirectory(prefix="lifecycle-rds-")
            folder = Path(self._temporary.name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"{folder} cannot hold the source databases: {error.strerror}"
            raise StateError(text) from None
        self._folder = folder
        self._opening = threading.Lock()
        self._kept: dict[str, sqlite3.Connection] = {}

    @property
    def dialect(self) -> Dialect:
        return statements.SQLITE

    def open(self, cluster: str, name: str) -> "SqliteSession":  # noqa: ARG002 - one for each ARN
        file = self._folder / _file_name(cluster)
        with _reported():
            with self._opening:
                if cluster not in self._kept:
                    self._kept[cluster] = _opened(file)
            return SqliteSession(file)

    def close(self) -> None:
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()
        if self._temporary is not None:
            self._temporary.cleanup()


class SqliteSession:
    """A connection that commits each statement, unless a transaction was begun."""

    def __init__(self, file: Path) -> None:
        self._inserted: str | None = None
        self._interrupted = False
        self._connection = sqlite3.connect(
            file,
            timeout=_LOCK_SECONDS,
            isolation_level=None,
            detect_types=sqlite3.PARSE_DECLTYPES,
            cached_statements=0,
        )
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.set_authorizer(self._authorize)

    def execute(
        self, statement: Statement, parameters: Sequence[Parameter], *, describe: bool = False
    ) -> Result:
        values = [parameter.value for parameter in parameters]
        with _reported():
            changes = self._connection.total_changes
            cursor = self._execute(statement.text, values)
            try:
                if cursor.description is not None:
                    rows = list(_limited(cursor))
                    return Result(_columns(cursor, rows if describe else []), rows)
                if self._connection.total_changes == changes:
                    return Result()
                (updated,) = self._connection.execute("SELECT changes()").fetchone()
                return Result(updated=updated, generated=self._generated(cursor))
            finally:
                cursor.close()

    def begin(self) -> None:
        with _reported():
            self._execute("BEGIN", [])

    def commit(self) -> None:
        with _reported():
            self._execute("COMMIT", [])

    def rollback(self) -> None:
        # None is open: an interruption has undone it already.
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def is_in_transaction(self) -> bool:
        return self._connection.in_transaction

    def interrupt(self) -> None:
        self._interrupted = True
        # Closed already: nothing runs.
        with suppress(sqlite3.ProgrammingError):
            self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()

    def _execute(self, sql: str, values: list[Scalar]) -> sqlite3.Cursor:
        """Run it, as soon as no other connection writes: until then nothing of it has happened."""
        self._interrupted = False
        self._inserted = None
        while True:
            try:
                return self._connection.execute(sql, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or self._interrupted:
                    raise
                time.sleep(_LOCK_SECONDS)

    def _authorize(
        self, action: int, table: str | None, _1: str | None, _2: str | None, within: str | None
    ) -> int:
        """Files of the user stay out of reach. Notes the table that the statement inserts into."""
        if action == sqlite3.SQLITE_INSERT and table and within is None and not self._inserted:
            self._inserted = None if table.startswith(_INTERNAL) else table
        return sqlite3.SQLITE_DENY if action in _FORBIDDEN else sqlite3.SQLITE_OK

    def _generated(self, cursor: sqlite3.Cursor) -> list[int]:
        """The key of the last row inserted into a table that numbers its rows."""
        if self._inserted is None or not cursor.lastrowid:
            return []
        keys = self._connection.execute(
            "SELECT upper(type) FROM pragma_table_info(?) WHERE pk", (self._inserted,)
        ).fetchall()
        return [cursor.lastrowid] if keys == [("INTEGER",)] else []


def _opened(file: Path) -> sqlite3.Connection:
    """A connection that stays, so that the file is not tidied up after each statement."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


def _limited(cursor: sqlite3.Cursor) -> Iterator[Row]:
    """The rows. Raises: ServiceError once they are more than the service hands out."""
    size = 0
    while rows := cursor.fetchmany(_FETCHED_ROWS):
        for row in rows:
            size += 2 + 4 * len(row) + sum(map(_size, row))
            if size > MAX_RESULT_BYTES:
                raise too_large_result()
            yield list(row)


def _size(cell: Cell) -> int:
    if cell is None:
        return 0
    if isinstance(cell, bytes):
        return len(cell)
    return len(str(cell).encode())


def _columns(cursor: sqlite3.Cursor, rows: list[Row]) -> list[Column]:
    """Each with the type of its first value, because SQLite's columns have none."""
    columns = []
    for at, (name, *_) in enumerate(cursor.description):
        first = next((type(row[at]) for row in rows if row[at] is not None), str)
        type_name, number, signed = _COLUMNS[first]
        columns.append(
            Column(
                name,
                type_name,
                number,
                is_signed=signed,
                is_case_sensitive=first is str,
            )
        )
    return columns


@contextmanager
def _reported() -> Iterator[None]:
    """What SQLite refuses, in its own words."""
    try:
        yield
    except _ERRORS as error:
        if "one statement at a time" in str(error):
            raise too_many_statements() from None
        raise DatabaseError(str(error)) from None


def _file_name(cluster: str) -> str:
    """Tells a person which cluster it is; no two share one."""
    label = _NOT_IN_A_NAME.sub("-", cluster.rpartition(":")[2])[:63]
    return f"{label}-{sha256(cluster.encode()).hexdigest()[:16]}.sqlite3"


def _reader(read: Callable[[bytes], _T]) -> Callable[[bytes], _T | str]:
    def convert(stored: bytes) -> _T | str:
        try:
            return read(stored)
        except (KeyError, ValueError, InvalidOperation):
            return stored.decode(errors="replace")

    return convert


_BOOLEANS: Final = {b"0": False, b"1": True}

for _name in ("BOOLEAN", "BOOL"):
    sqlite3.register_converter(_name, _reader(_BOOLEANS.__getitem__))
for _name in ("DECIMAL", "NUMERIC"):
    sqlite3.register_converter(_name, _reader(lambda stored: Decimal(stored.decode())))
for _name in ("DATE", "TIMESTAMP"):
    # The standard library's own would return Python's dates.
    sqlite3.register_converter(_name, _reader(bytes.decode))
