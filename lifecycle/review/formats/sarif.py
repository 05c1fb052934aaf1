"""SARIF 2.1.0, for code scanning and for editors."""

import re
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from lifecycle.review.formats.json_format import dump, replay_values
from lifecycle.review.formats.levels import ERROR, LEVELS
from lifecycle.review.formats.words import headline, is_explained, printable, title, value, verdict
from lifecycle.review.model import Change, Place, Rule
from lifecycle.review.review_report import Refusal, ReviewReport, fingerprint
from lifecycle.review.rules import RULES
from lifecycle.review.rules_page import MEANINGS

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

REFUSED: Final = "MAPPING_REFUSED"
"""The rule of errors of validation, which have rules of their own that their texts name."""

_INDEX: Final = {rule.id: number for number, rule in enumerate(RULES)}


def sarif(report: ReviewReport) -> str:
    """One run, ended by a line break."""
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "lifecycle review",
                "semanticVersion": version("customer-lifecycle"),
                "rules": [*map(_rule, RULES), _refused()],
            }
        },
        "automationDetails": {"id": "customer-lifecycle-review/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [
            *(_refusal(each) for each in report.refusals),
            *(_result(report, each) for each in report.changes),
        ],
        "properties": {
            "old": report.old,
            "new": report.new,
            "found": headline(report),
            "verdict": verdict(report),
            "replay": None if report.replay is None else replay_values(report.replay),
        },
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    meaning = MEANINGS[rule.category]
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.purpose},
        "fullDescription": {"text": f"{rule.purpose} {rule.category.name}: {meaning}"},
        "help": {
            "text": f"{rule.purpose}\n\n{rule.category.name}: {meaning}",
            "markdown": f"{rule.purpose}\n\n**{rule.category.name}**: {meaning}",
        },
        "defaultConfiguration": {"level": LEVELS[rule.category]},
        "properties": {"category": rule.category.name, "tags": [rule.category.name]},
    }


def _refused() -> dict[str, Any]:
    purpose = "The service would refuse the mapping, so that it cannot be deployed."
    return {
        "id": REFUSED,
        "shortDescription": {"text": purpose},
        "fullDescription": {"text": purpose},
        "help": {"text": f"{purpose} Correct it as the message says behind the arrow."},
        "defaultConfiguration": {"level": ERROR},
    }


def _result(report: ReviewReport, change: Change) -> dict[str, Any]:
    reason = change.excepted
    return {
        "ruleId": change.rule.id,
        "ruleIndex": _INDEX[change.rule.id],
        "level": LEVELS[change.category],
        "message": {"text": _message(change)},
        "locations": [_location(report.mark(change), change)],
        "partialFingerprints": {"customerLifecycleReview/v1": fingerprint(change)},
        "suppressions": [] if reason is None else [{"kind": "external", "justification": reason}],
        "properties": {
            "category": change.category.name,
            "before": change.before,
            "after": change.after,
            "fails": report.counts_against(change),
        },
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    place = refusal.place
    return {
        "ruleId": REFUSED,
        "ruleIndex": len(RULES),
        "level": ERROR,
        "message": {"text": _plain(printable(refusal.text))},
        **({} if place is None else {"locations": [{"physicalLocation": _physical(place)}]}),
        "suppressions": [],
    }


def _message(change: Change) -> str:
    lines = [title(change)]
    if is_explained(change):
        lines.append(f"{value(change.before)} -> {value(change.after)}")
    lines += [printable(change.consequence), f"Do: {printable(change.action)}"]
    return _plain("\n".join(lines))


def _plain(text: str) -> str:
    """Brackets would be links, and a number in braces a placeholder (SARIF 3.11)."""
    escaped = re.sub(r"[\\\[\]]", r"\\\g<0>", text)
    return re.sub(r"\{(\d+)\}", r"{{\1}}", escaped)


def _location(place: Place | None, change: Change) -> dict[str, Any]:
    name = "/".join(filter(None, (change.object_type, change.subject)))
    logical = [{"fullyQualifiedName": name, "kind": "member" if change.subject else "type"}]
    if place is None:
        return {"logicalLocations": logical}
    return {"physicalLocation": _physical(place), "logicalLocations": logical}


def _physical(place: Place) -> dict[str, Any]:
    uri = quote(place.file, errors="backslashreplace")
    artifact = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    return {**artifact, **({"region": {"startLine": place.line}} if place.line else {})}
