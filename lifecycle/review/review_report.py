"""What a review found, in the one shape that every format reads."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from lifecycle.review.model import Category, Change, Place, Snapshot, Version
from lifecycle.review.replay_model import ReplayReport


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of validation: the service would refuse the new version. place: None if unknown."""

    text: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """A mapping that could not be loaded. version: the name of its version."""

    version: str
    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """old, new: names of the versions. changes: the worst first, the excepted ones too.

    object_types: of both versions, with the line where the new one declares each; None where it
    does not. fail_on: the least category of a finding that makes the review fail; None: nothing.
    replay: None if it was not asked for.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    failures: tuple[LoadFailure, ...]
    object_types: Mapping[str, Place | None]
    replay: ReplayReport | None
    fail_on: Category | None

    @property
    def counts(self) -> dict[Category, int]:
        """How many findings of each category count, the worst category first."""
        return {
            category: sum(
                each.category is category and each.excepted is None for each in self.changes
            )
            for category in reversed(Category)
        }

    @property
    def excepted(self) -> int:
        """How many findings an exception lets pass."""
        return sum(each.excepted is not None for each in self.changes)

    @property
    def failing(self) -> tuple[Change, ...]:
        """The findings for which the review fails."""
        return tuple(each for each in self.changes if self.counts_against(each))

    @property
    def fails(self) -> bool:
        """What the service would refuse fails at every threshold."""
        return bool(self.failing) or (self.fail_on is not None and bool(self.refusals))

    def counts_against(self, change: Change) -> bool:
        """Whether the review fails for this finding."""
        return (
            self.fail_on is not None and change.excepted is None and change.category >= self.fail_on
        )

    def mark(self, change: Change) -> Place | None:
        """Where in the new version people shall see it: for what is gone, at its object type."""
        place = change.place
        if place.side != "new":
            return self.object_types.get(change.object_type)
        return place if place.file else None


def make_report(
    old: Version,
    new: Version,
    changes: Sequence[Change],
    replay: ReplayReport | None,
    fail_on: Category | None,
) -> ReviewReport:
    """All of it together."""
    names = {each.object_type.name for each in chain(old.snapshots, new.snapshots)}
    names |= {each.object_type for each in changes}
    declared = {each.object_type.name: _declared(each) for each in new.snapshots}
    return ReviewReport(
        old=old.name,
        new=new.name,
        changes=tuple(changes),
        refusals=tuple(Refusal(text, _place(text, new)) for text in new.findings),
        failures=tuple(chain(_failures(old), _failures(new))),
        object_types={name: declared.get(name) for name in sorted(names)},
        replay=replay,
        fail_on=fail_on,
    )


def fingerprint(change: Change) -> str:
    """The same for the same change, whatever moves to other lines."""
    what = [change.rule.id, change.object_type, change.subject, change.before, change.after]
    # ASCII, since a text of a mapping may hold what UTF-8 cannot.
    return hashlib.sha256(json.dumps(what).encode("ascii")).hexdigest()[:32]


def _failures(version: Version) -> Iterator[LoadFailure]:
    for file, reason in version.failures.items():
        yield LoadFailure(version.name, file, reason)


def _declared(snapshot: Snapshot) -> Place | None:
    return Place(snapshot.file, snapshot.places.get("", 0)) if snapshot.file else None


def _place(text: str, version: Version) -> Place | None:
    """The place that an error of validation names: `file: Type field X: message`."""
    for snapshot in version.snapshots:
        start = f"{snapshot.file}: {snapshot.object_type.name}"
        if not snapshot.file or not text.startswith((f"{start}:", f"{start} ")):
            continue
        named = [each for each in snapshot.places if text.startswith(f"{start} {each}: ")]
        line = snapshot.places.get(max(named, key=len, default=""), 0)
        return Place(snapshot.file, line)
    return None
