"""What is to be sent after a request was answered: kept, in order, until a kill cannot undo it.

An entry stands in a table of the state file from the transaction that caused it until it has been
sent and what received it keeps it. One that a kill came between is sent twice rather than never.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Generic, TypeVar

from emulator.customer_profiles.database import Database
from emulator.http import ServiceError

log = logging.getLogger("emulator.customer_profiles")

ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 0.2
_CLOSE_SECONDS: Final = 5.0
_SERVER_FAULT: Final = 500
_MOST_UNSETTLED: Final = 100
"""How many entries may be sent before the first of them leaves the state file."""

Entry = TypeVar("Entry")


class Outbox(Generic[Entry]):
    """Sends entries one after the other."""

    def __init__(
        self,
        database: Database,
        table: str,
        columns: tuple[str, ...],
        name: Callable[[Entry], str],
        send: Callable[[Entry], Awaitable[None]],
        keep: Callable[[], Awaitable[None]],
    ) -> None:
        """table: has `id` and these columns. name: of an entry, for the log, without its content.
        send: raises ServiceError for what was refused. keep: returns when a kill can no longer
        undo what was sent.
        """
        self._database = database
        self._table = table
        self._columns = columns
        self._name = name
        self._send = send
        self._keep = keep
        self._waiting: asyncio.Queue[tuple[int, Entry]] = asyncio.Queue()
        self._unsettled: list[int] = []
        self._sender: asyncio.Task[None] | None = None

    def write(self, row: tuple[Any, ...]) -> int:
        """Write an entry down, in the caller's transaction; the number to `put` it under."""
        places = ",".join("?" * len(self._columns))
        cursor = self._database.execute(
            f"INSERT INTO {self._table} ({','.join(self._columns)}) VALUES ({places})",  # noqa: S608
            row,
        )
        assert cursor.lastrowid is not None  # noqa: S101 - it was just inserted
        return cursor.lastrowid

    def written(self) -> Iterable[tuple[Any, ...]]:
        """(number, columns...) of what a process that was killed had not sent, in order."""
        query = f"SELECT id,{','.join(self._columns)} FROM {self._table} ORDER BY id"  # noqa: S608
        return self._database.execute(query).fetchall()

    def put(self, number: int, entry: Entry) -> None:
        """Send it soon. Call on the event loop."""
        self._waiting.put_nowait((number, entry))
        if self._sender is None:
            self._sender = asyncio.ensure_future(self._send_all())

    async def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        if self._sender is not None:
            try:
                await asyncio.wait_for(self._waiting.join(), _CLOSE_SECONDS)
            except TimeoutError:
                log.warning("%d %s were not sent", self._waiting.qsize(), self._table)
            self._sender.cancel()

    async def _send_all(self) -> None:
        while True:
            number, entry = await self._waiting.get()
            try:
                await self._try(entry)
            except Exception as error:  # noqa: BLE001 - one entry must not stop the others
                # The type alone: a text could carry a customer's data.
                log.warning("%s failed: %s", self._name(entry), type(error).__name__)
            self._unsettled.append(number)
            try:
                if self._waiting.empty() or len(self._unsettled) >= _MOST_UNSETTLED:
                    await self._settle()
            finally:
                self._waiting.task_done()

    async def _try(self, entry: Entry) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._send(entry)
            except ServiceError as error:
                # What is refused now is refused again; the others wait behind this entry.
                if attempt == ATTEMPTS or error.status < _SERVER_FAULT:
                    log.warning("%s refused: %s", self._name(entry), error.code)
                    return
                await asyncio.sleep(_PAUSE_SECONDS * attempt)
            else:
                return

    async def _settle(self) -> None:
        """Remove the entries that have been sent, or given up, once what they went to is kept."""
        await self._keep()
        try:
            self._database.connection.executemany(
                f"DELETE FROM {self._table} WHERE id=?",  # noqa: S608 - our name
                [(number,) for number in self._unsettled],
            )
        except sqlite3.OperationalError as error:
            log.warning("%s stay in the state file and are sent again: %s", self._table, error)
        self._unsettled.clear()
