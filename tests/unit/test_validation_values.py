"""Values of the wrong Python type in a mapping, such as a forgotten comma leaves behind."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import PROFILE, UNIQUE, Field, Identifier, Key, ObjectType, ObjectTypeMapping
from profiles.validation import check_domain, check_object_type

WHERE = "mappings/crm.py: Crm"
A_TUPLE = "give a tuple; one of a single item ends with a comma: (item,)"
IDENTIFIERS = "an Identifier in each place"
CRM = ObjectType(
    name="Crm",
    description="Customers of the sales team",
    fields=(Field("id", "_source.id", "_profile.AccountNumber"),),
    keys=(Key("_account", ("id",), (PROFILE, UNIQUE)),),
    allow_profile_creation=True,
)


def said(object_type: ObjectType) -> str:
    """Every finding about the type, a line each, as a user reads it."""
    findings = check_object_type(object_type, file="mappings/crm.py")
    return "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        ({"name": 7}, "mappings/crm.py: 7: name is an int [VALUE_TYPE] -> give a str"),
        ({"description": None}, f"{WHERE}: description is None [VALUE_TYPE] -> give a str"),
        (
            {"expiration_days": "100"},
            f"{WHERE}: expiration_days is a str [VALUE_TYPE] -> give an int or None",
        ),
        (
            {"expiration_days": True},
            f"{WHERE}: expiration_days is a bool [VALUE_TYPE] -> give an int or None",
        ),
        (
            {"allow_profile_creation": "yes"},
            f"{WHERE}: allow_profile_creation is a str [VALUE_TYPE] -> give a bool",
        ),
        (
            {"keys": CRM.keys[0]},
            f"{WHERE}: keys is a Key [VALUE_TYPE] -> {A_TUPLE}",
        ),
        (
            {"fields": [*CRM.fields]},
            f"{WHERE}: fields is a list [VALUE_TYPE] -> {A_TUPLE}",
        ),
        (
            {"fields": (*CRM.fields, "email")},
            f"{WHERE}: fields holds a str [VALUE_TYPE] -> hold a Field in each place",
        ),
        (
            {"fields": (Field("id", None),)},
            f"{WHERE} field id: source is None [VALUE_TYPE] -> give a str",
        ),
        (
            {"fields": (Field("id", "_source.id", 7),)},
            f"{WHERE} field id: target is an int [VALUE_TYPE] -> give a str or None",
        ),
        (
            {"fields": (Field("id", "_source.id", None, None),)},
            f"{WHERE} field id: content_type is None [VALUE_TYPE] -> give a ContentType",
        ),
        (
            {"keys": (Key("_account", "id", (PROFILE, UNIQUE)),)},
            f"{WHERE} key _account: fields is a str [VALUE_TYPE] -> {A_TUPLE}",
        ),
        (
            {"keys": (Key("_account", (CRM.fields[0],), (PROFILE, UNIQUE)),)},
            f"{WHERE} key _account: fields holds a Field [VALUE_TYPE] -> hold a str in each place",
        ),
        (
            {"keys": (Key("_account", ("id",), Identifier.UNIQUE),)},
            f"{WHERE} key _account: identifiers is an Identifier [VALUE_TYPE] -> {A_TUPLE}",
        ),
        (
            {"keys": (Key("_account", ("id",), (PROFILE, None)),)},
            f"{WHERE} key _account: identifiers holds None [VALUE_TYPE] -> hold {IDENTIFIERS}",
        ),
    ],
)
def test_a_value_of_another_python_type_is_a_finding_and_no_traceback(
    wrong: dict[str, Any], finding: str
) -> None:
    assert said(replace(CRM, **wrong)) == finding


def test_every_value_of_another_python_type_is_reported_at_once() -> None:
    text = said(replace(CRM, expiration_days="100", fields=(Field(None, None), Field("a", 1))))
    assert text.count("[VALUE_TYPE]") == 4


def test_the_other_types_of_the_domain_are_checked_all_the_same() -> None:
    mistyped = replace(CRM, keys=CRM.keys[0])
    others = (replace(CRM, name="Shop"), replace(CRM, name="Shop", description=""))
    mappings = [
        ObjectTypeMapping(each, ({"id": "1"},), f"mappings/{number}.py")
        for number, each in enumerate((mistyped, *others))
    ]
    assert [(each.file, each.rule.id) for each in check_domain(mappings)] == [
        ("mappings/0.py", "VALUE_TYPE"),
        ("mappings/2.py", "TYPE_DESCRIPTION"),
        ("mappings/2.py", "TYPE_DUPLICATE"),
    ]


anything = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(CRM)
texts = st.text(max_size=8) | anything
field_like = st.builds(Field, texts, texts, texts, texts) | anything
key_like = st.builds(
    Key,
    texts,
    st.lists(texts, max_size=2).map(tuple) | texts,
    st.lists(texts, max_size=2).map(tuple),
)
type_like = st.builds(
    ObjectType,
    name=texts,
    description=texts,
    fields=st.lists(field_like, max_size=3).map(tuple) | anything,
    keys=st.lists(key_like | anything, max_size=3).map(tuple) | anything,
    allow_profile_creation=anything,
    expiration_days=anything,
    source_priority=anything,
    source_last_updated_timestamp_format=texts,
    template_id=texts,
)


@given(st.lists(type_like, min_size=1, max_size=2))
@settings(deadline=None, max_examples=50)
def test_whatever_stands_in_a_mapping_is_reported_and_raises_nothing(
    object_types: list[ObjectType],
) -> None:
    mappings = [ObjectTypeMapping(each, ({"id": "1"},), "mappings/crm.py") for each in object_types]
    findings = check_domain(mappings)
    assert len(findings) >= len(mappings)
    assert all(str(each).startswith("mappings/crm.py: ") for each in findings)
