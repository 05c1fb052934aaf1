"""Transactions that callers began and have not ended: each a session of its own."""

import asyncio
from base64 import b64encode
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any, Final

from emulator.http import ServiceError
from emulator.rds_data.errors import (
    BAD_REQUEST,
    TRANSACTION_NOT_FOUND,
    data_api_error,
)
from emulator.rds_data.sessions import SessionThread, database_error

_ID_BYTES: Final = 138
_REMEMBERED: Final = 1_000

_ENDED: Final = "One previous call resulted in a termination of your transaction."
_EXPIRED: Final = "Transaction may be expired."


@dataclass(slots=True)
class _Open:
    session: SessionThread
    cluster: str
    database: str
    ends: float
    is_busy: bool = False
    expiry: asyncio.TimerHandle | None = None


class Transactions:
    """idle_seconds: until one that no call uses is undone. longest_seconds: for any.

    release: told of each session that is no longer needed.
    """

    def __init__(
        self,
        idle_seconds: float,
        longest_seconds: float,
        release: Callable[[SessionThread], None],
    ) -> None:
        self._idle_seconds = idle_seconds
        self._longest_seconds = longest_seconds
        self._release = release
        self._open: dict[str, _Open] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()

    def add(self, session: SessionThread, cluster: str, database: str) -> str:
        """The id of a transaction that has begun in the session."""
        identifier = b64encode(token_bytes(_ID_BYTES)).decode()
        ends = asyncio.get_running_loop().time() + self._longest_seconds
        self._open[identifier] = _Open(session, cluster, database, ends)
        self._wait_for_use(identifier)
        return identifier

    @asynccontextmanager
    async def used(self, members: dict[str, Any], seconds: float) -> AsyncIterator[SessionThread]:
        """The session of the call's transaction, which no other call can use meanwhile.

        seconds: for the question whether the call has ended the transaction by itself.
        Raises: ServiceError.
        """
        transaction = self._find(members)
        named = members.get("database", "")
        if named and named != transaction.database:
            raise data_api_error(BAD_REQUEST, "Database name is not the same as transaction")
        transaction.is_busy = True
        if transaction.expiry is not None:
            transaction.expiry.cancel()
        try:
            yield transaction.session
        finally:
            transaction.is_busy = False
            identifier = members["transactionId"]
            goes_on = await transaction.session.run(
                lambda session: session.is_in_transaction(), seconds
            )
            if goes_on:
                self._wait_for_use(identifier)
            else:
                self._end(identifier)

    def take(self, members: dict[str, Any]) -> SessionThread:
        """The session of the call's transaction, which ends now. Raises: ServiceError."""
        transaction = self._find(members)
        self._forget(members["transactionId"])
        return transaction.session

    def _find(self, members: dict[str, Any]) -> _Open:
        identifier = members["transactionId"]
        transaction = self._open.get(identifier)
        if transaction is None or transaction.cluster != members["resourceArn"]:
            raise self._not_found(identifier)
        if transaction.is_busy:
            raise database_error("Transaction is still running a query")
        return transaction

    def _not_found(self, identifier: str) -> ServiceError:
        cause = _ENDED if identifier in self._ended else _EXPIRED
        text = f"Transaction {identifier} is not found. {cause}"
        return data_api_error(TRANSACTION_NOT_FOUND, text)

    def _wait_for_use(self, identifier: str) -> None:
        transaction = self._open[identifier]
        loop = asyncio.get_running_loop()
        end = min(loop.time() + self._idle_seconds, transaction.ends)
        transaction.expiry = loop.call_at(end, self._expire, identifier)

    def _expire(self, identifier: str) -> None:
        self._release(self._open.pop(identifier).session)

    def _end(self, identifier: str) -> None:
        self._release(self._forget(identifier).session)

    def _forget(self, identifier: str) -> _Open:
        transaction = self._open.pop(identifier)
        if transaction.expiry is not None:
            transaction.expiry.cancel()
        self._ended[identifier] = None
        if len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)
        return transaction
