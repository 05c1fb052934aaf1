"""Rules about targets: what is found, and its neighbour that is not."""

import pytest

from profiles import PROFILE, UNIQUE, Field, Identifier, Key, ObjectType
from profiles.standard import ADDRESSES, STANDARD_OBJECTS
from profiles.validation import Backend, check_object_type

WHERE = "mappings/crm.py: Crm "


def crm(*fields: Field, timestamp_format: str | None = None, key: Key | None = None) -> ObjectType:
    """A type that is right but for these fields; they feed no key unless one is given."""
    return ObjectType(
        name="Crm",
        description="Customers of the sales team",
        fields=(Field("id", "_source.id"), *fields),
        keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), *([] if key is None else [key])),
        allow_profile_creation=True,
        source_last_updated_timestamp_format=timestamp_format,
    )


def targeting(*targets: str, **rest: str) -> ObjectType:
    """A type with a field for each target, called a, b, ..."""
    names = "abcdefgh"[: len(targets)]
    fields = [
        Field(name, f"_source.{name}", target) for name, target in zip(names, targets, strict=True)
    ]
    return crm(*fields, **rest)


def said(object_type: ObjectType, backend: Backend = "cloudformation") -> str:
    """Every finding about the type, a line each, as a user reads it."""
    findings = check_object_type(object_type, backend=backend, file="mappings/crm.py")
    return "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize(
    "targets",
    [
        ("_profile.AccountNumber", "_profile.AdditionalInformation", "_profile.BusinessName"),
        ("_profile.FirstName", "_profile.MiddleName", "_profile.LastName", "_profile.BirthDate"),
        ("_profile.PhoneNumber", "_profile.MobilePhoneNumber", "_profile.HomePhoneNumber"),
        ("_profile.BusinessPhoneNumber", "_profile.EmailAddress", "_profile.PersonalEmailAddress"),
        ("_profile.BusinessEmailAddress", "_profile.ProfileType"),
        ("_profile.Gender", "_profile.PartyType"),
        ("_profile.GenderString", "_profile.PartyTypeString"),
        ("_profile.EngagementPreferences.Email", "_profile.EngagementPreferences.Phone"),
        ("_profile.Attributes.ProfileId", "_profile.Attributes.plan.name", "_profile.Attributes"),
    ],
)
def test_every_field_of_the_standard_profile_is_a_target(targets: tuple[str, ...]) -> None:
    assert said(targeting(*targets)) == ""


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_part_of_an_address_and_the_address_itself_is_a_target(address: str) -> None:
    lines = [f"_profile.{address}.Address{number}" for number in range(1, 5)]
    places = [f"_profile.{address}.{part}" for part in ("City", "County", "State", "Province")]
    rest = (f"_profile.{address}.Country", f"_profile.{address}.PostalCode", f"_profile.{address}")
    assert said(targeting(*lines, *places)) == ""
    assert said(targeting(*rest)) == ""


@pytest.mark.parametrize(
    ("target", "field", "name"),
    [
        ("_profile.Foo", "Foo", "Foo"),
        ("_profile.emailAddress", "emailAddress", "emailAddress"),
        ("_profile.Address.Street", "Address.Street", "Street"),
        ("_profile.Address.City.Name", "Address.City.Name", "Name"),
        ("_profile.FirstName.First", "FirstName.First", "First"),
        ("_profile.EngagementPreferences.Post", "EngagementPreferences.Post", "Post"),
    ],
)
def test_a_target_that_the_profile_does_not_have_is_refused(
    target: str, field: str, name: str
) -> None:
    assert said(targeting(target)) == (
        f"{WHERE}field a: _profile has no field {field} [TARGET_UNKNOWN] -> "
        f"use _profile.Attributes.{name}"
    )


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("EmailAddress", "target: a target is an accessor such as _profile.EmailAddress"),
        ("_profile", "target: a target is an accessor such as _profile.EmailAddress"),
        ("_profile.", "target: a target has no empty part, e.g. _profile.Attributes.Tier"),
        ("_profile.Attributes.", "target: a target has no empty part"),
        ("_profile.Attributes.{{_source.a}}", "target: a target is an accessor, never a template"),
    ],
)
def test_a_target_that_is_no_accessor_is_refused(target: str, problem: str) -> None:
    text = said(targeting(target))
    assert text.startswith(f"{WHERE}field a: {problem}")
    assert text.endswith("[TARGET_SYNTAX] -> e.g. _profile.Attributes.Tier")


