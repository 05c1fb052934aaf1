"""AddProfileKey and DeleteProfileKey over HTTP (aws-semantics 3.3)."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

NOBODY = "0" * 32


def create(customers: Any) -> str:
    """A profile without values."""
    return str(customers.call("create_profile")["ProfileId"])


def key(customers: Any, operation: str, profile_id: str, name: str, *values: str) -> Any:
    members = {"ProfileId": profile_id, "KeyName": name, "Values": list(values)}
    return customers.call(f"{operation}_profile_key", **members)


def test_an_added_key_is_echoed_and_found(people: Any) -> None:
    profile_id = create(people)
    answer = key(people, "add", profile_id, "tier", "gold", "silver")
    assert (answer["KeyName"], answer["Values"]) == ("tier", ["gold", "silver"])
    assert people.id_of("tier", "gold") == people.id_of("tier", "silver") == profile_id
    assert people.profile(profile_id) == {"ProfileId": profile_id}


def test_objects_with_an_added_value_attach_to_that_profile(people: Any) -> None:
    profile_id = create(people)
    key(people, "add", profile_id, "personId", "1")
    people.put("Person", id="1", first="Ada")
    assert people.profile(profile_id)["FirstName"] == "Ada"
    assert people.stats()["ProfileCount"] == 1


def test_a_key_may_be_added_twice_and_to_two_profiles(people: Any) -> None:
    first, second = create(people), create(people)
    for profile_id in (first, first, second):
        key(people, "add", profile_id, "tier", "gold")
    assert [profile["ProfileId"] for profile in people.find("tier", "gold")] == [first, second]
    key(people, "delete", first, "tier", "gold")
    assert people.id_of("tier", "gold") == second


def test_an_added_value_is_compared_by_the_content_type_of_the_key(people: Any) -> None:
    profile_id = create(people)
    key(people, "add", profile_id, "_email", "Ada@Example.com")
    assert people.id_of("_email", "ada@example.COM") == profile_id
    key(people, "delete", profile_id, "_email", "ADA@example.com")
    assert people.find("_email", "ada@example.com") == []


def test_a_predefined_key_may_be_added_though_no_type_defines_it(customers: Any) -> None:
    profile_id = create(customers)
    key(customers, "add", profile_id, "_ctrContactId", "c-1")
    assert customers.id_of("_ctrContactId", "c-1") == profile_id


def test_a_key_of_several_fields_is_added_with_a_value_for_each(
    customers: Any, refused: Refused
) -> None:
    fields = {"id": ("id",), "a": ("a",), "b": ("b",)}
    customers.declare("Visit", fields, {"visit": ("id", "UNIQUE"), "ab": (("a", "b"), "PROFILE")})
    profile_id = create(customers)
    key(customers, "add", profile_id, "ab", "x", "y")
    customers.put("Visit", id="1", a="x", b="y")
    assert customers.id_of("visit", "1") == profile_id
    # What would bind nothing is not answered as if it had.
    for values in (["x"], ["x", "y", "z"]):
        refusal = refused(key, customers, "add", profile_id, "ab", *values)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_a_deleted_value_finds_and_attaches_no_more(people: Any) -> None:
    people.put("Person", id="1", tier="gold")
    profile_id = people.id_of("personId", "1")
    assert key(people, "delete", profile_id, "tier", "gold", "never there")["Message"]
    key(people, "delete", profile_id, "personId", "1")
    assert people.find("tier", "gold") == people.find("personId", "1") == []
    assert people.profile(profile_id)["Attributes"] == {"Tier": "gold"}
    people.put("Person", id="1")
    assert people.id_of("personId", "1") != profile_id


@pytest.mark.parametrize("operation", ["add", "delete"])
def test_a_key_needs_a_profile_a_known_name_and_values(
    people: Any, refused: Refused, operation: str
) -> None:
    profile_id = create(people)
    cases: list[tuple[int, str, tuple[str, ...]]] = [
        (404, NOBODY, ("tier", "gold")),
        (404, profile_id, ("color", "red")),
        (400, profile_id, ("tier",)),
        (400, profile_id, ("tier", "")),
        (400, profile_id, ("tier", "g" * 256)),
        (400, "ada", ("tier", "gold")),
        (400, profile_id, ("a b", "gold")),
    ]
    codes = {400: "BadRequestException", 404: "ResourceNotFoundException"}
    for status, who, arguments in cases:
        refusal = refused(key, people, operation, who, *arguments)
        assert (refusal.status, refusal.code) == (status, codes[status])
    assert people.find("tier", "gold") == []


@pytest.mark.parametrize("operation", ["add_profile_key", "delete_profile_key"])
def test_an_unknown_domain_has_no_keys(
    customer_profiles: Any, account: str, refused: Refused, operation: str
) -> None:
    members = {"DomainName": "nowhere", "ProfileId": NOBODY, "KeyName": "k", "Values": ["v"]}
    refusal = refused(getattr(customer_profiles, operation), **members)
    text = f"DomainName nowhere is not found in account {account}"
    assert (refusal.status, refusal.message) == (404, text)
