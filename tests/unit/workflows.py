"""The workflows of this repository, as the tests read them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
WORKFLOWS = ("pull-request", "deploy", "drift", "release")
SHELL = "bash --noprofile --norc -euo pipefail {0}"


@dataclass(frozen=True)
class Step:
    """A step and where it stands, e.g. `drift/drift`."""

    where: str
    content: dict[str, Any]

    @property
    def run(self) -> str:
        """Its script, with lines that go on joined."""
        return str(self.content.get("run", "")).replace("\\\n", " ")


def files() -> list[Path]:
    """The workflows and the actions of this repository."""
    return sorted((REPOSITORY / ".github").rglob("*.yml"))


@cache
def load(name: str) -> dict[str, Any]:
    """A workflow; YAML takes its `on` for a truth value."""
    path = REPOSITORY / ".github" / "workflows" / f"{name}.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def jobs() -> list[Any]:
    """Every job, as a parameter of a test: its workflow, its name, itself."""
    return [
        pytest.param(load(workflow), name, job, id=f"{workflow}/{name}")
        for workflow in WORKFLOWS
        for name, job in load(workflow)["jobs"].items()
    ]


def steps() -> list[Step]:
    """Every step of every job and of every action."""
    found = [
        Step(f"{workflow}/{name}", step)
        for workflow in WORKFLOWS
        for name, job in load(workflow)["jobs"].items()
        for step in job["steps"]
    ]
    for path in files():
        if path.name == "action.yml":
            action = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += [Step(path.parent.name, step) for step in action["runs"]["steps"]]
    return found
