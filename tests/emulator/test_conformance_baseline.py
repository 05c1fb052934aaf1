"""The baseline of what is refused as the model demands: it may only rise, and pages follow it."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from profiles.engine import Switches
from tests.emulator import conformance
from tests.emulator.conformance import COMMAND, Coverage, baseline, falls, page
from tests.emulator.conftest import MODEL

DIFFERENCES = conformance.PAGE.with_name("differences.md")


def coverage(**kept: int) -> Coverage:
    """Operations that refuse so many cases each; the model's `GetMatches` is not emulated."""
    counts = {name: {"cases": {"enum": 9}, "refused": {"enum": n}} for name, n in kept.items()}
    return Coverage(counts, ["GetMatches"])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder where the baseline and the page stand instead."""
    monkeypatch.setattr(conformance, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(conformance, "PAGE", tmp_path / "coverage.md")
    return tmp_path


def test_every_case_of_the_model_is_refused_no_less_than_the_baseline_says(raw: Any) -> None:
    now = conformance.measured(raw)
    assert falls(baseline(), now) == []
    assert now == baseline(), f"more is refused or emulated than before; raise it: {COMMAND}"


def test_every_operation_of_the_model_is_either_emulated_or_refused() -> None:
    recorded = baseline()
    assert sorted([*recorded.emulated, *recorded.refused]) == sorted(MODEL.operation_names)


def test_the_coverage_page_is_what_the_baseline_says() -> None:
    assert conformance.PAGE.read_text(encoding="utf-8") == page(baseline()), f"run: {COMMAND}"


def test_a_case_that_is_no_longer_refused_is_a_fall() -> None:
    fallen = falls(coverage(GetDomain=5, ListDomains=5), coverage(GetDomain=4, ListDomains=6))
    assert fallen == ["GetDomain: enum: 4 of 5 cases are refused"]


def test_an_operation_that_is_no_longer_emulated_is_a_fall() -> None:
    assert falls(coverage(GetDomain=0), coverage()) == ["GetDomain is no longer emulated"]


def test_what_is_new_is_no_fall() -> None:
    assert falls(coverage(GetDomain=5), coverage(GetDomain=6, ListDomains=1)) == []


def test_writing_raises_the_baseline_and_the_page_and_never_lowers_them(files: Path) -> None:
    assert conformance.write(coverage(GetDomain=5)) == []
    assert conformance.write(coverage(GetDomain=6)) == []
    written = {path.name: path.read_text() for path in files.iterdir()}
    assert conformance.write(coverage(GetDomain=5, ListDomains=9)) != []
    assert {path.name: path.read_text() for path in files.iterdir()} == written
    assert baseline() == coverage(GetDomain=6)
    assert "| GetDomain | 0 | 0 | 0 | 0 | 0 | 6 of 9 | 0 | 0 | 6 of 9 |" in written["coverage.md"]
    assert "- GetMatches\n" in written["coverage.md"]


def test_every_switch_of_the_engine_is_among_the_differences() -> None:
    text = DIFFERENCES.read_text(encoding="utf-8")
    assert [each.name for each in fields(Switches) if f"`{each.name}`" not in text] == []
