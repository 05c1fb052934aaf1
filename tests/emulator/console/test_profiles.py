"""What the console tells of domains and profiles."""

import json
import re
from typing import Any

import pytest

from tests.emulator.console.conftest import Read

ANNA = {"id": "p1", "first": "Anna", "last": "Berg", "email": "Anna@Example.com", "tier": "Gold"}


@pytest.fixture
def anna(people: Any) -> str:
    """The id of a profile that two object types wrote, and a person too."""
    people.declare(
        "Visit",
        {
            "number": ("number",),
            "mail": ("mail", "", "EMAIL_ADDRESS"),
            "seen": ("seen", "Attributes.Seen"),
        },
        {"visitNumber": ("number", "UNIQUE"), "_email": ("mail", "PROFILE")},
        SourcePriority=3,
        ExpirationDays=10,
    )
    people.put("Person", **ANNA)
    people.put("Visit", number="v1", mail="anna@example.com", seen="yes")
    profile_id = people.id_of("personId", "p1")
    people.call("update_profile", ProfileId=profile_id, MiddleName="Liv")
    return str(profile_id)


@pytest.mark.usefixtures("anna")
def test_the_overview_counts_what_is_in_each_domain(read: Read, people: Any) -> None:
    shown = read("/_emulator/", name=people.name)
    ((name, account, region, types, profiles, objects),) = shown.tables["domains-table"]
    assert (name, region) == (people.name, "us-east-1")
    assert account in shown.link(people.name)
    assert (types, profiles, objects) == ("2", "1", "2")
    assert read(shown.link(people.name)).text.startswith(people.name)


def test_domains_of_one_name_are_told_apart_by_account_and_region(
    read: Read, people: Any, connect: Any, open_domain: Any
) -> None:
    other = open_domain(connect("210987654321", "eu-west-1"), DomainName=people.name)
    rows = read("/_emulator/", name=people.name).tables["domains-table"]
    assert {(row[0], row[2]) for row in rows} == {
        (people.name, "us-east-1"),
        (people.name, "eu-west-1"),
    }
    path = f"domains/210987654321/eu-west-1/{people.name}"
    assert "types-table" not in read(path).tables
    other.call("delete_domain")
    assert "There is no domain" in read(path, 404).text


def test_a_name_that_no_domain_has_is_said_to_be_in_none(read: Read) -> None:
    assert (
        "No domain has a name with no-such-domain in it."
        in read("/_emulator/", name="no-such-domain").text
    )


@pytest.mark.usefixtures("anna")
def test_a_domain_lists_its_types_with_their_objects_and_keys(read: Read, home: str) -> None:
    rows = read(home).tables["types-table"]
    assert [row[:4] for row in rows] == [
        ["Person Person", "1", "yes", "none"],
        ["Visit Visit", "1", "yes", "3"],
    ]
    assert rows[1][4] == "visitNumber, _email"


@pytest.mark.usefixtures("anna")
def test_an_object_type_shows_its_fields_keys_and_the_body_as_it_was_put(
    read: Read, home: str
) -> None:
    shown = read(f"{home}/types/Visit")
    assert ["seen", "_source.seen", "_profile.Attributes.Seen", "STRING"] in shown.tables[
        "fields-table"
    ]
    assert shown.tables["keys-table"] == [
        ["visitNumber", "number", "UNIQUE"],
        ["_email", "mail", "PROFILE"],
    ]
    body = json.loads(shown.listings[0])
    assert (body["ObjectTypeName"], body["SourcePriority"]) == ("Visit", 3)
    assert "after 10 days" in shown.text
    assert "no object type Nothing" in read(f"{home}/types/Nothing", 404).text


def test_profiles_come_in_pages_the_newest_first(read: Read, home: str, people: Any) -> None:
    for number in range(27):
        people.put("Person", id=f"p{number:02}")
    first = read(home)
    keys = [row[0] for row in first.tables["profiles-table"]]
    assert len(keys) == 25
    second = read(first.link("before="))
    assert [len(page.tables["profiles-table"]) for page in (first, second)] == [25, 2]
    assert not any("before=" in link for link in second.links)
    assert "Newest profiles" in second.text


@pytest.mark.parametrize(
    ("key", "value"),
    [("personId", "p1"), ("_email", " ANNA@example.com"), ("tier", "Gold"), ("_fullName", None)],
)
def test_a_profile_is_found_by_any_key(
    read: Read, home: str, anna: str, key: str, value: str | None
) -> None:
    shown = read(f"{home}/search", key=key, value=value or "anna liv berg")
    assert [row[0] for row in shown.tables["results-table"]] == ["Anna Liv Berg"]
    assert shown.link(f"/profiles/{anna}")


def test_a_profile_is_found_by_its_id(read: Read, home: str, anna: str) -> None:
    assert read(f"{home}/search", key="_profileId", value=anna).link(f"/profiles/{anna}")


@pytest.mark.usefixtures("anna")
def test_a_value_that_nobody_has_and_a_key_that_is_none_are_told_so(read: Read, home: str) -> None:
    assert (
        "No profile has p2 under key personId."
        in read(f"{home}/search", key="personId", value="p2").text
    )
    assert (
        "KeyName unheard is not defined in the domain."
        in read(f"{home}/search", key="unheard", value="x").text
    )


