"""The Data API of real emulators, over SQLite and over a real PostgreSQL."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from botocore.model import OperationModel
from botocore.validate import ParamValidator

SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:crm"
WAIT_SECONDS = 30
NOT_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})


def check_shape(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    """A successful body has the members and the types of the model's shape."""
    if response_dict["status_code"] == 200:
        body = json.loads(response_dict["body"])
        for field in (field for row in body.get("records", []) for field in row):
            # How numbers that JSON does not have are written.
            if field.get("doubleValue") in NOT_FINITE:
                field["doubleValue"] = 0.0
            # The model calls these lists sparse, its validator does not know the word.
            for kind, values in field.get("arrayValue", {}).items():
                field["arrayValue"][kind] = [each for each in values if each is not None]
        report = ParamValidator().validate(body, operation_model.output_shape)
        assert not report.has_errors(), report.generate_report()


def parameter(name: str, hint: str | None = None, **value: Any) -> dict[str, Any]:
    """`parameter("id", longValue=1)`; hint: its typeHint."""
    return {"name": name, "value": value} | ({"typeHint": hint} if hint else {})


class Cluster:
    """A database with short names for what most tests do. kind: `sqlite` or `postgresql`."""

    def __init__(self, client: Any, arn: str, database: str, kind: str) -> None:
        self.client = client
        self.arn = arn
        self.database = database
        self.kind = kind
        self.place = {"resourceArn": arn, "secretArn": SECRET}

    def execute(self, statement: str, *parameters: dict[str, Any], **more: Any) -> Any:
        """The whole answer of ExecuteStatement."""
        members = {"sql": statement, "parameters": list(parameters), "database": self.database}
        answer = self.client.execute_statement(**(self.place | members | more))
        del answer["ResponseMetadata"]
        return answer

    def rows(self, statement: str, *parameters: dict[str, Any], **more: Any) -> list[list[Any]]:
        """The values of a result set, None for NULL."""
        records = self.execute(statement, *parameters, **more)["records"]
        return [[None if "isNull" in field else _only(field) for field in row] for row in records]

    def value(self, statement: str, *parameters: dict[str, Any], **more: Any) -> Any:
        """The one value of a result set."""
        ((value,),) = self.rows(statement, *parameters, **more)
        return value

    def batch(self, statement: str, *sets: list[dict[str, Any]], **more: Any) -> Any:
        """The update results of BatchExecuteStatement."""
        members = {"sql": statement, "parameterSets": list(sets), "database": self.database}
        answer = self.client.batch_execute_statement(**(self.place | members | more))
        return answer["updateResults"]

    def begin(self) -> str:
        """The id of a new transaction."""
        answer = self.client.begin_transaction(**self.place, database=self.database)
        return str(answer["transactionId"])

    def commit(self, transaction: str) -> Any:
        return self._end("commit_transaction", transaction)

    def rollback(self, transaction: str) -> Any:
        return self._end("rollback_transaction", transaction)

    def _end(self, operation: str, transaction: str) -> Any:
        answer = getattr(self.client, operation)(**self.place, transactionId=transaction)
        return answer["transactionStatus"]


def _only(field: dict[str, Any]) -> Any:
    (value,) = field.values()
    return value


@pytest.fixture(scope="session")
def postgresql_emulator(
    postgresql: str,
    start_emulator: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """An emulator over the real PostgreSQL; nothing may have failed within."""
    log = tmp_path_factory.mktemp("emulator") / "log"
    with start_emulator(log, "--database", postgresql) as running:
        yield running
        assert running.stop() == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def database(postgresql: str) -> str:
    """The name of an empty database on the real PostgreSQL."""
    with psycopg.connect(postgresql) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        return connection.info.dbname


@pytest.fixture
def open_cluster(account: str) -> Callable[..., Cluster]:
    """`open_cluster(emulator, database, kind, name)`: of the test's own account."""

    def run(on: Any, database: str, kind: str, name: str = "crm") -> Cluster:
        # botocore refuses bad requests itself; here the service shall see them.
        client = on.client("rds-data", account, parameter_validation=False)
        client.meta.events.register("before-parse.rds-data.*", check_shape)
        return Cluster(client, f"arn:aws:rds:us-east-1:{account}:cluster:{name}", database, kind)

    return run


@pytest.fixture
def sqlite_cluster(emulator: Any, open_cluster: Callable[..., Cluster]) -> Cluster:
    """A cluster of the test's own over SQLite."""
    return open_cluster(emulator, "crm", "sqlite")


@pytest.fixture
def postgresql_cluster(
    postgresql_emulator: Any, database: str, open_cluster: Callable[..., Cluster]
) -> Cluster:
    """A cluster of the test's own over PostgreSQL."""
    return open_cluster(postgresql_emulator, database, "postgresql")


@pytest.fixture(params=["sqlite", "postgresql"])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of the test's own, over each database in turn."""
    found: Cluster = request.getfixturevalue(f"{request.param}_cluster")
    return found


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """`until(condition)`: as soon as it holds; that it never does is a failure."""

    def run(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    return run


@pytest.fixture
def param() -> Callable[..., dict[str, Any]]:
    """`param("id", longValue=1)`: a parameter of a statement; hint: its typeHint."""
    return parameter


@pytest.fixture
def customers(cluster: Cluster) -> Cluster:
    """A cluster with the table `customers`: id, name, plan, changed."""
    cluster.execute(
        "CREATE TABLE customers (id BIGINT PRIMARY KEY, name TEXT NOT NULL, plan TEXT,"
        " changed TIMESTAMP)"
    )
    return cluster


@pytest.fixture
def raw_call(emulator: Any, account: str) -> Callable[..., tuple[int, dict[str, str], Any]]:
    """`raw_call(path, **members)`: (status, lower-case headers, body), with no SDK between.

    body: bytes to send instead. method, scope: other than those of the Data API.
    """
    place = urlsplit(emulator.url)

    def run(
        path: str,
        *,
        method: str = "POST",
        body: bytes | None = None,
        scope: str = "rds-data",
        **members: Any,
    ) -> tuple[int, dict[str, str], Any]:
        arn = f"arn:aws:rds:us-east-1:{account}:cluster:crm"
        sent = json.dumps({"resourceArn": arn, "secretArn": SECRET} | members).encode()
        credential = f"{account}/20260101/us-east-1/{scope}/aws4_request"
        signature = f"Credential={credential}, SignedHeaders=host, Signature=00"
        headers = {
            "authorization": f"AWS4-HMAC-SHA256 {signature}",
            "content-type": "application/json",
        }
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            connection.request(method, path, sent if body is None else body, headers)
            response = connection.getresponse()
            said = {name.lower(): value for name, value in response.getheaders()}
            return response.status, said, json.loads(response.read())
        finally:
            connection.close()

    return run
