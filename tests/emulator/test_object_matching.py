"""Which profile an object that is put attaches to, over HTTP (aws-semantics 2.1 and 2.2)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.objects import visits

Refused = Callable[..., Any]


def test_an_object_attaches_to_the_one_profile_that_a_key_finds(people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    profile_id = people.id_of("personId", "1")
    people.put("Person", id="1", last="Lovelace")
    (profile,) = people.find("personId", "1")
    assert profile == {"ProfileId": profile_id, "FirstName": "Ada", "LastName": "Lovelace"}
    assert people.stats()["ProfileCount"] == 1


def test_a_profile_id_has_32_hexadecimal_digits(people: Any) -> None:
    people.put("Person", id="1")
    assert re.fullmatch("[0-9a-f]{32}", people.id_of("personId", "1"))


def test_an_object_whose_first_key_is_unknown_attaches_by_the_next(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE"), "b": ("b", "PROFILE")})
    customers.put("Visit", id="1", b="x")
    customers.put("Visit", id="2", a="new", b="x")
    assert customers.id_of("a", "new") == customers.id_of("visit", "1")


def test_of_two_keys_with_a_profile_each_the_first_decides(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE"), "b": ("b", "PROFILE")})
    customers.put("Visit", id="1", a="x")
    customers.put("Visit", id="2", b="y")
    customers.put("Visit", id="3", a="x", b="y")
    assert customers.id_of("visit", "3") == customers.id_of("visit", "1")
    assert customers.stats()["ProfileCount"] == 2


def test_secondary_keys_are_tried_after_all_primary_ones(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE", "SECONDARY"), "b": ("b", "PROFILE")})
    customers.put("Visit", id="1", a="x")
    customers.put("Visit", id="2", b="y")
    customers.put("Visit", id="3", a="x", b="y")
    assert customers.id_of("visit", "3") == customers.id_of("visit", "2")
    customers.put("Visit", id="4", a="x2", b="unknown")
    customers.put("Visit", id="5", a="x2")
    assert customers.id_of("visit", "5") == customers.id_of("visit", "4")


def shared(customers: Any, **more: Any) -> None:
    """Two profiles that hold the value `both` of key a."""
    keys = {"a": ("a", "PROFILE"), "b": ("b", "PROFILE")}
    visits(customers, keys)
    for number in "12":
        customers.put("Visit", id=number, b=number)
        profile_id = customers.id_of("b", number)
        customers.call("add_profile_key", ProfileId=profile_id, KeyName="a", Values=["both"])
    visits(customers, keys, **more)


def test_a_key_that_finds_several_profiles_is_thrown_away(customers: Any) -> None:
    shared(customers)
    customers.put("Visit", id="3", a="both", b="2")
    assert customers.id_of("visit", "3") == customers.id_of("b", "2")


def test_an_object_that_matches_two_profiles_starts_a_new_one(customers: Any) -> None:
    shared(customers)
    customers.put("Visit", id="3", a="both")
    assert customers.stats()["ProfileCount"] == 3
    assert customers.id_of("visit", "3") not in {customers.id_of("b", n) for n in "12"}


def test_where_creation_is_off_an_object_without_one_profile_is_answered_but_not_kept(
    customers: Any,
) -> None:
    shared(customers, AllowProfileCreation=False)
    assert customers.put("Visit", id="3", a="both")
    assert customers.put("Visit", id="4", b="unknown")
    assert customers.find("visit", "3", "4") == []
    assert customers.stats()["ProfileCount"] == customers.stats()["ObjectCount"] == 2


def test_unique_plays_no_part_in_finding_the_profile(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE")})
    for number in range(40):
        customers.put("Visit", id="one", a=f"p{number}")
    found = {customers.id_of("a", f"p{number}") for number in range(40)}
    assert len(found) == customers.stats()["ProfileCount"] == 40
    # The object itself is one, and moved with the newest put.
    assert customers.stats()["ObjectCount"] == 1
    assert len(customers.objects(customers.id_of("a", "p39"), "Visit")) == 1


def test_a_lookup_only_key_finds_but_is_not_stored(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE"), "_email": ("b", "PROFILE", "LOOKUP_ONLY")})
    created = customers.call("create_profile", EmailAddress="ada@example.com")["ProfileId"]
    customers.put("Visit", id="1", a="x", b="ada@example.com")
    assert customers.id_of("a", "x") == created
    customers.put("Visit", id="2", a="x", b="other@example.com")
    assert customers.find("_email", "other@example.com") == []


def test_a_new_only_key_is_stored_only_by_the_object_that_creates_the_profile(
    customers: Any,
) -> None:
    visits(customers, {"a": ("a", "PROFILE"), "b": ("b", "PROFILE", "NEW_ONLY")})
    customers.put("Visit", id="1", a="x", b="first")
    customers.put("Visit", id="2", a="x", b="second")
    customers.put("Visit", id="3", a="y", b="first")
    assert customers.id_of("b", "first") == customers.id_of("a", "x")
    assert customers.id_of("visit", "3") == customers.id_of("a", "x")
    assert customers.find("b", "second") == []


def test_a_profile_id_key_is_compared_with_the_id_that_the_service_made(customers: Any) -> None:
    keys = {"a": ("a", "PROFILE"), "_profileId": ("b", "PROFILE", "LOOKUP_ONLY")}
    visits(customers, keys)
    created = customers.call("create_profile", FirstName="Ada")["ProfileId"]
    customers.put("Visit", id="1", b=created)
    customers.put("Visit", id="2", a="x", b="my-own-id")
    assert customers.id_of("visit", "1") == created
    assert customers.id_of("a", "x") != created


def test_ten_objects_with_ten_values_of_a_key_are_found_by_all_ten(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE"), "c": ("c",)})
    for number in range(10):
        customers.put("Visit", id=str(number), a="x", c=f"v{number}")
    found = {customers.id_of("c", f"v{number}") for number in range(10)}
    assert found == {customers.id_of("a", "x")}


def test_a_key_of_several_fields_matches_on_all_of_them(customers: Any) -> None:
    visits(customers, {"ab": (("a", "b"), "PROFILE")})
    customers.put("Visit", id="1", a="x", b="y")
    customers.put("Visit", id="2", a="x", b="y")
    customers.put("Visit", id="3", a="y", b="x")
    customers.put("Visit", id="4", a="xy")
    assert customers.id_of("visit", "2") == customers.id_of("visit", "1")
    assert customers.stats()["ProfileCount"] == 3


@pytest.mark.parametrize(
    ("content_type", "one", "other"),
    [
        ("NUMBER", 1234, "1234.0"),
        ("NUMBER", "01234", 1234),
        ("PHONE_NUMBER", "+15551234567", "(555)-123-4567"),
        ("PHONE_NUMBER", "+1 (206) 345-7890", "2063457890"),
        ("EMAIL_ADDRESS", "John@Example.com", "john@example.COM"),
        ("NAME", "John   Doe", "john doe"),
    ],
)
def test_values_that_are_equal_by_content_type_meet_in_one_profile(
    customers: Any, content_type: str, one: Any, other: Any
) -> None:
    fields = {"id": ("id",), "a": ("a", "Attributes.A", content_type)}
    customers.declare("Visit", fields, {"visit": ("id", "UNIQUE"), "a": ("a", "PROFILE")})
    customers.put("Visit", id="1", a=one)
    assert customers.find("a", str(other)) == customers.find("a", str(one)) != []
    # What was put is kept as it came.
    assert customers.find("a", str(one))[0]["Attributes"] == {"A": str(one)}
    customers.put("Visit", id="2", a=other)
    assert customers.stats()["ProfileCount"] == 1


@pytest.mark.parametrize(("one", "other"), [("1234", "01234"), ("A", "a"), ("a b", "a  b")])
def test_strings_are_compared_letter_by_letter(customers: Any, one: str, other: str) -> None:
    visits(customers, {"a": ("a", "PROFILE")})
    customers.put("Visit", id="1", a=one)
    customers.put("Visit", id="2", a=other)
    assert customers.stats()["ProfileCount"] == 2
