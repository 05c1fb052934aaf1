"""Any PostgreSQL on this machine as the database of every cluster.

Statements go through libpq as they are, with typed parameters and values as text: what the driver
of the service does, and no more. A session outside a transaction is one connection for one
statement, so that nothing is left of it.
"""

import re
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, NoReturn

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from emulator.rds_data import statements
from emulator.rds_data.databases import (
    MAX_RESULT_BYTES,
    DatabaseError,
    Result,
    Row,
    UnreachableError,
)
from emulator.rds_data.errors import too_large_result, too_many_statements
from emulator.rds_data.parameters import Parameter
from emulator.rds_data.postgresql.column_types import PostgreSqlType, bound
from emulator.rds_data.postgresql.columns import Columns
from emulator.rds_data.postgresql.dsn import connection_settings
from emulator.rds_data.statements import Dialect, Statement

_CONNECT_SECONDS: Final = 5
_CANCEL_SECONDS: Final = 5.0
_CHUNK_ROWS: Final = 500

_SETTINGS: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""Of every session, so that values are read as they are written."""

_FATAL: Final = re.compile(r"FATAL: +(.+)")
_ROWS: Final = {ExecStatus.TUPLES_CHUNK, ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_OK}
_COPIES: Final = {ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH}
_MULTIPLE: Final = ("42601", "exec_parse_message")
"""State and place in PostgreSQL's source of the one complaint about several statements."""

_TOLD: Final = {
    "Detail": DiagnosticField.MESSAGE_DETAIL,
    "Hint": DiagnosticField.MESSAGE_HINT,
    "Position": DiagnosticField.STATEMENT_POSITION,
    "Where": DiagnosticField.CONTEXT,
}
"""What the service's driver tells below the message, in this order."""


class PostgreSql:
    """A server. dsn: a URI whose database is the one of requests that name none.

    Raises: DsnError.
    """

    def __init__(self, dsn: str) -> None:
        settings = connection_settings(dsn)
        options = [f"-c {name}={value}" for name, value in _SETTINGS.items()]
        given = settings.pop("options", "")
        self._settings = settings | {
            "options": " ".join([given, *options]).strip(),
            "client_encoding": "utf8",
            "connect_timeout": str(_CONNECT_SECONDS),
        }

    @property
    def dialect(self) -> Dialect:
        return statements.POSTGRESQL

    def open(self, cluster: str, name: str) -> "PostgreSqlSession":  # noqa: ARG002 - one for all
        settings = self._settings | ({"dbname": name} if name else {})
        try:
            return PostgreSqlSession(psycopg.connect(make_conninfo(**settings), autocommit=True))
        except psycopg.OperationalError as error:
            if (refused := _FATAL.search(str(error))) is not None:
                raise DatabaseError(f"FATAL: {refused[1]}") from None
            where = f"{settings['hostaddr']}:{settings.get('port', '5432')}"
            raise UnreachableError(f"No PostgreSQL answers at {where}.") from None

    def close(self) -> None:
        """Nothing is kept here."""


