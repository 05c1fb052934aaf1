"""ListProfileObjects over HTTP: objects and standard objects, in pages and filtered."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.objects import listed, visits

Refused = Callable[..., Any]


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
