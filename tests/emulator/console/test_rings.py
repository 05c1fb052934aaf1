"""What is kept in memory of requests and outcomes: the latest, never more than was said."""

import json
from typing import Any

import pytest

from emulator import request_log
from emulator.console.json_text import laid_out
from emulator.console.replay import boto3_call, curl
from emulator.customer_profiles import CustomerProfiles
from emulator.customer_profiles.browse import newest_objects, object_count, summaries
from emulator.customer_profiles.traces import LARGE, Traces
from emulator.customer_profiles.world import World
from emulator.http import Caller, Request, Response
from emulator.request_log import LoggedRequest, RequestLog
from profiles.vocabulary import PROFILE, UNIQUE, Field, Key, ObjectType

CALLER = Caller("000000000000", "us-east-1")


def request(body: bytes = b"", path: str = "/domains/customers") -> Request:
    return Request("GET", path, "", [], body, CALLER)


def log_of(*bodies: bytes, most: int = 3, most_bytes: int = 10**6) -> RequestLog:
    log = RequestLog(most, most_bytes)
    for body in bodies:
        log.add("profile", request(body), Response(200, b"{}", []), 0.0)
    return log


def kept(log: RequestLog) -> list[tuple[int, bytes]]:
    return [(entry.number, entry.request.body) for entry in log.newest()]


def test_the_log_keeps_the_latest_requests_under_their_numbers() -> None:
    log = log_of(b"a", b"b", b"c", b"d")
    assert kept(log) == [(4, b"d"), (3, b"c"), (2, b"b")]
    assert (len(log), log.total) == (3, 4)


def test_the_log_never_keeps_more_bytes_of_large_requests_than_it_may() -> None:
    large = request_log.LARGE * 2
    log = log_of(b"a" * large, b"b" * large, b"c", b"d" * large, most=9, most_bytes=large * 2 + 9)
    assert [number for number, _ in kept(log)] == [4, 3, 2]
    log = log_of(b"a", b"b" * large, most_bytes=large)
    assert (kept(log), log.total) == ([], 2)


@pytest.mark.parametrize(
    ("number", "body"), [(1, None), (2, b"b"), (4, b"d"), (5, None), (0, None)]
)
def test_a_request_is_found_by_its_number_while_it_is_kept(number: int, body: bytes | None) -> None:
    found = log_of(b"a", b"b", b"c", b"d").find(number)
    assert (None if found is None else found.request.body) == body


def test_numbers_go_on_after_the_log_was_cleared() -> None:
    log = log_of(b"a", b"b")
    log.clear()
    log.add("profile", request(b"c"), Response(200, b"", []), 0.0)
    assert kept(log) == [(3, b"c")]


def test_requests_of_nobody_s_service_are_not_kept() -> None:
    log = RequestLog()
    log.add("", request(), Response(200, b"", []), 0.0)
    assert (len(log), log.total) == (0, 0)


@pytest.mark.parametrize(("status", "failed"), [(200, False), (399, False), (400, True), (0, True)])
def test_a_request_without_an_answer_counts_as_failed(status: int, failed: bool) -> None:  # noqa: FBT001
    entry = LoggedRequest(1, "profile", request(), Response(status, b"", []), 0.0, 1.0)
    assert entry.failed is failed


# Traces


def world_with_people() -> World:
    world = World(None)
    domain = world.create(CALLER, "customers", {"DefaultExpirationDays": 366}, {})
    fields = (Field("id", "_source.id"), Field("tier", "_source.tier", "_profile.Attributes.Tier"))
    keys = (Key("personId", ("id",), (PROFILE, UNIQUE)),)
    domain.engine.put_type(
        ObjectType("Person", "A person", fields, keys, allow_profile_creation=True)
    )
    return world


def traces_of(world: World, *texts: str, most: int = 3, most_characters: int = 10**6) -> Traces:
    traces = Traces(most, most_characters)
    domain = world.domain(CALLER, "customers")
    for text in texts:
        traces.add(domain, domain.engine.put("Person", text), text)
    return traces


def person(number: int, tier: str = "Gold") -> str:
    return json.dumps({"id": f"p{number}", "tier": tier})


def test_the_latest_outcomes_are_kept_under_their_numbers() -> None:
    traces = traces_of(world_with_people(), *(person(number) for number in range(5)))
    assert [trace.number for trace in traces.newest()] == [5, 4, 3]
    assert (len(traces), traces.total) == (3, 5)
    assert traces.find(2) is None
    third = traces.find(3)
    assert third is not None
    assert third.text == person(2)


def test_outcomes_never_keep_more_characters_of_large_objects_than_they_may() -> None:
    texts = [
        json.dumps({"id": f"p{number}", "note": note * 2 * LARGE})
        for number, note in enumerate(("a", "b", "", "d"))
    ]
    traces = traces_of(world_with_people(), *texts, most=9, most_characters=4 * LARGE + 99)
    assert [trace.number for trace in traces.newest()] == [4, 3, 2]
    traces = traces_of(world_with_people(), *texts, most_characters=LARGE)
    assert (len(traces), traces.total) == (0, 4)


