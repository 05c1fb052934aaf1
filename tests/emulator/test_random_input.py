"""Random bytes and randomly broken requests: never a 5xx, never a hang, nothing half done."""

import copy
import json
import random
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

MODELLED = {
    "BadRequestException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ThrottlingException",
}
NOBODY = "0" * 32

PERSON: dict[str, Any] = {
    "ObjectTypeName": "Person",
    "Description": "A person",
    "AllowProfileCreation": True,
    "ExpirationDays": 100,
    "SourcePriority": 1,
    "MaxProfileObjectCount": 10,
    "Fields": {
        "id": {"Source": "_source.id"},
        "first": {"Source": "_source.first", "Target": "_profile.FirstName"},
        "mail": {
            "Source": "{{_source.mail}}",
            "Target": "_profile.EmailAddress",
            "ContentType": "EMAIL_ADDRESS",
        },
    },
    "Keys": {
        "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
        "_email": [{"FieldNames": ["mail"]}],
    },
}


def requests(domain: str, account: str, profile_id: str, key: str) -> dict[str, dict[str, Any]]:
    """A request of every operation that is implemented, valid in a domain like `start` makes."""
    inside = {"DomainName": domain}
    record = json.dumps({"id": "2", "first": "Grace", "mail": "grace@example.com"})
    arn = f"arn:aws:profile:us-east-1:{account}:domains/{domain}"
    keys = [{"KeyName": "_email", "Values": ["ada@example.com"]}]
    of_one = inside | {"ProfileId": profile_id}
    typed = inside | {"ObjectTypeName": "Person"}
    return {
        "CreateDomain": {"DomainName": "new", "DefaultExpirationDays": 1, "Tags": {"a": "b"}},
        "GetDomain": inside,
        "UpdateDomain": inside | {"DefaultExpirationDays": 2, "DeadLetterQueueUrl": ""},
        "DeleteDomain": inside,
        "ListDomains": {"MaxResults": 5},
        "PutProfileObjectType": inside | PERSON,
        "GetProfileObjectType": typed,
        "ListProfileObjectTypes": inside | {"MaxResults": 5},
        "DeleteProfileObjectType": typed,
        "PutProfileObject": typed | {"Object": record},
        "BatchPutProfileObject": typed | {"Items": [{"Id": "a", "Object": record}]},
        "ListProfileObjects": typed | of_one | {"MaxResults": 5},
        "DeleteProfileObject": typed | of_one | {"ProfileObjectUniqueKey": key},
        "SearchProfiles": inside
        | {"KeyName": "personId", "Values": ["1"], "MaxResults": 5}
        | {"AdditionalSearchKeys": keys, "LogicalOperator": "OR"},
        "CreateProfile": inside
        | {"FirstName": "Ada", "Address": {"City": "Oslo"}, "Attributes": {"Tier": "gold"}}
        | {"EngagementPreferences": {"Email": [{"KeyName": "k", "ContactType": "EmailAddress"}]}},
        "UpdateProfile": of_one
        | {"FirstName": "", "Address": {"City": ""}, "Attributes": {"Tier": ""}},
        "DeleteProfile": of_one,
        "BatchGetProfile": inside | {"ProfileIds": [profile_id, NOBODY]},
        "MergeProfiles": inside
        | {"MainProfileId": profile_id, "ProfileIdsToBeMerged": [profile_id]}
        | {"FieldSourceProfileIds": {"FirstName": profile_id, "Attributes": {"a": profile_id}}},
        "AddProfileKey": of_one | {"KeyName": "personId", "Values": ["3"]},
        "DeleteProfileKey": of_one | {"KeyName": "personId", "Values": ["1"]},
        "TagResource": {"resourceArn": arn, "tags": {"a": "b"}},
        "UntagResource": {"resourceArn": arn, "tagKeys": ["a"]},
        "ListTagsForResource": {"resourceArn": arn},
    }


