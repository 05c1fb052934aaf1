"""Customer Profiles of a real emulator: its answers checked against the model, and short calls."""

import http.client
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

REGION = "us-east-1"
SURROGATES = "surrogatepass"
MODEL = ServiceModel(Loader().load_service_model("customer-profiles", "service-2"))

FieldSpec = tuple[str, ...]
"""(member of the record, target below _profile or whole target, content type), as far as given."""

KeySpec = tuple[str | tuple[str, ...], ...]
"""(field or fields, identifier, identifier, ...)."""


def without_nulls(value: Any) -> Any:
    """What SDKs see: a null member is an absent one."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def check_answer(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    """A successful body has the members, the types and the lower bounds of the model's shape."""
    if response_dict["status_code"] == 200:
        check_shape(operation_model, response_dict["body"])


def check_shape(operation_model: OperationModel, body: bytes) -> None:
    shown = without_nulls(json.loads(body))
    report = ParamValidator().validate(shown, operation_model.output_shape)
    assert not report.has_errors(), report.generate_report()


@pytest.fixture
def connect(emulator: Any) -> Callable[..., Any]:
    """`connect(account, region, emulator)`: a client that checks the shape of every answer."""

    def run(account: str, region: str = REGION, on: Any = emulator) -> Any:
        # botocore refuses bad requests itself; here the service shall see them.
        client = on.client("customer-profiles", account, region, parameter_validation=False)
        client.meta.events.register("before-parse.customer-profiles.*", check_answer)
        return client

    return run


@pytest.fixture
def customer_profiles(connect: Callable[..., Any], account: str) -> Any:
    """A client in the test's own account."""
    return connect(account)


@dataclass(frozen=True)
class Refusal:
    """An error as a client sees it. code: as modelled."""

    status: int
    code: str
    message: str


@pytest.fixture
def refused() -> Callable[..., Refusal]:
    """`refused(client.operation, **parameters)`: the error of a call that must be refused."""

    def run(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> Refusal:
        with pytest.raises(ClientError) as caught:
            call(*arguments, **parameters)
        response = caught.value.response
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        return Refusal(status, response["Error"]["Code"], response["Error"]["Message"])

    return run


@dataclass(frozen=True)
class RawAnswer:
    """An answer before any SDK has read it. headers: lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def request_of(operation: str, members: dict[str, Any]) -> tuple[str, str, Any]:
    """(method, path, body): the members where the model has them, unknown ones in the body.

    Lone surrogates become bytes that are no UTF-8, as a careless client sends them.
    """
    model = MODEL.operation_model(operation)
    path, query, body = model.http["requestUri"], [], {}
    for name, value in members.items():
        shape = model.input_shape.members.get(name)
        place = {} if shape is None else shape.serialization
        if place.get("location") == "uri":
            path = path.replace(f"{{{place['name']}}}", quote(str(value), "", None, SURROGATES))
        elif place.get("location") == "querystring":
            query += [(place["name"], each) for each in (value if type(value) is list else [value])]
        else:
            body[name] = value
    path = re.sub("{.*?}", "", path) + ("?" + urlencode(query, errors=SURROGATES) if query else "")
    in_body = any(
        "location" not in each.serialization for each in model.input_shape.members.values()
    )
    return model.http["method"], path, body if body or in_body else None


class Raw:
    """One keep-alive connection on which anything can be sent."""

    def __init__(self, url: str, account: str) -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        scope = f"{account}/20260101/{REGION}/profile/aws4_request"
        signature = "SignedHeaders=host, Signature=00"
        self._headers = {
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, {signature}",
            "content-type": "application/json",
        }

    def __call__(self, method: str, path: str, body: Any = None) -> RawAnswer:
        """body: bytes as they are, None for none, anything else as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return RawAnswer(response.status, headers, response.read())

    def run(self, operation: str, members: dict[str, Any]) -> RawAnswer:
        """Any operation with any members; what it answers has the shape of the model."""
        answer = self(*request_of(operation, members))
        if answer.status == 200:
            check_shape(MODEL.operation_model(operation), answer.body)
        else:
            assert answer.headers["x-amzn-errortype"]
            assert answer.json.keys() == {"Message"}
        return answer

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="session")
def open_raw(emulator: Any) -> Callable[..., Raw]:
    """`open_raw(account)`: a connection, for the test to close; `on`: another emulator."""
    return lambda account, on=emulator: Raw(on.url, account)


@pytest.fixture
def raw(open_raw: Callable[..., Raw], account: str) -> Iterator[Raw]:
    """`raw(method, path, body)` in the test's own account."""
    connection = open_raw(account)
    yield connection
    connection.close()