def test_a_target_names_one_of_the_standard_objects() -> None:
    assert said(targeting("_customer.Name")) == (
        f"{WHERE}field a: there is no standard object _customer [TARGET_SYNTAX] -> use one of "
        "_profile, _asset, _case, _order, _communicationRecord, _airPreference, _hotelPreference, "
        "_airBooking, _airSegment, _hotelReservation, _hotelStayRevenue, _loyalty, "
        "_loyaltyTransaction, _loyaltyPromotion, _device, _webAnalytics"
    )


@pytest.mark.parametrize("length", [0, 1001])
def test_a_target_has_1_to_1000_characters(length: int) -> None:
    target = ("_profile.Attributes." + "a" * length)[:length]
    assert said(targeting(target)) == (
        f"{WHERE}field a: the target has {length} characters [TARGET_SYNTAX] -> "
        "use 1-1000, or no target"
    )


def test_the_name_of_an_attribute_has_255_characters() -> None:
    assert said(targeting("_profile.Attributes." + "a" * 255)) == ""
    assert said(targeting("_profile.Attributes." + "a" * 256)) == (
        f"{WHERE}field a: the attribute's name has 256 characters [TARGET_ATTRIBUTE_NAME] -> "
        "use 1-255"
    )


@pytest.mark.parametrize(
    "target",
    [
        "_profile.ProfileId",
        "_asset.AssetId",
        "_case.CaseId",
        "_order.OrderId",
        "_communicationRecord.CommunicationRecordId",
        "_airPreference.PreferenceId",
        "_hotelPreference.PreferenceId",
        "_airBooking.BookingId",
        "_airSegment.SegmentId",
        "_hotelReservation.ReservationId",
        "_hotelStayRevenue.StayRevenueId",
        "_loyalty.LoyaltyId",
        "_loyaltyTransaction.TransactionId",
        "_loyaltyPromotion.PromotionId",
        "_device.DeviceId",
        "_webAnalytics.EventId",
        "_profile.ImportIds",
        "_profile.FoundByItems",
        "_profile.FoundByItems[]",
    ],
)
def test_ids_and_lists_of_the_service_are_no_targets(target: str) -> None:
    root = target.partition(".")[0]
    text = (
        f"{WHERE}field a: {target} is kept by the service [TARGET_SYSTEM] -> "
        f"use {root}.Attributes.<name> for your own id"
    )
    assert text in said(targeting(target))


@pytest.mark.parametrize(
    ("one", "other"), [("Gender", "GenderString"), ("PartyType", "PartyTypeString")]
)
def test_an_enumeration_and_its_text_exclude_each_other(one: str, other: str) -> None:
    assert said(targeting(f"_profile.{one}", f"_profile.{other}")) == (
        f"{WHERE}field b: _profile.{other} is a target beside _profile.{one} [TARGET_EXCLUSIVE] -> "
        f"keep _profile.{other} alone"
    )


def test_two_fields_with_one_target_are_a_warning() -> None:
    assert said(targeting("_profile.FirstName", "_profile.FirstName")) == (
        f"{WHERE}field b: it has the same target as field a [TARGET_DUPLICATE] -> "
        "keep one of the two"
    )
    assert said(targeting("_profile.Attributes.a", "_profile.Attributes.A")) == ""


