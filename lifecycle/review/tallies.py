"""Counts of a replay that can be added up, whatever the parts in which it was done."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar
from zlib import crc32

import orjson

from lifecycle.review.replay_model import (
    MAX_ATTRIBUTES,
    MAX_REJECTIONS,
    AttributeCount,
    BadLine,
    Kind,
    Rejection,
    Sample,
)

ADDED, CHANGED, LOST = 0, 1, 2

Name = TypeVar("Name", str, tuple[str, str])
_Entry = tuple[int, bytes, Sample]
"""(place, what decides between equal places, sample)."""


@dataclass(slots=True)
class Samples:
    """The `most` samples of each kind that come first in an order which only their content gives.

    So the same ones are kept, in the same order, however the objects were partitioned.
    """

    most: int
    kept: dict[Kind, list[_Entry]] = field(default_factory=dict)

    def place(self, kind: Kind, *documents: object) -> int | None:
        """Where a sample of these documents comes; None if it comes too late to be kept."""
        place = crc32(orjson.dumps(documents, option=orjson.OPT_SORT_KEYS))
        kept = self.kept.get(kind, [])
        if len(kept) < self.most:
            return place
        return place if kept and place <= kept[-1][0] else None

    def keep(self, place: int, sample: Sample) -> None:
        """Keep the sample, instead of the last one of too many."""
        text = orjson.dumps(sample, option=orjson.OPT_SORT_KEYS)
        self._keep(sample.kind, (place, text, sample))

    def merge(self, other: "Samples") -> None:
        """Keep what comes first of both."""
        for kind, entries in other.kept.items():
            for entry in entries:
                self._keep(kind, entry)

    def _keep(self, kind: Kind, entry: _Entry) -> None:
        kept = self.kept.setdefault(kind, [])
        kept.append(entry)
        kept.sort(key=lambda each: each[:2])
        del kept[self.most :]

    def shown(self) -> tuple[Sample, ...]:
        """Those that are kept, the gravest kind first."""
        return tuple(sample for kind in Kind for _, _, sample in self.kept.get(kind, ()))


@dataclass(slots=True)
class Tally:
    """What a part of the objects became.

    profiles: number of profiles before and after. kinds: of the profiles before, but APPEARED.
    rejections: (object type, reason) to the numbers before and after. attributes: path to the
    numbers added, changed and lost.
    """

    samples: Samples
    objects: int = 0
    profiles: list[int] = field(default_factory=lambda: [0, 0])
    rejections: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    kinds: "Counter[Kind]" = field(default_factory=Counter)
    unchanged: int = 0
    losing: int = 0
    attributes: dict[str, list[int]] = field(default_factory=dict)

    def merge(self, other: "Tally") -> None:
        """Add another part."""
        self.objects += other.objects
        self.profiles = [one + two for one, two in zip(self.profiles, other.profiles, strict=True)]
        _add(self.rejections, other.rejections)
        self.kinds.update(other.kinds)
        self.unchanged += other.unchanged
        self.losing += other.losing
        _add(self.attributes, other.attributes)
        self.samples.merge(other.samples)

    def touch(self, paths: Iterable[str], how: int) -> None:
        """Count a profile for each path. how: ADDED, CHANGED or LOST."""
        for path in paths:
            counts = self.attributes.get(path)
            if counts is None:
                counts = self.attributes[path] = [0, 0, 0]
            counts[how] += 1

    def reject(self, object_type: str, reason: str, side: int) -> None:
        """Count an object that was rejected. side: 0 before, 1 after."""
        self.rejections.setdefault((object_type, reason), [0, 0])[side] += 1

    def rejected(self, side: int) -> int:
        """How many objects were rejected."""
        return sum(counts[side] for counts in self.rejections.values())

    def top_attributes(self) -> tuple[AttributeCount, ...]:
        """Those by which most profiles differ."""
        counts = [AttributeCount(path, *each) for path, each in self.attributes.items()]
        counts.sort(key=lambda each: (-each.touched, each.path))
        return tuple(counts[:MAX_ATTRIBUTES])

    def top_rejections(self) -> tuple[Rejection, ...]:
        """The most frequent ones; those that the versions do not share come first."""
        rejections = [Rejection(*key, *counts) for key, counts in self.rejections.items()]
        rejections.sort(
            key=lambda r: (-abs(r.before - r.after), -r.before, r.object_type, r.reason)
        )
        return tuple(rejections[:MAX_REJECTIONS])


def _add(to: dict[Name, list[int]], other: dict[Name, list[int]]) -> None:
    for name, counts in other.items():
        mine = to.setdefault(name, [0] * len(counts))
        mine[:] = map(sum, zip(mine, counts, strict=True))


@dataclass(slots=True)
class Reading:
    """What was read. files: name to the number of its objects."""

    files: dict[str, int] = field(default_factory=dict)
    bad_lines: int = 0
    first_bad_lines: list[BadLine] = field(default_factory=list)

    @property
    def objects(self) -> int:
        """Of all files."""
        return sum(self.files.values())

    def add(self, file: str, objects: int, bad_lines: int) -> None:
        """So many more were found in the file."""
        self.files[file] = self.files.get(file, 0) + objects
        self.bad_lines += bad_lines
