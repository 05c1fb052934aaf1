"""A session and the one thread that uses it, so that no statement holds up the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

from emulator.http import ServiceError
from emulator.rds_data.databases import Database, DatabaseError, Session, UnreachableError
from emulator.rds_data.errors import (
    DATABASE_ERROR,
    DATABASE_NOT_FOUND,
    STATEMENT_TIMEOUT,
    data_api_error,
)

AGAIN_SECONDS: Final = 0.1
"""Between two attempts to end what runs."""

_T = TypeVar("_T")


class SessionThread:
    """Runs one piece of work after another in a session, which the first one opens.

    cluster: its ARN. name: of the database, "" for the default.
    """

    def __init__(self, database: Database, cluster: str, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, "rds-data")
        self._open = partial(database.open, cluster, name)
        self._session: Session | None = None
        self._closed: Future[None] | None = None

    async def run(
        self, work: Callable[[Session], _T], seconds: float, *, go_on_after: bool = False
    ) -> _T:
        """What the work returns. Work that takes longer is ended, or goes on unheard.

        Raises: ServiceError, for a timeout and for whatever the database says.
        """
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._executor, self._use, work)
        running.add_done_callback(_hear)
        done, _ = await asyncio.wait({running}, timeout=seconds)
        if done:
            return _outcome(running)
        timeout = data_api_error(STATEMENT_TIMEOUT, "Request timed out")
        if go_on_after:
            raise timeout
        while not running.done():
            # More than once: what is still connecting begins its statement later.
            await self.interrupt()
            await asyncio.wait({running}, timeout=AGAIN_SECONDS)
        if running.exception() is not None:
            raise timeout
        return running.result()

    async def interrupt(self) -> None:
        """End the work that runs; what it was doing is undone."""
        if self._session is not None:
            await asyncio.to_thread(self._session.interrupt)

    def close(self) -> Future[None]:
        """Undo what is open and disconnect, after the work that still runs."""
        if self._closed is None:
            self._closed = self._executor.submit(self._close)
            self._executor.shutdown(wait=False)
        return self._closed

    def _use(self, work: Callable[[Session], _T]) -> _T:
        if self._session is None:
            self._session = self._open()
        return work(self._session)

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()


def _outcome(done: "asyncio.Future[_T]") -> _T:
    try:
        return done.result()
    except DatabaseError as error:
        raise database_error(str(error)) from None
    except UnreachableError as error:
        raise data_api_error(DATABASE_NOT_FOUND, str(error)) from None


def _hear(done: "asyncio.Future[Any]") -> None:
    """What becomes of work that nobody waits for any more is no error of ours."""
    if not done.cancelled():
        done.exception()


def database_error(text: str) -> ServiceError:
    """What the database says."""
    return data_api_error(DATABASE_ERROR, text)