class PostgreSqlSession:
    """A connection that commits each statement, unless a transaction was begun."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection
        self._pgconn: PGconn = connection.pgconn
        self._columns = Columns(self._lookup)

    def execute(
        self, statement: Statement, parameters: Sequence[Parameter], *, describe: bool = False
    ) -> Result:
        sent = [bound(parameter) for parameter in parameters]
        self._send(statement.text, sent)
        rows, last = self._collect()
        if last is None:
            return Result()
        if last.status == ExecStatus.COMMAND_OK:
            return Result(updated=last.command_tuples or 0)
        types = self._columns.types(last)
        columns = self._columns.described(last) if describe else self._columns.named(last)
        return Result(columns, [_cells(types, row) for row in rows])

    def begin(self) -> None:
        self._run("BEGIN")

    def commit(self) -> None:
        if self._pgconn.transaction_status == TransactionStatus.INERROR:
            # COMMIT would undo everything and call it a success.
            self._run("SELECT 1")
        self._run("COMMIT")

    def rollback(self) -> None:
        with suppress(DatabaseError):
            self._run("ROLLBACK")

    def is_in_transaction(self) -> bool:
        return self._pgconn.transaction_status in {
            TransactionStatus.INTRANS,
            TransactionStatus.INERROR,
        }

    def interrupt(self) -> None:
        # Closed already: nothing runs.
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=_CANCEL_SECONDS)

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str) -> None:
        self.execute(Statement(sql, ()), ())

    def _lookup(self, sql: str, *values: bytes) -> list[list[bytes]]:
        """Rows of the system's catalogues."""
        self._send(sql, [(0, 0, value) for value in values])
        rows, _ = self._collect()
        return [[value or b"" for value in row] for row in rows]

    def _send(self, sql: str, sent: list[tuple[int, int, bytes | None]]) -> None:
        with _reported():
            self._pgconn.send_query_params(
                sql.encode(),
                [value for _, _, value in sent],
                param_types=[kind for kind, _, _ in sent],
                param_formats=[form for _, form, _ in sent],
            )
            self._pgconn.set_chunked_rows_mode(_CHUNK_ROWS)

    def _collect(self) -> tuple[list[list[bytes | None]], PGresult | None]:
        """Rows, and the result that says what they are; None when there was no statement.

        Raises: DatabaseError, ServiceError; the connection is ready for the next statement then.
        """
        rows: list[list[bytes | None]] = []
        size = 0
        last = refusal = None
        with _reported():
            for result in self._results():
                if result.status in _COPIES:
                    # It stays in this state until the client copies; there is no other way out.
                    self._connection.close()
                    raise DatabaseError("COPY from or to the client is not supported.")
                if result.status == ExecStatus.FATAL_ERROR:
                    refusal = refusal or result
                elif result.status in _ROWS:
                    last = result
                    if size <= MAX_RESULT_BYTES:
                        size += _read(result, rows)
                        if size > MAX_RESULT_BYTES:
                            self.interrupt()
                elif result.status == ExecStatus.COMMAND_OK:
                    last = result
        if size > MAX_RESULT_BYTES:
            raise too_large_result()
        if refusal is not None:
            _refuse(refusal)
        return rows, last

    def _results(self) -> Iterator[PGresult]:
        """Each result as it comes; waiting leaves the other threads alone."""
        poll = select.poll()
        poll.register(self._pgconn.socket, select.POLLIN | select.POLLOUT)
        while self._pgconn.flush():
            if any(events & select.POLLIN for _, events in poll.poll()):
                self._pgconn.consume_input()
        poll.modify(self._pgconn.socket, select.POLLIN)
        while True:
            while self._pgconn.is_busy():
                poll.poll()
                self._pgconn.consume_input()
            result = self._pgconn.get_result()
            if result is None:
                return
            yield result


def _cells(types: list[PostgreSqlType], row: list[bytes | None]) -> Row:
    """The row's values. Raises: DatabaseError, ServiceError."""
    try:
        return [
            None if value is None else kind.read(value.decode())
            for kind, value in zip(types, row, strict=True)
        ]
    except ValueError:
        text = "A value comes in a form that only this transaction was set to."
        raise DatabaseError(text) from None


def _read(result: PGresult, rows: list[list[bytes | None]]) -> int:
    """Append the result's rows; how many bytes the service counts for them."""
    size = 0
    for at in range(result.ntuples):
        row = [result.get_value(at, column) for column in range(result.nfields)]
        size += 2 + 4 * len(row) + sum(len(value) for value in row if value is not None)
        rows.append(row)
    return size


def _refuse(result: PGresult) -> NoReturn:
    """Raise what PostgreSQL says, as the service's driver puts it together."""

    def told(field: DiagnosticField) -> str:
        return (result.error_field(field) or b"").decode()

    state = told(DiagnosticField.SQLSTATE)
    if (state, told(DiagnosticField.SOURCE_FUNCTION)) == _MULTIPLE:
        raise too_many_statements()
    severity = told(DiagnosticField.SEVERITY_NONLOCALIZED)
    lines = [f"{severity}: {told(DiagnosticField.MESSAGE_PRIMARY)}"]
    lines += [f"  {name}: {told(field)}" for name, field in _TOLD.items() if told(field)]
    raise DatabaseError("\n".join(lines) + f"; SQLState: {state}")


@contextmanager
def _reported() -> Iterator[None]:
    """A connection that broke, in libpq's words."""
    try:
        yield
    except psycopg.Error as error:
        raise DatabaseError(str(error).strip()) from None
