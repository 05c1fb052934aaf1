"""What keys say of an object before it is sent, as the engine would say it after."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mappings
from lifecycle.object_keys import ObjectKeys, by_type, guess_type
from profiles import (
    EMAIL_ADDRESS,
    NUMBER,
    PROFILE,
    UNIQUE,
    Field,
    Key,
    ObjectType,
    ObjectTypeMapping,
)
from profiles.engine import Engine
from profiles.errors import EngineError
from profiles.memory import MemoryStore

PERSON = ObjectType(
    name="Person",
    description="People",
    allow_profile_creation=True,
    fields=(
        Field("id", "_source.person.id", None, NUMBER),
        Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
        Field("phone", "_source.phone", "_profile.PhoneNumber"),
        Field("name", "{{_source.first}} {{_source.last}}", "_profile.FirstName"),
    ),
    keys=(
        Key("personId", ("id",), (UNIQUE,)),
        Key("_email", ("email",), (PROFILE,)),
        Key("_phone", ("phone",), (PROFILE,)),
    ),
)
KEYS = ObjectKeys(ObjectTypeMapping(PERSON))

SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | st.sampled_from(["", " ", "x"])
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "person": st.fixed_dictionaries({}, optional={"id": SCALARS}) | SCALARS,
        "email": SCALARS,
        "phone": SCALARS,
    },
)


@given(OBJECTS | st.lists(SCALARS) | SCALARS)
def test_what_has_no_problem_is_what_the_engine_takes(value: Any) -> None:
    text = json.dumps(value)
    engine = Engine(MemoryStore())
    engine.put_type(PERSON)
    try:
        engine.put("Person", text)
        taken = True
    except EngineError:
        taken = False
    assert (KEYS.problem(text) is None) is taken


def test_a_missing_key_is_named_with_its_source_and_without_any_value() -> None:
    text = '{"person": {"ID": "marker"}, "email": "marker@example.org"}'
    assert KEYS.problem(text) == "no value for the UNIQUE key personId (_source.person.id)"


def test_keys_that_could_find_the_customer_are_all_named() -> None:
    assert KEYS.problem('{"person": {"id": 1}, "email": " "}') == (
        "no value for any PROFILE key: _email (_source.email); _phone (_source.phone)"
    )


def test_an_object_may_have_256_000_characters_and_no_more() -> None:
    object_ = {"person": {"id": 1}, "phone": "1", "more": ""}
    object_["more"] = "x" * (256_000 - len(json.dumps(object_)))
    text = json.dumps(object_)
    assert KEYS.problem(text) is None
    assert KEYS.problem(text + " ") == "it has more than 256,000 characters"


@pytest.mark.parametrize("text", ["", "no json", "[1]", '"text"', "null", '{"a": NaN}'])
def test_what_is_no_object_is_said_to_be_none(text: str) -> None:
    problem = KEYS.problem(text)
    assert problem is not None
    assert "JSON" in problem
    assert KEYS.unique(text) is None


def test_the_unique_value_is_the_same_however_it_is_spelt() -> None:
    spellings = ['{"person": {"id": "007"}}', '{"person": {"id": 7}}', '{"person": {"id": 7.0}}']
    assert {KEYS.unique(each) for each in spellings} == {"7"}


SEED = by_type(mappings.load())


@pytest.mark.parametrize("mapping", mappings.load(), ids=lambda each: each.object_type.name)
def test_an_example_of_the_mappings_is_recognised(mapping: ObjectTypeMapping) -> None:
    for each in mapping.examples:
        assert guess_type(json.dumps(each), SEED) == mapping.object_type.name


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"UserId": "1"}, "all three read it equally"),
        ({"UserId": "1", "status": "Active", "planType": "Basic"}, "two of them read both"),
        ({"UserId": "1", "trialDays": "3", "price": "$1"}, "each of two reads more than the other"),
        ({"UserId": "1", "trialDays": ""}, "an empty value is none"),
        ({"trialDays": "3", "price": "$1"}, "it has no key"),
        ([1], "it is no object"),
    ],
)
def test_an_object_that_could_be_of_several_types_is_not_guessed(record: Any, why: str) -> None:
    assert guess_type(json.dumps(record), SEED) is None, why


def test_a_member_that_only_one_mapping_reads_decides() -> None:
    assert guess_type('{"UserId": "1", "status": "x", "trialDays": 3}', SEED) == "TrialSubscription"


def test_text_that_is_no_json_is_not_guessed() -> None:
    assert guess_type("no json", SEED) is None


def test_templates_count_by_the_members_that_they_read() -> None:
    other = ObjectTypeMapping(ObjectType("Other", "Other", PERSON.fields[:3], PERSON.keys))
    types = by_type([ObjectTypeMapping(PERSON), other])
    text = '{"person": {"id": 1}, "email": "a@b", "last": "Doe"}'
    assert guess_type(text, types) == "Person"
    assert guess_type('{"person": {"id": 1}, "email": "a@b"}', types) is None
