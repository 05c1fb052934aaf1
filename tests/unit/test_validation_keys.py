"""Rules about keys and their identifiers: what is found, and its neighbour that is not."""

import pytest

from profiles import (
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Identifier,
    Key,
    ObjectType,
)
from profiles.validation import Backend, check_object_type

ID = Key("crmId", ("id",), (PROFILE, UNIQUE))
WHERE = "mappings/crm.py: Crm"
ASSET = Identifier.ASSET


def crm(*keys: Key, fields: tuple[Field, ...] = (), creates: bool = True) -> ObjectType:
    """A type that is right but for these keys, over fields a, b and c, an id, and others given."""
    return ObjectType(
        name="Crm",
        description="Customers of the sales team",
        fields=(
            Field("id", "_source.id", "_profile.AccountNumber"),
            *(Field(name, f"_source.{name}", f"_profile.Attributes.{name}") for name in "abc"),
            *fields,
        ),
        keys=keys,
        allow_profile_creation=creates,
    )


def said(object_type: ObjectType, backend: Backend = "cloudformation") -> str:
    """Every finding about the type, a line each, as a user reads it."""
    findings = check_object_type(object_type, backend=backend, file="mappings/crm.py")
    return "\n".join(str(finding) for finding in findings)


# Names


@pytest.mark.parametrize("name", ["crm", "K", "k1", "crm-id", "crm_id", "k" * 64, "TAGS", "Tag"])
def test_a_key_name_starts_with_a_letter_and_has_64_characters(name: str) -> None:
    assert said(crm(ID, Key(name, ("a",)))) == ""


@pytest.mark.parametrize(
    "name",
    """_account _email _phone _fullName _profileId _assetId _caseId _orderId _assetName
    _serialNumber _ctrContactId _marketoLeadId _salesforceAccountId _salesforceContactId
    _salesforceAssetId _zendeskUserId _zendeskExternalId _zendeskTicketId _serviceNowSystemId
    _serviceNowIncidentId _segmentUserId _shopifyCustomerId _shopifyOrderId""".split(),
)
def test_a_key_may_have_the_name_of_a_predefined_one(name: str) -> None:
    assert said(crm(ID, Key(name, ("a",), (PROFILE, LOOKUP_ONLY)))) == ""


@pytest.mark.parametrize("name", ["", "1st", "-k", "crm.id", "crm id", "clé", "k" * 65, "k\n", "_"])
def test_a_key_name_of_another_form_is_refused(name: str) -> None:
    shown = name if len(name) <= 60 else f"{name[:60]}..."
    assert said(crm(ID, Key(name, ("a",)))) == (
        f"{WHERE} key {shown}: the name is not allowed [KEY_NAME] -> "
        "start with a letter; names with _ are the predefined keys such as _email"
    )


@pytest.mark.parametrize("name", ["_loyaltyCard", "_Email", "_emails"])
def test_a_key_name_with_an_underscore_is_no_name_of_ones_own(name: str) -> None:
    assert f"{WHERE} key {name}: the name is not allowed [KEY_NAME]" in said(
        crm(ID, Key(name, ("a",)))
    )


@pytest.mark.parametrize("name", ["Tags", "tags"])
def test_a_key_is_not_called_tags(name: str) -> None:
    assert said(crm(ID, Key(name, ("a",)))) == (
        f"{WHERE} key {name}: the name is reserved [KEY_NAME_RESERVED] -> rename the key"
    )


def test_an_object_type_has_at_most_10_key_entries_however_many_share_a_name() -> None:
    entries = [Key("contact", ("a",)) for _ in range(10)]
    assert said(crm(ID, *entries[:9])) == ""
    assert said(crm(ID, *entries)) == (f"{WHERE}: there are 11 keys [KEY_COUNT] -> have 1-10 keys")


def test_an_object_type_without_keys_is_refused() -> None:
    assert said(crm()) == (
        f"{WHERE}: there are 0 keys [KEY_COUNT] -> have 1-10 keys\n"
        f"{WHERE}: UNIQUE keys: none [KEY_UNIQUE_COUNT] -> mark exactly one key UNIQUE\n"
        f"{WHERE}: no key is PROFILE [KEY_PROFILE_MISSING] -> "
        "mark the key that identifies the customer PROFILE"
    )


# Fields


