"""What an object that is put writes to its profile, over HTTP (aws-semantics 2.3)."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]


@pytest.mark.parametrize("value", ["", None])
def test_what_carries_no_value_blanks_nothing(people: Any, value: Any) -> None:
    people.put("Person", id="1", first="Ada", tier="gold")
    people.put("Person", id="1", first=value, tier=value)
    (profile,) = people.find("personId", "1")
    assert (profile["FirstName"], profile["Attributes"]) == ("Ada", {"Tier": "gold"})


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234, "1234"), (449.0, "449"), (449.5, "449.5"), (True, "true"), (False, "false"), (0, "0")],
)
def test_numbers_and_booleans_become_texts(people: Any, value: Any, text: str) -> None:
    people.put("Person", id="1", tier=value)
    (profile,) = people.find("personId", "1")
    assert profile["Attributes"] == {"Tier": text}
    assert people.objects(profile["ProfileId"], "Person") == [{"id": "1", "tier": value}]


def test_between_equal_sources_the_last_write_stands(people: Any) -> None:
    fields = {"id": ("id",), "first": ("first", "FirstName")}
    people.declare("Visitor", fields, {"personId": ("id", "PROFILE", "UNIQUE")})
    people.put("Person", id="1", first="Ada")
    people.put("Visitor", id="1", first="Augusta")
    assert people.find("personId", "1")[0]["FirstName"] == "Augusta"


def test_a_weaker_source_fills_what_the_stronger_one_left_open(customers: Any) -> None:
    fields = {"id": ("id",), "first": ("first", "FirstName"), "last": ("last", "LastName")}
    for name, priority in (("Strong", 1), ("Weak", 2)):
        keys = {"personId": ("id", "PROFILE", "UNIQUE")}
        customers.declare(name, fields, keys, SourcePriority=priority)
    customers.put("Strong", id="1", first="Ada")
    customers.put("Weak", id="1", first="Eve", last="Lovelace")
    (profile,) = customers.find("personId", "1")
    assert (profile["FirstName"], profile["LastName"]) == ("Ada", "Lovelace")


def test_a_type_without_priority_is_the_weakest(customers: Any) -> None:
    fields = {"id": ("id",), "first": ("first", "FirstName")}
    keys = {"personId": ("id", "PROFILE", "UNIQUE")}
    customers.declare("Strong", fields, keys, SourcePriority=1_000)
    customers.declare("Weak", fields, keys)
    customers.put("Strong", id="1", first="Ada")
    customers.put("Weak", id="1", first="Eve")
    assert customers.find("personId", "1")[0]["FirstName"] == "Ada"


def test_what_people_wrote_is_kept_and_the_rest_is_filled(people: Any) -> None:
    people.put("Person", id="1", first="Ada", last="Byron")
    profile_id = people.id_of("personId", "1")
    people.call("update_profile", ProfileId=profile_id, LastName="Lovelace")
    people.put("Person", id="1", first="Augusta", last="King", tier="gold")
    profile = people.profile(profile_id)
    assert (profile["FirstName"], profile["LastName"]) == ("Augusta", "Lovelace")
    assert profile["Attributes"] == {"Tier": "gold"}


def test_a_whole_object_fills_the_members_of_an_address(customers: Any) -> None:
    fields = {"id": ("id",), "home": ("home", "Address")}
    customers.declare("Visit", fields, {"visit": ("id", "PROFILE", "UNIQUE")})
    home = {"Address1": "Main St 1", "City": "Oslo", "PostalCode": "", "Planet": "Earth"}
    customers.put("Visit", id="1", home=home)
    address = customers.find("visit", "1")[0]["Address"]
    assert address == {"Address1": "Main St 1", "City": "Oslo"}


@pytest.mark.parametrize(
    ("given", "enumeration"), [("Male", "MALE"), ("FEMALE", "FEMALE"), ("divers", None)]
)
def test_a_gender_is_readable_as_text(customers: Any, given: str, enumeration: Any) -> None:
    fields = {"id": ("id",), "gender": ("gender", "Gender")}
    customers.declare("Visit", fields, {"visit": ("id", "PROFILE", "UNIQUE")})
    customers.put("Visit", id="1", gender=given)
    (profile,) = customers.find("visit", "1")
    assert (profile["GenderString"], profile.get("Gender")) == (given, enumeration)


CONTACT = {
    "id": ("id",),
    "mail": ("mail", "", "EMAIL_ADDRESS"),
    "call": ("call", "", "PHONE_NUMBER"),
}
CONTACT_KEYS = {"contact": ("id", "PROFILE", "UNIQUE"), "mail": ("mail",)}


def test_a_profile_that_an_object_creates_gets_its_email_and_phone(customers: Any) -> None:
    customers.declare("Contact", CONTACT, CONTACT_KEYS)
    customers.put("Contact", id="1", mail="ada@example.com", call="555")
    (profile,) = customers.find("contact", "1")
    assert (profile["EmailAddress"], profile["PhoneNumber"]) == ("ada@example.com", "555")
    # The fields of the profile, not its search keys.
    assert customers.find("_email", "ada@example.com") == []
    assert customers.find("_phone", "555") == []


def test_an_existing_profile_gets_no_email_or_phone_by_itself(customers: Any) -> None:
    customers.declare("Contact", CONTACT, CONTACT_KEYS)
    customers.put("Contact", id="1")
    customers.put("Contact", id="1", mail="ada@example.com", call="555")
    (profile,) = customers.find("contact", "1")
    assert profile.keys() == {"ProfileId"}


def test_a_value_that_is_too_long_for_a_profile_keeps_the_object_out(people: Any) -> None:
    people.put("Person", id="1", first="A" * 255)
    people.put("Person", id="2", first="A" * 256)
    assert len(people.find("personId", "1")) == 1
    assert people.find("personId", "2") == []
    assert people.stats()["ObjectCount"] == 1


def test_additional_information_has_up_to_1000_characters(customers: Any) -> None:
    fields = {"id": ("id",), "more": ("more", "AdditionalInformation")}
    customers.declare("Visit", fields, {"visit": ("id", "PROFILE", "UNIQUE")})
    customers.put("Visit", id="1", more="A" * 1000)
    customers.put("Visit", id="2", more="A" * 1001)
    assert len(customers.find("visit", "1")[0]["AdditionalInformation"]) == 1000
    assert customers.find("visit", "2") == []