def test_a_key_of_several_fields_asks_for_each(read: Read, home: str, people: Any) -> None:
    people.declare(
        "Seat",
        {"row": ("row",), "place": ("place",)},
        {"seat": (("row", "place"), "PROFILE", "UNIQUE")},
    )
    people.put("Seat", row="7", place="C")
    asked = read(f"{home}/search", key="seat")
    assert asked.html.count('name="value"') == 2
    assert "made of 2 fields" in asked.text
    assert "takes as many values" in read(f"{home}/search", key="seat", value="7").text
    found = read(f"/_emulator/console/{home}/search?key=seat&value=7&value=C")
    assert len(found.tables["results-table"]) == 1


def test_each_attribute_names_the_object_that_wrote_it(
    read: Read, home: str, people: Any, anna: str
) -> None:
    shown = read(f"{home}/profiles/{anna}")
    rows = {row[0]: row[1:] for row in shown.tables["attributes-table"]}
    assert rows["Attributes.Tier"][0] == "Gold"
    assert rows["Attributes.Tier"][1].startswith("Person ")
    assert rows["Attributes.Tier"][2] == "no priority"
    assert rows["Attributes.Seen"][:1] == ["yes"]
    assert rows["Attributes.Seen"][2] == "priority 3"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows["Attributes.Seen"][3])
    assert rows["MiddleName"][1].startswith("by hand")
    assert rows["MiddleName"][2:] == ["above every source", "not recorded"]
    (unique_key,) = (
        item["ProfileObjectUniqueKey"]
        for item in people.call("list_profile_objects", ObjectTypeName="Visit", ProfileId=anna)[
            "Items"
        ]
    )
    assert unique_key in rows["Attributes.Seen"][1]
    assert shown.link(f"/objects/Visit/{unique_key}")


def test_the_timeline_has_every_object_newest_first_token_for_token(
    read: Read, home: str, people: Any, anna: str
) -> None:
    text = '{"id":"p1","tier":"Gold","amount":1.50,"same":"\\u00e9"}'
    people.call("put_profile_object", ObjectTypeName="Person", Object=text)
    shown = read(f"{home}/profiles/{anna}")
    newest, older = shown.listings[:2]
    assert newest.splitlines()[3:5] == ['  "amount": 1.50,', '  "same": "\\u00e9"']
    assert '"number": "v1"' in older
    assert shown.text.count(" expires ") == 2


def test_a_long_timeline_comes_in_pages(read: Read, home: str, people: Any, anna: str) -> None:
    for number in range(2, 24):
        people.put("Visit", number=f"v{number}", mail="anna@example.com")
    first = read(f"{home}/profiles/{anna}")
    assert '"v23"' in first.listings[0]
    assert "1 Person, 23 Visit" in first.text
    assert '"v1"' in read(first.link("before=")).text


def test_search_keys_say_whence_they_come(read: Read, home: str, people: Any, anna: str) -> None:
    people.call("add_profile_key", ProfileId=anna, KeyName="tier", Values=["Silver"])
    rows = read(f"{home}/profiles/{anna}").tables["keys-table"]
    assert ["tier", "Silver", "bound by AddProfileKey"] in rows
    assert ["tier", "Gold", "Person"] in rows
    assert ["_fullName", "anna liv berg", "the index of the standard fields"] in rows


def test_the_document_is_what_the_api_answers(
    read: Read, home: str, people: Any, anna: str
) -> None:
    document = json.loads(read(f"{home}/profiles/{anna}").listings[-1])
    answered = {name: value for name, value in people.profile(anna).items() if value is not None}
    assert document == answered


def test_calculated_attributes_show_what_the_api_calculates(
    read: Read, home: str, people: Any, anna: str
) -> None:
    people.call(
        "create_calculated_attribute_definition",
        CalculatedAttributeName="visits",
        DisplayName="Visits",
        AttributeDetails={"Attributes": [{"Name": "number"}], "Expression": "{Visit.number}"},
        Statistic="COUNT",
        UseHistoricalData=True,
    )
    ((name, value, partial, newest),) = read(f"{home}/profiles/{anna}").tables["calculated-table"]
    assert name.startswith("visits")
    assert (value, partial) == ("1", "no")
    assert newest


def test_standard_objects_show_with_their_values(read: Read, home: str, people: Any) -> None:
    people.declare(
        "Device",
        {
            "id": ("id",),
            "owner": ("owner",),
            "name": ("name", "_asset.AssetName"),
        },
        {"assetKey": ("id", "ASSET", "UNIQUE"), "ownerKey": ("owner", "PROFILE")},
    )
    people.put("Device", id="a1", owner="o1", name="Phone")
    profile_id = people.id_of("ownerKey", "o1")
    shown = read(f"{home}/profiles/{profile_id}")
    assert "_asset Written last by Device" in shown.text
    assert '{\n  "AssetName": "Phone"\n}' in shown.listings


def test_a_profile_that_is_gone_says_what_may_have_become_of_it(
    read: Read, home: str, people: Any, anna: str
) -> None:
    people.call("delete_profile", ProfileId=anna)
    assert "deleted, or merged into another" in read(f"{home}/profiles/{anna}", 404).text


def test_a_value_outlives_its_object_and_says_so(
    read: Read, home: str, people: Any, anna: str
) -> None:
    (item,) = people.call("list_profile_objects", ObjectTypeName="Visit", ProfileId=anna)["Items"]
    key = item["ProfileObjectUniqueKey"]
    assert '"seen": "yes"' in read(f"{home}/objects/Visit/{key}").text
    people.call(
        "delete_profile_object",
        ObjectTypeName="Visit",
        ProfileId=anna,
        ProfileObjectUniqueKey=key,
    )
    assert "no such object" in read(f"{home}/objects/Visit/{key}", 404).text
