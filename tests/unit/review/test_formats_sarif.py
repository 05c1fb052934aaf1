"""SARIF, for code scanning."""

import json
from typing import Any

from lifecycle.review import rules
from lifecycle.review.formats.sarif import sarif
from lifecycle.review.model import Place
from lifecycle.review.replay_model import ReplayReport
from lifecycle.review.review_report import ReviewReport
from tests.unit.review.reports import (
    FILE,
    NEW,
    change,
    everything,
    for_any_text,
    replayed,
    report,
    sample,
)
from tests.unit.review.tables import CRM, version


def run(made: ReviewReport) -> dict[str, Any]:
    document = json.loads(sarif(made))
    assert document["version"] == "2.1.0"
    (only,) = document["runs"]
    assert isinstance(only, dict)
    return only


def results(made: ReviewReport) -> list[dict[str, Any]]:
    found = run(made)["results"]
    assert isinstance(found, list)
    return found


def test_a_finding_is_a_result_at_its_line() -> None:
    (found,) = results(report(change()))
    assert found["ruleId"] == "FIELD_TARGET_CHANGED"
    assert found["level"] == "warning"
    assert found["message"]["text"] == (
        "Crm, field tier\n"
        "_profile.Attributes.Tier -> _profile.Attributes.Level\n"
        "The old attribute stays.\n"
        "Do: Put the objects again."
    )
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": FILE, "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 12},
            },
            "logicalLocations": [{"fullyQualifiedName": "Crm/field tier", "kind": "member"}],
        }
    ]
    assert found["properties"] == {
        "category": "BACKFILL",
        "before": "_profile.Attributes.Tier",
        "after": "_profile.Attributes.Level",
        "fails": True,
    }
    assert found["suppressions"] == []


def test_every_rule_is_described_with_help() -> None:
    described = run(report())["tool"]["driver"]["rules"]
    assert [each["id"] for each in described] == [*(r.id for r in rules.RULES), "MAPPING_REFUSED"]
    for each in described:
        assert each["shortDescription"]["text"]
        assert each["help"]["text"].startswith(each["shortDescription"]["text"])
    levels = {each["id"]: each["defaultConfiguration"]["level"] for each in described}
    assert levels["KEY_UNIQUE_REMOVED"] == "error"
    assert levels["EXPIRY_SHORTENED"] == "warning"
    assert levels["FIELD_ADDED"] == levels["DESCRIPTION_CHANGED"] == "note"


def test_a_result_points_at_its_rule() -> None:
    new = version(CRM, name=NEW, findings=("wrong",))
    made = run(report(*map(change, rules.RULES), new=new))
    described = made["tool"]["driver"]["rules"]
    assert len(made["results"]) == len(described)
    for each in made["results"]:
        assert described[each["ruleIndex"]]["id"] == each["ruleId"]


def test_what_an_exception_lets_pass_is_suppressed_with_its_reason() -> None:
    (found,) = results(report(change(excepted="ticket 1")))
    assert found["suppressions"] == [{"kind": "external", "justification": "ticket 1"}]
    assert found["properties"]["fails"] is False


def test_errors_of_validation_are_results_of_a_rule_of_their_own() -> None:
    new = version(CRM, name=NEW, findings=("mappings/Crm.py: Crm: a [R] -> b", "elsewhere"))
    placed, elsewhere = results(report(new=new))
    assert (placed["ruleId"], placed["level"]) == ("MAPPING_REFUSED", "error")
    assert placed["message"]["text"] == "mappings/Crm.py: Crm: a \\[R\\] -> b"
    assert placed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == FILE
    assert "region" not in placed["locations"][0]["physicalLocation"]
    assert "locations" not in elsewhere


def test_what_has_no_file_is_named() -> None:
    (found,) = results(report(change(subject="", place=Place("", 0))))
    assert found["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "Crm", "kind": "type"}]}
    ]


def test_a_result_is_known_again_when_its_line_moves() -> None:
    one, other = results(report(change(), change(place=Place(FILE, 99))))
    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert list(one["partialFingerprints"]) == ["customerLifecycleReview/v1"]


def test_profiles_are_there_before_and_after() -> None:
    replay = ReplayReport(replayed(sample()), None, masked=True)
    properties = run(report(change(), replay=replay))["properties"]
    (shown,) = properties["replay"]["examples"]["samples"]
    assert shown["before"][0]["Attributes"] == {"Tier": "Gold", "Plan": "A"}
    assert shown["after"][0]["Attributes"] == {"Plan": "A"}
    assert properties["verdict"] == "Fails: 1 finding."
    assert run(report())["properties"]["replay"] is None


def test_a_text_is_neither_a_link_nor_a_placeholder() -> None:
    (found,) = results(report(change(consequence="[a](1) {0} {{_source.a}} \\")))
    assert "\n\\[a\\](1) {{0}} {{_source.a}} \\\\\n" in found["message"]["text"]


@for_any_text
def test_any_text_leaves_it_json_with_an_address_that_is_one(given_text: str) -> None:
    made = everything(given_text)
    written = sarif(made).encode("utf-8")
    (document,) = json.loads(written)["runs"]
    assert len(document["results"]) == len(made.refusals) + len(made.changes)
    for each in document["results"]:
        for location in each.get("locations", ()):
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert uri.isascii()
            assert not set(uri) & set(' <>"{}|\\^`\n#?:')
    assert document["results"][2]["properties"]["before"] == given_text
