"""Annotations of GitHub Actions, each on the line of the mapping that it is about.

GitHub shows ten errors, ten warnings and ten notices of a step; the worst come first, and the
summary of the job has all.
"""

from typing import Final

from lifecycle.review.formats.levels import ERROR, LEVELS, NOTE, WARNING
from lifecycle.review.formats.text import profiles
from lifecycle.review.formats.words import (
    headline,
    is_explained,
    printable,
    title,
    value,
    verdict,
    where,
)
from lifecycle.review.model import Change, Place
from lifecycle.review.review_report import ReviewReport

MAX_CHARACTERS: Final = 16_000
"""Of one annotation."""

_COMMANDS: Final = {ERROR: "error", WARNING: "warning", NOTE: "notice"}


def github(report: ReviewReport) -> str:
    """A command for the whole, then one for each error of validation and each finding."""
    lines = [
        _whole(report),
        *(
            _command("error", each.place, "Validation", printable(each.text))
            for each in report.refusals
        ),
        *(_finding(report, each) for each in report.changes),
    ]
    return "\n".join(lines) + "\n"


def _whole(report: ReviewReport) -> str:
    lines = [f"Against {printable(report.old)}: {headline(report)}.", verdict(report)]
    if report.replay is not None:
        lines += ["", *profiles(report.replay)]
    return _command("notice", None, "Review of the mappings", "\n".join(lines))


def _finding(report: ReviewReport, change: Change) -> str:
    lines = []
    if is_explained(change):
        lines.append(f"{value(change.before)} -> {value(change.after)}")
    lines += [printable(change.consequence), f"Do: {printable(change.action)}"]
    if change.excepted is not None:
        lines.append(f"Let pass: {printable(change.excepted)}")
    place = where(report, change.place)
    if place and change.place.side == "old":
        lines.append(f"It was at {place}.")
    level = NOTE if change.excepted is not None else LEVELS[change.category]
    heading = f"{change.category.name} {change.rule.id}: {title(change)}"
    return _command(_COMMANDS[level], report.mark(change), heading, "\n".join(lines))


def _command(name: str, place: Place | None, heading: str, message: str) -> str:
    properties = {}
    if place is not None:
        properties["file"] = place.file
        if place.line:
            properties["line"] = str(place.line)
    properties["title"] = heading
    given = ",".join(f"{each}={_property(text)}" for each, text in properties.items())
    if len(message) > MAX_CHARACTERS:
        message = f"{message[:MAX_CHARACTERS]}..."
    return f"::{name} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
