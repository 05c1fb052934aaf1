"""What differs between profiles of two domains that share objects."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

from lifecycle.review.profile_groups import Group
from lifecycle.review.replay_model import MAX_PROFILES_OF_SAMPLE, Kind, Sample
from lifecycle.review.tallies import ADDED, CHANGED, LOST, Tally

Values = Mapping[str, Any]
"""Path to value, as the engine keeps them."""

Shown = TypeVar("Shown")

_GRAVITY: Final = {kind: place for place, kind in enumerate(Kind)}


class Domain(Protocol):
    """Profiles by their ids."""

    def values(self, profile_id: str) -> Values:
        """Equal where the documents are."""

    def document(self, profile_id: str) -> dict[str, Any]:
        """As the API shows it, without its id."""

    def objects(self, profile_id: str) -> Mapping[str, int]:
        """Object type to the number of its objects."""


class Differences:
    """Counts group after group."""

    def __init__(self, before: Domain, after: Domain, tally: Tally) -> None:
        self._before = before
        self._after = after
        self._tally = tally

    def count(self, group: Group) -> None:
        """Add the group's profiles, and keep it as a sample where it comes first."""
        before = {each: self._before.values(each) for each in group.before}
        after = {each: self._after.values(each) for each in group.after}
        if len(before) == len(after) == 1 and list(before.values()) == list(after.values()):
            self._tally.unchanged += 1
            return
        kinds = _kinds(group)
        for kind in kinds:
            self._tally.kinds[kind] += 1
        kind = min(kinds, key=_GRAVITY.__getitem__)
        paths = self._count_paths(group, before, after)
        place = self._tally.samples.place(kind, _first(before.values()), _first(after.values()))
        if place is not None:
            sample = Sample(
                kind=kind,
                profiles_before=len(before),
                profiles_after=len(after),
                before=tuple(_in_order(self._before.document(each)) for each in _first(before)),
                after=tuple(_in_order(self._after.document(each)) for each in _first(after)),
                objects=self._objects(group),
                added=tuple(sorted(paths[ADDED])),
                changed=tuple(sorted(paths[CHANGED])),
                lost=tuple(sorted(paths[LOST])),
            )
            self._tally.samples.keep(place, sample)

    def _count_paths(
        self, group: Group, before: Mapping[str, Values], after: Mapping[str, Values]
    ) -> tuple[set[str], set[str], set[str]]:
        """The paths that are added, changed and lost in any profile; each profile is counted."""
        found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        if not group.shared:
            return found
        sharing: dict[str, list[Values]] = {each: [] for each in (*before, *after)}
        for one, other in group.shared:
            sharing[one].append(after[other])
            sharing[other].append(before[one])
        for one, values in before.items():
            lost, changed = _differing(values, sharing[one])
            self._tally.losing += bool(lost)
            self._count(found, LOST, lost)
            self._count(found, CHANGED, changed)
        for other, values in after.items():
            added, _ = _differing(values, sharing[other])
            self._count(found, ADDED, added)
        return found

    def _count(self, found: tuple[set[str], ...], how: int, paths: list[str]) -> None:
        if paths:
            self._tally.touch(paths, how)
            found[how].update(paths)

    def _objects(self, group: Group) -> dict[str, int]:
        most: dict[str, int] = {}
        for domain, ids in ((self._before, group.before), (self._after, group.after)):
            counts: Counter[str] = Counter()
            for each in ids:
                counts.update(domain.objects(each))
            for name, number in counts.items():
                most[name] = max(number, most.get(name, 0))
        return dict(sorted(most.items()))


def _kinds(group: Group) -> list[Kind]:
    """Of each profile before, or of the only one after; a pair differs."""
    if len(group.before) == len(group.after) == 1:
        return [Kind.CHANGED]
    if not group.before:
        return [Kind.APPEARED]
    if not group.after:
        return [Kind.VANISHED]
    shares = Counter(one for one, _ in group.shared)
    return [Kind.SPLIT if shares[one] > 1 else Kind.MERGED for one in group.before]


def _differing(values: Values, others: list[Values]) -> tuple[list[str], list[str]]:
    """(paths that none of the others has, paths that some have, but none with this value)."""
    if len(others) == 1:
        (other,) = others
        return (
            [path for path in values if path not in other],
            [path for path, value in values.items() if other.get(path, value) != value],
        )
    lost, changed = [], []
    for path, value in values.items():
        having = [other[path] for other in others if path in other]
        if not having:
            lost.append(path)
        elif value not in having:
            changed.append(path)
    return lost, changed


def _first(profiles: Iterable[Shown]) -> list[Shown]:
    return list(islice(profiles, MAX_PROFILES_OF_SAMPLE))


def _in_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """Members by name: the order of a mapping's fields is no difference."""
    return {
        name: _in_order(value) if isinstance(value, Mapping) else value
        for name, value in sorted(document.items())
    }
