"""Random bytes and randomly broken requests: never a 5xx, never a hang, nothing half done."""

import copy
import json
import random
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.emulator.valid_requests import (
    NOBODY,
    PERSON,
    READS,
    WITHOUT_BODY,
    place_of,
    requests,
)

MODELLED = {
    "BadRequestException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ThrottlingException",
}
OPERATIONS = sorted(requests("d", "0", NOBODY, "k"))


def start(raw: Any, account: str) -> dict[str, dict[str, Any]]:
    """Make a domain with a type, a profile and its object; the requests that are valid there."""
    domain = f"customers-{secrets.token_hex(4)}"
    inside = {"DomainName": domain}
    for name in (domain, f"{domain}-more"):
        made = raw.run("CreateDomain", {"DomainName": name, "DefaultExpirationDays": 1})
        assert made.status == 200
    assert raw.run("PutProfileObjectType", inside | PERSON).status == 200
    put = inside | {"ObjectTypeName": "Person", "Object": '{"id": "1", "first": "Ada"}'}
    key = raw.run("PutProfileObject", put).json["ProfileObjectUniqueKey"]
    search = inside | {"KeyName": "personId", "Values": ["1"]}
    (profile,) = raw.run("SearchProfiles", search).json["Items"]
    valid = requests(domain, account, profile["ProfileId"], key)
    first = {
        "CreateCalculatedAttributeDefinition": {"CalculatedAttributeName": "newest"},
        "CreateSegmentDefinition": {"SegmentDefinitionName": "a"},
        "PutIntegration": {},
        "CreateEventStream": inside,
    }
    for operation, named in first.items():
        assert raw.run(operation, valid[operation] | named).status == 200
    return valid


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_requests_that_are_broken_below_are_valid(
    raw: Any, account: str, operation: str
) -> None:
    assert raw.run(operation, start(raw, account)[operation]).status == 200


# 10,000 random bodies

Exchange = Callable[[str, str, bytes], tuple[int, dict[str, str], bytes]]


@contextmanager
def exchanges(url: str, account: str) -> Iterator[Exchange]:
    """`exchange(method, path, body)` on one keep-alive connection; (status, headers, body)."""
    place = urlsplit(url)
    scope = f"{account}/20260101/us-east-1/profile/aws4_request"
    head = (
        " HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 "
        f"Credential={scope}, SignedHeaders=host, Signature=00\r\nContent-Length: "
    )
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")

        def exchange(method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection.sendall(f"{method} {path}{head}{len(body)}\r\n\r\n".encode() + body)
            status = int(answers.readline().split()[1])
            headers: dict[str, str] = {}
            while (line := answers.readline().decode("latin-1").strip()) != "":
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            return status, headers, answers.read(int(headers["content-length"]))

        yield exchange
        answers.close()


def snapshot(raw: Any, valid: dict[str, dict[str, Any]]) -> list[Any]:
    """All that can be read, before and after."""
    reads = (*sorted(READS), "SearchProfiles", "ListProfileObjects", "BatchGetProfile")
    return [raw.run(operation, valid[operation]).json for operation in reads]


def test_ten_thousand_random_bodies_are_refused_and_change_nothing(
    emulator: Any, raw: Any, account: str
) -> None:
    valid = start(raw, account)
    places = {operation: place_of(operation, valid[operation]) for operation in OPERATIONS}
    # Here these find nothing.
    for operation in WITHOUT_BODY:
        method, path = places[operation]
        places[operation] = method, path.replace("customers-", "nobody-")
    before = snapshot(raw, valid)
    chance = random.Random(3)
    with exchanges(emulator.url, account) as exchange:
        for number in range(10_000):
            operation = OPERATIONS[number % len(OPERATIONS)]
            body = chance.randbytes(chance.choice((1, 2, 8, 40, 300, 3_000)))
            status, headers, answer = exchange(*places[operation], body)
            if operation in READS:
                assert status == 200, (operation, body)
                continue
            assert 400 <= status < 500, (operation, body)
            assert headers["x-amzn-errortype"] in MODELLED, (operation, body)
            assert json.loads(answer).keys() == {"Message"}, (operation, body)
    assert snapshot(raw, valid) == before


# Requests with something wrong at one place or two

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=300),
    st.sampled_from(["", "\0", "\ud800", "x" * 256, "x" * 1001, "../..", NOBODY, "_email", "1"]),
    st.lists(st.text(max_size=3) | st.integers(), max_size=25),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.none(), max_size=3),
)


def steps_of(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every place within a value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    steps = [(*before, name) for name, _ in inner]
    return steps + [deeper for name, each in inner for deeper in steps_of(each, (*before, name))]


@st.composite
def broken_requests(draw: st.DrawFn) -> tuple[str, list[tuple[tuple[Any, ...], str, Any]]]:
    """(operation, changes): each a place, what happens there, and a value for it."""
    operation = draw(st.sampled_from(OPERATIONS))
    places = steps_of(requests("d", "0", NOBODY, "k")[operation])
    change = st.tuples(
        st.sampled_from(places), st.sampled_from(["drop", "set", "wrap", "repeat", "add"]), ODD
    )
    # One place only once: an ARN that is repeated twice makes a path longer than any server reads.
    return operation, draw(st.lists(change, max_size=2, unique_by=lambda each: each[0]))


def change(members: dict[str, Any], place: tuple[Any, ...], what: str, value: Any) -> None:
    """Change the members at the place, if an earlier change has left it there."""
    holder: Any = members
    try:
        for step in place[:-1]:
            holder = holder[step]
        old = holder[place[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if isinstance(holder, str):
        return
    if what == "drop":
        del holder[place[-1]]
    elif what == "set":
        holder[place[-1]] = value
    elif what == "wrap":
        holder[place[-1]] = [old, value]
    elif what == "repeat":
        holder[place[-1]] = old * 21 if isinstance(old, str | list) else [old] * 21
    elif isinstance(old, dict):
        old["Extra"] = value
    else:
        holder[place[-1]] = {"Extra": value}


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(broken=broken_requests())
@example(broken=("PutProfileObject", [(("Object",), "set", '{"id": "\\ud800"}')]))
@example(broken=("SearchProfiles", [(("Values", 0), "set", "\ud800")]))
@example(broken=("UpdateProfile", [(("Attributes",), "set", {"": ""})]))
def test_a_request_with_something_wrong_is_answered_by_the_model(
    open_raw: Callable[..., Any], broken: tuple[str, list[tuple[tuple[Any, ...], str, Any]]]
) -> None:
    account = f"{secrets.randbelow(10**12):012d}"
    raw = open_raw(account)
    try:
        valid = start(raw, account)
        operation, changes = broken
        members = copy.deepcopy(valid[operation])
        for each in changes:
            change(members, *each)
        before = snapshot(raw, valid)
        answer = raw.run(operation, members)
        # The shape of a 200 was checked against the model.
        if answer.status != 200:
            assert 400 <= answer.status < 500
            assert answer.headers["x-amzn-errortype"] in MODELLED | {"UnknownOperationException"}
            assert snapshot(raw, valid) == before
    finally:
        raw.close()
