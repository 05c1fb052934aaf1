"""The Lambda functions, loaded from their files, with clocks and clients of the test's own."""

import importlib.util
import io
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

FOLDER = Path(__file__).resolve().parents[3] / "lambdas"
ENVIRONMENTS = {
    "deliver": {
        "DOMAIN_NAME": "customers",
        "REJECTS_QUEUE_URL": "https://sqs.test/rejects.fifo",
        "METRICS_NAMESPACE": "CustomerLifecycle",
        "OBJECT_KEYS": '{"TrialSubscription": "UserId", "Order": "customer.id"}',
    },
    "extract": {
        "BUCKET": "batches",
        "DOMAIN_NAME": "customers",
        "REJECTS_QUEUE_URL": "https://sqs.test/rejects.fifo",
        "WATERMARK_PREFIX": "/customer-lifecycle/customers/watermarks/",
        "METRICS_NAMESPACE": "CustomerLifecycle",
    },
}
EXECUTION = "arn:aws:states:us-east-1:111122223333:execution:customers-batch-trials:run-1"
SETTINGS = {
    "source": "trials",
    "executionArn": EXECUTION,
    "objectType": "TrialSubscription",
    "query": "SELECT * FROM changes",
    "watermarkColumn": "updated",
    "watermarkType": "integer",
    "keyColumn": "UserId",
    "clusterArn": "arn:aws:rds:us-east-1:111122223333:cluster:crm",
    "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:crm",
    "database": "crm",
}


def load(name: str) -> ModuleType:
    """A function's module, as a process of its own has it."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(os.environ, ENVIRONMENTS[name]):
        spec.loader.exec_module(module)
    return module


@cache
def shared(name: str) -> ModuleType:
    """The module that the fakes below are put into, each time anew: loading takes a while."""
    return load(name)


def refusal(
    code: str, message: str = "no", status: int = 400, operation: str = "Operation"
) -> ClientError:
    """An error answer of AWS."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation)


@cache
def _input_shape(service: str, operation: str) -> Any:
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(operation).input_shape


def check_request(service: str, operation: str, request: dict[str, Any]) -> None:
    """What botocore itself would not send fails the test."""
    report = ParamValidator().validate(request, _input_shape(service, operation))
    assert not report.has_errors(), report.generate_report()


@dataclass
class Clock:
    """A clock that only sleeping moves, and calls that take their time."""

    time: float = 1_700_000_000.0
    sleeps: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds


@dataclass
class Context:
    """What Lambda says of the invocation: here, when it ends."""

    clock: Clock
    ends: float

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.ends - self.clock.time) * 1000))


@dataclass
class Service:
    """One operation of a service.

    answer: called with each request; may raise. seconds: what a call takes. served: the requests
    that succeeded.
    """

    clock: Clock
    service: str
    operation: str
    answer: Callable[[dict[str, Any]], Any] = lambda _: {}
    seconds: float = 0.0
    calls: list[dict[str, Any]] = field(default_factory=list)
    served: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, **request: Any) -> Any:
        check_request(self.service, self.operation, request)
        self.calls.append(request)
        self.clock.time += self.seconds
        answer = self.answer(request)
        self.served.append(request)
        return answer


