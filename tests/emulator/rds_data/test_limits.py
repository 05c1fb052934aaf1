"""How long statements and transactions may take, with limits that a test can wait for."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.http import Caller, Request
from emulator.rds_data import RdsData, choose_database
from emulator.rds_data.service import Limits

ARN = "arn:aws:rds:us-east-1:111122223333:cluster:crm"
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:crm"
PATHS = {
    "begin": "/BeginTransaction",
    "commit": "/CommitTransaction",
    "execute": "/Execute",
    "batch": "/BatchExecute",
}
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
COUNT = "SELECT count(*) FROM counters"
UPDATE = "UPDATE counters SET n = n + 1"


class Service:
    """The service in this process, over one table `counters` of one row."""

    def __init__(self, runner: asyncio.Runner, dsn: str | None, data: Path) -> None:
        self._runner = runner
        self._dsn, self._data = dsn, data
        self._open: list[RdsData] = []

    def start(self, **limits: float) -> None:
        """Answer the next calls with these limits."""
        self._open.append(RdsData(choose_database(self._dsn, self._data), Limits(**limits)))

    def stop(self) -> None:
        for service in self._open:
            self._runner.run(service.close())

    def __call__(self, operation: str, **members: Any) -> tuple[str, Any]:
        """(error code or "", body)."""
        return self.run(self.asked(operation, **members))

    async def asked(self, operation: str, **members: Any) -> tuple[str, Any]:
        body = json.dumps({"resourceArn": ARN, "secretArn": SECRET} | members).encode()
        caller = Caller("111122223333", "us-east-1")
        request = Request("POST", PATHS[operation], "", [], body, caller)
        response = await self._open[-1].handle(request)
        assert response.status < 500
        headers = dict(response.headers)
        return headers.get(b"x-amzn-errortype", b"").decode(), json.loads(response.body)

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def value(self, statement: str, **members: Any) -> Any:
        code, body = self("execute", sql=statement, **members)
        assert not code, body
        return next(iter(body["records"][0][0].values()))

    def begin(self) -> str:
        return str(self("begin")[1]["transactionId"])


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    dsn = None
    if request.param == "postgresql":
        dsn = request.getfixturevalue("postgresql")
        request.getfixturevalue("database")
    with asyncio.Runner() as runner:
        service = Service(runner, dsn, tmp_path / secrets.token_hex(4))
        service.start()
        assert service("execute", sql="CREATE TABLE counters (n BIGINT)")[0] == ""
        assert service("execute", sql="INSERT INTO counters VALUES (0)")[0] == ""
        yield service
        service.stop()


def test_a_statement_that_takes_too_long_is_ended(service: Service) -> None:
    service.start(statement_seconds=0.2)
    code, body = service("execute", sql=ENDLESS)
    assert (code, body["message"]) == ("StatementTimeoutException", "Request timed out")
    assert service.value("SELECT 1") == 1


def test_what_it_did_is_undone(service: Service) -> None:
    service.start(statement_seconds=0.2)
    insert = f"INSERT INTO counters {ENDLESS}"
    assert service("execute", sql=insert)[0] == "StatementTimeoutException"
    sets = [[], []]
    batch = f"INSERT INTO counters SELECT 5 WHERE 0 < ({ENDLESS})"
    code, _ = service("batch", sql=batch, parameterSets=sets)
    assert code == "StatementTimeoutException"
    assert service.value(COUNT) == 1


def test_the_wait_for_a_lock_counts(service: Service) -> None:
    service.start(statement_seconds=0.2)
    transaction = service.begin()
    assert service("execute", sql=UPDATE, transactionId=transaction)[0] == ""
    assert service("execute", sql=UPDATE)[0] == "StatementTimeoutException"
    assert service("commit", transactionId=transaction)[0] == ""
    assert service.value("SELECT n FROM counters") == 1


def test_a_statement_that_goes_on_is_answered_in_time_and_finishes(
    service: Service, until: Callable[..., None]
) -> None:
    service.start(statement_seconds=0.2)
    transaction = service.begin()
    assert service("execute", sql=UPDATE, transactionId=transaction)[0] == ""
    code, _ = service("execute", sql=UPDATE, continueAfterTimeout=True)
    assert code == "StatementTimeoutException"
    assert service("commit", transactionId=transaction)[0] == ""
    until(lambda: service.value("SELECT n FROM counters") == 2)


def test_a_timeout_within_a_transaction_keeps_nothing_of_it(service: Service) -> None:
    service.start(statement_seconds=0.2)
    transaction = service.begin()
    assert service("execute", sql=UPDATE, transactionId=transaction)[0] == ""
    insert = f"INSERT INTO counters {ENDLESS}"
    code, _ = service("execute", sql=insert, transactionId=transaction)
    assert code == "StatementTimeoutException"
    code, _ = service("commit", transactionId=transaction)
    assert code in {"DatabaseErrorException", "TransactionNotFoundException"}
    assert service.value("SELECT sum(n) FROM counters") in {0, "0"}


@pytest.mark.parametrize("limits", [{"idle_seconds": 0.2}, {"transaction_seconds": 0.2}])
def test_a_transaction_that_expires_lets_go_of_what_it_holds(
    service: Service, limits: dict[str, float]
) -> None:
    service.start(**limits)
    transaction = service.begin()
    assert service("execute", sql=UPDATE, transactionId=transaction)[0] == ""
    assert service("execute", sql=UPDATE)[0] == ""
    assert service.value("SELECT n FROM counters") == 1
    code, body = service("commit", transactionId=transaction)
    assert code == "TransactionNotFoundException"
    assert body["message"].endswith("Transaction may be expired.")


def test_the_end_of_the_service_ends_what_runs(service: Service) -> None:
    async def both() -> tuple[str, Any]:
        running = asyncio.ensure_future(service.asked("execute", sql=ENDLESS))
        while not service._open[-1]._sessions:
            await asyncio.sleep(0)
        await service._open[-1].close()
        return await running

    service.start()
    code, _ = service.run(both())
    assert code == "DatabaseErrorException"