def test_the_last_update_of_the_source_needs_a_timestamp_format() -> None:
    target = "_profile.SourceLastUpdatedTimestamp"
    assert said(targeting(target)) == (
        f"{WHERE}field a: the object type has no timestamp format [TARGET_NEEDS_FORMAT] -> "
        "set source_last_updated_timestamp_format, e.g. EpochMilli"
    )
    assert said(targeting(target, timestamp_format="EpochMilli")) == ""


def test_the_last_update_of_another_standard_object_needs_none() -> None:
    asset = crm(
        Field("a", "_source.a", "_asset.SourceLastUpdatedTimestamp"),
        Field("serial", "_source.serial"),
        key=Key("serial", ("serial",), (Identifier.ASSET,)),
    )
    assert said(asset) == ""


@pytest.mark.parametrize(
    ("root", "identifier"),
    [
        ("_asset", "ASSET"),
        ("_case", "CASE"),
        ("_order", "ORDER"),
        ("_communicationRecord", "COMMUNICATION_RECORD"),
        ("_airPreference", "AIR_PREFERENCE"),
        ("_hotelPreference", "HOTEL_PREFERENCE"),
        ("_airBooking", "AIR_BOOKING"),
        ("_airSegment", "AIR_SEGMENT"),
        ("_hotelReservation", "HOTEL_RESERVATION"),
        ("_hotelStayRevenue", "HOTEL_STAY_REVENUE"),
        ("_loyalty", "LOYALTY"),
        ("_loyaltyTransaction", "LOYALTY_TRANSACTION"),
        ("_loyaltyPromotion", "LOYALTY_PROMOTION"),
        ("_device", "DEVICE"),
        ("_webAnalytics", "WEB_ANALYTICS"),
    ],
)
def test_a_target_of_a_standard_object_needs_a_key_with_its_identifier(
    root: str, identifier: str
) -> None:
    field = Field("a", "_source.a", f"{root}.Attributes.A")
    assert said(crm(field)) == (
        f"{WHERE}field a: it fills {root}, but no key has the identifier {identifier} "
        f"[TARGET_NEEDS_KEY] -> add {identifier} to the key that names the {root[1:]}"
    )
    key = Key("itsId", ("number",), (Identifier(identifier),))
    assert said(crm(field, Field("number", "_source.number"), key=key), backend="api") == ""


@pytest.mark.parametrize(
    ("target", "identifier"),
    [
        ("_asset.SerialNumber", Identifier.ASSET),
        ("_case.Summary", Identifier.CASE),
        ("_order.TotalPrice", Identifier.ORDER),
        ("_order.ShippingAddress.Name", Identifier.ORDER),
    ],
)
def test_fields_of_assets_cases_and_orders_are_known(target: str, identifier: Identifier) -> None:
    key = Key("itsId", ("number",), (identifier,))
    number = Field("number", "_source.number")
    root, _, name = target.partition(".")
    assert said(crm(Field("a", "_source.a", target), number, key=key)) == ""
    assert said(crm(Field("a", "_source.a", f"{target}s"), number, key=key)) == (
        f"{WHERE}field a: {root} has no field {name}s [TARGET_UNKNOWN] -> "
        f"use {root}.Attributes.{name.rpartition('.')[2]}s"
    )


def test_a_field_of_a_standard_object_that_is_not_known_offline_is_a_warning() -> None:
    key = Key("loyaltyId", ("number",), (Identifier.LOYALTY,))
    number = Field("number", "_source.number")
    assert said(crm(Field("a", "_source.a", "_loyalty.Level"), number, key=key)) == (
        f"{WHERE}field a: _loyalty has no field Level that is known offline [TARGET_UNVERIFIED] -> "
        "compare it with the admin guide, or use _loyalty.Attributes.Level"
    )


def test_only_the_profile_and_assets_cases_and_orders_are_known_to_the_last_field() -> None:
    complete = {root for root, each in STANDARD_OBJECTS.items() if each.complete}
    assert complete == {"_profile", "_asset", "_case", "_order"}
