"""Put and DeleteProfileObject over HTTP: answers, and what is kept (aws-semantics 1.4 to 1.8)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.objects import MISSING_KEY, listed, put_text, visits

Refused = Callable[..., Any]

# PutProfileObject: the answer


def test_one_unique_value_has_one_key_and_another_has_another(people: Any) -> None:
    first = people.put("Person", id="1")
    assert people.put("Person", id="1", first="Ada") == first
    assert people.put("Person", id="2") != first
    assert 1 <= len(first) <= 255


def test_unique_values_of_different_types_do_not_collide(people: Any) -> None:
    people.declare("Visitor", {"id": ("id",)}, {"personId": ("id", "PROFILE", "UNIQUE")})
    assert people.put("Person", id="1") != people.put("Visitor", id="1")
    profile_id = people.id_of("personId", "1")
    assert people.objects(profile_id, "Person") == people.objects(profile_id, "Visitor")
    assert people.stats()["ObjectCount"] == 2


def test_an_unknown_type_is_not_found(people: Any, refused: Refused) -> None:
    refusal = refused(people.put, "Nothing", id="1")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize("name", ["_profile", "_asset", "_order", "_case"])
def test_standard_types_take_no_objects(people: Any, refused: Refused, name: str) -> None:
    refusal = refused(people.put, name, id="1")
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


@pytest.mark.parametrize(
    "text",
    ["{", "Ada", "", '{"id": 1,}', "{'id': 1}", '{"id": NaN}', '{"id": "\\ud800"}', "[" * 5_000],
)
def test_what_is_no_json_is_refused(people: Any, refused: Refused, text: str) -> None:
    refusal = refused(put_text, people, text)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert people.stats()["ObjectCount"] == 0


@pytest.mark.parametrize("text", ["[]", '[{"id": "1"}]', '"1"', "1", "null", "true"])
def test_json_that_is_no_object_is_refused(people: Any, refused: Refused, text: str) -> None:
    refusal = refused(put_text, people, text)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert people.stats()["ObjectCount"] == 0


def test_an_object_has_at_most_256000_characters(people: Any, refused: Refused) -> None:
    head = '{"id": "1", "more": "'
    full = head + "x" * (256_000 - len(head) - 2) + '"}'
    put_text(people, full)
    assert people.stats()["TotalSize"] == 256_000
    refusal = refused(put_text, people, full.replace('"}', 'x"}'))
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "less than or equal to 256000" in refusal.message
    assert people.stats()["TotalSize"] == 256_000


@pytest.mark.parametrize("record", [{}, {"id": ""}, {"id": None}, {"ID": "1"}, {"first": "Ada"}])
def test_an_object_without_its_keys_is_refused(
    people: Any, refused: Refused, record: dict[str, Any]
) -> None:
    refusal = refused(people.put, "Person", **record)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert refusal.message == MISSING_KEY
    assert people.stats()["ProfileCount"] == 0


def test_an_object_needs_its_unique_key_and_one_of_its_profile_keys(
    customers: Any, refused: Refused
) -> None:
    visits(customers, {"a": ("a", "PROFILE"), "b": ("b", "PROFILE")})
    assert refused(customers.put, "Visit", id="1", c="x").message == MISSING_KEY
    assert refused(customers.put, "Visit", a="x", b="y").message == MISSING_KEY
    assert customers.stats()["ProfileCount"] == 0
    customers.put("Visit", id="1", b="y")
    assert len(customers.find("b", "y")) == 1


# What is stored


TEXTS = [
    '{"id": "1",\n "list": [[1, [2, null]], {}], "yes": true, "no": false}',
    '{"id":"1","number":1.50,"same":1,"same":2}',
    '{"id": "1", "name": "Åse 👩\u200d🚀 \\u0041 \\"quoted\\""}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_an_object_is_kept_letter_by_letter(people: Any, text: str) -> None:
    key = put_text(people, text)["ProfileObjectUniqueKey"]
    (item,) = listed(people, people.id_of("personId", "1"), "Person")["Items"]
    assert item == {
        "ObjectTypeName": "Person",
        "ProfileObjectUniqueKey": key,
        "Object": text,
    }


def test_an_object_that_comes_again_is_replaced_as_a_whole(people: Any) -> None:
    people.put("Person", id="1", first="Ada", note="kept")
    people.put("Person", id="1", last="Lovelace")
    objects = people.objects(people.id_of("personId", "1"), "Person")
    assert objects == [{"id": "1", "last": "Lovelace"}]


def test_a_profile_keeps_1000_objects_and_the_oldest_goes(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE")}, MaxProfileObjectCount=5)
    fields = {"id": ("id",), "a": ("a",)}
    customers.declare("Call", fields, {"call": ("id", "UNIQUE"), "a": ("a", "PROFILE")})
    for start in range(0, 1000, 10):
        # Ten visits, five of them above their limit, and 990 calls.
        type_name = "Call" if start else "Visit"
        items = [
            {"Id": str(n), "Object": json.dumps({"id": n, "a": "x"})}
            for n in range(start, start + 10)
        ]
        customers.call("batch_put_profile_object", ObjectTypeName=type_name, Items=items)
    profile_id = customers.id_of("a", "x")
    customers.put("Call", id=1000, a="x")
    assert [each["id"] for each in customers.objects(profile_id, "Visit")] == list(range(1, 10))
    for number in range(1001, 1006):
        customers.put("Call", id=number, a="x")
    # No visit is above the limit any more: the oldest call made room for the last one.
    assert len(customers.objects(profile_id, "Visit")) == 5
    assert customers.stats()["ObjectCount"] == 1000
    assert customers.objects(profile_id, "Call", MaxResults=1) == [{"id": 11, "a": "x"}]


# DeleteProfileObject


def delete(customers: Any, profile_id: str, key: str, type_name: str = "Person") -> Any:
    members = {"ProfileId": profile_id, "ProfileObjectUniqueKey": key, "ObjectTypeName": type_name}
    return customers.call("delete_profile_object", **members)


def test_a_deleted_object_is_gone_and_its_values_stay(people: Any) -> None:
    key = people.put("Person", id="1", first="Ada")
    people.put("Person", id="2")
    profile_id = people.id_of("personId", "1")
    assert delete(people, profile_id, key)["Message"] == "OK"
    assert people.objects(profile_id, "Person") == []
    assert people.profile(profile_id)["FirstName"] == "Ada"
    assert people.stats()["ObjectCount"] == 1


def test_an_object_is_deleted_where_it_is(people: Any, refused: Refused) -> None:
    key = people.put("Person", id="1")
    people.put("Person", id="2")
    mine, other = people.id_of("personId", "1"), people.id_of("personId", "2")
    people.declare("Visitor", {"id": ("id",)}, {"personId": ("id", "PROFILE", "UNIQUE")})
    for wrong in ((other, key), ("0" * 32, key), (mine, "nothing"), (mine, key, "Visitor")):
        refusal = refused(delete, people, *wrong)
        assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
    assert people.stats()["ObjectCount"] == 2
    delete(people, mine, key)
    assert refused(delete, people, mine, key).status == 404


def test_an_object_of_an_unknown_type_cannot_be_deleted(people: Any, refused: Refused) -> None:
    key = people.put("Person", id="1")
    refusal = refused(delete, people, people.id_of("personId", "1"), key, "Nothing")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
