"""One run against AWS settles whatever is open: every question has a case, every case its row."""

import re
from dataclasses import fields
from pathlib import Path

from profiles.engine import Switches
from tests.parity.case import all_cases

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "differences.md"
KNOWN, UNKNOWN = "## Known differences", "## Unknown"

OPEN_QUESTIONS = {
    "order of primary PROFILE keys": "order of primary PROFILE keys",
    "scope of UNIQUE": "one UNIQUE value on two profiles: one object or two",
    "equal priority": "equal source priority",
    "null": "null in an object",
    "more than 255 characters": "a value above 255 characters",
    "booleans and numbers as text": "numbers and booleans as text",
    "filling of e-mail and phone beside another target": (
        "e-mail and phone of a profile that an object creates, when another field targets them"
    ),
    "several values": "several `Values` of a search",
    "value of a key of several fields": "search by a key of several fields",
    "more than one match, creation on": "more than one match while creation is allowed",
    "SECONDARY alone": "SECONDARY, LOOKUP_ONLY or NEW_ONLY without PROFILE",
    "source without _source.": "a source without `_source.`",
    "delay until a search sees it": "makes objects visible to searches some time after the put",
    "texts of validation": "has texts of its own for mappings that it refuses",
}
"""The open questions of aws-semantics, section 7, to the row that each has on the page."""


def rows(heading: str) -> dict[str, str]:
    """First and last cell of each row of the table below a heading."""
    text = PAGE.read_text(encoding="utf-8").partition(heading)[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if re.match(r"\| (?!question|AWS \|)", line)]
    cells = [[each.strip() for each in line.strip("|").split(" | ")] for line in lines]
    return {row[0]: row[-1].strip(" |") for row in cells}


def test_every_open_question_has_a_row() -> None:
    assert set(OPEN_QUESTIONS.values()) <= {**rows(KNOWN), **rows(UNKNOWN)}.keys()


def test_a_run_against_aws_settles_every_open_question_and_every_unknown() -> None:
    settled = {each.settles for each in all_cases() if each.settles}
    assert settled <= {**rows(KNOWN), **rows(UNKNOWN)}.keys()
    assert {*OPEN_QUESTIONS.values(), *rows(UNKNOWN)} <= settled


def test_every_switch_belongs_to_a_question_that_a_case_settles() -> None:
    settled = {each.settles for each in all_cases()}
    switches = {cell.strip("`") for row, cell in rows(UNKNOWN).items() if row in settled}
    assert {each.name for each in fields(Switches)} == switches - {""}
