"""JSON Schemas of the mappings: what they say, and that the engine agrees."""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import mappings
from lifecycle.cli import main
from lifecycle.schemas import schema_of, text_of
from profiles import (
    EMAIL_ADDRESS,
    NAME,
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
from profiles.outcome import Verdict

SCALARS = ["string", "number", "boolean"]
MAPPINGS = {each.object_type.name: each for each in mappings.load()}

PERSON = ObjectTypeMapping(
    ObjectType(
        name="Person",
        description="People",
        allow_profile_creation=True,
        fields=(
            Field("id", "_source.customer.id", "_profile.AccountNumber"),
            Field("email", "_source.customer.email", "_profile.EmailAddress", EMAIL_ADDRESS),
            Field("phone", "_source.phone"),
            Field("name", "{{_source.first}} {{_source.last}}", "_profile.FirstName", NAME),
            Field("note", "_source.note", "_profile.AdditionalInformation"),
            Field("noted", "_source.note", "_profile.Attributes.Note"),
            Field("remark", "_source.remark", "_profile.AdditionalInformation"),
            Field("address", "_source.address", "_profile.Address"),
            Field("more", "_source.more", "_profile.Attributes"),
            Field("internal", "_source.internal"),
        ),
        keys=(
            Key("personId", ("id",), (UNIQUE,)),
            Key("_email", ("email",), (PROFILE,)),
            Key("_phone", ("phone",), (PROFILE,)),
        ),
    ),
    ({"customer": {"id": "1", "email": "a@example.org"}},),
)


def accepts(schema: dict[str, Any], value: Any) -> bool:
    return not list(StandardValidator(schema).iter_errors(value))


def member(schema: dict[str, Any], *path: str) -> dict[str, Any]:
    for name in path:
        schema = schema["properties"][name]
    return schema


def of(fields: tuple[Field, ...], *keys: Key) -> dict[str, Any]:
    return schema_of(ObjectTypeMapping(ObjectType("T", "T", fields, keys)))


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_example_is_one_of_its_schema(name: str) -> None:
    schema = schema_of(MAPPINGS[name])
    assert schema["examples"]
    for each in schema["examples"]:
        assert accepts(schema, each)
        assert not accepts(schema, {key: value for key, value in each.items() if key != "UserId"})


def test_a_schema_says_what_it_is_of() -> None:
    schema = schema_of(PERSON)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "customer-lifecycle/Person"
    assert (schema["title"], schema["description"]) == ("Person", "People")
    assert schema["examples"] == [dict(each) for each in PERSON.examples]
    assert schema["additionalProperties"] is True
    assert "a mapping can read them later" in schema["$comment"]


def test_a_member_is_a_text_a_number_or_a_boolean_and_says_what_becomes_of_it() -> None:
    assert member(schema_of(PERSON), "customer", "id") == {
        "description": "Becomes _profile.AccountNumber. Key personId (UNIQUE)",
        "type": SCALARS,
        "minLength": 1,
        "maxLength": 255,
    }


def test_a_member_that_becomes_several_values_is_as_short_as_the_shortest() -> None:
    schema = schema_of(PERSON)
    assert member(schema, "remark")["maxLength"] == 1_000
    assert member(schema, "note")["maxLength"] == 255
    turned = of(tuple(reversed(PERSON.object_type.fields)))
    assert member(turned, "note")["maxLength"] == 255
    assert "AdditionalInformation" in member(schema, "note")["description"]
    assert "Attributes.Note" in member(schema, "note")["description"]


def test_a_member_that_becomes_no_value_may_be_of_any_length() -> None:
    assert member(schema_of(PERSON), "internal") == {"type": SCALARS}


def test_what_a_template_reads_has_no_type() -> None:
    schema = schema_of(PERSON)
    shown = {"description": "Becomes _profile.FirstName, by a template"}
    assert (member(schema, "first"), member(schema, "last")) == (shown, shown)
    assert accepts(schema, PERSON.examples[0] | {"first": ["any", {"thing": None}]})


def test_an_accessor_gives_a_type_to_what_a_template_reads_too() -> None:
    fields = (Field("a", "_source.a.b", "_profile.FirstName"), Field("t", "{{_source.a.b}}"))
    assert member(of(fields), "a", "b")["type"] == SCALARS


def test_an_object_that_fills_an_address_or_the_attributes_is_described() -> None:
    schema = schema_of(PERSON)
    good = PERSON.examples[0] | {"address": {"City": "Oslo"}, "more": {"Tier": 1}}
    assert accepts(schema, good)
    for wrong in ({"address": {"City": "x" * 256}}, {"more": {"Tier": []}}, {"address": "Oslo"}):
        assert not accepts(schema, good | wrong)


def test_the_members_of_the_unique_key_are_required_at_each_depth() -> None:
    schema = schema_of(PERSON)
    assert schema["required"] == ["customer"]
    assert member(schema, "customer")["required"] == ["id"]


def test_one_of_the_keys_that_find_the_customer_is_required() -> None:
    schema = schema_of(PERSON)
    assert schema["anyOf"] == [
        {"required": ["customer"], "properties": {"customer": {"required": ["email"]}}},
        {"required": ["phone"]},
    ]
    assert not accepts(schema, {"customer": {"id": "1"}})
    assert accepts(schema, {"customer": {"id": "1"}, "phone": "5"})


def test_a_profile_key_that_the_unique_key_contains_requires_nothing_more() -> None:
    fields = (Field("a", "_source.a"), Field("b", "_source.b"))
    schema = of(fields, Key("k", ("a", "b"), (UNIQUE,)), Key("p", ("b",), (PROFILE,)))
    assert schema["required"] == ["a", "b"]
    assert "anyOf" not in schema


def test_a_key_from_a_template_requires_what_the_template_cannot_do_without() -> None:
    empty = (Field("a", "{{_source.x}}{{_source.y.z}}"),)
    schema = of(empty, Key("k", ("a",), (UNIQUE, PROFILE)))
    assert accepts(schema, {"x": 1})
    assert accepts(schema, {"y": {"z": 1}})
    assert not accepts(schema, {"y": {}})
    never = (Field("a", "customer {{_source.x}}"),)
    assert accepts(of(never, Key("k", ("a",), (UNIQUE, PROFILE))), {})


def test_white_space_is_no_value_of_a_key_that_ignores_it() -> None:
    assert member(schema_of(PERSON), "customer", "email")["pattern"] == r"\S"
    assert "pattern" not in member(schema_of(PERSON), "customer", "id")


def test_a_member_that_is_value_and_object_may_be_both() -> None:
    fields = (Field("a", "_source.a", "_profile.FirstName"), Field("b", "_source.a.b"))
    assert member(of(fields), "a")["type"] == [*SCALARS, "object"]


TEXTS = st.text(max_size=3) | st.sampled_from(["x" * 255, "x" * 256, "x" * 1_001, " ", "a@b"])
VALUES = TEXTS | st.integers(-(10**30), 10**30) | st.booleans() | st.none() | st.just([])
SCALAR = st.text(min_size=1, max_size=3) | st.integers(-(10**30), 10**30) | st.booleans()
CUSTOMERS = st.fixed_dictionaries({}, optional={"id": VALUES, "email": VALUES}) | VALUES
OTHERS = {
    # A template may make a text longer than any schema can see.
    "first": st.text(max_size=3) | st.none(),
    "note": VALUES,
    "remark": VALUES,
    "address": st.dictionaries(st.sampled_from(["City", "Street"]), VALUES) | VALUES,
    "more": st.dictionaries(st.sampled_from(["Tier"]), VALUES),
}
OBJECTS = st.fixed_dictionaries({}, optional={"customer": CUSTOMERS, "phone": VALUES} | OTHERS)
WITH_KEYS = st.fixed_dictionaries(
    {"customer": st.fixed_dictionaries({"id": SCALAR}, optional={"email": VALUES})},
    optional={"phone": SCALAR} | OTHERS,
)


@given(OBJECTS | WITH_KEYS)
def test_what_the_schema_accepts_the_engine_takes_into_a_profile(value: dict[str, Any]) -> None:
    engine = Engine(MemoryStore())
    engine.put_type(PERSON.object_type)
    accepted = accepts(schema_of(PERSON), value)
    try:
        verdict = engine.put("Person", json.dumps(value)).verdict
    except EngineError:
        assert not accepted
    else:
        assert not accepted or verdict is Verdict.CREATED


@given(st.sampled_from(sorted(MAPPINGS)), st.dictionaries(st.text(max_size=3), TEXTS, max_size=3))
def test_an_object_without_its_unique_key_is_refused_by_both(
    name: str, more: dict[str, str]
) -> None:
    engine = Engine(MemoryStore())
    engine.put_type(MAPPINGS[name].object_type)
    assert not accepts(schema_of(MAPPINGS[name]), more)
    with pytest.raises(EngineError):
        engine.put(name, json.dumps(more))


def test_the_command_prints_one_schema_or_all(tmp_path: Path) -> None:
    one = CliRunner().invoke(main, ("schemas", "TrialSubscription"))
    assert one.stdout == text_of(schema_of(MAPPINGS["TrialSubscription"]))
    every = CliRunner().invoke(main, ("schemas",))
    assert json.loads(every.stdout) == {name: schema_of(each) for name, each in MAPPINGS.items()}
    folder = tmp_path / "new" / "schemas"
    written = CliRunner().invoke(main, ("schemas", "--write", str(folder)))
    assert written.exit_code == 0
    assert {path.name for path in folder.iterdir()} == {f"{name}.json" for name in MAPPINGS}
    assert (folder / "TrialSubscription.json").read_text(encoding="utf-8") == one.stdout


def test_the_command_knows_which_types_there_are() -> None:
    result = CliRunner().invoke(main, ("schemas", "Trials"))
    assert result.exit_code == 2
    assert "TrialSubscription" in result.stderr
