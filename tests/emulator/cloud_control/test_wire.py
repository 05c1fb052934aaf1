"""The protocol: any bytes, any target and any members get a 4xx of the modelled shape."""

import http.client
import json
import random
import string
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator import go_clients

QUEUE = "AWS::SQS::Queue"
DOMAIN = "AWS::CustomerProfiles::Domain"
CRM = {"DomainName": "crm", "DefaultExpirationDays": 30}


class Wire:
    """Sends any bytes as Cloud Control requests of one account."""

    def __init__(self, url: str, account: str) -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        scope = f"{account}/20260101/us-east-1/cloudcontrolapi/aws4_request"
        signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"
        self._headers = {
            "authorization": signature,
            "content-type": "application/x-amz-json-1.0",
        }

    def __call__(self, target: str, body: bytes, method: str = "POST") -> tuple[int, Any]:
        """(status, body as JSON). target: "" for no target header."""
        headers = self._headers | ({"x-amz-target": target} if target else {})
        self._connection.request(method, "/", body, headers)
        response = self._connection.getresponse()
        content = response.read()
        assert response.headers["x-amzn-requestid"]
        assert response.headers["content-type"] == "application/x-amz-json-1.0"
        return response.status, json.loads(content)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def wire(emulator: Any, account: str) -> Iterator[Wire]:
    """`wire(target, body)` in the test's own account."""
    connection = Wire(emulator.url, account)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "target", ["", "CloudApiService.Nothing", "DynamoDB_20120810.GetItem", "x"]
)
def test_a_target_that_names_no_operation_is_refused(wire: Wire, target: str) -> None:
    status, body = wire(target, b"{}")
    assert (status, body["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(wire: Wire, method: str) -> None:
    status, body = wire("CloudApiService.ListResources", b"{}", method)
    assert (status, body["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": 1}x', b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(wire: Wire, body: bytes) -> None:
    status, answer = wire("CloudApiService.CreateResource", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("operation", "body", "places"),
    [
        ("CreateResource", {}, ["typeName", "desiredState"]),
        ("CreateResource", {"TypeName": 7, "DesiredState": {}}, ["typeName", "desiredState"]),
        ("CreateResource", {"TypeName": None, "DesiredState": "{}"}, ["typeName"]),
        ("CreateResource", {"TypeName": "a", "DesiredState": ""}, ["typeName", "desiredState"]),
        ("CreateResource", {"TypeName": DOMAIN, "DesiredState": "{}", "Colour": 1}, ["request"]),
        ("CreateResource", [], [""]),
        ("CreateResource", "text", [""]),
        ("GetResource", {"TypeName": DOMAIN, "Identifier": ""}, ["identifier"]),
        ("GetResource", {"TypeName": DOMAIN, "Identifier": "x" * 1025}, ["identifier"]),
        ("UpdateResource", {"TypeName": DOMAIN, "Identifier": "a"}, ["patchDocument"]),
        (
            "DeleteResource",
            {"TypeName": DOMAIN, "Identifier": "a", "ClientToken": "a b"},
            ["clientToken"],
        ),
        ("ListResources", {"TypeName": DOMAIN, "MaxResults": 101}, ["maxResults"]),
        ("ListResources", {"TypeName": DOMAIN, "MaxResults": True}, ["maxResults"]),
        ("GetResourceRequestStatus", {"RequestToken": ""}, ["requestToken"]),
        ("CancelResourceRequest", {}, ["requestToken"]),
        (
            "ListResourceRequests",
            {"ResourceRequestStatusFilter": {"Operations": ["BAKE"], "OperationStatuses": "ALL"}},
            [
                "resourceRequestStatusFilter.operations",
                "resourceRequestStatusFilter.operationStatuses",
            ],
        ),
    ],
)
def test_members_that_the_model_does_not_have_are_refused_all_at_once(
    wire: Wire, operation: str, body: Any, places: list[str]
) -> None:
    status, answer = wire(f"CloudApiService.{operation}", json.dumps(body).encode())
    assert (status, answer["__type"]) == (400, "ValidationException")
    for place in places:
        assert f"Value at '{place}" in answer["Message"]
    noun = "error" if len(places) == 1 else "errors"
    assert answer["Message"].startswith(f"{len(places)} validation {noun} detected: ")


def random_bodies(count: int) -> list[tuple[str, bytes]]:
    """Random bytes, and requests with something random in them, for every operation."""
    chance = random.Random(20_260_101)
    operations = [
        "CreateResource",
        "GetResource",
        "UpdateResource",
        "DeleteResource",
        "ListResources",
        "GetResourceRequestStatus",
        "CancelResourceRequest",
        "ListResourceRequests",
    ]
    members = [
        "TypeName",
        "Identifier",
        "DesiredState",
        "PatchDocument",
        "RequestToken",
        "NextToken",
    ]

    def anything(depth: int = 3) -> Any:
        kind = chance.randrange(8 if depth else 6)
        if kind < 2:
            return "".join(chance.choices(string.printable, k=chance.randrange(20)))
        if kind == 2:
            return chance.choice([DOMAIN, QUEUE, "{}", "[]", "crm", CRM])
        if kind < 6:
            return chance.choice([None, True, -1, 0.5, 10**30])
        if kind == 6:
            return [anything(depth - 1) for _ in range(chance.randrange(3))]
        return {chance.choice(members): anything(depth - 1) for _ in range(chance.randrange(3))}

    bodies = []
    for number in range(count):
        if number % 2:
            body = chance.randbytes(chance.randrange(200))
        else:
            request = {name: anything() for name in members if chance.random() < 0.6}
            for name in ("DesiredState", "PatchDocument"):
                if name in request and chance.random() < 0.7:
                    request[name] = json.dumps(anything())
            body = json.dumps(request).encode()
        bodies.append((f"CloudApiService.{operations[number % len(operations)]}", body))
    return bodies


def test_1000_random_bodies_are_never_an_internal_error_and_change_nothing(
    wire: Wire, control: Any, customer_profiles: Any
) -> None:
    crm = control.create(DOMAIN, CRM)
    before = control.get(DOMAIN, crm)
    statuses = set()
    for target, body in random_bodies(1_000):
        status, answer = wire(target, body)
        assert status < 500, (target, body)
        assert status == 200 or answer["__type"], (target, body)
        statuses.add(status)
    assert statuses <= {200, 400}
    assert control.get(DOMAIN, crm) == before
    assert control.identifiers(DOMAIN) == [crm]
    assert control.identifiers(QUEUE) == []
    assert [item["DomainName"] for item in customer_profiles.list_domains()["Items"]] == [crm]


def test_a_long_answer_leaves_when_a_client_in_go_is_done_with_its_request(
    wire: Wire, control: Any
) -> None:
    tags = [{"Key": f"tag{number}", "Value": "x" * 250} for number in range(40)]
    queue = control.create(QUEUE, {"QueueName": "long", "Tags": tags})
    body = json.dumps({"TypeName": QUEUE, "Identifier": queue}).encode()
    taken = []
    for _ in range(50):
        started = time.monotonic()
        status, told = wire("CloudApiService.GetResource", body)
        taken.append(time.monotonic() - started)
    assert status == 200
    assert len(json.dumps(told)) > go_clients.READ_AT_ONCE
    assert min(taken) >= go_clients.SECONDS
