"""Attributes that two object types write from now on: collisions that a change brings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from lifecycle.review import rules
from lifecycle.review.model import Change
from lifecycle.review.renames import TypePair
from lifecycle.review.report import Report
from profiles import PROFILE, Field, ObjectType

# Of the object itself; no profile shows it.
_NO_ATTRIBUTE: Final = "_profile.SourceLastUpdatedTimestamp"

_Collision = tuple[str, str, str]
"""(object type, object type, target); the types by their new names, sorted."""


def collisions(pairs: Sequence[TypePair]) -> Iterator[Change]:
    """One change for each attribute of each type that brings a collision with it.

    As in validation (ATTRIBUTE_SHARED), types of different priority do not collide, and fields of
    PROFILE keys are shared on purpose.
    """
    both = {_name(pair): pair for pair in pairs}
    old = [(name, before.object_type) for name, (before, _) in both.items() if before]
    new = [(name, after.object_type) for name, (_, after) in both.items() if after]
    written = {name: _writes(each) for name, each in old}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for first, second, target in sorted(_collisions(new) - _collisions(old)):
        # The one that did not write it before has brought the collision.
        new_in_first = target not in written.get(first, {})
        new_in_second = target not in written.get(second, {})
        if new_in_first and not new_in_second:
            found[first, target].append(second)
        else:
            found[second, target].append(first)
    for (name, target), others in found.items():
        before, after = both[name]
        if after is not None:
            report = Report(before, after)
            _add(report, _writes(after.object_type)[target], target, others)
            yield from report.changes


def _add(report: Report, field: Field, target: str, others: Sequence[str]) -> None:
    write = "writes" if len(others) == 1 else "write"
    report.add(
        rules.TARGET_COLLISION,
        f"field {field.name}",
        None,
        target,
        f"{' and '.join(others)} {write} {target} with the same priority: whichever object is put "
        "last stands, and what it overwrites is lost until it is put again.",
        "Give each its own attribute, or set source priorities.",
    )


def _collisions(types: Iterable[tuple[str, ObjectType]]) -> set[_Collision]:
    return {
        (first, second, target)
        for (first, one), (second, other) in combinations(sorted(types, key=lambda t: t[0]), 2)
        if one.source_priority == other.source_priority
        for target in _writes(one).keys() & _writes(other).keys()
    }


def _writes(object_type: ObjectType) -> dict[str, Field]:
    """Target to the field that fills it, without what PROFILE keys share."""
    shared = {n for key in object_type.keys if PROFILE in key.identifiers for n in key.fields}
    return {
        field.target: field
        for field in object_type.fields
        if field.target is not None and field.target != _NO_ATTRIBUTE and field.name not in shared
    }


def _name(pair: TypePair) -> str:
    before, after = pair
    snapshot = after or before
    return "" if snapshot is None else snapshot.object_type.name
