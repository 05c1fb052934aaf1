"""What Dependabot watches: all that is pinned here, and no release on its first day."""

from typing import Any

import pytest
import yaml

from tests.unit.workflows import REPOSITORY

TEXT = (REPOSITORY / ".github" / "dependabot.yml").read_text("utf-8")
UPDATES: list[dict[str, Any]] = yaml.safe_load(TEXT)["updates"]
SEMVER_DAYS = {"pip", "gomod", "npm"}
"""The kinds whose releases Dependabot tells apart by size."""
LEAST_DAYS = 7


def watched(kind: str) -> list[str]:
    """The folders of a kind, from the root of the repository."""
    return [
        folder.removeprefix("/")
        for update in UPDATES
        if update["package-ecosystem"] == kind
        for folder in update.get("directories", [update.get("directory")])
    ]


def folders_with(pattern: str) -> set[str]:
    found = {path.parent.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob(pattern)}
    return {"" if folder == "." else folder for folder in found}


def test_every_go_module_is_watched_once() -> None:
    modules = folders_with("toolchain/*/go.mod") | folders_with("examples/*/go.mod")
    assert sorted(watched("gomod")) == sorted(modules)


def test_every_list_of_dependencies_is_watched_once() -> None:
    lists = folders_with("dependencies.txt") | folders_with("packages/*/dependencies.txt")
    assert sorted(watched("pip")) == sorted(lists)


def test_the_workflows_and_every_action_of_ours_are_watched_once() -> None:
    actions = folders_with(".github/actions/*/action.yml")
    assert sorted(watched("github-actions")) == sorted({""} | actions)


@pytest.mark.parametrize("update", UPDATES, ids=lambda each: each["package-ecosystem"])
def test_a_release_has_been_out_for_a_week_before_it_is_proposed(update: dict[str, Any]) -> None:
    days = update["cooldown"]
    assert min(days.values()) >= LEAST_DAYS
    assert "default-days" in days
    assert set(days) == {"default-days"} or update["package-ecosystem"] in SEMVER_DAYS


def test_it_is_written_without_aliases_which_dependabot_refuses() -> None:
    assert [event for event in yaml.parse(TEXT) if isinstance(event, yaml.AliasEvent)] == []
