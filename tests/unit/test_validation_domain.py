"""Rules that show only when the object types of a domain and their examples are seen together."""

from dataclasses import replace
from typing import Any

import pytest

from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NAME,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    STRING,
    UNIQUE,
    ContentType,
    Field,
    Finding,
    InvalidMappingError,
    Key,
    ObjectType,
    ObjectTypeMapping,
    Rule,
    Severity,
)
from profiles.validation import check_against, check_domain, errors

TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
ACCOUNT = Field("id", "_source.id", "_profile.AccountNumber")
BY_ACCOUNT = Key("_account", ("id",), (PROFILE, UNIQUE))


def typed(
    name: str, *fields: Field, keys: tuple[Key, ...] = (BY_ACCOUNT,), priority: int | None = None
) -> ObjectType:
    """A type that finds its customer by account; these are its further fields."""
    return ObjectType(
        name=name,
        description=name,
        fields=(ACCOUNT, *fields),
        keys=keys,
        allow_profile_creation=True,
        source_priority=priority,
    )


def with_key(name: str, *kinds: ContentType) -> ObjectType:
    """A type with a key `contact` over fields of these content types."""
    fields = [Field(f"f{n}", f"_source.f{n}", None, kind) for n, kind in enumerate(kinds)]
    contact = Key("contact", tuple(field.name for field in fields))
    return typed(name, *fields, keys=(BY_ACCOUNT, contact))


def said(*object_types: ObjectType, examples: tuple[dict[str, Any], ...] = ()) -> str:
    """Every finding about a domain of these types, a line each; the last type has the examples."""
    loaded = [ObjectTypeMapping(each, (), f"mappings/{each.name}.py") for each in object_types]
    loaded[-1] = replace(loaded[-1], examples=examples)
    return "\n".join(str(finding) for finding in check_domain(loaded))


# The repository's own mappings


# Object types


def test_every_type_of_a_domain_has_its_own_name() -> None:
    assert said(typed("Crm"), typed("Shop")) == ""
    assert said(typed("Crm"), typed("Shop"), typed("Crm")) == (
        "mappings/Crm.py: Crm: mappings/Crm.py defines it too [TYPE_DUPLICATE] -> "
        "rename one of the two"
    )


def test_a_domain_has_at_most_100_types() -> None:
    many = [typed(f"Type{number}") for number in range(101)]
    assert said(*many[:100]) == ""
    assert said(*many) == (
        "mappings: there are 101 object types [TYPE_COUNT] -> have at most 100 in one domain"
    )


# Key names


@pytest.mark.parametrize(
    "kinds",
    [(STRING,), (EMAIL_ADDRESS,), (NAME, NUMBER), (PHONE_NUMBER, STRING, NAME)],
)
def test_a_key_of_one_name_and_the_same_content_types_links_two_types(
    kinds: tuple[ContentType, ...],
) -> None:
    assert said(with_key("Crm", *kinds), with_key("Shop", *kinds)) == ""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ((STRING,), (EMAIL_ADDRESS,)),
        ((PHONE_NUMBER,), (NUMBER,)),
        ((NAME, STRING), (STRING, NAME)),
        ((STRING,), (STRING, STRING)),
    ],
)
def test_a_key_of_one_name_and_other_content_types_is_refused(
    ours: tuple[ContentType, ...], theirs: tuple[ContentType, ...]
) -> None:
    text = (
        "Crm uses the key with other content types [KEY_REUSE] -> "
        "give the fields the same content types, or use another key name"
    )
    own = with_key("Shop", *ours)
    assert said(with_key("Crm", *theirs), own) == f"mappings/Shop.py: Shop key contact: {text}"
    (finding,) = check_against(own, [with_key("Crm", *theirs)])
    assert str(finding) == f"Shop key contact: {text}"


def test_one_entry_of_the_same_content_types_is_enough_for_a_key_of_several() -> None:
    by_mail = Key("contact", ("mail",))
    mail = Field("mail", "_source.mail", None, EMAIL_ADDRESS)
    phone = Field("phone", "_source.phone", None, PHONE_NUMBER)
    both = typed("Shop", mail, phone, keys=(BY_ACCOUNT, by_mail, Key("contact", ("phone",))))
    assert said(with_key("Crm", EMAIL_ADDRESS), both) == ""
    assert said(with_key("Crm", PHONE_NUMBER), both) == ""
    assert "KEY_REUSE" in said(with_key("Crm", STRING), both)


def test_keys_of_other_names_have_content_types_of_their_own() -> None:
    other = typed(
        "Shop",
        Field("f0", "_source.f0", None, NAME),
        keys=(BY_ACCOUNT, Key("buyer", ("f0",))),
    )
    assert said(with_key("Crm", EMAIL_ADDRESS), other) == ""


# Attributes


def test_two_types_that_write_one_attribute_are_a_warning() -> None:
    assert said(typed("Crm", TIER), typed("Shop", TIER)) == (
        "mappings/Shop.py: Shop field tier: Crm writes _profile.Attributes.Tier too "
        "[ATTRIBUTE_SHARED] -> give each its own attribute, or set source priorities"
    )


def test_types_of_different_priority_may_write_one_attribute() -> None:
    assert said(typed("Crm", TIER, priority=1), typed("Shop", TIER, priority=2)) == ""
    assert said(typed("Crm", TIER, priority=1), typed("Shop", TIER)) == ""
    shared = said(typed("Crm", TIER, priority=1), typed("Shop", TIER, priority=1))
    assert "ATTRIBUTE_SHARED" in shared


def test_the_values_of_profile_keys_are_the_same_in_every_type() -> None:
    assert said(typed("Crm"), typed("Shop")) == ""
    searched = typed("Shop", keys=(Key("_account", ("id",), (UNIQUE,)), Key("x", ("id",))))
    assert "Crm writes _profile.AccountNumber too" not in said(typed("Crm"), searched)


