"""The schema of the package: what is written is what is served, and it breaks no older program."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from emulator import __version__
from plugin.package import schema
from tests.unit.plugin.compatibility import breaking

ROOT = Path(__file__).parents[3]
WRITTEN = ROOT / "docs" / "reference" / "component-schema.json"
RELEASED = ROOT / "tests" / "baseline" / "component-schema.json"

COMPONENT = "customer-lifecycle:index:CustomerProfiles"
FIELD = "customer-lifecycle:index:ObjectTypeField"


def test_the_written_schema_is_what_the_provider_serves() -> None:
    written = json.loads(WRITTEN.read_text(encoding="utf-8"))
    assert written == schema(), f"python -m plugin.package > {WRITTEN.relative_to(ROOT)}"


def test_the_packages_version_is_the_releases() -> None:
    assert schema()["version"] == __version__


def test_programs_written_for_the_last_release_still_work() -> None:
    assert breaking(json.loads(RELEASED.read_text(encoding="utf-8")), schema()) == []


def changed(*path: str, to: Any = None) -> dict[str, Any]:
    """The schema with one place removed, or set to something else."""
    new = copy.deepcopy(schema())
    owner: Any = new
    for name in path[:-1]:
        owner = owner[name]
    if to is None:
        del owner[path[-1]]
    else:
        owner[path[-1]] = to
    return new


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (changed("resources", COMPONENT), f"{COMPONENT}: is gone"),
        (
            changed("resources", COMPONENT, "inputProperties", "tags"),
            f"{COMPONENT}.inputProperties.tags: is gone",
        ),
        (
            changed("resources", COMPONENT, "properties", "domainName"),
            f"{COMPONENT}.properties.domainName: is gone",
        ),
        (
            changed("types", FIELD, "properties", "source", "type", to="integer"),
            f"{FIELD}.properties.source: has another type",
        ),
        (
            changed("types", FIELD, "required", to=["name", "source", "target"]),
            f"{FIELD}.properties.target: is required",
        ),
        (
            changed("resources", COMPONENT, "required", to=["domainName"]),
            f"{COMPONENT}.properties.objectTypes: is optional",
        ),
    ],
)
def test_what_would_break_a_program_is_found(new: dict[str, Any], found: str) -> None:
    assert found in breaking(schema(), new)


def test_an_addition_breaks_nobody() -> None:
    path = ("resources", COMPONENT, "inputProperties", "more")
    assert breaking(schema(), changed(*path, to={"type": "string"})) == []
