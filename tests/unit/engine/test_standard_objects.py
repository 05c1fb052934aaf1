"""Assets, orders and the other standard objects that an object fills (1.5, 1.6, 2.3)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles import EMAIL_ADDRESS, LOOKUP_ONLY, PROFILE, UNIQUE, Field, Identifier, Key, ObjectType
from profiles.outcome import Verdict
from profiles.profile_writes import delete_profile, merge_profiles

StartDomain = Callable[..., Any]

EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
BY_EMAIL = Key("_email", ("email",), (PROFILE,))
REGISTRATION = ObjectType(
    name="Registration",
    description="A product that a customer registered",
    fields=(
        EMAIL,
        Field("serial", "_source.serial", "_asset.SerialNumber"),
        Field("product", "_source.product", "_asset.AssetName"),
        Field("status", "_source.status", "_asset.Status"),
        Field("price", "_source.price", "_asset.Price"),
        Field("colour", "_source.colour", "_asset.Attributes.Colour"),
    ),
    keys=(Key("serialKey", ("serial",), (UNIQUE, Identifier.ASSET)), BY_EMAIL),
    allow_profile_creation=True,
)
REPAIR = replace(
    REGISTRATION,
    name="Repair",
    fields=(*REGISTRATION.fields, Field("repair", "_source.repair")),
    keys=(
        Key("repairKey", ("repair",), (UNIQUE,)),
        Key("serialKey", ("serial",), (Identifier.ASSET,)),
        BY_EMAIL,
    ),
)
ORDER = ObjectType(
    name="Order",
    description="An order",
    fields=(
        EMAIL,
        Field("number", "_source.number", "_order.Name"),
        Field("city", "_source.city", "_order.ShippingAddress.City"),
    ),
    keys=(Key("orderKey", ("number",), (UNIQUE, Identifier.ORDER)), BY_EMAIL),
    allow_profile_creation=True,
)
ANN = "ann@example.com"
BOB = "bob@example.com"


def test_a_key_that_finds_no_standard_object_creates_one(start_domain: StartDomain) -> None:
    domain = start_domain(REGISTRATION)
    outcome = domain.put(
        "Registration", email=ANN, serial="SN-1", product="AC", price=449.0, colour="red"
    )
    assert domain.standard(outcome.profile_id, "_asset") == [
        {"SerialNumber": "SN-1", "AssetName": "AC", "Price": "449", "Attributes.Colour": "red"}
    ]
    # What it fills is the asset, not the profile.
    assert domain.profile(outcome.profile_id) == {"EmailAddress": ANN}


def test_a_key_that_finds_one_standard_object_updates_it_and_its_values_accumulate(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(REGISTRATION)
    domain.put("Registration", email=ANN, serial="SN-1", product="AC", status="ACTIVE")
    outcome = domain.put("Registration", email=ANN, serial="SN-1", product="", status="RETIRED")
    assert domain.objects(outcome.profile_id, "Registration") == [
        {"email": ANN, "serial": "SN-1", "product": "", "status": "RETIRED"}
    ]
    assert domain.standard(outcome.profile_id, "_asset") == [
        {"SerialNumber": "SN-1", "AssetName": "AC", "Status": "RETIRED"}
    ]


def test_objects_of_two_types_fill_one_standard_object(start_domain: StartDomain) -> None:
    domain = start_domain(REGISTRATION, REPAIR)
    outcome = domain.put("Registration", email=ANN, serial="SN-1", product="AC")
    domain.put("Repair", email=ANN, repair="R-1", serial="SN-1", status="IN REPAIR")
    assert domain.standard(outcome.profile_id, "_asset") == [
        {"SerialNumber": "SN-1", "AssetName": "AC", "Status": "IN REPAIR"}
    ]


def test_each_value_of_the_key_is_a_standard_object_of_its_own(start_domain: StartDomain) -> None:
    domain = start_domain(REGISTRATION)
    domain.put("Registration", email=ANN, serial="SN-2")
    outcome = domain.put("Registration", email=ANN, serial="SN-1")
    assert domain.standard(outcome.profile_id, "_asset") == [
        {"SerialNumber": "SN-2"},
        {"SerialNumber": "SN-1"},
    ]
    assert domain.store.profile_count() == 1


def test_kinds_of_standard_objects_are_kept_apart(start_domain: StartDomain) -> None:
    domain = start_domain(REGISTRATION, ORDER)
    domain.put("Registration", email=ANN, serial="1")
    outcome = domain.put("Order", email=ANN, number="1", city="Oslo")
    assert domain.standard(outcome.profile_id, "_asset") == [{"SerialNumber": "1"}]
    assert domain.standard(outcome.profile_id, "_order") == [
        {"Name": "1", "ShippingAddress.City": "Oslo"}
    ]
    assert domain.standard(outcome.profile_id, "_case") == []


def two_assets_with_one_serial(domain: Any) -> Any:
    """The outcome of an ingestion that finds two assets under one key value."""
    both = replace(
        REPAIR,
        name="Both",
        keys=(
            Key("repairKey", ("repair",), (UNIQUE, Identifier.ASSET)),
            Key("serialKey", ("serial",), (Identifier.ASSET,)),
            BY_EMAIL,
        ),
    )
    domain.engine.put_type(both)
    domain.put("Registration", email=ANN, serial="SN-1")
    domain.put("Registration", email=ANN, serial="SN-2")
    for number in "12":
        domain.put("Both", email=ANN, repair=f"R-{number}", product=f"AC {number}")
    for number in "12":
        domain.put("Both", email=ANN, repair=f"R-{number}", serial="SN-3")
    return domain.put("Registration", email=ANN, serial="SN-3")


def test_a_key_that_finds_two_standard_objects_refuses_the_ingestion(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(REGISTRATION)
    outcome = two_assets_with_one_serial(domain)
    assert (outcome.verdict, outcome.profile_id) == (Verdict.REJECTED, None)
    assert outcome.reason == "More than one _asset matches the keys of this object"
    (profile_id,) = domain.ids("_email", ANN)
    serials = [each["serial"] for each in domain.objects(profile_id, "Registration")]
    assert serials == ["SN-1", "SN-2"]


def test_an_object_that_is_rejected_writes_no_standard_object(start_domain: StartDomain) -> None:
    domain = start_domain(REGISTRATION, replace(REPAIR, allow_profile_creation=False))
    rejected = domain.put("Repair", email=ANN, repair="R-1", serial="SN-1", product="AC")
    assert rejected.verdict is Verdict.REJECTED
    outcome = domain.put("Registration", email=ANN, serial="SN-1")
    assert domain.standard(outcome.profile_id, "_asset") == [{"SerialNumber": "SN-1"}]


def test_an_object_without_values_for_a_standard_object_makes_none(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(REPAIR)
    outcome = domain.put("Repair", email=ANN, repair="R-1", serial="")
    assert domain.standard(outcome.profile_id, "_asset") == []


def test_a_key_of_a_standard_object_finds_its_profile_in_a_search(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(REGISTRATION)
    outcome = domain.put("Registration", email=ANN, serial="SN-1", product="AC 2200")
    (asset,) = domain.store.standard_objects(outcome.profile_id, "_asset")
    assert domain.ids("serialKey", "SN-1") == [outcome.profile_id]
    assert domain.ids("_assetId", asset.id) == [outcome.profile_id]
    assert domain.ids("_serialNumber", "SN-1") == [outcome.profile_id]
    assert domain.ids("_assetName", "AC 2200") == [outcome.profile_id]
    assert domain.find("_assetName", "AC") == []


def test_a_standard_object_goes_to_the_profile_of_the_newest_object(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(REGISTRATION)
    ann = domain.put("Registration", email=ANN, serial="SN-1", product="AC")
    bob = domain.put("Registration", email=BOB, serial="SN-1")
    assert domain.standard(ann.profile_id, "_asset") == []
    assert domain.standard(bob.profile_id, "_asset") == [
        {"SerialNumber": "SN-1", "AssetName": "AC"}
    ]


def test_an_object_may_name_the_asset_by_the_id_that_the_service_made(
    start_domain: StartDomain,
) -> None:
    by_id = replace(
        REPAIR,
        fields=(*REPAIR.fields, Field("asset", "_source.asset")),
        keys=(
            Key("repairKey", ("repair",), (UNIQUE,)),
            Key("_assetId", ("asset",), (PROFILE, Identifier.ASSET, LOOKUP_ONLY)),
        ),
        allow_profile_creation=False,
    )
    domain = start_domain(REGISTRATION, by_id)
    first = domain.put("Registration", email=ANN, serial="SN-1")
    (asset,) = domain.store.standard_objects(first.profile_id, "_asset")
    outcome = domain.put("Repair", repair="R-1", asset=asset.id, status="IN REPAIR")
    assert (outcome.profile_id, outcome.matched_by) == (first.profile_id, "_assetId")
    assert domain.standard(first.profile_id, "_asset") == [
        {"SerialNumber": "SN-1", "Status": "IN REPAIR"}
    ]
    unknown = domain.put("Repair", repair="R-2", asset="my-own-id", status="IN REPAIR")
    assert unknown.verdict is Verdict.REJECTED


def test_a_whole_object_fills_a_standard_objects_address(start_domain: StartDomain) -> None:
    ship = Field("ship", "_source.ship", "_order.ShippingAddress")
    domain = start_domain(replace(ORDER, fields=(*ORDER.fields, ship)))
    outcome = domain.put("Order", email=ANN, number="1", ship={"City": "Oslo", "Country": None})
    assert domain.standard(outcome.profile_id, "_order") == [
        {"Name": "1", "ShippingAddress.City": "Oslo"}
    ]


def test_a_whole_object_in_a_plain_field_writes_nothing(start_domain: StartDomain) -> None:
    domain = start_domain(REGISTRATION)
    outcome = domain.put("Registration", email=ANN, serial="SN-1", product="AC")
    domain.put("Registration", email=ANN, serial="SN-1", product={"City": "Oslo"})
    assert domain.standard(outcome.profile_id, "_asset") == [
        {"SerialNumber": "SN-1", "AssetName": "AC"}
    ]


def test_one_key_may_be_unique_and_find_profile_and_standard_object_at_once(
    start_domain: StartDomain,
) -> None:
    identifiers = (UNIQUE, PROFILE, Identifier.LOYALTY)
    loyalty = ObjectType(
        name="Loyalty",
        description="A membership",
        fields=(
            Field("number", "_source.number"),
            Field("level", "_source.level", "_loyalty.Level"),
        ),
        keys=(Key("loyaltyNumber", ("number",), identifiers),),
        allow_profile_creation=True,
    )
    domain = start_domain(loyalty)
    first = domain.put("Loyalty", number="L1", level="gold")
    second = domain.put("Loyalty", number="L1", level="silver")
    assert second.profile_id == first.profile_id
    assert domain.standard(first.profile_id, "_loyalty") == [{"Level": "silver"}]


def test_deleting_a_profile_deletes_its_standard_objects_and_their_keys(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(REGISTRATION)
    first = domain.put("Registration", email=ANN, serial="SN-1", product="AC")
    delete_profile(domain.engine, first.profile_id)
    second = domain.put("Registration", email=ANN, serial="SN-1")
    assert domain.standard(second.profile_id, "_asset") == [{"SerialNumber": "SN-1"}]


@pytest.mark.parametrize("serial", ["SN-1", "SN-2"])
def test_a_merge_hands_over_standard_objects(start_domain: StartDomain, serial: str) -> None:
    domain = start_domain(REGISTRATION)
    ann = domain.put("Registration", email=ANN, serial="SN-1", product="AC").profile_id
    bob = domain.put("Registration", email=BOB, serial="SN-2", product="TV").profile_id
    merge_profiles(domain.engine, ann, [bob], {})
    assert [each["SerialNumber"] for each in domain.standard(ann, "_asset")] == ["SN-1", "SN-2"]
    domain.put("Registration", email=ANN, serial=serial, status="RETIRED")
    assert len(domain.standard(ann, "_asset")) == 2
    assert domain.ids("_serialNumber", serial) == [ann]