class Delivery:
    """The delivery function in one process; calling it is invoking it."""

    def __init__(self) -> None:
        self.module = shared("deliver")
        self.clock = Clock()
        self.put_profile_object = Service(self.clock, "customer-profiles", "PutProfileObject")
        self.send_message = Service(self.clock, "sqs", "SendMessage")
        self.printed = ""
        self.module.now, self.module.sleep = self.clock.now, self.clock.sleep
        self.module.jitter = lambda _, most: most
        self.module.client = lambda _: self

    def __call__(self, event: Any, seconds: float = 60.0) -> Any:
        """seconds: the function's timeout."""
        output = io.StringIO()
        try:
            with redirect_stdout(output):
                return self.module.handler(event, Context(self.clock, self.clock.time + seconds))
        finally:
            self.printed += output.getvalue()

    def fail(self, *errors: Exception) -> None:
        """The next puts fail, each with one of the errors; those after them succeed."""
        waiting = list(errors)

        def answer(_: dict[str, Any]) -> Any:
            if waiting:
                raise waiting.pop(0)
            return {}

        self.put_profile_object.answer = answer

    @property
    def puts(self) -> list[tuple[str, str]]:
        """Object type and text of the puts that succeeded."""
        served = self.put_profile_object.served
        return [(each["ObjectTypeName"], each["Object"]) for each in served]

    @property
    def rejects(self) -> list[dict[str, str]]:
        """Attributes of the messages that are in the rejects queue, and the body as `Body`."""
        return [
            {name: value["StringValue"] for name, value in each["MessageAttributes"].items()}
            | {"Body": each["MessageBody"]}
            for each in self.send_message.served
        ]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What was printed, one JSON object a line."""
        return [json.loads(line) for line in self.printed.splitlines()]

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines about objects."""
        return [line for line in self.lines if "_aws" not in line]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The lines in the embedded metric format."""
        return [line for line in self.lines if "_aws" in line]


class Extraction:
    """The extract function in one process, with a source database that is SQLite.

    page_bytes: the longest page that the Data API answers. files: what is in the bucket.
    """

    def __init__(self) -> None:
        self.module = shared("extract")
        self.clock = Clock()
        self.module.now, self.module.client = self.clock.now, lambda _: self
        self.database = sqlite3.connect(":memory:")
        self.watermark: str | None = None
        self.page_bytes = 10**9
        self.files: dict[str, bytes] = {}
        self.printed = ""
        self.execute_statement = Service(self.clock, "rds-data", "ExecuteStatement", self._execute)
        self.put_object = Service(self.clock, "s3", "PutObject", self._put)
        self.get_parameter = Service(self.clock, "ssm", "GetParameter", self._parameter)
        self.send_message = Service(self.clock, "sqs", "SendMessage")

    def __call__(self, action: str = "extract", seconds: float = 900.0, **members: Any) -> Any:
        """members: of the event, beside those of an ordinary one."""
        output = io.StringIO()
        try:
            with redirect_stdout(output):
                request = {**SETTINGS, "action": action, **members}
                return self.module.handler(request, Context(self.clock, self.clock.time + seconds))
        finally:
            self.printed += output.getvalue()

    def close(self) -> None:
        """Disconnect from the database."""
        self.database.close()

    def table(self, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        """Make the table `changes` anew."""
        self.database.execute("DROP TABLE IF EXISTS changes")
        self.database.execute(f"CREATE TABLE changes ({columns})")
        places = ", ".join("?" * len(columns.split(",")))
        # Only a count of question marks becomes SQL.
        self.database.executemany(f"INSERT INTO changes VALUES ({places})", rows)

    def items(self, answer: Any) -> list[Any]:
        """What is in the file that an extraction answered."""
        text = self.files.get(answer["key"], b"").decode()
        return [json.loads(line) for line in text.splitlines()]

    def _execute(self, request: dict[str, Any]) -> dict[str, Any]:
        values = {
            each["name"]: next(iter(each["value"].values())) for each in request["parameters"]
        }
        try:
            found = self.database.execute(request["sql"], values)
        except sqlite3.Error as error:
            raise refusal("DatabaseErrorException", str(error)) from None
        names = [each[0] for each in found.description]
        text = json.dumps([dict(zip(names, row, strict=True)) for row in found])
        if len(text) > self.page_bytes:
            raise refusal("UnsupportedResultException", "The result exceeds the size limit 1 MB.")
        return {"formattedRecords": text}

    def _put(self, request: dict[str, Any]) -> dict[str, Any]:
        self.files[request["Key"]] = request["Body"].read()
        return {}

    def _parameter(self, request: dict[str, Any]) -> dict[str, Any]:
        assert request["Name"] == "/customer-lifecycle/customers/watermarks/trials"
        if self.watermark is None:
            raise refusal("ParameterNotFound")
        return {"Parameter": {"Value": self.watermark}}


def event(
    value: Any, object_type: Any = "TrialSubscription", identifier: str = "e-1", **members: Any
) -> dict[str, Any]:
    """An EventBridge event."""
    head = {"version": "0", "id": identifier, "source": "customer-lifecycle", "resources": []}
    return {**head, "detail-type": object_type, "detail": value, **members}


def message(
    body: str,
    object_type: str | None = "TrialSubscription",
    identifier: str = "m-1",
    group: str | None = None,
    sent: str = "1700000000000",
) -> dict[str, Any]:
    """A record of an SQS batch."""
    attributes = {"SentTimestamp": sent, "ApproximateReceiveCount": "1"}
    named = {"ObjectType": {"stringValue": object_type, "dataType": "String"}}
    return {
        "messageId": identifier,
        "receiptHandle": "handle",
        "body": body,
        "attributes": attributes | ({"MessageGroupId": group} if group is not None else {}),
        "messageAttributes": named if object_type is not None else {},
        "eventSource": "aws:sqs",
    }


def item(
    value: Any, object_type: Any = "TrialSubscription", origin: str = "item run/0", **members: Any
) -> dict[str, Any]:
    """An item of a Distributed Map."""
    return {"ObjectType": object_type, "Object": value, "Origin": origin, **members}


@pytest.fixture(scope="session")
def load_function() -> Callable[[str], ModuleType]:
    """A function's module without any fakes."""
    return load


@pytest.fixture(scope="session")
def new_delivery() -> Callable[[], Delivery]:
    """For tests that need more than one."""
    return Delivery


@pytest.fixture
def delivery() -> Delivery:
    """The delivery function."""
    return Delivery()


@pytest.fixture(scope="session")
def new_extraction() -> Callable[[], Extraction]:
    """For tests that need more than one, each of which they close."""
    return Extraction


@pytest.fixture
def extraction() -> Iterator[Extraction]:
    """The extract function."""
    with closing(Extraction()) as extraction:
        yield extraction


@pytest.fixture(scope="session")
def made() -> Any:
    """Makers of events and errors: made.event, made.message, made.item, made.refusal."""
    return SimpleNamespace(event=event, message=message, item=item, refusal=refusal)
