"""One comment of a pull request, to be edited in place."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from lifecycle.review.formats.bounded import Part, bounded
from lifecycle.review.formats.markdown_text import code, html, prose
from lifecycle.review.formats.samples import MEANING, make_table
from lifecycle.review.formats.words import (
    NONE,
    count,
    headline,
    is_explained,
    outcome,
    populations,
    replay_notes,
    title,
    value,
    verdict,
    where,
)
from lifecycle.review.model import Category, Change
from lifecycle.review.replay_model import Replayed, Sample
from lifecycle.review.review_report import Refusal, ReviewReport
from lifecycle.review.rules_page import MEANINGS

MARKER: Final = "<!-- customer-lifecycle-review -->"
"""The first line, by which a workflow finds the comment that it edits."""

MAX_BYTES: Final = 60_000
"""A comment has at most 65,536 characters."""

_ROOM_FOR_REST: Final = 400

FINDING, REFUSAL, OUTCOME, SAMPLE = (
    ("finding", "findings"),
    ("error of validation", "errors of validation"),
    ("summary of replayed objects", "summaries of replayed objects"),
    ("sample of profiles", "samples of profiles"),
)


def markdown(report: ReviewReport) -> str:
    """The comment, ended by a line break."""
    parts = [*_findings(report), *_replays(report), *_refusals(report)]
    foot = f"**{verdict(report)}**"
    document, left_out = bounded(_head(report), parts, foot, MAX_BYTES - _ROOM_FOR_REST)
    if left_out:
        document += (
            f"\n\nLeft out, since a comment has a limit: {left_out}. `lifecycle review` shows all."
        )
    return f"{document}\n"


def _head(report: ReviewReport) -> str:
    lines = [
        MARKER,
        "## What this change of the mappings does to customers",
        "",
        f"{code(report.new)} against {code(report.old)}: {headline(report)}.",
    ]
    if report.changes:
        header = ("Category", "Findings", "Let pass", "What it means")
        lines += ["", *_table(header, _counts(report))]
    return "\n".join(lines)


def _counts(report: ReviewReport) -> Iterator[tuple[str, ...]]:
    for category, number in report.counts.items():
        excepted = sum(
            each.category is category and each.excepted is not None for each in report.changes
        )
        if number or excepted:
            yield category.name, str(number), str(excepted or ""), MEANINGS[category]


def _findings(report: ReviewReport) -> Iterator[Part]:
    for change in report.changes:
        yield Part(f"### {change.category.name}", _finding(report, change), FINDING, 3)


def _finding(report: ReviewReport, change: Change) -> str:
    """Open where it needs a decision."""
    is_open = change.category >= Category.FORWARD_ONLY and change.excepted is None
    lines = [
        f"<details{' open' if is_open else ''}>",
        f"<summary><b>{change.rule.id}</b> {html(title(change))}</summary>",
        "",
    ]
    if is_explained(change):
        lines += [f"{_value(change.before)} → {_value(change.after)}", ""]
    lines += [f"**Then:** {prose(change.consequence)}", "", f"**Do:** {prose(change.action)}"]
    if change.excepted is not None:
        lines += ["", f"**Let pass:** {prose(change.excepted)}"]
    if place := where(report, change.place):
        lines += ["", code(place)]
    return "\n".join([*lines, "", "</details>"])


def _replays(report: ReviewReport) -> Iterator[Part]:
    if report.replay is None:
        return
    heading = "### Profiles before and after"
    notes = "\n\n".join(prose(note) for note in replay_notes(report.replay))
    yield Part(heading, notes, OUTCOME, 2)
    for name, replayed in populations(report.replay):
        yield Part(heading, _outcome(name, replayed), OUTCOME, 2)
        for sample in replayed.samples:
            yield Part(heading, _sample(sample), SAMPLE, 1)


def _outcome(name: str, replayed: Replayed) -> str:
    lines = [f"#### {prose(name)}", "", *(f"- {prose(each)}" for each in outcome(replayed))]
    if replayed.attributes:
        rows = [
            (code(each.path), f"{each.added:,}", f"{each.changed:,}", f"{each.lost:,}")
            for each in replayed.attributes
        ]
        header = ("Attribute, by profiles touched", "Added", "Changed", "Lost")
        lines += ["", *_table(header, rows)]
        more = replayed.attribute_count - len(replayed.attributes)
        if more > 0:
            lines += ["", f"And {count(more, 'attribute')} more."]
    return "\n".join(lines)


def _sample(sample: Sample) -> str:
    table = make_table(sample)
    rows = [
        (MEANING[row.mark], code(row.path), *(_value(each) for each in row.cells))
        for row in table.rows
    ]
    lines = [
        "<details open>",
        f"<summary>{html(table.title)}</summary>",
        "",
        *_table(("", "Attribute", *table.columns), rows),
        "",
    ]
    if table.rest:
        lines += [table.rest, ""]
    return "\n".join([*lines, "</details>"])


def _refusals(report: ReviewReport) -> Iterator[Part]:
    heading = (
        "### Validation\n\nThe service would refuse the new version, so that none of it can be"
        " deployed. Correct each line as it says behind the arrow; the findings above hold all the"
        " same."
    )
    for refusal in report.refusals:
        yield Part(heading, _refusal(refusal), REFUSAL, 4)


def _refusal(refusal: Refusal) -> str:
    return f"- **Error:** {prose(refusal.text)}"


def _value(text: str | None) -> str:
    shown = value(text)
    return f"<i>{NONE}</i>" if shown == NONE else code(shown)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(header), _row(["---"] * len(header)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
