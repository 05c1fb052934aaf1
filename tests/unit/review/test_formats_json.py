"""The report for programs, and the schema that is published of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator
from cfnlint.jsonschema._filter import FunctionFilter

from lifecycle.review import rules
from lifecycle.review.formats.json_format import json_format
from lifecycle.review.model import Category, Place
from lifecycle.review.replay_model import Kind, ReplayReport
from tests.unit.review.reports import (
    FILE,
    NEW,
    OLD,
    change,
    everything,
    for_any_text,
    replayed,
    report,
    sample,
)
from tests.unit.review.tables import CRM, version

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "reference" / "review-report.schema.json").read_text(
        encoding="utf-8"
    )
)


class _AsItIs(FunctionFilter):
    """For CloudFormation, a member that is null is not there; in JSON it is."""

    def filter(self, validator: Any, instance: Any, schema: Any) -> Iterator[Any]:
        yield instance, schema, validator


VALIDATOR = StandardValidator(SCHEMA).evolve(function_filter=_AsItIs())


def errors(document: Any) -> list[str]:
    return [each.message for each in VALIDATOR.iter_errors(document)]


def full() -> dict[str, Any]:
    """A report in which each member has something."""
    some = replayed(*(sample(kind) for kind in Kind))
    document: dict[str, Any] = json.loads(json_format(replace(everything("x"), replay=None)))
    replay = ReplayReport(some, some, masked=True, not_replayed=((NEW, "Crm", "no key"),))
    document["replay"] = json.loads(json_format(report(replay=replay)))["replay"]
    document["replay"]["examples"] = json.loads(json_format(everything("x")))["replay"]["examples"]
    return document


def test_a_finding_says_all_that_is_known() -> None:
    document = json.loads(json_format(report(change(), change(rules.DESCRIPTION_CHANGED))))
    assert document["findings"][0] == {
        "rule": "FIELD_TARGET_CHANGED",
        "purpose": rules.FIELD_TARGET_CHANGED.purpose,
        "category": "BACKFILL",
        "object_type": "Crm",
        "subject": "field tier",
        "before": "_profile.Attributes.Tier",
        "after": "_profile.Attributes.Level",
        "consequence": "The old attribute stays.",
        "action": "Put the objects again.",
        "place": {"file": FILE, "line": 12, "side": "new"},
        "excepted": None,
        "fails": True,
        "fingerprint": document["findings"][0]["fingerprint"],
    }
    assert [each["category"] for each in document["findings"]] == ["BACKFILL", "COSMETIC"]


def test_the_whole_is_told_beside_the_findings() -> None:
    found = change(), change(excepted="ticket 1"), change(rules.DESCRIPTION_CHANGED)
    new = version(CRM, name=NEW, findings=("mappings/Crm.py: Crm: wrong",), failures={"a": "b"})
    document = json.loads(json_format(report(*found, new=new, fail_on=Category.BACKFILL)))
    assert [each["fails"] for each in document.pop("findings")] == [True, False, False]
    place = {"file": FILE, "line": None, "side": "new"}
    assert document == {
        "format": 1,
        "old": OLD,
        "new": NEW,
        "fail_on": "BACKFILL",
        "fails": True,
        "counts": {"IDENTITY": 0, "BACKFILL": 1, "FORWARD_ONLY": 0, "ADDITIVE": 0, "COSMETIC": 1},
        "excepted": 1,
        "validation": [{"text": "mappings/Crm.py: Crm: wrong", "place": place}],
        "unloadable": [{"version": NEW, "file": "a", "reason": "b"}],
        "replay": None,
    }


def test_never_and_a_place_without_a_file_are_null() -> None:
    document = json.loads(json_format(report(change(place=Place("", 0)), fail_on=None)))
    assert document["fail_on"] is None
    assert document["findings"][0]["place"] is None


def test_profiles_are_there_before_and_after_as_they_are() -> None:
    some = replayed(sample(Kind.VANISHED, after=()), files={"a": 1, "b": 2})
    document = json.loads(json_format(report(replay=ReplayReport(some, None, masked=True))))
    assert (document["replay"]["masked"], document["replay"]["exported"]) == (True, None)
    examples = document["replay"]["examples"]
    assert examples["files"] == [{"file": "a", "objects": 1}, {"file": "b", "objects": 2}]
    shown = examples["samples"][0]
    assert shown["kind"] == "vanished"
    assert shown["before"] == [{"AccountNumber": "1", "Attributes": {"Tier": "Gold", "Plan": "A"}}]
    assert shown["after"] == []


@pytest.mark.parametrize(
    "made",
    [
        report(),
        report(change(place=Place("", 0)), fail_on=None),
        report(replay=ReplayReport(replayed(), None, masked=False)),
        everything("x"),
    ],
)
def test_every_report_is_one_of_the_published_schema(made: Any) -> None:
    assert errors(json.loads(json_format(made))) == []


def test_the_schema_asks_for_every_member_and_for_no_other() -> None:
    assert errors(full()) == []
    for path in members(full()):
        less = full()
        holder = less
        for step in path[:-1]:
            holder = holder[step]
        value = holder.pop(path[-1])
        assert errors(less), path
        holder.update({path[-1]: value, "unheard_of": 1})
        assert errors(less), path


def members(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all members whose names the format gives."""
    free = path[-1:] == ("objects",) or path[-2:-1] in {("before",), ("after",)}
    if isinstance(document, dict) and not free:
        for name, inner in document.items():
            yield (*path, name)
            yield from members(inner, (*path, name))
    elif isinstance(document, list):
        for number, inner in enumerate(document[:1]):
            yield from members(inner, (*path, number))


def test_the_schema_knows_the_categories_and_the_kinds() -> None:
    names = [each.name for each in reversed(Category)]
    finding = SCHEMA["$defs"]["finding"]["properties"]
    assert finding["category"]["enum"] == names
    assert SCHEMA["properties"]["fail_on"]["enum"] == [*names, None]
    assert list(SCHEMA["properties"]["counts"]["properties"]) == names
    assert SCHEMA["$defs"]["sample"]["properties"]["kind"]["enum"] == list(Kind)


@for_any_text
def test_any_text_comes_back_as_it_was(given_text: str) -> None:
    written = json_format(everything(given_text)).encode("utf-8")
    document = json.loads(written)
    assert document["old"] == given_text
    assert document["findings"][0]["before"] == given_text
    assert document["replay"]["exported"]["samples"][0]["after"] == [
        {"Attributes": {given_text: given_text}}
    ]
