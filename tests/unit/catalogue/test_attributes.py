"""Who writes each attribute, in which order, and which search keys find it."""

from collections.abc import Mapping

from lifecycle.catalogue.attributes import (
    Attribute,
    Manner,
    SearchKey,
    attributes_of,
    reading_order,
)
from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NEW_ONLY,
    PHONE_NUMBER,
    PROFILE,
    Field,
    Key,
    ObjectType,
)
from tests.unit.catalogue.samples import ASSET, attribute_field, object_type


def by_name(*types: ObjectType) -> Mapping[str, Attribute]:
    """The attributes of these types by name."""
    return {each.name: each for each in attributes_of(types)}


def written(attribute: Attribute) -> list[tuple[int, str, str, Manner]]:
    """(place, object type, field, manner) of each writer."""
    return [
        (each.place, each.object_type.name, each.field.name, each.manner)
        for each in attribute.writers
    ]


def test_an_attribute_names_its_writers_strongest_first_and_equals_share_a_place() -> None:
    status = (attribute_field("status"),)
    found = by_name(
        object_type("Unranked", status),
        object_type("Third", status, source_priority=3),
        object_type("First", status, source_priority=1),
        object_type("AlsoThird", status, source_priority=3),
    )
    assert written(found["Attributes.status"]) == [
        (1, "First", "status", Manner.DIRECT),
        (2, "Third", "status", Manner.DIRECT),
        (2, "AlsoThird", "status", Manner.DIRECT),
        (3, "Unranked", "status", Manner.DIRECT),
    ]


def test_a_field_without_target_makes_no_attribute() -> None:
    found = by_name(object_type(fields=(Field("note", "_source.note"),)))
    assert found.keys() == {"AccountNumber"}


def test_two_fields_of_one_type_with_one_target_are_both_its_writers() -> None:
    fields = (attribute_field("new", "status"), attribute_field("old", "status"))
    (first, second) = by_name(object_type(fields=fields))["Attributes.status"].writers
    assert (first.field.name, second.field.name) == ("new", "old")


def test_an_email_field_without_target_fills_the_profile_that_its_object_creates() -> None:
    mail = Field("mail", "_source.mail", None, EMAIL_ADDRESS)
    phone = Field("phone", "_source.phone", "_profile.MobilePhoneNumber", PHONE_NUMBER)
    found = by_name(object_type(fields=(mail, phone)))
    assert written(found["EmailAddress"]) == [(1, "Order", "mail", Manner.INFERRED)]
    assert written(found["PhoneNumber"]) == [(1, "Order", "phone", Manner.INFERRED)]
    assert written(found["MobilePhoneNumber"]) == [(1, "Order", "phone", Manner.DIRECT)]


def test_nothing_is_inferred_where_the_type_writes_the_attribute_itself() -> None:
    fields = (
        Field("mail", "_source.mail", "_profile.EmailAddress", EMAIL_ADDRESS),
        Field("second", "_source.second", None, EMAIL_ADDRESS),
    )
    found = by_name(object_type(fields=fields))
    assert written(found["EmailAddress"]) == [(1, "Order", "mail", Manner.DIRECT)]


def test_a_whole_address_writes_its_members_too() -> None:
    found = by_name(
        object_type("Move", (Field("home", "_source.home", "_profile.Address"),)),
        object_type("Visit", (Field("city", "_source.city", "_profile.Address.City"),)),
    )
    assert written(found["Address"]) == [(1, "Move", "home", Manner.DIRECT)]
    assert written(found["Address.City"]) == [
        (1, "Visit", "city", Manner.DIRECT),
        (1, "Move", "home", Manner.MEMBER),
    ]


def test_attributes_of_other_standard_objects_keep_their_root_in_the_name() -> None:
    serial = Field("serial", "_source.serial", "_asset.SerialNumber")
    found = by_name(object_type(fields=(serial,), keys=(Key("serial", ("serial",), (ASSET,)),)))
    attribute = found["_asset.SerialNumber"]
    assert attribute.accessor == "_asset.SerialNumber"
    assert attribute.search_keys == (
        SearchKey("serial", (), only_new=False, keepers=("Order",), standard=False),
        SearchKey("_serialNumber", (), only_new=False, keepers=(), standard=True),
    )


def test_the_accessor_is_what_mappings_write() -> None:
    found = by_name(object_type(fields=(attribute_field("dotted", "a.b"),)))
    assert found["Attributes.a.b"].accessor == "_profile.Attributes.a.b"


def test_a_timestamp_of_the_source_shows_in_no_profile() -> None:
    stamp = Field("at", "_source.at", "_profile.SourceLastUpdatedTimestamp")
    found = by_name(object_type(fields=(stamp,)))
    assert not found["SourceLastUpdatedTimestamp"].returned
    assert found["AccountNumber"].returned


def test_a_key_of_several_types_and_of_the_service_is_one_search_key() -> None:
    found = by_name(object_type("Order"), object_type("Refund"))
    (key,) = found["AccountNumber"].search_keys
    kept = ("Order", "Refund")
    assert key == SearchKey("_account", (), only_new=False, keepers=kept, standard=True)


def test_a_key_of_several_fields_finds_by_them_together() -> None:
    fields = (attribute_field("shop"), attribute_field("number"))
    found = by_name(object_type(fields=fields, keys=(Key("receipt", ("shop", "number")),)))
    (key,) = found["Attributes.number"].search_keys
    assert (key.name, key.others) == ("receipt", ("shop",))


def test_a_key_that_is_never_kept_finds_nothing() -> None:
    fields = (attribute_field("looked"), attribute_field("kept"))
    keys = (
        Key("looked", ("looked",), (PROFILE, LOOKUP_ONLY)),
        Key("kept", ("kept",), (PROFILE, NEW_ONLY)),
    )
    found = by_name(object_type(fields=fields, keys=keys))
    assert found["Attributes.looked"].search_keys == ()
    (kept,) = found["Attributes.kept"].search_keys
    assert kept.only_new


def test_the_service_finds_a_customer_by_full_name_only() -> None:
    fields = tuple(
        Field(name, f"_source.{name}", f"_profile.{name}") for name in ("FirstName", "LastName")
    )
    (key,) = by_name(object_type(fields=fields))["LastName"].search_keys
    assert (key.name, key.standard) == ("_fullName", True)
    assert key.others == ("FirstName", "MiddleName")


def test_an_address_that_is_only_inferred_is_in_no_index_of_the_service() -> None:
    mail = Field("mail", "_source.mail", None, EMAIL_ADDRESS)
    assert by_name(object_type(fields=(mail,)))["EmailAddress"].search_keys == ()


def test_standard_attributes_come_first_then_own_ones_then_other_objects() -> None:
    fields = (
        Field("serial", "_source.serial", "_asset.SerialNumber"),
        attribute_field("line10"),
        attribute_field("Line9"),
        attribute_field("line2"),
        Field("name", "_source.name", "_profile.FirstName"),
    )
    assert list(by_name(object_type(fields=fields))) == [
        "AccountNumber",
        "FirstName",
        "Attributes.line2",
        "Attributes.Line9",
        "Attributes.line10",
        "_asset.SerialNumber",
    ]


def test_names_that_differ_only_in_capitals_still_have_an_order() -> None:
    assert reading_order("Attributes.a") != reading_order("Attributes.A")