# Examples


def test_an_example_has_a_value_for_its_unique_and_for_a_profile_key() -> None:
    assert said(typed("Crm"), examples=({"id": "1"}, {"id": 2})) == ""
    assert said(typed("Crm"), examples=({"id": "1"}, {"ID": "2"})) == (
        "mappings/Crm.py: Crm: example 2 has no value for a UNIQUE key [EXAMPLE_WITHOUT_KEY] -> "
        "give it a value for _account\n"
        "mappings/Crm.py: Crm: example 2 has no value for a PROFILE key [EXAMPLE_WITHOUT_KEY] -> "
        "give it a value for _account"
    )


@pytest.mark.parametrize("value", ["", None, [], {}])
def test_an_empty_value_in_an_example_is_none(value: Any) -> None:
    assert "EXAMPLE_WITHOUT_KEY" in said(typed("Crm"), examples=({"id": value},))


def test_a_value_of_which_nothing_is_compared_is_none() -> None:
    mail = Field("mail", "_source.mail", None, EMAIL_ADDRESS)
    by_mail = typed("Crm", mail, keys=(Key("_email", ("mail",), (PROFILE, UNIQUE)),))
    assert said(by_mail, examples=({"mail": "ann@example.com"},)) == ""
    assert "EXAMPLE_WITHOUT_KEY" in said(by_mail, examples=({"mail": "  "},))


def test_one_of_several_profile_keys_is_enough_for_an_example() -> None:
    device = Field("device", "_source.device")
    keys = (Key("device", ("device",), (UNIQUE, PROFILE)), Key("x", ("id",), (PROFILE,)))
    assert said(typed("Web", device, keys=keys), examples=({"device": "d"},)) == ""
    assert said(typed("Web", device, keys=keys), examples=({"id": "1"},)) == (
        "mappings/Web.py: Web: example 1 has no value for a UNIQUE key [EXAMPLE_WITHOUT_KEY] -> "
        "give it a value for device"
    )
    keys = (Key("device", ("device",), (UNIQUE,)), Key("x", ("id",), (PROFILE,)))
    also = (*keys, Key("_phone", ("device",), (PROFILE, LOOKUP_ONLY)))
    text = "example 1 has no value for a PROFILE key [EXAMPLE_WITHOUT_KEY] -> give it a value for x"
    assert text in said(typed("Web", device, keys=keys), examples=({"device": "d"},))
    assert said(typed("Web", device, keys=also), examples=({"device": "d"},)) == ""


def test_a_part_of_a_composite_key_is_enough_for_an_example() -> None:
    both = Key("visit", ("id", "day"), (PROFILE, UNIQUE))
    visit = typed("Visit", Field("day", "_source.day"), keys=(both,))
    assert said(visit, examples=({"day": "2026-01-01"},)) == ""
    assert "EXAMPLE_WITHOUT_KEY" in said(visit, examples=({"night": "2026-01-01"},))


def test_an_example_says_nothing_about_a_field_that_is_wrong_itself() -> None:
    broken = Field("mail", "email", None, EMAIL_ADDRESS)
    by_mail = typed("Crm", broken, keys=(Key("_email", ("mail",), (PROFILE, UNIQUE)),))
    text = said(by_mail, examples=({},))
    assert "FIELD_SOURCE" in text
    assert "EXAMPLE_WITHOUT_KEY" not in text
    unknown = typed("Crm", Field("mail", "_source.mail", None, "MAIL"), keys=by_mail.keys)
    assert "FIELD_CONTENT_TYPE" in said(unknown, examples=({"mail": "a"},))


# All at once


def test_findings_of_all_types_come_together_in_the_order_of_the_mappings() -> None:
    wrong = typed("Shop", Field("Tags", "_source.a", "_profile.Foo"))
    findings = check_domain(
        [
            ObjectTypeMapping(replace(typed("Crm", TIER), expiration_days=0), ({},), "m/a.py"),
            ObjectTypeMapping(wrong, (), "m/b.py"),
            ObjectTypeMapping(typed("Crm", TIER), (), "m/c.py"),
        ]
    )
    assert [(each.file, each.rule.id) for each in findings] == [
        ("m/a.py", "TYPE_EXPIRATION"),
        ("m/b.py", "FIELD_NAME_RESERVED"),
        ("m/b.py", "TARGET_UNKNOWN"),
        ("m/a.py", "EXAMPLE_WITHOUT_KEY"),
        ("m/a.py", "EXAMPLE_WITHOUT_KEY"),
        ("m/c.py", "TYPE_DUPLICATE"),
        ("m/c.py", "ATTRIBUTE_SHARED"),
    ]


def test_the_error_names_every_error_and_keeps_the_warnings_to_itself() -> None:
    def finding(number: int, severity: Severity) -> Finding:
        rule = Rule(f"RULE_{number}", "Purpose.", severity, "source")
        return Finding(rule, "Crm", "field a", f"wrong {number}", "do", "m/crm.py")

    one, other = finding(1, Severity.ERROR), finding(2, Severity.ERROR)
    warning = finding(3, Severity.WARNING)
    assert errors([one, warning, other]) == (one, other)
    error = InvalidMappingError((one, warning, other))
    assert error.findings == (one, warning, other)
    assert str(error) == (
        "2 errors in the mappings, nothing was deployed:\n"
        "  m/crm.py: Crm field a: wrong 1 [RULE_1] -> do\n"
        "  m/crm.py: Crm field a: wrong 2 [RULE_2] -> do"
    )
    assert str(InvalidMappingError((one,))).startswith("1 error in the mappings, ")
