"""The team's own mappings: what holds for every one of them, whatever they are."""

import json

import pytest
from cfnlint.jsonschema import StandardValidator

import mappings
from lifecycle.catalogue.pages import render
from lifecycle.schemas import schema_of, text_of
from profiles import ObjectTypeMapping
from profiles.engine import Engine
from profiles.memory import MemoryStore
from profiles.outcome import Verdict
from profiles.validation import errors
from tests.programs import OWN, ROOT

PUBLISHED = ROOT / "docs" / "reference" / "schemas"

# What cannot be loaded is told by the first test, and the others look at the rest.
MAPPINGS, FINDINGS = mappings.read(OWN)

every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda each: each.object_type.name)


def test_every_mapping_can_be_deployed() -> None:
    assert [str(each) for each in errors(FINDINGS)] == []


@every_mapping
def test_an_example_is_an_object_of_its_schema(mapping: ObjectTypeMapping) -> None:
    validator = StandardValidator(schema_of(mapping))
    assert [list(validator.iter_errors(each)) for each in mapping.examples] == [
        [] for _ in mapping.examples
    ]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """With the examples of all mappings: a type that starts no profile finds those of others."""
    engine = Engine(MemoryStore())
    for mapping in MAPPINGS:
        engine.put_type(mapping.object_type)
    for mapping in MAPPINGS:
        for example in mapping.examples:
            engine.put(mapping.object_type.name, json.dumps(example))
    return engine


@every_mapping
def test_its_examples_become_objects_of_a_profile(
    engine: Engine, mapping: ObjectTypeMapping
) -> None:
    assert mapping.examples, f"{mapping.file}: add a source record to EXAMPLES"
    for each in mapping.examples:
        outcome = engine.put(mapping.object_type.name, json.dumps(each))
        assert outcome.verdict is not Verdict.REJECTED, f"{mapping.file}: {outcome.reason}"


def test_the_schemas_in_the_reference_are_those_of_the_mappings() -> None:
    generated = {each.object_type.name: text_of(schema_of(each)) for each in MAPPINGS}
    published = {path.stem: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("*.json")}
    old = {name for name, text in generated.items() if published.get(name) != text}
    assert not old, f"{sorted(old)}: run: lifecycle schemas --write docs/reference/schemas"
    gone = [f"docs/reference/schemas/{name}.json" for name in sorted(published.keys() - generated)]
    assert not gone, f"no mapping is left for it: run: git rm {' '.join(gone)}"


def test_the_catalogue_has_a_page_for_each_mapping() -> None:
    files = render(MAPPINGS, "Customers")
    pages = b"".join(files.values()).decode()
    assert [each.object_type.name for each in MAPPINGS if each.object_type.name not in pages] == []
