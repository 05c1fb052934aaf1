"""The table: (old mapping, new mapping) and the changes that are found, the worst first."""

from dataclasses import replace

import pytest

from lifecycle.review import rules
from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NAME,
    NEW_ONLY,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Identifier,
    Key,
    ObjectType,
)
from tests.unit.review.tables import (
    BY_EMAIL,
    CRM,
    EMAIL,
    ID,
    NOTE,
    PLAN,
    TIER,
    Types,
    crm,
    table,
)

ASSET, ORDER = Identifier.ASSET, Identifier.ORDER
SOURCE, LEVEL = "_source.level", "_profile.Attributes.Level"


def key(name: str, over: str, *identifiers: Identifier) -> Key:
    """A key over one field."""
    return Key(name, (over,), identifiers)


def lines(*changes: str) -> str:
    """Several changes, as `table` gives them."""
    return "\n".join(changes)


TIER_LEVEL = replace(TIER, target=LEVEL)
TIER_UNUSED = replace(TIER, target=None)
BY_TIER, BY_NOTE = key("tier", "tier"), key("note", "note")
PERSON = key("person", "email", PROFILE)
NO_EMAIL = crm(without=(EMAIL, BY_EMAIL))
WORK = Field("work", "_source.work", None, EMAIL_ADDRESS)
REJECTS = crm(allow_profile_creation=False)
STAMP = "source_last_updated_timestamp_format"

CONTACT = ObjectType("Contact", "Contacts", template_id="Salesforce-Contact")
OWN_CONTACT = replace(CONTACT, template_id=None, fields=CRM.fields, keys=CRM.keys)
SHOP = ObjectType("Shop", "Orders", (ID, PLAN), (key("_account", "id", PROFILE, UNIQUE),))
# Finds its customers by e-mail address, whichever type brought that.
NEWS = ObjectType("News", "Letters", (EMAIL,), (key("_email", "email", PROFILE, UNIQUE),))
NO_KEY = crm(without=(BY_EMAIL,))
ELSEWHERE = replace(EMAIL, target="_profile.Attributes.Email")

