"""What holds for every mapping of `mappings/`: those of the sample, and yours."""

import json
from pathlib import Path

import pytest

import mappings
from lifecycle.schemas import schema_of, text_of
from profiles import ObjectTypeMapping
from profiles.engine import Engine
from profiles.memory import MemoryStore
from profiles.outcome import Verdict

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schemas"
LOADED, FINDINGS = mappings.read()


def test_no_mapping_breaks_a_rule_or_is_warned_about() -> None:
    assert [str(each) for each in FINDINGS] == []


def test_the_schemas_that_source_systems_read_are_those_of_the_mappings() -> None:
    published = {path.stem: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("*.json")}
    generated = {each.object_type.name: text_of(schema_of(each)) for each in LOADED}
    assert published == generated, "run: lifecycle schemas --write docs/reference/schemas"


@pytest.fixture(scope="module")
def engine() -> Engine:
    """With the examples of all mappings: a type that starts no profile finds those of others."""
    engine = Engine(MemoryStore())
    for mapping in LOADED:
        engine.put_type(mapping.object_type)
    for mapping in LOADED:
        for each in mapping.examples:
            engine.put(mapping.object_type.name, json.dumps(each))
    return engine


@pytest.mark.parametrize("mapping", LOADED, ids=lambda each: each.object_type.name)
def test_its_examples_become_objects_of_a_profile(
    engine: Engine, mapping: ObjectTypeMapping
) -> None:
    assert mapping.examples, f"{mapping.file}: add a source record to EXAMPLES"
    for each in mapping.examples:
        outcome = engine.put(mapping.object_type.name, json.dumps(each))
        assert outcome.verdict is not Verdict.REJECTED, f"{mapping.file}: {outcome.reason}"
