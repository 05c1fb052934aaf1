"""The RDS Data API of the local AWS: requests in, statements run, answers out."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from emulator.http import Request, Response, ServiceError
from emulator.rds_data import wire
from emulator.rds_data.databases import Database, Result, Session
from emulator.rds_data.errors import BAD_REQUEST, VALIDATION, data_api_error
from emulator.rds_data.parameters import Parameter, in_order, read_parameters
from emulator.rds_data.results import generated_fields, shaped
from emulator.rds_data.sessions import AGAIN_SECONDS, SessionThread
from emulator.rds_data.statements import Statement, scan
from emulator.rds_data.transactions import Transactions

_Members = dict[str, Any]

_MAX_SESSIONS: Final = 32
"""At one time outside transactions; PostgreSQL takes a hundred in all, unless told otherwise."""

_CLUSTER: Final = re.compile(r"arn:[^:]+:rds:[^:]+:\d{12}:cluster:[^:]+")
_TEXTS: Final = ("sql", "database")


@dataclass(frozen=True, slots=True)
class Limits:
    """The service's own. Seconds of a statement, between two calls of a transaction, and of it."""

    statement_seconds: float = 45.0
    idle_seconds: float = 180.0
    transaction_seconds: float = 86_400.0


class RdsData:
    """The service. Any secret is taken, and its ARN is not looked at."""

    def __init__(self, database: Database, limits: Limits = Limits()) -> None:
        self._database = database
        self._seconds = limits.statement_seconds
        self._sessions: set[SessionThread] = set()
        self._places = asyncio.Semaphore(_MAX_SESSIONS)
        self._transactions = Transactions(
            limits.idle_seconds, limits.transaction_seconds, self._release
        )
        self._operations: dict[str, Callable[[_Members], Awaitable[_Members]]] = {
            "ExecuteStatement": self._execute,
            "BatchExecuteStatement": self._execute_batch,
            "BeginTransaction": self._begin,
            "CommitTransaction": self._commit,
            "RollbackTransaction": self._rollback,
            "ExecuteSql": self._execute_sql,
        }

    async def handle(self, request: Request) -> Response:
        """Answer one HTTP request; errors are answers of the modelled shape."""
        try:
            operation = wire.operation_of(request)
            members = wire.members_of(operation, request.body)
            return wire.answer(await self._operations[operation](members))
        except ServiceError as error:
            return wire.refusal(error)

    async def close(self) -> None:
        """End what runs, undo what is open, and forget what is not kept."""
        sessions = list(self._sessions)
        open_still = {asyncio.wrap_future(session.close()) for session in sessions}
        while open_still:
            # More than once: work that had not begun yet begins now.
            await asyncio.gather(*(session.interrupt() for session in sessions))
            _, open_still = await asyncio.wait(open_still, timeout=AGAIN_SECONDS)
        self._database.close()

    async def _execute(self, members: _Members) -> _Members:
        _check(members)
        go_on_after = members.get("continueAfterTimeout", False)
        if go_on_after and members.get("transactionId"):
            text = "continueAfterTimeout is not supported in a transaction."
            raise data_api_error(VALIDATION, text)
        statement = scan(members["sql"], self._database.dialect)
        given = in_order(statement.names, read_parameters(members.get("parameters", [])))
        describe = members.get("includeResultMetadata", False)

        def work(session: Session) -> _Members:
            return shaped(session.execute(statement, given, describe=describe), members)

        async with self._session(members) as session:
            return await session.run(work, self._seconds, go_on_after=go_on_after)

    async def _execute_batch(self, members: _Members) -> _Members:
        _check(members)
        statement = scan(members["sql"], self._database.dialect)
        sets = [
            in_order(statement.names, read_parameters(given))
            for given in members.get("parameterSets", [])
        ]
        alone = not members.get("transactionId")
        async with self._session(members) as session:
            results = await session.run(
                lambda session: _run_batch(session, statement, sets, alone=alone), self._seconds
            )
        return {"updateResults": [{"generatedFields": generated_fields(each)} for each in results]}

    async def _begin(self, members: _Members) -> _Members:
        _check(members)
        cluster, name = members["resourceArn"], members.get("database", "")
        session = self._new_session(cluster, name)
        try:
            await session.run(lambda session: session.begin(), self._seconds)
        except BaseException:
            self._release(session)
            raise
        return {"transactionId": self._transactions.add(session, cluster, name)}

    async def _commit(self, members: _Members) -> _Members:
        session = self._transactions.take(members)
        try:
            await session.run(lambda session: session.commit(), self._seconds)
        finally:
            self._release(session)
        return {"transactionStatus": "Transaction Committed"}

    async def _rollback(self, members: _Members) -> _Members:
        session = self._transactions.take(members)
        try:
            await session.run(lambda session: session.rollback(), self._seconds)
        finally:
            self._release(session)
        return {"transactionStatus": "Rollback Complete"}

    async def _execute_sql(self, _: _Members) -> _Members:
        text = "This API is deprecated and not available. Use ExecuteStatement API instead"
        raise data_api_error(BAD_REQUEST, text)

    @asynccontextmanager
    async def _session(self, members: _Members) -> AsyncIterator[SessionThread]:
        """The session of the call's transaction, or one for this call alone."""
        if members.get("transactionId"):
            async with self._transactions.used(members, self._seconds) as session:
                yield session
            return
        async with self._places:
            session = self._new_session(members["resourceArn"], members.get("database", ""))
            try:
                yield session
            finally:
                self._release(session)

    def _new_session(self, cluster: str, name: str) -> SessionThread:
        session = SessionThread(self._database, cluster, name)
        self._sessions.add(session)
        return session

    def _release(self, session: SessionThread) -> None:
        session.close().add_done_callback(lambda _: self._sessions.discard(session))


def _check(members: _Members) -> None:
    """Raises: ServiceError for what the model lets through and the service does not."""
    if members.get("schema"):
        raise data_api_error(VALIDATION, "The schema parameter isn't supported")
    if _CLUSTER.fullmatch(members["resourceArn"]) is None:
        raise data_api_error(VALIDATION, "resourceArn is not the ARN of a DB cluster.")
    # A database that reads C's strings would see half of such a text.
    if any("\0" in members.get(name, "") for name in _TEXTS):
        raise data_api_error(VALIDATION, "A NUL character is no part of a statement or a name.")


def _run_batch(
    session: Session, statement: Statement, sets: list[list[Parameter]], *, alone: bool
) -> list[Result]:
    """Run the statement with each set. alone: all of them or none, as in no transaction yet."""
    if alone:
        session.begin()
    try:
        results = [session.execute(statement, given) for given in sets]
        if alone:
            session.commit()
    except BaseException:
        if alone:
            session.rollback()
        raise
    return results