TABLE: list[tuple[Types, Types, str]] = [
    ((), CRM, "ADDITIVE TYPE_ADDED"),
    (CRM, (), "IDENTITY TYPE_REMOVED"),
    (CRM, crm(name="Sales"), "IDENTITY TYPE_RENAMED"),
    (CONTACT, replace(CONTACT, template_id="CTR"), "IDENTITY TEMPLATE_CHANGED"),
    (CONTACT, OWN_CONTACT, "IDENTITY TEMPLATE_CHANGED"),
    (CRM, REJECTS, "IDENTITY PROFILE_CREATION_OFF"),
    (REJECTS, CRM, "IDENTITY PROFILE_CREATION_ON"),
    (CRM, crm(expiration_days=99), "FORWARD_ONLY EXPIRY_SHORTENED"),
    (CRM, crm(expiration_days=101), "FORWARD_ONLY EXPIRY_LENGTHENED"),
    (CRM, crm(expiration_days=None), "FORWARD_ONLY EXPIRY_DEFAULT_CHANGED"),
    (crm(expiration_days=None), CRM, "FORWARD_ONLY EXPIRY_DEFAULT_CHANGED"),
    (CRM, crm(source_priority=1), "FORWARD_ONLY SOURCE_PRIORITY_CHANGED"),
    (CRM, crm(max_profile_object_count=9), "FORWARD_ONLY OBJECT_COUNT_CHANGED"),
    (CRM, crm(**{STAMP: "EpochMilli"}), "FORWARD_ONLY TIMESTAMP_FORMAT_CHANGED"),
    (CRM, crm(encryption_key="arn"), "FORWARD_ONLY ENCRYPTION_KEY_CHANGED"),
    (CRM, crm(description="Sales"), "COSMETIC DESCRIPTION_CHANGED"),
    # Fields
    (CRM, crm(Field("level", SOURCE, LEVEL)), "ADDITIVE FIELD_ADDED field level"),
    (CRM, crm(without=(TIER,)), "BACKFILL FIELD_REMOVED field tier"),
    (CRM, crm(replace(TIER, name="x"), without=(TIER,)), "COSMETIC FIELD_RENAMED field x"),
    (CRM, crm(replace(TIER, source=SOURCE)), "BACKFILL FIELD_SOURCE_CHANGED field tier"),
    (CRM, crm(TIER_LEVEL), "BACKFILL FIELD_TARGET_CHANGED field tier"),
    (crm(TIER_UNUSED), CRM, "ADDITIVE FIELD_TARGET_ADDED field tier"),
    (CRM, crm(TIER_UNUSED), "BACKFILL FIELD_TARGET_REMOVED field tier"),
    (CRM, crm(NOTE), "COSMETIC FIELD_WITHOUT_TARGET_ADDED field note"),
    (crm(NOTE), CRM, "COSMETIC FIELD_WITHOUT_TARGET_REMOVED field note"),
    (
        crm(NOTE),
        crm(replace(NOTE, source=SOURCE)),
        "COSMETIC FIELD_WITHOUT_TARGET_CHANGED field note",
    ),
    (
        crm(NOTE, BY_NOTE),
        crm(replace(NOTE, source=SOURCE), BY_NOTE),
        "BACKFILL FIELD_SOURCE_CHANGED field note",
    ),
    (
        CRM,
        crm(replace(ID, source=SOURCE)),
        "IDENTITY MATCHED_FIELD_SOURCE_CHANGED field id",
    ),
    # Content types
    (
        CRM,
        crm(replace(ID, content_type=NUMBER)),
        "IDENTITY MATCHED_FIELD_CONTENT_TYPE_CHANGED field id",
    ),
    (
        CRM,
        crm(replace(EMAIL, content_type=NAME)),
        "BACKFILL SEARCHED_FIELD_CONTENT_TYPE_CHANGED field email",
    ),
    (
        CRM,
        crm(replace(TIER, content_type=NUMBER)),
        "COSMETIC FIELD_CONTENT_TYPE_CHANGED field tier",
    ),
    # An e-mail address or phone number fills a profile that the object creates, ...
    (
        CRM,
        crm(replace(TIER, content_type=PHONE_NUMBER)),
        "FORWARD_ONLY INFERRED_FIELD_CHANGED field tier",
    ),
    (
        NO_EMAIL,
        crm(WORK, without=(EMAIL, BY_EMAIL)),
        "FORWARD_ONLY INFERRED_FIELD_CHANGED field work",
    ),
    (
        crm(WORK, without=(EMAIL, BY_EMAIL)),
        NO_EMAIL,
        "FORWARD_ONLY INFERRED_FIELD_CHANGED field work",
    ),
    (
        crm(WORK, without=(EMAIL, BY_EMAIL)),
        crm(replace(WORK, source=SOURCE), without=(EMAIL, BY_EMAIL)),
        "FORWARD_ONLY INFERRED_FIELD_CHANGED field work",
    ),
    # ... unless another field has that target, or the type creates none.
    (CRM, crm(WORK), "COSMETIC FIELD_WITHOUT_TARGET_ADDED field work"),
    (
        REJECTS,
        crm(replace(TIER, content_type=PHONE_NUMBER), allow_profile_creation=False),
        "COSMETIC FIELD_CONTENT_TYPE_CHANGED field tier",
    ),
    # Keys that are only searched
    (crm(NOTE), crm(NOTE, BY_NOTE), "BACKFILL SEARCH_KEY_ADDED key note"),
    (crm(NOTE, BY_NOTE), crm(NOTE), "BACKFILL SEARCH_KEY_REMOVED key note"),
    (crm(NOTE, BY_NOTE), crm(NOTE, key("n", "note")), "BACKFILL SEARCH_KEY_RENAMED key n"),
    (
        crm(NOTE, BY_NOTE),
        crm(NOTE, Key("note", ("note", "id"))),
        "BACKFILL SEARCH_KEY_FIELDS_CHANGED key note",
    ),
    (
        crm(NOTE, Key("note", ("note", "id"))),
        crm(NOTE, Key("note", ("id", "note"))),
        "BACKFILL SEARCH_KEY_FIELDS_CHANGED key note",
    ),
    (
        crm(NOTE, BY_NOTE),
        crm(NOTE, key("note", "note", LOOKUP_ONLY)),
        "BACKFILL SEARCH_KEY_LOOKUP_CHANGED key note",
    ),
    (
        crm(NOTE, WORK, BY_NOTE, Key("_email", ("work",)), without=(BY_EMAIL,)),
        crm(without=(BY_EMAIL,)),
        lines(
            "BACKFILL SEARCH_KEY_REMOVED key _email",
            "BACKFILL SEARCH_KEY_REMOVED key note",
            "COSMETIC FIELD_WITHOUT_TARGET_REMOVED field note",
            "COSMETIC FIELD_WITHOUT_TARGET_REMOVED field work",
        ),
    ),
    # Keys by which objects are matched
    (
        CRM,
        crm(replace(TIER, name="id"), without=(TIER,)),
        lines(
            "IDENTITY MATCHING_KEY_FIELDS_CHANGED key crmId",
            "COSMETIC FIELD_RENAMED field id",
            "COSMETIC FIELD_WITHOUT_TARGET_REMOVED field id",
        ),
    ),
    (CRM, crm(PERSON), "IDENTITY MATCHING_KEY_ADDED key person"),
    (crm(PERSON), CRM, "IDENTITY MATCHING_KEY_REMOVED key person"),
    (
        crm(PERSON),
        crm(key("mail", "email", PROFILE)),
        "IDENTITY MATCHING_KEY_RENAMED key mail",
    ),
    (
        crm(PERSON),
        crm(key("person", "plan", PROFILE)),
        "IDENTITY MATCHING_KEY_FIELDS_CHANGED key person",
    ),
    (CRM, crm(key("_email", "email", PROFILE)), "IDENTITY KEY_PROFILE_ADDED key _email"),
    (crm(key("_email", "email", PROFILE)), CRM, "IDENTITY KEY_PROFILE_REMOVED key _email"),
    (
        crm(key("_email", "email", PROFILE, NEW_ONLY)),
        CRM,
        "IDENTITY KEY_PROFILE_REMOVED key _email",
    ),
    (
        crm(PERSON),
        crm(key("person", "email", PROFILE, SECONDARY)),
        "IDENTITY KEY_LOOKUP_CHANGED key person",
    ),
    (
        crm(key("person", "email", PROFILE, NEW_ONLY)),
        crm(key("person", "email", PROFILE, LOOKUP_ONLY)),
        "IDENTITY KEY_LOOKUP_CHANGED key person",
    ),
    (
        crm(NOTE, key("note", "note", ASSET)),
        crm(NOTE, key("note", "note", ORDER)),
        "IDENTITY KEY_STANDARD_OBJECT_CHANGED key note",
    ),
    (CRM, crm(key("crmId", "id", PROFILE)), "IDENTITY KEY_UNIQUE_REMOVED key crmId"),
    (crm(key("crmId", "id", PROFILE)), CRM, "IDENTITY KEY_UNIQUE_ADDED key crmId"),
    (
        CRM,
        crm(key("crmId", "id", PROFILE), key("_email", "email", UNIQUE)),
        "IDENTITY KEY_UNIQUE_MOVED key _email",
    ),
    (
        CRM,
        crm(key("crmId", "id")),
        lines(
            "IDENTITY KEY_PROFILE_REMOVED key crmId",
            "IDENTITY KEY_UNIQUE_REMOVED key crmId",
        ),
    ),
    # What one type stores under a key's name, another may be matched by.
    ((CRM, NEWS), (NO_KEY, NEWS), "IDENTITY MATCHING_KEY_REMOVED key _email"),
    ((NO_KEY, NEWS), (CRM, NEWS), "IDENTITY MATCHING_KEY_ADDED key _email"),
    (
        (NO_KEY, NEWS),
        (crm(ELSEWHERE, without=(BY_EMAIL,)), NEWS),
        "IDENTITY MATCHED_FIELD_TARGET_CHANGED field email",
    ),
    (
        (NO_KEY, NEWS),
        (NO_EMAIL, NEWS),
        "IDENTITY MATCHED_FIELD_TARGET_CHANGED field email",
    ),
    (
        (NO_EMAIL, NEWS),
        (NO_KEY, NEWS),
        "IDENTITY MATCHED_FIELD_TARGET_CHANGED field email",
    ),
    (
        (NO_KEY, NEWS),
        (crm(replace(EMAIL, source=SOURCE), without=(BY_EMAIL,)), NEWS),
        "IDENTITY MATCHED_FIELD_SOURCE_CHANGED field email",
    ),
    (
        (NO_KEY, NEWS),
        (crm(source_priority=1, without=(BY_EMAIL,)), NEWS),
        "IDENTITY MATCHED_SOURCE_PRIORITY_CHANGED",
    ),
    ((CRM, NEWS), (crm(source_priority=1), NEWS), "FORWARD_ONLY SOURCE_PRIORITY_CHANGED"),
    ((NO_KEY, SHOP), (NO_EMAIL, SHOP), "BACKFILL FIELD_REMOVED field email"),
    # The keys of the types themselves hold the values all the same, ...
    ((CRM, NEWS), (crm(ELSEWHERE), NEWS), "BACKFILL FIELD_TARGET_CHANGED field email"),
    # ... unless some type brings others, or in another form.
    (
        (CRM, NEWS, replace(NO_KEY, name="Shop")),
        (crm(ELSEWHERE), NEWS, replace(NO_KEY, name="Shop")),
        "IDENTITY MATCHED_FIELD_TARGET_CHANGED field email",
    ),
    (
        (crm(replace(EMAIL, content_type=NAME)), NEWS),
        (crm(replace(ELSEWHERE, content_type=NAME)), NEWS),
        "IDENTITY MATCHED_FIELD_TARGET_CHANGED field email",
    ),
    (
        (crm(key("_email", "email", PROFILE, NEW_ONLY)), NEWS),
        (crm(ELSEWHERE, key("_email", "email", PROFILE, NEW_ONLY)), NEWS),
        "IDENTITY MATCHED_FIELD_TARGET_CHANGED field email",
    ),
    (
        (CRM, SHOP),
        (CRM, replace(SHOP, fields=(ID, PLAN, TIER))),
        lines("BACKFILL TARGET_COLLISION field tier", "ADDITIVE FIELD_ADDED field tier"),
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), TABLE)
def test_a_change_is_found_with_its_category_its_rule_and_its_place(
    old: Types, new: Types, expected: str
) -> None:
    assert table(old, new) == expected


def test_every_rule_about_two_versions_is_in_the_table() -> None:
    elsewhere = {rules.VERSION_UNLOADABLE, rules.EXCEPTION_EXPIRED, rules.EXCEPTION_UNUSED}
    found = {line.split()[1] for _, _, expected in TABLE for line in expected.splitlines()}
    assert found == {each.id for each in rules.RULES if each not in elsewhere}
