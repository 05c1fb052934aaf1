"""Put, BatchPut, List and DeleteProfileObject over HTTP (aws-semantics 1.4 to 1.8 and 2)."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

MISSING_KEY = "The UNIQUE key or PROFILE key does not exist in the profile object."

VISIT = {"id": ("id",), "a": ("a",), "b": ("b",), "c": ("c",), "note": ("note", "Attributes.Note")}


def visits(customers: Any, keys: dict[str, Any], **more: Any) -> None:
    """Declare `Visit`, whose objects have their own id and the given keys."""
    customers.declare("Visit", VISIT, {"visit": ("id", "UNIQUE")} | keys, **more)


def put_text(customers: Any, text: str, type_name: str = "Person") -> Any:
    return customers.call("put_profile_object", ObjectTypeName=type_name, Object=text)


def listed(customers: Any, profile_id: str, type_name: str, **more: Any) -> Any:
    return customers.call(
        "list_profile_objects", ProfileId=profile_id, ObjectTypeName=type_name, **more
    )


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


# PutProfileObject: which profile


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


# PutProfileObject: what it writes


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


# ListProfileObjects


def test_objects_are_listed_by_type_and_profile(people: Any) -> None:
    people.declare("Visitor", {"id": ("id",)}, {"personId": ("id", "PROFILE", "UNIQUE")})
    for number in "12":
        people.put("Person", id=number, type="person")
        people.put("Visitor", id=number, type="visitor")
    profile_id = people.id_of("personId", "2")
    assert people.objects(profile_id, "Visitor") == [{"id": "2", "type": "visitor"}]
    assert people.objects("0" * 32, "Visitor") == []


def test_objects_are_listed_oldest_first_in_pages(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE")})
    for number in range(5):
        customers.put("Visit", id=number, a="x")
    profile_id = customers.id_of("a", "x")
    first = listed(customers, profile_id, "Visit", MaxResults=2)
    customers.put("Visit", id=1, a="x", note="now the newest")
    second = listed(customers, profile_id, "Visit", MaxResults=2, NextToken=first["NextToken"])
    third = listed(customers, profile_id, "Visit", MaxResults=2, NextToken=second["NextToken"])
    pages = [[json.loads(i["Object"])["id"] for i in p["Items"]] for p in (first, second, third)]
    assert pages == [[0, 1], [2, 3], [4, 1]]
    assert "NextToken" not in third


def test_a_page_of_objects_has_20_unless_asked_otherwise(customers: Any) -> None:
    visits(customers, {"a": ("a", "PROFILE")})
    for number in range(21):
        customers.put("Visit", id=number, a="x")
    profile_id = customers.id_of("a", "x")
    assert len(listed(customers, profile_id, "Visit")["Items"]) == 20
    assert len(listed(customers, profile_id, "Visit", MaxResults=100)["Items"]) == 21


@pytest.mark.parametrize("size", [0, 101])
def test_a_page_of_objects_has_1_to_100(people: Any, refused: Refused, size: int) -> None:
    refusal = refused(listed, people, "0" * 32, "Person", MaxResults=size)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_a_token_is_good_for_its_own_list_only(customers: Any, refused: Refused) -> None:
    visits(customers, {"a": ("a", "PROFILE")})
    for number in range(4):
        customers.put("Visit", id=number, a="x" if number < 2 else "y")
    mine, other = customers.id_of("a", "x"), customers.id_of("a", "y")
    token = listed(customers, mine, "Visit", MaxResults=1)["NextToken"]
    refusal = refused(listed, customers, other, "Visit", NextToken=token)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_objects_of_an_unknown_type_are_not_found(people: Any, refused: Refused) -> None:
    refusal = refused(listed, people, "0" * 32, "Nothing")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")


@pytest.fixture
def assets(customers: Any) -> Any:
    """A domain with three registered products of one customer."""
    fields = {
        "mail": ("mail", "EmailAddress", "EMAIL_ADDRESS"),
        "serial": ("serial", "_asset.SerialNumber"),
        "name": ("name", "_asset.AssetName"),
        "price": ("price", "_asset.Price", "NUMBER"),
        "color": ("color", "_asset.Attributes.Color"),
    }
    keys = {"_email": ("mail", "PROFILE"), "serial": ("serial", "ASSET", "UNIQUE")}
    customers.declare("Product", fields, keys)
    for number, name in enumerate(("Pump", "Fan", "Fan")):
        more = {"serial": f"S{number}", "name": name, "price": 10 + number}
        customers.put("Product", mail="ada@example.com", **more)
    return customers


def test_standard_objects_are_listed_with_their_id_source_and_texts(assets: Any) -> None:
    profile_id = assets.id_of("_email", "ada@example.com")
    items = listed(assets, profile_id, "_asset")["Items"]
    first = json.loads(items[0]["Object"])
    assert first.pop("AssetId") == items[0]["ProfileObjectUniqueKey"]
    wanted = {"DataSource": "Product", "SerialNumber": "S0", "AssetName": "Pump", "Price": "10"}
    assert first == wanted
    assert [item["ObjectTypeName"] for item in items] == ["_asset"] * 3


def test_a_standard_object_accumulates_values_while_the_object_is_replaced(assets: Any) -> None:
    mail = "ada@example.com"
    assets.put("Product", mail=mail, serial="S0", price=9, color="red")
    profile_id = assets.id_of("_email", mail)
    (asset,) = assets.objects(
        profile_id, "_asset", ObjectFilter={"KeyName": "_serialNumber", "Values": ["S0"]}
    )
    assert (asset["AssetName"], asset["Price"]) == ("Pump", "9")
    assert asset["Attributes"] == {"Color": "red"}
    assert len(assets.objects(profile_id, "_asset")) == 3
    assert len(assets.objects(profile_id, "Product")) == 3


@pytest.mark.parametrize(
    ("key", "values", "serials"),
    [
        ("_assetName", ["Fan"], ["S1", "S2"]),
        ("_assetName", ["fan"], []),
        ("_serialNumber", ["S0", "S2", "S9"], ["S0", "S2"]),
    ],
)
def test_standard_objects_are_filtered_by_their_own_keys(
    assets: Any, key: str, values: list[str], serials: list[str]
) -> None:
    profile_id = assets.id_of("_email", "ada@example.com")
    condition = {"KeyName": key, "Values": values}
    found = assets.objects(profile_id, "_asset", ObjectFilter=condition)
    assert [each["SerialNumber"] for each in found] == serials


def test_standard_objects_are_filtered_by_their_id(assets: Any) -> None:
    profile_id = assets.id_of("_email", "ada@example.com")
    second = assets.objects(profile_id, "_asset")[1]
    condition = {"KeyName": "_assetId", "Values": [second["AssetId"]]}
    assert assets.objects(profile_id, "_asset", ObjectFilter=condition) == [second]


def test_a_filtered_list_comes_in_pages_too(assets: Any) -> None:
    profile_id = assets.id_of("_email", "ada@example.com")
    more: dict[str, Any] = {"ObjectFilter": {"KeyName": "_assetName", "Values": ["Fan"]}}
    first = listed(assets, profile_id, "_asset", MaxResults=1, **more)
    second = listed(assets, profile_id, "_asset", NextToken=first["NextToken"], **more)
    found = [json.loads(i["Object"])["SerialNumber"] for p in (first, second) for i in p["Items"]]
    assert found == ["S1", "S2"]


@pytest.mark.parametrize(
    ("type_name", "key"),
    [("_asset", "_caseId"), ("_asset", "serial"), ("_case", "_assetId"), ("Product", "serial")],
)
def test_a_filter_names_a_key_of_the_standard_object(
    assets: Any, refused: Refused, type_name: str, key: str
) -> None:
    condition = {"KeyName": key, "Values": ["S0"]}
    profile_id = assets.id_of("_email", "ada@example.com")
    refusal = refused(listed, assets, profile_id, type_name, ObjectFilter=condition)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


@pytest.mark.parametrize("condition", [{}, {"KeyName": "_assetId"}, {"Values": ["S0"]}])
def test_a_filter_has_a_key_and_values(assets: Any, refused: Refused, condition: Any) -> None:
    refusal = refused(listed, assets, "0" * 32, "_asset", ObjectFilter=condition)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "objectFilter" in refusal.message


@pytest.mark.parametrize(("root", "identifier"), [("_order", "ORDER"), ("_case", "CASE")])
def test_orders_and_cases_are_standard_objects_too(
    customers: Any, root: str, identifier: str
) -> None:
    id_name = f"{root[1:].title()}Id"
    fields = {"id": ("id",), "who": ("who",), "status": ("status", f"{root}.Status")}
    keys = {"number": ("id", "UNIQUE", identifier), "who": ("who", "PROFILE")}
    customers.declare("Ticket", fields, keys)
    customers.put("Ticket", id="7", who="ada", status="open")
    customers.put("Ticket", id="7", who="ada", status="closed")
    profile_id = customers.id_of("who", "ada")
    (shown,) = customers.objects(profile_id, root)
    assert shown == {id_name: shown[id_name], "DataSource": "Ticket", "Status": "closed"}
    condition = {"KeyName": f"_{root[1:]}Id", "Values": [shown[id_name]]}
    assert customers.objects(profile_id, root, ObjectFilter=condition) == [shown]
    assert customers.id_of(f"_{root[1:]}Id", shown[id_name]) == profile_id


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


# BatchPutProfileObject


def put_batch(customers: Any, texts: list[str], type_name: str = "Person") -> Any:
    items = [{"Id": f"i{number}", "Object": text} for number, text in enumerate(texts)]
    return customers.call("batch_put_profile_object", ObjectTypeName=type_name, Items=items)


def test_a_batch_puts_its_objects_in_order(people: Any) -> None:
    texts = ['{"id": "1", "tier": "gold"}', '{"id": "2"}', '{"id": "1", "tier": "silver"}']
    answer = put_batch(people, texts)
    keys = {item["Id"]: item["ProfileObjectUniqueKey"] for item in answer["Successful"]}
    assert keys["i0"] == keys["i2"] == people.put("Person", id="1")
    assert answer["Failed"] == []
    assert people.find("personId", "1")[0]["Attributes"] == {"Tier": "silver"}


def test_an_item_that_is_refused_stops_no_other(people: Any) -> None:
    answer = put_batch(people, ['{"id": "1"}', "{", '{"first": "Ada"}', '{"id": "2"}'])
    assert [item["Id"] for item in answer["Successful"]] == ["i0", "i3"]
    assert [(item["Id"], item["Code"]) for item in answer["Failed"]] == [("i1", 400), ("i2", 400)]
    assert answer["Failed"][1]["Message"] == MISSING_KEY
    assert people.stats()["ObjectCount"] == 2


def test_a_batch_has_1_to_10_items(people: Any, refused: Refused) -> None:
    texts = [f'{{"id": "{number}"}}' for number in range(11)]
    for wrong in (texts, []):
        refusal = refused(put_batch, people, wrong)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert people.stats()["ObjectCount"] == 0
    assert len(put_batch(people, texts[:10])["Successful"]) == 10


def test_a_batch_of_an_unknown_type_fails_as_a_whole(people: Any, refused: Refused) -> None:
    refusal = refused(put_batch, people, ['{"id": "1"}'], "Nothing")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")


def test_a_batch_with_one_item_out_of_bounds_puts_nothing(people: Any, refused: Refused) -> None:
    refusal = refused(put_batch, people, ['{"id": "1"}', ""])
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "'items.2.member.object'" in refusal.message
    assert people.stats()["ObjectCount"] == 0


@pytest.mark.parametrize("operation", ["put_profile_object", "batch_put_profile_object"])
def test_an_unknown_domain_takes_no_objects(
    customer_profiles: Any, account: str, refused: Refused, operation: str
) -> None:
    members: dict[str, Any] = {"Object": "{}"}
    if operation.startswith("batch"):
        members = {"Items": [{"Id": "1", "Object": "{}"}]}
    refusal = refused(
        getattr(customer_profiles, operation),
        DomainName="nowhere",
        ObjectTypeName="Person",
        **members,
    )
    text = f"DomainName nowhere is not found in account {account}"
    assert (refusal.status, refusal.message) == (404, text)
