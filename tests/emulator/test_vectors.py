"""Published mappings and the profiles they must give: every vector, over HTTP, by one runner.

Each case starts from a new domain: it sets up profiles, declares the object types, puts the
objects, and checks one statement of the vector. A member that the runner does not know fails.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.emulator.vectors import VECTORS, pieces, unknown_members

SILENT = "SILENT"
"""How a text begins that no source tells."""

ADDRESSES = ("Address", "ShippingAddress", "MailingAddress", "BillingAddress")
PROFILE_IDS = frozenset({"ProfileId", "MainProfileId", "ProfileIdsToBeMerged", "ProfileIds"})


def statements(kind: str) -> list[Any]:
    """(vector, statement) of every vector that says something of this kind."""
    return [
        pytest.param(name, piece, id=f"{name}-{number}")
        for name, vector in VECTORS.items()
        for number, piece in enumerate(p for k, p in pieces(vector) if k == kind)
    ]


def vectors_with(kind: str) -> list[str]:
    """Names of the vectors that have this member."""
    return [name for name, vector in VECTORS.items() if kind in vector]


@dataclass
class Run:
    """One vector in one new domain.

    ids: profiles of the setup by name. found: profiles found by any search. error: of the last
    object, where the vector says that it is refused.
    """

    vector: dict[str, Any]
    customers: Any
    queue: Any
    ids: dict[str, str] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    error: ClientError | None = None

    def start(self, objects: list[dict[str, Any]] | None = None) -> "Run":
        """Declare the object types, set up, put the objects (by default as the vector has them)."""
        for each in self.vector["object_types"]:
            self.customers.call("put_profile_object_type", **each)
        for each in self.vector.get("setup", []):
            answer = self.customers.call(xform_name(each["op"]), **self._named(each["params"]))
            if "as" in each:
                self.ids[each["as"]] = answer["ProfileId"]
        objects = self.vector["objects"] if objects is None else objects
        for each in objects[:-1]:
            self.put(each["type"], each["object"])
        for each in objects[-1:]:
            if "put_error" in self.vector:
                with pytest.raises(ClientError) as caught:
                    self.put(each["type"], each["object"])
                self.error = caught.value
            else:
                self.put(each["type"], each["object"])
        return self

    def _named(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters with the names of profiles replaced by their ids."""

        def id_of(value: Any) -> Any:
            if isinstance(value, list):
                return [self.ids.get(each, each) for each in value]
            return self.ids.get(value, value)

        return {
            name: id_of(value) if name in PROFILE_IDS else value
            for name, value in parameters.items()
        }

    def put(self, type_name: str, content: Any) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        answer = self.customers.call("put_profile_object", ObjectTypeName=type_name, Object=text)
        self.statuses.append(answer["ResponseMetadata"]["HTTPStatusCode"])

    def search(self, search: dict[str, Any]) -> list[dict[str, Any]]:
        items = self.customers.call("search_profiles", **search)["Items"]
        self.found |= {item["ProfileId"] for item in items}
        return list(items)

    def expect(self, statement: dict[str, Any]) -> None:
        """One search and the profile that it must find."""
        items = self.search(statement["search"])
        if "count" in statement:
            assert len(items) == statement["count"]
        if statement.get("profile", {}) is None:
            assert items == []
            return
        assert items, "nothing was found"
        if "profile" in statement:
            matches = same if statement.get("exact") else contains
            shown = [profile_of(item) for item in items]
            assert any(matches(item, statement["profile"]) for item in shown), shown
        if statement.get("exact_standard_fields_empty"):
            assert [set(profile_of(item)) - {"Attributes"} for item in items] == [set()]
        if "is_profile" in statement:
            assert [item["ProfileId"] for item in items] == [self.ids[statement["is_profile"]]]

    def list_objects(self, statement: dict[str, Any]) -> None:
        """The objects of one type of one profile."""
        objects = self.customers.objects(self.profile_id(statement), statement["type"])
        if "count" in statement:
            assert len(objects) == statement["count"]
        if "object_equals" in statement:
            assert statement["object_equals"] in objects
        for name in ("object_subset", "standard_object_subset"):
            if name in statement:
                assert any(contains(each, statement[name]) for each in objects), objects

    def profile_id(self, statement: dict[str, Any]) -> str:
        """The named profile, the searched one, or else the one that the vector is about."""
        if "profile" in statement:
            return self.ids[statement["profile"]]
        if "search" in statement:
            key, _, value = statement["search"].partition("=")
            items = self.search({"KeyName": key, "Values": [value]})
        else:
            items = [
                item
                for each in self.vector["expected"]
                if each.get("profile", {}) is not None
                for item in self.search(each["search"])
            ]
        (profile_id,) = {item["ProfileId"] for item in items}
        return str(profile_id)

    def re_put(self) -> None:
        """Objects that arrive later, and what holds after each."""
        last = self.vector["objects"][-1]["type"]
        for each in self.vector["expected"]:
            self.search(each["search"])
        for statement in self.vector["re_put"]:
            last = statement.get("type", last)
            self.put(last, statement["object"])
            for each in statement.get("then", []):
                self.expect(each)
            for each in statement.get("list_objects", []):
                self.list_objects(each)
            if "object_count" in statement:
                counts = [len(self.customers.objects(each, last)) for each in self.found]
                assert sum(counts) == statement["object_count"]
            if "profile_count" in statement:
                assert self.customers.stats()["ProfileCount"] == statement["profile_count"]

    def dead_letters(self) -> None:
        """What arrives in the domain's queue."""
        stated = self.vector["dlq"]
        letters = self.queue.receive(stated["count"])
        assert len(letters) == stated["count"]
        for letter in letters:
            assert letter.reason
            if not stated.get("message_text", SILENT).startswith(SILENT):
                assert letter.reason == stated["message_text"]
        if "body_contains" in stated:
            assert any(contains(json.loads(each.body), stated["body_contains"]) for each in letters)

    def refused_type(self, statement: dict[str, Any]) -> None:
        before = self.customers.call("list_profile_object_types")["Items"]
        with pytest.raises(ClientError) as caught:
            self.customers.call("put_profile_object_type", **statement["request"])
        check_error(caught.value, statement["expect"])
        assert self.customers.call("list_profile_object_types")["Items"] == before

    def accepted_type(self, statement: dict[str, Any]) -> None:
        request = statement["request"]
        self.customers.call("put_profile_object_type", **request)
        name = request["ObjectTypeName"]
        shown = self.customers.call("get_profile_object_type", ObjectTypeName=name)
        assert contains(shown, request)

    def wire(self, raw: Any) -> None:
        """The answer to the first search as it is on the wire."""
        stated = self.vector["wire"]
        path = f"/domains/{self.customers.name}/profiles/search"
        answer = raw("POST", path, self.vector["expected"][0]["search"]).json
        for item in answer["Items"]:
            nulls = stated.get("stated_null_members", [])
            assert {name: item.get(name, "absent") for name in nulls} == dict.fromkeys(nulls)
            if "ProfileId_pattern" in stated:
                assert re.fullmatch(stated["ProfileId_pattern"], item["ProfileId"])
        assert answer["Items"]
        if "stated_NextToken" in stated:
            assert answer["NextToken"] == stated["stated_NextToken"]