class Customers:
    """A domain, with short names for what most tests do."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def call(self, operation: str, **parameters: Any) -> Any:
        """Any operation (`get_domain`) in this domain."""
        return getattr(self.client, operation)(DomainName=self.name, **parameters)

    def declare(
        self, name: str, fields: dict[str, FieldSpec], keys: dict[str, KeySpec], **more: Any
    ) -> Any:
        """Put an object type that creates profiles, unless `more` says otherwise."""
        shown: dict[str, Any] = {}
        for field, (member, *rest) in fields.items():
            shown[field] = {"Source": f"_source.{member}"}
            if rest and rest[0]:
                target = rest[0] if rest[0].startswith("_") else f"_profile.{rest[0]}"
                shown[field]["Target"] = target
            if len(rest) > 1:
                shown[field]["ContentType"] = rest[1]
        body = {
            "ObjectTypeName": name,
            "Description": name,
            "AllowProfileCreation": True,
            "Fields": shown,
            "Keys": {key: [self._key(*spec)] for key, spec in keys.items()},
        }
        return self.call("put_profile_object_type", **(body | more))

    @staticmethod
    def _key(fields: str | tuple[str, ...], *identifiers: str) -> dict[str, Any]:
        names = [fields] if isinstance(fields, str) else list(fields)
        key: dict[str, Any] = {"FieldNames": names}
        return key | ({"StandardIdentifiers": list(identifiers)} if identifiers else {})

    def put(self, type_name: str, **record: Any) -> str:
        """Put one object; its ProfileObjectUniqueKey."""
        answer = self.call(
            "put_profile_object", ObjectTypeName=type_name, Object=json.dumps(record)
        )
        return str(answer["ProfileObjectUniqueKey"])

    def search(self, key: str, *values: str, **more: Any) -> Any:
        """The whole answer of SearchProfiles."""
        return self.call("search_profiles", KeyName=key, Values=list(values), **more)

    def find(self, key: str, *values: str, **more: Any) -> list[dict[str, Any]]:
        """The profiles that a search finds."""
        return list(self.search(key, *values, **more)["Items"])

    def id_of(self, key: str, value: str) -> str:
        """The id of the one profile that holds this key value."""
        (profile,) = self.find(key, value)
        return str(profile["ProfileId"])

    def objects(self, profile_id: str, type_name: str, **more: Any) -> list[dict[str, Any]]:
        """The contents of the profile's objects of one type."""
        parameters = {"ProfileId": profile_id, "ObjectTypeName": type_name}
        items = self.call("list_profile_objects", **parameters, **more)["Items"]
        return [json.loads(item["Object"]) for item in items]

    def profile(self, profile_id: str) -> dict[str, Any]:
        """The profile with this id."""
        (found,) = self.find("_profileId", profile_id)
        return found

    def stats(self) -> dict[str, int]:
        """What GetDomain counts."""
        return dict(self.call("get_domain")["Stats"])


@pytest.fixture
def open_domain() -> Callable[..., Customers]:
    """`open_domain(client, **members)`: a new domain in the client's account."""

    def run(client: Any, **members: Any) -> Customers:
        name = f"customers-{secrets.token_hex(4)}"
        client.create_domain(**({"DomainName": name, "DefaultExpirationDays": 366} | members))
        return Customers(client, members.get("DomainName", name))

    return run


@pytest.fixture
def customers(customer_profiles: Any, open_domain: Callable[..., Customers]) -> Customers:
    """A domain of the test's own, without object types."""
    return open_domain(customer_profiles)


@pytest.fixture
def people(customers: Customers) -> Customers:
    """A domain with the object type `Person`: id, first, last, email, phone, tier."""
    fields: dict[str, FieldSpec] = {
        "id": ("id",),
        "first": ("first", "FirstName"),
        "last": ("last", "LastName"),
        "email": ("email", "EmailAddress", "EMAIL_ADDRESS"),
        "phone": ("phone", "PhoneNumber", "PHONE_NUMBER"),
        "tier": ("tier", "Attributes.Tier"),
    }
    keys: dict[str, KeySpec] = {
        "personId": ("id", "PROFILE", "UNIQUE"),
        "_email": ("email",),
        "_phone": ("phone",),
        "tier": ("tier",),
    }
    customers.declare("Person", fields, keys)
    return customers


@dataclass(frozen=True)
class Letter:
    """A message in a dead-letter queue. body: the object. reason: its attribute `Message`."""

    body: str
    reason: str
    attributes: dict[str, Any]


class Queue:
    """An SQS queue on the same endpoint."""

    def __init__(self, client: Any, url: str) -> None:
        self.client = client
        self.url = url

    def allow(self, **changes: Any) -> None:
        """Set a policy that lets Customer Profiles send, with its statement changed so."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "profile.amazonaws.com"},
            "Action": "SQS:SendMessage",
            "Resource": "*",
        }
        self.set_policy({"Version": "2012-10-17", "Statement": [statement | changes]})

    def set_policy(self, policy: dict[str, Any]) -> None:
        attributes = {"Policy": json.dumps(policy)}
        self.client.set_queue_attributes(QueueUrl=self.url, Attributes=attributes)

    def receive(self, count: int, seconds: float = 5.0) -> list[Letter]:
        """The letters that are there once `count` have arrived, in order of arrival.

        For none it waits long enough for one to have come.
        """
        letters: list[Letter] = []
        deadline = time.monotonic() + (seconds if count else 0.3)
        while len(letters) < max(count, 1) and time.monotonic() < deadline:
            answer = self.client.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            for each in answer.get("Messages", []):
                attributes = each.get("MessageAttributes", {})
                reason = attributes.get("Message", {}).get("StringValue", "")
                letters.append(Letter(each["Body"], reason, attributes))
            time.sleep(0.02)
        return letters


@pytest.fixture
def open_queue(emulator: Any, account: str) -> Callable[..., Queue]:
    """`open_queue()`: a new queue to which Customer Profiles may send; `on`: another emulator."""

    def run(on: Any = emulator) -> Queue:
        client = on.client("sqs", account)
        url = client.create_queue(QueueName=f"rejects-{secrets.token_hex(4)}")["QueueUrl"]
        queue = Queue(client, url)
        queue.allow()
        return queue

    return run
