"""What became of one profile object, and why: every outcome explains itself without its data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from profiles.matching import EMPTY
from profiles.merging import Kept, inferred_values, profile_values
from profiles.plan import Plan, Record
from profiles.store import MANUAL, Writer


class Verdict(StrEnum):
    """ATTACHED to an existing profile, CREATED a new one, or REJECTED to the dead-letter queue."""

    ATTACHED = "attached"
    CREATED = "created"
    REJECTED = "rejected"


ATTACHED: Final = Verdict.ATTACHED
CREATED: Final = Verdict.CREATED
REJECTED: Final = Verdict.REJECTED


@dataclass(slots=True)
class Outcome:
    """The result of one PutProfileObject.

    record: the object, decoded. failed: how many profiles each of the plan's trials found, or
    EMPTY, before the one that decided. writer: who wrote, sequence number 0 where nobody did. kept:
    each value that this object was too weak to overwrite. reason: the text that goes to the
    dead-letter queue. previous: id of the profile which held the earlier object of this UNIQUE
    value, None if there was none.

    Made for every object, explained for few: what the plan says about the record is not copied.
    """

    plan: Plan
    record: Record
    failed: tuple[int, ...]
    profile_id: str | None
    writer: Writer
    kept: Kept
    reason: str | None
    previous: str | None

    @property
    def verdict(self) -> Verdict:
        """What became of the object."""
        if self.reason is not None:
            return REJECTED
        return CREATED if self.matched_by is None else ATTACHED

    @property
    def unique_key(self) -> str:
        """The ProfileObjectUniqueKey of the answer."""
        return self.writer[1]

    @property
    def matched_by(self) -> str | None:
        """The key that found the one profile, None where none did."""
        trials = self.plan.trials
        return None if len(self.failed) == len(trials) else trials[len(self.failed)][1]

    @property
    def written(self) -> Mapping[str, object]:
        """Profile path to value of what this object wrote."""
        if self.verdict is REJECTED:
            return {}
        written = profile_values(self.plan, self.record)
        if self.verdict is CREATED:
            written |= inferred_values(self.plan, self.record, written)
        for path, _ in self.kept:
            del written[path]
        return written

    def explain(self) -> list[str]:
        """Sentences: which keys were tried, what each found, and what followed; no values."""
        lines = list(self._tried())
        if self.verdict is ATTACHED:
            lines.append(f"attached to the one profile that key {self.matched_by} found")
        elif self.verdict is CREATED:
            lines.append("no key found exactly one profile: a new profile was created")
        else:
            lines.append(f"rejected: {self.reason}")
        if self.previous not in {None, self.profile_id}:
            lines.append(
                "the earlier object with this UNIQUE value moved here from another profile"
            )
        elif self.previous is not None:
            lines.append("replaced the earlier object with this UNIQUE value")
        lines += [f"wrote {path}" for path in self.written]
        for path, (writer, _, rank, _) in self.kept:
            who = "a manual update" if writer == MANUAL else f"{writer} (source priority {rank})"
            lines.append(f"kept {path}: it was written by {who}, which ranks higher")
        return lines

    def _tried(self) -> Iterator[str]:
        plan = self.plan
        # The keys after the one that decided were not tried.
        for (position, name, _), found in zip(plan.trials, (*self.failed, 1), strict=False):
            role = "SECONDARY key" if position in plan.secondary else "PROFILE key"
            if found == EMPTY:
                yield f"{role} {name}: the object has no value for it"
            elif found == 0:
                yield f"{role} {name}: no profile"
            elif found == 1:
                yield f"{role} {name}: one profile"
            else:
                yield f"{role} {name}: {found} profiles, so the key was thrown away"
