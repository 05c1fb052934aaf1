"""For a terminal: 100 columns, and nothing that only colour says."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

import click

from lifecycle.review.formats.samples import MEANING, SampleTable, make_table
from lifecycle.review.formats.words import (
    count,
    headline,
    is_explained,
    outcome,
    populations,
    printable,
    replay_notes,
    title,
    value,
    verdict,
    where,
)
from lifecycle.review.model import Category, Change
from lifecycle.review.replay_model import Replayed, ReplayReport
from lifecycle.review.review_report import ReviewReport
from lifecycle.review.rules_page import MEANINGS

WIDTH: Final = 100
MAX_LINES_OF_CELL: Final = 3
MAX_ATTRIBUTES: Final = 10

COLOURS: Final = {
    Category.IDENTITY: "red",
    Category.BACKFILL: "yellow",
    Category.FORWARD_ONLY: "magenta",
    Category.ADDITIVE: "green",
    Category.COSMETIC: "blue",
}


def text(report: ReviewReport, *, colour: bool = False) -> str:
    """The whole report, ended by a line break."""
    lines = [
        *_wrap(f"Review of {printable(report.new)} against {printable(report.old)}"),
        *_wrap(f"Found: {headline(report)}."),
    ]
    for category in reversed(Category):
        changes = [each for each in report.changes if each.category is category]
        if changes:
            heading = f"{category.name} ({len(changes)})"
            lines += ["", _bold(heading, colour, COLOURS[category]), *_wrap(MEANINGS[category])]
            for change in changes:
                lines += ["", *_change(report, change, colour=colour)]
    if report.replay is not None:
        lines += ["", _bold("PROFILES BEFORE AND AFTER", colour)]
        lines += profiles(report.replay)
    if report.refusals:
        lines += ["", _bold(f"VALIDATION ({len(report.refusals)})", colour, "red")]
        lines += _wrap(
            "The service would refuse the new version, so that none of it can be deployed. Correct"
            " each line as it says behind the arrow; the findings above hold all the same."
        )
        for refusal in report.refusals:
            lines += ["", *_wrap(printable(refusal.text), "  ", "    ")]
    lines += ["", _bold(verdict(report), colour, "red" if report.fails else "green")]
    return "\n".join(lines) + "\n"


def profiles(replay: ReplayReport) -> list[str]:
    """The replay, line by line."""
    lines = [line for note in replay_notes(replay) for line in _wrap(note)]
    for name, replayed in populations(replay):
        lines += ["", *_wrap(f"{name}:")]
        lines += [line for each in outcome(replayed) for line in _wrap(each, "  ", "    ")]
        lines += _attributes(replayed)
        for sample in replayed.samples:
            lines += ["", *_table(make_table(sample))]
    return lines


def _change(report: ReviewReport, change: Change, *, colour: bool) -> Iterator[str]:
    place = where(report, change.place)
    rule = _bold(change.rule.id, colour, COLOURS[change.category])
    heading = f"  {rule}  {title(change)}"
    room = WIDTH - len(click.unstyle(heading)) - len(place)
    if place and room > 1:
        yield f"{heading}{' ' * room}{place}"
    else:
        first, *others = _wrap(f"{change.rule.id}  {title(change)}", "  ", "    ")
        yield first.replace(change.rule.id, rule, 1)
        yield from others
        if place:
            yield from _wrap(place, "    ")
    if is_explained(change):
        yield from _wrap(f"{value(change.before)} -> {value(change.after)}", "    ", "      ")
    yield from _wrap(printable(change.consequence), "    ")
    yield from _wrap(f"Do: {printable(change.action)}", "    ", "        ")
    if change.excepted is not None:
        yield from _wrap(f"Let pass: {printable(change.excepted)}", "    ", "      ")


def _attributes(replayed: Replayed) -> Iterator[str]:
    counts = replayed.attributes[:MAX_ATTRIBUTES]
    if not counts:
        return
    yield ""
    header = ("Attribute, by profiles touched", "added", "changed", "lost")
    rows = [
        (printable(each.path), f"{each.added:,}", f"{each.changed:,}", f"{each.lost:,}")
        for each in counts
    ]
    yield from _grid([header, *rows], numbers=True)
    more = replayed.attribute_count - len(counts)
    if more > 0:
        yield f"  and {count(more, 'attribute')} more"


def _table(table: SampleTable) -> Iterator[str]:
    yield from _wrap(table.title, "  ", "    ")
    rows = [(MEANING[row.mark], row.path, *row.cells) for row in table.rows]
    yield from _grid([("", "Attribute", *table.columns), *rows])
    if table.rest:
        yield from _wrap(table.rest, "    ")


def _grid(rows: Sequence[Sequence[str]], *, numbers: bool = False) -> Iterator[str]:
    """Columns beside each other. numbers: all but the first are, and stand to the right."""
    widths = _widths([max(map(len, column)) for column in zip(*rows, strict=True)])
    for row in rows:
        cells = [_cell(each, width) for each, width in zip(row, widths, strict=True)]
        for n in range(max(map(len, cells))):
            parts = [each[n] if n < len(each) else "" for each in cells]
            shown = [
                part.rjust(width) if numbers and column else part.ljust(width)
                for column, (part, width) in enumerate(zip(parts, widths, strict=True))
            ]
            yield f"    {'  '.join(shown)}".rstrip()


def _widths(wanted: list[int]) -> list[int]:
    """As wide as wanted; where that is too much, the widest columns give way first."""
    widths = [max(1, each) for each in wanted]
    room = WIDTH - len("    ") - 2 * (len(widths) - 1)
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    return widths


def _cell(shown: str, width: int) -> list[str]:
    lines = textwrap.wrap(shown, width, break_on_hyphens=False) or [""]
    if len(lines) <= MAX_LINES_OF_CELL:
        return lines
    last = lines[MAX_LINES_OF_CELL - 1][: width - 1]
    return [*lines[: MAX_LINES_OF_CELL - 1], f"{last}…"]


def _wrap(shown: str, first: str = "", others: str | None = None) -> list[str]:
    return textwrap.wrap(
        shown,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if others is None else others,
        break_on_hyphens=False,
    )


def _bold(shown: str, colour: bool, foreground: str | None = None) -> str:  # noqa: FBT001 - every caller only hands it on
    return click.style(shown, fg=foreground, bold=True) if colour else shown