def test_a_key_names_fields_of_its_own_type() -> None:
    assert said(crm(ID, Key("pair", ("a", "b")))) == ""
    assert said(crm(ID, Key("pair", ("a", "z")))) == (
        f"{WHERE} key pair: there is no field z [KEY_UNKNOWN_FIELD] -> "
        "add it, or use one of: a, b, c, id"
    )


def test_every_unknown_field_of_a_key_is_named() -> None:
    text = said(crm(ID, Key("pair", ("y", "z"))))
    assert "there is no field y" in text
    assert "there is no field z" in text


def test_a_key_without_a_field_is_refused() -> None:
    assert said(crm(ID, Key("empty", ()))) == (
        f"{WHERE} key empty: it names no field [KEY_WITHOUT_FIELD] -> name the fields it is of"
    )


def test_a_key_cannot_name_a_dotted_field_not_even_through_the_api() -> None:
    dotted = Field("home.city", "_source.city", "_profile.Address.City")
    assert said(crm(ID, fields=(dotted,)), backend="api") == ""
    assert said(crm(ID, Key("town", ("home.city",)), fields=(dotted,)), backend="api") == (
        f"{WHERE} key town: it names home.city, which has a dot [KEY_DOTTED_FIELD] -> "
        "rename the field without a dot"
    )


# Identifiers


@pytest.mark.parametrize(
    "identifier",
    [each for each in Identifier if each not in {UNIQUE, SECONDARY, LOOKUP_ONLY, NEW_ONLY}],
)
def test_every_identifier_of_an_object_may_stand_on_a_key(identifier: Identifier) -> None:
    assert said(crm(ID, Key("other", ("a",), (identifier,))), backend="api") == ""


@pytest.mark.parametrize(
    "identifiers",
    [(), (SECONDARY,), (LOOKUP_ONLY,), (NEW_ONLY,), (SECONDARY, NEW_ONLY), (ASSET,)],
)
def test_a_profile_key_may_be_refined(identifiers: tuple[Identifier, ...]) -> None:
    assert said(crm(ID, Key("other", ("a",), (PROFILE, *identifiers)))) == ""


def test_one_key_may_identify_the_customer_the_object_and_a_standard_object() -> None:
    everything = Key("crmId", ("id",), (UNIQUE, PROFILE, Identifier.LOYALTY))
    assert said(crm(everything)) == ""


@pytest.mark.parametrize("identifiers", [("CUSTOMER",), ("PROFILE",), (ASSET, ASSET)])
def test_an_unknown_or_repeated_identifier_is_refused(
    identifiers: tuple[Identifier, ...],
) -> None:
    assert said(crm(ID, Key("other", ("a",), identifiers))) == (
        f"{WHERE} key other: an identifier is not one of profiles.Identifier, or stands twice "
        "[KEY_IDENTIFIER] -> use each standard identifier once"
    )


def test_a_communication_record_cannot_be_deployed_though_the_api_takes_it() -> None:
    record = crm(ID, Key("other", ("a",), (Identifier.COMMUNICATION_RECORD,)))
    assert said(record) == (
        f"{WHERE} key other: CloudFormation does not know COMMUNICATION_RECORD "
        "[KEY_IDENTIFIER_NOT_DEPLOYABLE] -> put this object type with the API, not with Pulumi"
    )
    assert said(record, backend="api") == ""


@pytest.mark.parametrize(
    ("keys", "unique"),
    [
        ((Key("crmId", ("id",), (PROFILE,)),), "none"),
        ((ID, Key("other", ("a",), (UNIQUE,))), "crmId, other"),
        ((ID, Key("crmId", ("a",), (UNIQUE,))), "crmId, crmId"),
    ],
)
def test_an_object_type_has_exactly_one_unique_key(keys: tuple[Key, ...], unique: str) -> None:
    assert said(crm(*keys)) == (
        f"{WHERE}: UNIQUE keys: {unique} [KEY_UNIQUE_COUNT] -> mark exactly one key UNIQUE"
    )


def test_an_object_type_has_a_profile_key_whether_it_creates_profiles_or_not() -> None:
    unique = Key("crmId", ("id",), (UNIQUE,))
    for text in (said(crm(unique)), said(crm(unique, creates=False))):
        assert text == (
            f"{WHERE}: no key is PROFILE [KEY_PROFILE_MISSING] -> "
            "mark the key that identifies the customer PROFILE"
        )


