"""Sentences that several formats say alike, and texts of others made fit to be shown."""

from collections.abc import Iterator
from typing import Final

from lifecycle.review.model import Category, Change, Place
from lifecycle.review.replay_model import Replayed, ReplayReport
from lifecycle.review.review_report import ReviewReport

MAX_TEXT: Final = 1_000
MAX_VALUE: Final = 300
"""Characters that are shown of a sentence, and of a value."""

NONE, EMPTY = "(none)", "(empty)"

MAX_REASONS: Final = 5


def printable(text: str, most: int = MAX_TEXT) -> str:
    """The text on one line, with escapes for all that nobody sees, and not longer than of use."""
    shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."


def value(text: str | None) -> str:
    """Of a change, or in a table: what was or is there."""
    return NONE if text is None else printable(text, MAX_VALUE) or EMPTY


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 profile`, `1,000 profiles`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def title(change: Change) -> str:
    """What it is about: `Crm, field tier`."""
    return ", ".join(printable(each) for each in (change.object_type, change.subject) if each)


def is_explained(change: Change) -> bool:
    """Whether there is a before or an after to show."""
    return change.before is not None or change.after is not None


def where(report: ReviewReport, place: Place) -> str:
    """`mappings/crm.py:12`, and of which version if it is there no more; "" without a file."""
    if not place.file:
        return ""
    line = f":{place.line}" if place.line else ""
    version = f" in {printable(report.old)}" if place.side == "old" else ""
    return f"{printable(place.file)}{line}{version}"


def headline(report: ReviewReport) -> str:
    """What was found, in one sentence."""
    counts = [f"{number:,} {each.name}" for each, number in report.counts.items() if number]
    parts = []
    if counts:
        parts.append(f"{count(sum(report.counts.values()), 'finding')} ({', '.join(counts)})")
    if report.excepted:
        parts.append(f"{count(report.excepted, 'finding')} let pass by exception")
    if report.failures:
        parts.append(f"{count(len(report.failures), 'mapping')} that cannot be loaded")
    if report.refusals:
        parts.append(f"{_errors(report)}, so that the service would refuse it")
    return "; ".join(parts) or "nothing"


def verdict(report: ReviewReport) -> str:
    """Whether it fails, and why."""
    if report.fail_on is None:
        return "Passes: nothing was asked to fail."
    kind = ""
    if report.fail_on is not Category.COSMETIC:
        worse = [each.name for each in reversed(Category) if each >= report.fail_on]
        kind = f" of {' or '.join(worse)}"
    if report.excepted:
        kind += " that no exception lets pass"
    reasons = []
    if report.failing:
        reasons.append(f"{count(len(report.failing), 'finding')}{kind}")
    if report.refusals:
        reasons.append(_errors(report))
    return f"Fails: {', '.join(reasons)}." if reasons else f"Passes: no finding{kind}."


def _errors(report: ReviewReport) -> str:
    return count(len(report.refusals), "error of validation", "errors of validation")


def populations(replay: ReplayReport) -> Iterator[tuple[str, Replayed]]:
    """What was replayed, each under its name."""
    yield "The mappings' examples", replay.examples
    if replay.exported is not None:
        files = ", ".join(printable(name) for name in replay.exported.files)
        yield f"Objects of {files}", replay.exported


def replay_notes(replay: ReplayReport) -> Iterator[str]:
    """What to know about a replay as a whole."""
    yield (
        "All objects are put anew under each version, so this is what profiles become, not what"
        " they are on the day of the change."
    )
    for version, object_type, reason in replay.not_replayed:
        yield (
            f"Under {printable(version)}, objects of {printable(object_type)} are rejected:"
            f" {printable(reason)}."
        )
    if replay.exported is not None and replay.masked:
        yield "Values of customers are masked; equal ones have the same number."


def outcome(replayed: Replayed) -> Iterator[str]:
    """What became of one population; each sentence begins with a word of ours."""
    before, after = count(replayed.profiles_before, "profile"), f"{replayed.profiles_after:,}"
    yield f"{count(replayed.objects, 'object')}: {before} before, {after} after."
    fates = {
        "changed": replayed.changed,
        "split": replayed.split,
        "merged": replayed.merged,
        "vanished": replayed.vanished,
        "appeared": replayed.appeared,
        "unchanged": replayed.unchanged,
    }
    told = ", ".join(f"{number:,} {fate}" for fate, number in fates.items() if number)
    yield f"Profiles: {told}." if replayed.differs and told else "No profile differs."
    if replayed.losing:
        verb = "loses" if replayed.losing == 1 else "lose"
        yield f"{count(replayed.losing, 'profile')} {verb} an attribute."
    yield from _rejected(replayed)
    yield from _bad_lines(replayed)


def _rejected(replayed: Replayed) -> Iterator[str]:
    before, after = replayed.rejected_before, replayed.rejected_after
    if not before and not after:
        return
    yield f"Rejected objects: {before:,} before, {after:,} after."
    for each in replayed.rejections[:MAX_REASONS]:
        yield (
            f"Rejected {printable(each.object_type)}: {each.before:,} before, {each.after:,} after:"
            f" {printable(each.reason)}"
        )


def _bad_lines(replayed: Replayed) -> Iterator[str]:
    if replayed.bad_lines:
        verb = "holds" if replayed.bad_lines == 1 else "hold"
        yield f"{count(replayed.bad_lines, 'line')} {verb} no object, and were left out; the first:"
        for each in replayed.first_bad_lines[:MAX_REASONS]:
            yield f"In {printable(each.file)}, line {each.line}: {printable(each.problem)}"