OPERATIONS = sorted(requests("d", "0", NOBODY, "k"))


def start(raw: Any, account: str) -> dict[str, dict[str, Any]]:
    """Make a domain with a type, a profile and its object; the requests that are valid there."""
    domain = f"customers-{secrets.token_hex(4)}"
    inside = {"DomainName": domain}
    assert raw.run("CreateDomain", inside | {"DefaultExpirationDays": 1}).status == 200
    assert raw.run("PutProfileObjectType", inside | PERSON).status == 200
    put = inside | {"ObjectTypeName": "Person", "Object": '{"id": "1", "first": "Ada"}'}
    key = raw.run("PutProfileObject", put).json["ProfileObjectUniqueKey"]
    search = inside | {"KeyName": "personId", "Values": ["1"]}
    (profile,) = raw.run("SearchProfiles", search).json["Items"]
    return requests(domain, account, profile["ProfileId"], key)


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


def place_of(operation: str, members: dict[str, Any]) -> tuple[str, str]:
    """The method and path of a valid request, written out once more beside the model's."""
    inside = f"/domains/{members.get('DomainName')}"
    typed = f"{inside}/object-types/{members.get('ObjectTypeName')}"
    tagged = f"/tags/{quote(members.get('resourceArn', ''), safe='')}"
    return {
        "CreateDomain": ("POST", inside),
        "GetDomain": ("GET", inside),
        "UpdateDomain": ("PUT", inside),
        "DeleteDomain": ("DELETE", inside),
        "ListDomains": ("GET", "/domains"),
        "PutProfileObjectType": ("PUT", typed),
        "GetProfileObjectType": ("GET", typed),
        "ListProfileObjectTypes": ("GET", f"{inside}/object-types"),
        "DeleteProfileObjectType": ("DELETE", typed),
        "PutProfileObject": ("PUT", f"{inside}/profiles/objects"),
        "BatchPutProfileObject": ("PUT", f"{inside}/profiles/objects/batch-put-profile-object"),
        "ListProfileObjects": ("POST", f"{inside}/profiles/objects"),
        "DeleteProfileObject": ("POST", f"{inside}/profiles/objects/delete"),
        "SearchProfiles": ("POST", f"{inside}/profiles/search"),
        "CreateProfile": ("POST", f"{inside}/profiles"),
        "UpdateProfile": ("PUT", f"{inside}/profiles"),
        "DeleteProfile": ("POST", f"{inside}/profiles/delete"),
        "BatchGetProfile": ("POST", f"{inside}/batch-get-profiles"),
        "MergeProfiles": ("POST", f"{inside}/profiles/objects/merge"),
        "AddProfileKey": ("POST", f"{inside}/profiles/keys"),
        "DeleteProfileKey": ("POST", f"{inside}/profiles/keys/delete"),
        "TagResource": ("POST", tagged),
        "UntagResource": ("DELETE", tagged),
        "ListTagsForResource": ("GET", tagged),
    }[operation]


READS = {"GetDomain", "ListDomains", "GetProfileObjectType", "ListProfileObjectTypes"}
READS |= {"ListTagsForResource"}
"""They have no body, so that no body can be wrong."""


def snapshot(raw: Any, valid: dict[str, dict[str, Any]]) -> list[Any]:
    """All that can be read, before and after."""
    reads = (*sorted(READS), "SearchProfiles", "ListProfileObjects", "BatchGetProfile")
    return [raw.run(operation, valid[operation]).json for operation in reads]


def test_ten_thousand_random_bodies_are_refused_and_change_nothing(
    emulator: Any, raw: Any, account: str
) -> None:
    valid = start(raw, account)
    places = {operation: place_of(operation, valid[operation]) for operation in OPERATIONS}
    # A deletion that has no body does what it says whatever the body; here it finds nothing.
    for operation in ("DeleteDomain", "DeleteProfileObjectType"):
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
