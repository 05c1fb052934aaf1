"""What a replay tells: how the merged profiles differ between two versions of the mappings.

Profiles of the two versions are the same customer where they share objects: an object belongs to
the profile that it was attached to when it was put. A profile whose objects are, in the other
version, on exactly one profile that has no others is the same profile, and its document is
compared; else it was split or merged. (Comparing what the profiles still hold in the end would
overlook a profile whose objects all moved on, and could not follow a change of the UNIQUE key.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

MAX_BAD_LINES: Final = 10
MAX_ATTRIBUTES: Final = 20
MAX_REJECTIONS: Final = 20
MAX_PROFILES_OF_SAMPLE: Final = 5


class Kind(StrEnum):
    """What became of a profile, the gravest first."""

    SPLIT = "split"
    """Its objects are on several profiles now."""
    MERGED = "merged"
    """Its objects are on one profile now, with those of another profile."""
    VANISHED = "vanished"
    """None of its objects is on any profile now: all are rejected."""
    APPEARED = "appeared"
    """A profile of objects all of which were rejected."""
    CHANGED = "changed"
    """The same customer, with another document."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds no object. line: from 1; of a JSON list, the number of the element."""

    file: str
    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """How many objects of a type were rejected for one reason, under each version."""

    object_type: str
    reason: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class AttributeCount:
    """How many profiles have more, other or less under this path, e.g. `Attributes.Tier`."""

    path: str
    added: int
    changed: int
    lost: int

    @property
    def touched(self) -> int:
        """Profiles in which anything about it differs."""
        return self.added + self.changed + self.lost


@dataclass(frozen=True, slots=True)
class Sample:
    """Profiles that belong together, before and after, as documents without their ProfileId.

    before, after: at most MAX_PROFILES_OF_SAMPLE, the first that were created; profiles_before and
    profiles_after say how many there are. objects: object type to the number of its objects that
    the profiles hold, under the version that holds more. added, changed, lost: profile paths.
    """

    kind: Kind
    profiles_before: int
    profiles_after: int
    before: tuple[Mapping[str, Any], ...]
    after: tuple[Mapping[str, Any], ...]
    objects: Mapping[str, int]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one population of objects became.

    files: name to the number of objects read from it. bad_lines: how many; first_bad_lines: those
    that are named. unchanged, changed, split, merged and vanished add up to profiles_before.
    losing: profiles before of which an attribute is on none of the profiles that have its objects.
    attributes: the most touched ones, of attribute_count in all.
    """

    files: Mapping[str, int]
    objects: int
    bad_lines: int
    first_bad_lines: tuple[BadLine, ...]
    rejected_before: int
    rejected_after: int
    rejections: tuple[Rejection, ...]
    profiles_before: int
    profiles_after: int
    unchanged: int
    changed: int
    split: int
    merged: int
    vanished: int
    appeared: int
    losing: int
    attributes: tuple[AttributeCount, ...]
    attribute_count: int
    samples: tuple[Sample, ...]

    @property
    def differs(self) -> bool:
        """Whether anything became other than it was."""
        return (
            self.unchanged != self.profiles_before
            or self.appeared > 0
            or any(each.before != each.after for each in self.rejections)
        )


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Both populations, replayed into domains of their own: no customer ever meets an example.

    examples: the mappings' own, never masked. exported: what `--objects` gave; None without it.
    masked: whether the values in the samples of `exported` are masked.
    not_replayed: why object types take no objects under a version: (version, type, reason).
    """

    examples: Replayed
    exported: Replayed | None
    masked: bool
    not_replayed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a replay is cut; the defaults keep a process below some 200 MB.

    in_process: bytes up to which one process does it all. chunk: bytes that are read at once.
    bucket_objects, bucket_bytes: how much is replayed at once.
    """

    in_process: int = 4 << 20
    chunk: int = 8 << 20
    bucket_objects: int = 20_000
    bucket_bytes: int = 32 << 20


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """show_values: show customers' values. samples: how many of each kind. processes: None for one
    per core. progress: called now and then with (bytes done, bytes in all).
    """

    show_values: bool = False
    samples: int = 3
    processes: int | None = None
    progress: Callable[[int, int], None] | None = None
    sizes: Sizes = field(default_factory=Sizes)
