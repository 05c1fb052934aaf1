"""Rules about an object type as a whole, and what holds for all rules."""

from dataclasses import replace
from typing import Any

import pytest

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType, Severity
from profiles.validation import RULES, check_object_type, errors, rules

WHERE = "mappings/crm.py: Crm"
CRM = ObjectType(
    name="Crm",
    description="Customers of the sales team",
    fields=(Field("id", "_source.id", "_profile.AccountNumber"),),
    keys=(Key("_account", ("id",), (PROFILE, UNIQUE)),),
    allow_profile_creation=True,
)
TEMPLATE = ObjectType(name="Crm", description="Contacts", template_id="Salesforce-Contact")

RULE_IDS = """
VALUE_TYPE TYPE_NAME TYPE_NAME_RESERVED TYPE_DESCRIPTION TYPE_EXPIRATION TYPE_PRIORITY
TYPE_OBJECT_COUNT TYPE_ENCRYPTION_KEY TYPE_TIMESTAMP_FORMAT TYPE_TIMESTAMP_PATTERN
TYPE_TEMPLATE_ID TYPE_TEMPLATE FIELD_COUNT FIELD_NAME FIELD_NAME_DOTTED FIELD_NAME_RESERVED
FIELD_DUPLICATE FIELD_SOURCE FIELD_CONTENT_TYPE FIELD_CONTENT_TYPE_MISSING FIELD_UNUSED
TARGET_SYNTAX TARGET_UNKNOWN TARGET_ATTRIBUTE_NAME TARGET_UNVERIFIED TARGET_SYSTEM
TARGET_EXCLUSIVE TARGET_DUPLICATE TARGET_NEEDS_KEY TARGET_NEEDS_FORMAT KEY_COUNT KEY_NAME
KEY_NAME_RESERVED KEY_WITHOUT_FIELD KEY_UNKNOWN_FIELD KEY_DOTTED_FIELD KEY_IDENTIFIER
KEY_IDENTIFIER_NOT_DEPLOYABLE KEY_UNIQUE_COUNT KEY_PROFILE_MISSING KEY_PROFILE_NOT_STORED
KEY_UNIQUE_NOT_STORED KEY_MODIFIER_ALONE KEY_ID_LOOKUP_ONLY KEY_LOW_CARDINALITY KEY_REUSE
ATTRIBUTE_SHARED TYPE_DUPLICATE TYPE_COUNT EXAMPLE_WITHOUT_KEY MAPPING_UNLOADABLE
""".split()

WARNINGS = {
    "TYPE_TIMESTAMP_PATTERN",
    "FIELD_CONTENT_TYPE_MISSING",
    "FIELD_UNUSED",
    "TARGET_UNVERIFIED",
    "TARGET_DUPLICATE",
    "KEY_MODIFIER_ALONE",
    "KEY_LOW_CARDINALITY",
    "ATTRIBUTE_SHARED",
}


def said(object_type: ObjectType) -> str:
    """Every finding about the type, a line each, as a user reads it."""
    findings = check_object_type(object_type, file="mappings/crm.py")
    return "\n".join(str(finding) for finding in findings)


# All rules


def test_rule_ids_are_kept_for_good() -> None:
    """People put them into exceptions and scripts: a new one is added here, none is renamed."""
    assert [rule.id for rule in RULES] == RULE_IDS
    assert len(set(RULE_IDS)) == len(RULE_IDS)


def test_a_rule_has_the_name_of_its_id_a_purpose_and_a_source() -> None:
    for rule in RULES:
        assert getattr(rules, rule.id) is rule
        assert rule.purpose.endswith(".")
        assert rule.source


def test_only_what_the_service_accepts_is_a_warning() -> None:
    assert {rule.id for rule in RULES if rule.severity is Severity.WARNING} == WARNINGS


