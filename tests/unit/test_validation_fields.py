"""Rules about fields and their sources: what is found, and its neighbour that is not."""

import pytest

from profiles import (
    EMAIL_ADDRESS,
    NAME,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    STRING,
    UNIQUE,
    Field,
    Key,
    ObjectType,
)
from profiles.validation import Backend, check_object_type

ID = Field("id", "_source.id")
WHERE = "mappings/crm.py: Crm "


def crm(*fields: Field, key: Key | None = None) -> ObjectType:
    """A type that is right but for these fields; they feed no key unless one is given."""
    return ObjectType(
        name="Crm",
        description="Customers of the sales team",
        fields=(ID, *fields),
        keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), *([] if key is None else [key])),
        allow_profile_creation=True,
    )


def said(object_type: ObjectType, backend: Backend = "cloudformation") -> str:
    """Every finding about the type, a line each, as a user reads it."""
    findings = check_object_type(object_type, backend=backend, file="mappings/crm.py")
    return "\n".join(str(finding) for finding in findings)


# Names


@pytest.mark.parametrize(
    "name", ["tier", "T", "a1", "Tier-2", "tier_2", "t" * 64, "Tagss", "TAGS", "tag"]
)
def test_a_field_name_starts_with_a_letter_and_has_64_characters(name: str) -> None:
    assert said(crm(Field(name, "_source.a", "_profile.Attributes.A"))) == ""


@pytest.mark.parametrize("name", ["", "1st", "_tier", "-tier", "ti er", "tïer", "t" * 65, "tier\n"])
def test_a_field_name_of_another_form_is_refused(name: str) -> None:
    shown = name if len(name) <= 60 else f"{name[:60]}..."
    assert said(crm(Field(name, "_source.a", "_profile.Attributes.A"))) == (
        f"{WHERE}field {shown}: the name is not allowed [FIELD_NAME] -> "
        "start with a letter, then letters, digits, _ . or -, at most 64"
    )


@pytest.mark.parametrize("name", ["Tags", "tags"])
def test_a_field_is_not_called_tags(name: str) -> None:
    assert said(crm(Field(name, "_source.a", "_profile.Attributes.A"))) == (
        f"{WHERE}field {name}: the name is reserved [FIELD_NAME_RESERVED] -> rename the field"
    )


def test_a_dotted_field_name_cannot_be_deployed_though_the_api_takes_it() -> None:
    dotted = crm(Field("address.city", "_source.city", "_profile.Address.City"))
    assert said(dotted) == (
        f"{WHERE}field address.city: the name has a dot, which CloudFormation refuses "
        "[FIELD_NAME_DOTTED] -> call it address_city"
    )
    assert said(dotted, backend="api") == ""


def test_two_fields_of_one_name_are_refused() -> None:
    twice = crm(
        Field("tier", "_source.a", "_profile.Attributes.A"),
        Field("tier", "_source.b", "_profile.Attributes.B"),
    )
    assert said(twice) == (
        f"{WHERE}field tier: the name is used twice [FIELD_DUPLICATE] -> rename one"
    )


def test_an_object_type_has_at_most_250_fields() -> None:
    fields = [Field(f"f{n}", f"_source.f{n}", f"_profile.Attributes.A{n}") for n in range(250)]
    assert said(crm(*fields[:249])) == ""
    assert said(crm(*fields)) == (
        f"{WHERE[:-1]}: there are 251 fields [FIELD_COUNT] -> have 1-250 fields"
    )


def test_an_object_type_without_fields_is_refused() -> None:
    empty = ObjectType("Crm", "Customers", (), (Key("crmId", ("id",), (PROFILE, UNIQUE)),))
    assert f"{WHERE[:-1]}: there are 0 fields [FIELD_COUNT] -> have 1-250 fields" in said(empty)


def test_a_field_that_nothing_uses_is_a_warning() -> None:
    note = Field("note", "_source.note")
    assert said(crm(note)) == (
        f"{WHERE}field note: neither a target nor a key uses it [FIELD_UNUSED] -> "
        "give it a target, or remove"
    )
    assert said(crm(note, key=Key("note", ("note",)))) == ""


