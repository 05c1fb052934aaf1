"""For programs: `docs/reference/review-report.schema.json` describes it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from lifecycle.review.model import Change, Place
from lifecycle.review.replay_model import Replayed, ReplayReport
from lifecycle.review.review_report import ReviewReport, fingerprint

VERSION: Final = 1
"""Of the format: it changes when a program that reads it would have to."""


def json_format(report: ReviewReport) -> str:
    """The whole report, ended by a line break."""
    return dump(values(report))


def dump(document: Any) -> str:
    """Readable JSON of anything; what UTF-8 cannot hold is escaped, as JSON allows."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def values(report: ReviewReport) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "format": VERSION,
        "old": report.old,
        "new": report.new,
        "fail_on": None if report.fail_on is None else report.fail_on.name,
        "fails": report.fails,
        "counts": {category.name: number for category, number in report.counts.items()},
        "excepted": report.excepted,
        "findings": [_finding(report, each) for each in report.changes],
        "validation": [
            {"text": each.text, "place": _place(each.place)} for each in report.refusals
        ],
        "unloadable": [asdict(each) for each in report.failures],
        "replay": None if report.replay is None else replay_values(report.replay),
    }


def replay_values(replay: ReplayReport) -> dict[str, Any]:
    """The replay as JSON values."""
    return {
        "masked": replay.masked,
        "not_replayed": [
            {"version": version, "object_type": object_type, "reason": reason}
            for version, object_type, reason in replay.not_replayed
        ],
        "examples": _replayed(replay.examples),
        "exported": None if replay.exported is None else _replayed(replay.exported),
    }


def _finding(report: ReviewReport, change: Change) -> dict[str, Any]:
    return {
        "rule": change.rule.id,
        "purpose": change.rule.purpose,
        "category": change.category.name,
        "object_type": change.object_type,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "consequence": change.consequence,
        "action": change.action,
        "place": _place(change.place),
        "excepted": change.excepted,
        "fails": report.counts_against(change),
        "fingerprint": fingerprint(change),
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None or not place.file:
        return None
    return {"file": place.file, "line": place.line or None, "side": place.side}


def _replayed(replayed: Replayed) -> dict[str, Any]:
    return {**asdict(replayed), "files": _listed(replayed.files)}


def _listed(files: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"file": name, "objects": number} for name, number in files.items()]