def check_error(error: ClientError | None, wanted: dict[str, Any]) -> None:
    """Code, status and, where a source tells it, the text."""
    assert error is not None
    assert error.response["Error"]["Code"] == wanted["code"]
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == wanted["status"]
    if not wanted.get("message", SILENT).startswith(SILENT):
        assert error.response["Error"]["Message"] == wanted["message"]


def profile_of(item: dict[str, Any]) -> dict[str, Any]:
    """The values of a found profile, without what the service adds to every profile."""
    added = {"ProfileId", "FoundByItems"}
    return {name: value for name, value in item.items() if value and name not in added}


def contains(actual: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; members beside it are welcome."""
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and all(
            name in actual and contains(actual[name], value) for name, value in wanted.items()
        )
    return bool(actual == wanted)


def same(actual: Any, wanted: Any) -> bool:
    return bool(actual == wanted)


@pytest.fixture
def run(
    connect: Callable[..., Any], account: str, open_domain: Callable[..., Any], open_queue: Any
) -> "Start":
    """`run(vector)`: the vector's run in a new domain, with a queue if it speaks of one."""

    def start(name: str) -> Run:
        vector = VECTORS[name]
        assert unknown_members(vector) == []
        queue = open_queue() if "dlq" in vector else None
        members = {} if queue is None else {"DeadLetterQueueUrl": queue.url}
        return Run(vector, open_domain(connect(account), **members), queue)

    return start


@pytest.mark.parametrize("name", VECTORS)
def test_every_member_of_a_vector_is_understood(name: str) -> None:
    assert unknown_members(VECTORS[name]) == []


def test_a_member_that_nobody_understands_is_reported() -> None:
    search = {"KeyName": "k", "Values": ["v"], "Fuzzy": True}
    vector = {
        "surprise": 1,
        "expected": [{"search": search, "later": {}}],
        "re_put": [{"object": {}, "then": [{"search": search}], "twice": True}],
        "invalid_object_types": [{"request": {}, "expect": {"code": "", "headers": {}}}],
    }
    assert unknown_members(vector) == [
        "surprise",
        "expected.later",
        "expected.search.Fuzzy",
        "re_put.twice",
        "invalid_object_types.expect.headers",
        "re_put.then.search.Fuzzy",
    ]


Start = Callable[[str], Run]


@pytest.mark.parametrize(("name", "statement"), statements("expected"))
def test_a_search_finds_the_stated_profile(name: str, statement: Any, run: Start) -> None:
    run(name).start().expect(statement)


@pytest.mark.parametrize(("name", "statement"), statements("list_objects"))
def test_a_profile_has_the_stated_objects(name: str, statement: Any, run: Start) -> None:
    run(name).start().list_objects(statement)


@pytest.mark.parametrize("name", vectors_with("re_put"))
def test_objects_that_come_later_change_what_is_stated(name: str, run: Start) -> None:
    run(name).start().re_put()


@pytest.mark.parametrize(("name", "statement"), statements("reverse_order"))
def test_objects_in_reverse_order_give_the_stated_profile(
    name: str, statement: Any, run: Start
) -> None:
    run(name).start(VECTORS[name]["objects"][::-1]).expect(statement)


@pytest.mark.parametrize(("name", "statement"), statements("put_error"))
def test_the_last_object_is_refused_as_stated(name: str, statement: Any, run: Start) -> None:
    check_error(run(name).start().error, statement)


@pytest.mark.parametrize(("name", "statement"), statements("put_response"))
def test_every_object_is_answered_as_stated(name: str, statement: Any, run: Start) -> None:
    assert set(run(name).start().statuses) == {statement["status"]}


@pytest.mark.parametrize("name", vectors_with("dlq"))
def test_the_stated_objects_arrive_in_the_dead_letter_queue(name: str, run: Start) -> None:
    run(name).start().dead_letters()


@pytest.mark.parametrize(("name", "statement"), statements("invalid_object_types"))
def test_an_invalid_object_type_is_refused(name: str, statement: Any, run: Start) -> None:
    run(name).start().refused_type(statement)


@pytest.mark.parametrize(("name", "statement"), statements("valid_object_types"))
def test_a_valid_object_type_is_accepted_as_it_is(name: str, statement: Any, run: Start) -> None:
    run(name).start().accepted_type(statement)


@pytest.mark.parametrize("name", vectors_with("wire"))
def test_an_answer_looks_on_the_wire_as_stated(name: str, run: Start, raw: Any) -> None:
    run(name).start().wire(raw)
