"""A sample of a replay as a small table: a row for each attribute, a column for each profile."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lifecycle.review.formats.words import count, printable, value
from lifecycle.review.replay_model import Kind, Sample

IDENTIFYING: Final = frozenset({"AccountNumber", "EmailAddress", "PhoneNumber"})
"""Attributes by which people know a customer: shown even where they are the same."""

LOST, CHANGED, ADDED, SAME = "-", "~", "+", ""
MEANING: Final = {LOST: "lost", CHANGED: "changed", ADDED: "added", SAME: ""}

MAX_PROFILES: Final = 4
MAX_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """mark: LOST, CHANGED, ADDED or SAME. cells: a text for each column."""

    mark: str
    path: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleTable:
    """title: what became of whom. columns: `before 1`, ... rest: what is not shown, if anything."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    rest: str


def make_table(sample: Sample) -> SampleTable:
    """The attributes that differ, the most telling first, and those that identify the customer."""
    before, after = _shown(sample)
    columns = (*_columns("before", before), *_columns("after", after))
    documents = [dict(_paths(each)) for each in (*before, *after)]
    rows = sorted(_rows(sample, documents, two_sided=bool(before and after)), key=_order)
    shown = [row for row in rows if row.mark != SAME or row.path in IDENTIFYING][:MAX_ROWS]
    differing, same = (
        sum((row.mark == SAME) is is_same for row in rows)
        - sum((row.mark == SAME) is is_same for row in shown)
        for is_same in (False, True)
    )
    rest = (
        _rest(differing, "attribute that differs", "attributes that differ"),
        _rest(same, "attribute that is the same", "attributes that are the same"),
        _rest(sample.profiles_before - len(before), "profile before", "profiles before"),
        _rest(sample.profiles_after - len(after), "profile after", "profiles after"),
    )
    told = ", ".join(filter(None, rest))
    title = _title(sample)
    return SampleTable(title, columns, tuple(shown), f"Not shown: {told}." if told else "")


def _title(sample: Sample) -> str:
    before, after = sample.profiles_before, sample.profiles_after
    fate = {
        Kind.SPLIT: f"Split: {count(before, 'profile')} before, {after:,} after",
        Kind.MERGED: f"Merged: {count(before, 'profile')} before, {after:,} after",
        Kind.VANISHED: f"Vanished: {count(before, 'profile')}",
        Kind.APPEARED: f"Appeared: {count(after, 'profile')}",
        Kind.CHANGED: f"Changed: {count(before, 'profile')}",
    }[sample.kind]
    objects = ", ".join(f"{number:,} {printable(name)}" for name, number in sample.objects.items())
    return f"{fate} (objects: {objects})" if objects else fate


def _shown(sample: Sample) -> tuple[tuple[Mapping[str, Any], ...], tuple[Mapping[str, Any], ...]]:
    """So many profiles of each side that all fit beside each other."""
    half = MAX_PROFILES // 2
    most_before = max(half, MAX_PROFILES - len(sample.after))
    before = sample.before[:most_before]
    return before, sample.after[: MAX_PROFILES - len(before)]


def _columns(side: str, profiles: tuple[Mapping[str, Any], ...]) -> tuple[str, ...]:
    if len(profiles) == 1:
        return (side,)
    return tuple(f"{side} {number}" for number in range(1, len(profiles) + 1))


def _paths(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, inner in document.items():
        path = f"{above}{name}"
        if isinstance(inner, Mapping):
            yield from _paths(inner, f"{path}.")
        else:
            yield path, inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)


def _rows(sample: Sample, documents: list[dict[str, str]], *, two_sided: bool) -> Iterator[Row]:
    marks = dict.fromkeys(sample.added, ADDED)
    marks |= dict.fromkeys(sample.changed, CHANGED) | dict.fromkeys(sample.lost, LOST)
    for path in dict.fromkeys(path for each in documents for path in each):
        cells = tuple(each.get(path) for each in documents)
        differs = len(set(cells)) > 1
        if two_sided:
            mark = marks.get(path, CHANGED if differs else SAME)
        else:
            mark = LOST if sample.kind is Kind.VANISHED else ADDED
        yield Row(
            mark,
            printable(path),
            tuple(map(value, cells)),
        )


def _order(row: Row) -> tuple[int, str]:
    """Who it is, then what is lost, changed and added."""
    return (SAME, LOST, CHANGED, ADDED).index(row.mark), row.path


def _rest(number: int, noun: str, plural: str) -> str:
    return count(number, noun, plural) if number > 0 else ""