def test_a_kept_outcome_explains_itself_as_it_would_have_at_once() -> None:
    world = world_with_people()
    engine = world.domain(CALLER, "customers").engine
    outcome = engine.put("Person", person(1))
    explained = outcome.explain()
    traces = Traces()
    traces.add(world.domain(CALLER, "customers"), outcome, person(1))
    (trace,) = traces.newest()
    assert trace.bare.record == {}
    assert trace.outcome.explain() == explained
    assert "wrote Attributes.Tier" in explained


def test_outcomes_of_one_domain_are_told_from_those_of_others() -> None:
    world = world_with_people()
    traces = traces_of(world, person(1))
    other = world.create(CALLER, "others", {"DefaultExpirationDays": 366}, {})
    assert len(list(traces.newest(world.domain(CALLER, "customers")))) == 1
    assert list(traces.newest(other)) == []


def test_the_console_shows_no_object_whose_time_has_come() -> None:
    now = [1_000_000.0]
    world = World(None, clock=lambda: now[0])
    domain = world.create(CALLER, "customers", {"DefaultExpirationDays": 10}, {})
    key = Key("personId", ("id",), (PROFILE, UNIQUE))
    domain.engine.put_type(
        ObjectType(
            "Person", "A person", (Field("id", "_source.id"),), (key,), allow_profile_creation=True
        )
    )
    profile_id = domain.engine.put("Person", '{"id":"p1"}').profile_id
    assert profile_id is not None
    for days, kept_objects in ((9, 1), (10, 0)):
        now[0] = 1_000_000 + days * 86_400
        assert len(newest_objects(world, domain, profile_id, 5)) == kept_objects
        assert object_count(world, domain, "Person") == kept_objects
        (summary,) = summaries(world, "CUSTOM", 5)
        assert (summary.profiles, summary.objects) == (1, kept_objects)


class NoQueues:
    """Nothing is sent here."""

    async def keep(self) -> None:
        raise AssertionError

    async def call(self, *_: Any) -> dict[str, Any]:
        raise AssertionError


def test_outcomes_go_with_all_domains_but_not_with_one() -> None:
    service = CustomerProfiles(None, NoQueues())
    service.call("CreateDomain", {"DomainName": "one", "DefaultExpirationDays": 9}, CALLER)
    person_type = {
        "DomainName": "one",
        "ObjectTypeName": "Person",
        "Description": "A person",
        "AllowProfileCreation": True,
        "Fields": {"id": {"Source": "_source.id"}},
        "Keys": {
            "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]
        },
    }
    service.call("PutProfileObjectType", person_type, CALLER)
    put = {"DomainName": "one", "ObjectTypeName": "Person", "Object": '{"id":"p1"}'}
    service.call("PutProfileObject", put, CALLER)
    service.reset("other")
    assert len(service.traces) == 1
    service.reset()
    assert (len(service.traces), service.traces.total) == (0, 1)


# JSON


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{}", "{}"),
        (" { } ", "{}"),
        ("[]", "[]"),
        ('{"a":1.50,"b":[1e5,{}]}', '{\n  "a": 1.50,\n  "b": [\n    1e5,\n    {}\n  ]\n}'),
        (r'{"a\"{,":"\\"}', '{\n  "a\\"{,": "\\\\"\n}'),
        ('{"a":"\\u00e9","a":null}', '{\n  "a": "\\u00e9",\n  "a": null\n}'),
        ("-12", "-12"),
    ],
)
def test_json_is_laid_out_token_for_token(text: str, shown: str) -> None:
    assert laid_out(text) == shown


def test_deep_json_does_not_drown_in_spaces() -> None:
    assert len(laid_out("[" * 500 + "]" * 500)) < 500 * 2 * 65


# Replays


def test_bytes_of_the_data_api_are_bytes_in_boto3() -> None:
    body = {
        "resourceArn": "arn:aws:rds:us-east-1:000000000000:cluster:c",
        "secretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s",
        "sql": "select :b",
        "parameters": [{"name": "b", "value": {"blobValue": "AP8="}}],
    }
    sent = Request("POST", "/Execute", "", [], json.dumps(body).encode(), CALLER)
    entry = LoggedRequest(1, "rds-data", sent, Response(200, b"{}", []), 0.0, 1.0)
    shown = boto3_call(entry, "http://127.0.0.1:1")
    assert shown is not None
    assert "client.execute_statement(" in shown
    assert "{'blobValue': b'\\x00\\xff'}" in shown


def test_accounts_are_access_keys_and_the_usual_one_is_test() -> None:
    other = Request("GET", "/domains", "", [], b"", Caller("123456789012", "eu-west-1"))
    for sent, key in ((request(path="/domains"), "test"), (other, "123456789012")):
        entry = LoggedRequest(1, "profile", sent, Response(200, b"{}", []), 0.0, 1.0)
        assert f"--user {key}:test" in curl(entry, "http://127.0.0.1:1")
        assert f"aws_access_key_id={key!r}" in str(boto3_call(entry, "http://127.0.0.1:1"))