def test_errors_leave_warnings_out() -> None:
    both = replace(CRM, expiration_days=0, fields=(*CRM.fields, Field("note", "_source.note")))
    findings = check_object_type(both)
    assert {finding.rule.id for finding in findings} == {"TYPE_EXPIRATION", "FIELD_UNUSED"}
    assert [finding.rule.id for finding in errors(findings)] == ["TYPE_EXPIRATION"]


def test_everything_wrong_with_a_type_is_reported_at_once() -> None:
    wrong = ObjectType(
        name="1st",
        description="",
        fields=(
            Field("Tags", "email", "_profile.Foo"),
            Field("home.city", "_source.city", "_profile.ProfileId"),
        ),
        keys=(Key("_mine", ("gone",), (UNIQUE,)), Key("tags", ("home.city",), (UNIQUE,))),
        expiration_days=1099,
    )
    assert [finding.rule.id for finding in check_object_type(wrong)] == [
        "TYPE_NAME",
        "TYPE_DESCRIPTION",
        "TYPE_EXPIRATION",
        "FIELD_NAME_RESERVED",
        "FIELD_SOURCE",
        "FIELD_NAME_DOTTED",
        "TARGET_UNKNOWN",
        "TARGET_SYSTEM",
        "KEY_NAME",
        "KEY_UNKNOWN_FIELD",
        "KEY_NAME_RESERVED",
        "KEY_DOTTED_FIELD",
        "KEY_UNIQUE_COUNT",
        "KEY_PROFILE_MISSING",
    ]


def test_an_absurdly_long_name_is_shortened_in_messages() -> None:
    text = said(replace(CRM, name="C" * 300))
    assert text.startswith(f"mappings/crm.py: {'C' * 60}...: the name is not allowed")


# Names and descriptions


@pytest.mark.parametrize("name", ["Crm", "c", "Crm-2", "crm_2", "C" * 255])
def test_a_type_name_starts_with_a_letter_and_has_255_characters(name: str) -> None:
    assert said(replace(CRM, name=name)) == ""


@pytest.mark.parametrize("name", ["1st", "-crm", "c.rm", "c rm", "crém", "Crm\n", "C" * 256])
def test_a_type_name_of_another_form_is_refused(name: str) -> None:
    text = said(replace(CRM, name=name))
    assert text.startswith("mappings/crm.py: ")
    assert text.endswith(
        ": the name is not allowed [TYPE_NAME] -> "
        "start with a letter, go on with letters, digits, _ or -"
    )


def test_a_type_without_a_name_is_refused() -> None:
    assert said(replace(CRM, name="")).startswith(
        "mappings/crm.py: the name is not allowed [TYPE_NAME]"
    )


@pytest.mark.parametrize("name", ["_profile", "_asset", "_Crm", "_"])
def test_names_that_start_with_an_underscore_are_the_services(name: str) -> None:
    assert said(replace(CRM, name=name)) == (
        f"mappings/crm.py: {name}: the name starts with _ [TYPE_NAME_RESERVED] -> "
        "start with a letter"
    )


@pytest.mark.parametrize("length", [1, 1000])
def test_a_description_has_1_to_1000_characters(length: int) -> None:
    assert said(replace(CRM, description="d" * length)) == ""


@pytest.mark.parametrize("length", [0, 1001])
def test_a_description_of_another_length_is_refused(length: int) -> None:
    assert said(replace(CRM, description="d" * length)) == (
        f"{WHERE}: the description has {length} characters [TYPE_DESCRIPTION] -> use 1-1000"
    )


# Numbers


@pytest.mark.parametrize("days", [None, 1, 1098])
def test_objects_expire_after_1_to_1098_days(days: int | None) -> None:
    assert said(replace(CRM, expiration_days=days)) == ""


@pytest.mark.parametrize("days", [-1, 0, 1099])
def test_another_expiry_is_refused(days: int) -> None:
    assert said(replace(CRM, expiration_days=days)) == (
        f"{WHERE}: objects expire after {days} days [TYPE_EXPIRATION] -> use 1-1098 days"
    )