# Sources


@pytest.mark.parametrize("source", ["_source." + "a" * 992, "{{_source.a}}" + "x" * 987])
def test_a_source_has_1000_characters(source: str) -> None:
    assert said(crm(Field("a", source, "_profile.Attributes.A"))) == ""
    assert said(crm(Field("a", source + "a", "_profile.Attributes.A"))) == (
        f"{WHERE}field a: the source has 1001 characters [FIELD_SOURCE] -> use 1-1000"
    )


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("email", "source: a path starts with _source, e.g. _source.email (at character 1)"),
        ("_source.a[0]", "source: index access is not documented; only #each reads arrays"),
        ("{{lower _source.a}}", "source: neither a path nor a documented block"),
        ("x {{#if _source.a}}y", "source: #if is not closed (at character 21)"),
        ("{{#}}", "source: the documented blocks are #each, #if"),
    ],
)
def test_an_undocumented_source_is_refused_with_its_place(source: str, problem: str) -> None:
    text = said(crm(Field("a", source, "_profile.Attributes.A")))
    assert text.startswith(f"{WHERE}field a: {problem}")
    assert text.endswith(
        "[FIELD_SOURCE] -> use an accessor such as _source.email, or a documented template"
    )


def test_a_field_without_source_is_refused() -> None:
    assert said(crm(Field("a", "", "_profile.Attributes.A"))) == (
        f"{WHERE}field a: the source has 0 characters [FIELD_SOURCE] -> use 1-1000"
    )


# Content types


@pytest.mark.parametrize("content_type", [STRING, NUMBER, PHONE_NUMBER, EMAIL_ADDRESS, NAME])
def test_there_are_five_content_types(content_type: str) -> None:
    assert said(crm(Field("a", "_source.a", "_profile.Attributes.A", content_type))) == ""


@pytest.mark.parametrize("content_type", ["TEXT", "", "STRING"])
def test_a_content_type_that_is_only_a_text_is_refused(content_type: str) -> None:
    assert said(crm(Field("a", "_source.a", "_profile.Attributes.A", content_type))) == (
        f"{WHERE}field a: the content type is not one of profiles.ContentType "
        "[FIELD_CONTENT_TYPE] -> use one of STRING, NUMBER, PHONE_NUMBER, EMAIL_ADDRESS, NAME"
    )


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (Field("mail", "_source.a", "_profile.EmailAddress"), EMAIL_ADDRESS),
        (Field("e-mail", "_source.a"), EMAIL_ADDRESS),
        (Field("contact", "_source.workEmail"), EMAIL_ADDRESS),
        (Field("mobile", "_source.a"), PHONE_NUMBER),
        (Field("contact", "_source.a", "_profile.HomePhoneNumber"), PHONE_NUMBER),
        (Field("contact", "_source.phone"), PHONE_NUMBER),
    ],
)
def test_a_key_over_an_email_or_phone_field_without_its_content_type_is_a_warning(
    field: Field, wanted: str
) -> None:
    key = Key("contact", (field.name,))
    assert said(crm(field, key=key)) == (
        f"{WHERE}field {field.name}: a key compares it as STRING, though it looks like {wanted} "
        f"[FIELD_CONTENT_TYPE_MISSING] -> set the content type {wanted}"
    )
    typed = Field(field.name, field.source, field.target, wanted)
    assert said(crm(typed, key=key)) == ""


def test_an_email_field_that_no_key_compares_may_be_a_string() -> None:
    assert said(crm(Field("email", "_source.email", "_profile.EmailAddress"))) == ""


def test_a_key_over_a_template_that_joins_an_email_to_more_may_be_a_string() -> None:
    joined = Field("visit", "{{_source.email}}-{{_source.day}}")
    assert said(crm(joined, key=Key("visit", ("visit",)))) == ""
