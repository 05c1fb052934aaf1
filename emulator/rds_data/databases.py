"""What the service needs of a database: sessions that run one statement at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from emulator.rds_data.parameters import Parameter
from emulator.rds_data.statements import Dialect, Statement

MAX_RESULT_BYTES: Final = 1024 * 1024
"""Of what the database returns: 2 bytes a row, 4 a column of each row, and the values as text."""


class Array(NamedTuple):
    """A list of values of one kind. kind: the member of ArrayValue that holds it."""

    kind: str
    values: list[object]


Cell = None | bool | int | float | Decimal | str | bytes | Array
Row = list[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; what it says beside its name is that of the API's ColumnMetadata.

    type: as JDBC numbers types. nullable: 0 no, 1 yes, 2 unknown.
    """

    name: str
    type_name: str = ""
    type: int = 1111
    nullable: int = 2
    table_name: str = ""
    is_auto_increment: bool = False
    is_signed: bool = False
    is_case_sensitive: bool = True
    precision: int = 0
    scale: int = 0
    array_base_column_type: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement returned: rows of columns, or, where columns is None, a count."""

    columns: list[Column] | None = None
    rows: list[Row] = field(default_factory=list)
    updated: int = 0
    generated: list[int] = field(default_factory=list)


class DsnError(ValueError):
    """The data source name is none, or leads away from this machine."""


class DatabaseError(Exception):
    """What the database says that is wrong; goes to the caller as it is."""


class UnreachableError(Exception):
    """There is no database to ask."""


class Session(Protocol):
    """One connection. All but `interrupt` is called from one thread, the one that opened it."""

    def execute(
        self, statement: Statement, parameters: Sequence[Parameter], *, describe: bool = False
    ) -> Result:
        """Run it. describe: whether columns need more than their names.

        Raises: DatabaseError; ServiceError for what the service refuses.
        """

    def begin(self) -> None:
        """Start a transaction. Raises: DatabaseError."""

    def commit(self) -> None:
        """Keep what was done since it began. Raises: DatabaseError; nothing was kept then."""

    def rollback(self) -> None:
        """Undo what was done since it began."""

    def is_in_transaction(self) -> bool:
        """Whether a transaction that began has not ended."""

    def interrupt(self) -> None:
        """End the statement that runs, from another thread."""

    def close(self) -> None:
        """Undo what is open, and disconnect."""


class Database(Protocol):
    """Where the clusters are."""

    @property
    def dialect(self) -> Dialect:
        """How it writes SQL."""

    def open(self, cluster: str, name: str) -> Session:
        """A session of its own. cluster: its ARN. name: of the database, "" for the default.

        Raises: DatabaseError, UnreachableError.
        """

    def close(self) -> None:
        """Forget what is not kept."""