@pytest.mark.parametrize("number", [None, 1, 1000])
def test_priorities_and_object_counts_start_at_1(number: int | None) -> None:
    assert said(replace(CRM, source_priority=number, max_profile_object_count=number)) == ""


def test_a_priority_or_object_count_below_1_is_refused() -> None:
    assert said(replace(CRM, source_priority=0, max_profile_object_count=-1)) == (
        f"{WHERE}: the source priority is 0 [TYPE_PRIORITY] -> "
        "use 1 (the highest) or more, or none\n"
        f"{WHERE}: the maximum object count is -1 [TYPE_OBJECT_COUNT] -> use 1 or more, or none"
    )


# Key, timestamp format, template


def test_an_encryption_key_has_at_most_255_characters() -> None:
    assert said(replace(CRM, encryption_key="k" * 255)) == ""
    assert said(replace(CRM, encryption_key="k" * 256)) == (
        f"{WHERE}: the key is too long [TYPE_ENCRYPTION_KEY] -> give the key's ARN"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "EpochMilli",
        "EPOCHMILLI",
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm:ss.SSSX",
        "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
        "EEE, d MMM yyyy hh 'o''clock' a z",
        "dd.MM.yyyy HH:mm" + " " * 239,
    ],
)
def test_a_timestamp_format_is_epoch_milliseconds_or_a_java_date_pattern(pattern: str) -> None:
    assert said(replace(CRM, source_last_updated_timestamp_format=pattern)) == ""


@pytest.mark.parametrize("pattern", ["", "y" * 256])
def test_a_timestamp_format_of_another_length_is_refused(pattern: str) -> None:
    assert said(replace(CRM, source_last_updated_timestamp_format=pattern)) == (
        f"{WHERE}: the format is empty or too long [TYPE_TIMESTAMP_FORMAT] -> "
        "use EpochMilli or a Java SimpleDateFormat pattern"
    )


@pytest.mark.parametrize("pattern", ["EpochSeconds", "ISO8601", "%Y-%m-%d", "yyyy-MM-ddTHH", "y'T"])
def test_a_timestamp_format_that_is_no_date_pattern_is_a_warning(pattern: str) -> None:
    assert said(replace(CRM, source_last_updated_timestamp_format=pattern)) == (
        f"{WHERE}: the timestamp format {pattern} is no date pattern [TYPE_TIMESTAMP_PATTERN] -> "
        "use EpochMilli or a Java SimpleDateFormat pattern"
    )


def test_a_template_stands_instead_of_fields_and_keys() -> None:
    assert said(TEMPLATE) == ""


@pytest.mark.parametrize(
    "own",
    [
        {"fields": CRM.fields},
        {"keys": CRM.keys},
        {"allow_profile_creation": True},
        {"source_last_updated_timestamp_format": "EpochMilli"},
    ],
)
def test_a_template_excludes_what_the_type_says_itself(own: dict[str, Any]) -> None:
    assert (
        f"{WHERE}: a template stands beside fields, keys, profile creation or a timestamp format "
        "[TYPE_TEMPLATE] -> remove the template, or all of those"
    ) in said(replace(TEMPLATE, **own))


def test_a_template_leaves_the_other_settings_free() -> None:
    assert said(replace(TEMPLATE, expiration_days=30, source_priority=1)) == ""


@pytest.mark.parametrize("template", ["", "CTR NoInferred", "t" * 65])
def test_a_template_id_of_another_form_is_refused(template: str) -> None:
    assert said(replace(TEMPLATE, template_id=template)) == (
        f"{WHERE}: the template's id is not allowed [TYPE_TEMPLATE_ID] -> "
        "use letters, digits, _ or -, at most 64"
    )
    assert said(replace(TEMPLATE, template_id="CTR-NoInferred")) == ""