@pytest.mark.parametrize(
    "identifiers",
    [(PROFILE, LOOKUP_ONLY), (PROFILE, NEW_ONLY), (PROFILE, SECONDARY, NEW_ONLY)],
)
def test_a_type_that_creates_profiles_stores_one_of_its_profile_keys(
    identifiers: tuple[Identifier, ...],
) -> None:
    unique, looked_up = Key("crmId", ("id",), (UNIQUE,)), Key("other", ("a",), identifiers)
    assert said(crm(unique, looked_up)) == (
        f"{WHERE}: every PROFILE key is LOOKUP_ONLY or NEW_ONLY, but the type creates profiles "
        "[KEY_PROFILE_NOT_STORED] -> have a plain PROFILE key, or switch profile creation off"
    )
    assert said(crm(unique, looked_up, creates=False)) == ""
    assert said(crm(unique, looked_up, Key("third", ("b",), (PROFILE, SECONDARY)))) == ""
    by_id = Key("_profileId", ("b",), (PROFILE, LOOKUP_ONLY))
    assert said(crm(unique, looked_up, by_id)) == ""


@pytest.mark.parametrize("modifier", [LOOKUP_ONLY, NEW_ONLY])
def test_the_unique_key_is_always_stored(modifier: Identifier) -> None:
    unique = Key("crmId", ("id",), (UNIQUE, PROFILE, modifier))
    assert said(crm(unique, Key("other", ("a",), (PROFILE,)))) == (
        f"{WHERE} key crmId: UNIQUE stands beside LOOKUP_ONLY or NEW_ONLY "
        "[KEY_UNIQUE_NOT_STORED] -> keep UNIQUE alone or drop it"
    )
    assert said(crm(Key("crmId", ("id",), (UNIQUE, PROFILE, SECONDARY)))) == ""


@pytest.mark.parametrize("modifier", [SECONDARY, LOOKUP_ONLY, NEW_ONLY])
def test_what_refines_a_profile_key_is_a_warning_on_another(modifier: Identifier) -> None:
    assert said(crm(ID, Key("other", ("a",), (modifier,)))) == (
        f"{WHERE} key other: SECONDARY, LOOKUP_ONLY or NEW_ONLY stands without PROFILE "
        "[KEY_MODIFIER_ALONE] -> add PROFILE, or leave it out"
    )


@pytest.mark.parametrize("name", ["_profileId", "_assetId", "_caseId", "_orderId"])
def test_a_key_over_an_id_of_the_service_is_only_looked_up(name: str) -> None:
    assert said(crm(ID, Key(name, ("a",), (PROFILE,)))) == (
        f"{WHERE} key {name}: a key over the service's own id is not LOOKUP_ONLY "
        "[KEY_ID_LOOKUP_ONLY] -> add LOOKUP_ONLY"
    )
    assert said(crm(ID, Key(name, ("a",), (LOOKUP_ONLY,)))) == ""


@pytest.mark.parametrize(
    "member",
    """status Status state country City plan planType plantype plan_type tier type gender segment
    firstName first_name LastName accountStatus account_status account-status orderType""".split(),
)
def test_a_profile_key_over_what_customers_share_is_a_warning(member: str) -> None:
    shared = Field("shared", f"_source.detail.{member}", "_profile.Attributes.Shared")
    assert said(crm(ID, Key("other", ("shared",), (PROFILE,)), fields=(shared,))) == (
        f"{WHERE} key other: customers share values of _source.detail.{member} "
        "[KEY_LOW_CARDINALITY] -> match by a value of one customer, or leave PROFILE out"
    )
    assert said(crm(ID, Key("other", ("shared",)), fields=(shared,))) == ""
    assert said(crm(ID, Key("other", ("shared", "a"), (PROFILE,)), fields=(shared,))) == ""


@pytest.mark.parametrize("member", ["userId", "statusId", "email", "prototype", "estate", "cityId"])
def test_a_profile_key_over_anything_else_is_accepted(member: str) -> None:
    own = Field("own", f"_source.{member}", "_profile.Attributes.Own")
    found = said(crm(ID, Key("other", ("own",), (PROFILE,)), fields=(own,)))
    assert "KEY_LOW_CARDINALITY" not in found
