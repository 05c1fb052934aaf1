"""What became of one profile object, and why: every outcome explains itself without its data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiles.plan import Plan
from profiles.store import MANUAL, Writer

Trial = tuple[str, int]
"""A key that was tried: (key name, number of profiles found); EMPTY where the object lacks it."""

EMPTY = -1


class Verdict(StrEnum):
    """ATTACHED to an existing profile, CREATED a new one, or REJECTED to the dead-letter queue."""

    ATTACHED = "attached"
    CREATED = "created"
    REJECTED = "rejected"


@dataclass(slots=True)
class Outcome:
    """The result of one PutProfileObject.

    plan: of the object's type. unique_key: the ProfileObjectUniqueKey of the answer. matched_by: the key that found the
    profile. primary, secondary: the keys tried in each pass, in order. written: profile path to
    value. kept: (path, stronger writer) of each value that this object was too weak to overwrite.
    replaced: whether an earlier object had the same UNIQUE value. moved_from: the profile which
    that object was attached to, if another. reason: the text that goes to the dead-letter queue.
    """

    verdict: Verdict
    plan: Plan
    profile_id: str | None
    unique_key: str
    matched_by: str | None
    primary: list[Trial]
    secondary: list[Trial]
    written: Mapping[str, object]
    kept: list[tuple[str, Writer]]
    reason: str | None = None
    replaced: bool = False
    moved_from: str | None = None

    def explain(self) -> list[str]:
        """Sentences: which keys were tried, what each found, and what followed; no values."""
        lines = [_tried("PROFILE key", trial) for trial in self.primary]
        lines += [_tried("SECONDARY key", trial) for trial in self.secondary]
        if self.verdict is Verdict.ATTACHED:
            lines.append(f"attached to the one profile that key {self.matched_by} found")
        elif self.verdict is Verdict.CREATED:
            lines.append("no key found exactly one profile: a new profile was created")
        else:
            lines.append(f"rejected: {self.reason}")
        if self.moved_from is not None:
            lines.append(
                "the earlier object with this UNIQUE value moved here from another profile"
            )
        elif self.replaced:
            lines.append("replaced the earlier object with this UNIQUE value")
        lines += [f"wrote {path}" for path in self.written]
        for path, (writer, _, rank, _) in self.kept:
            who = "a manual update" if writer == MANUAL else f"{writer} (source priority {rank})"
            lines.append(f"kept {path}: it was written by {who}, which ranks higher")
        return lines


def _tried(role: str, trial: Trial) -> str:
    name, found = trial
    if found == EMPTY:
        return f"{role} {name}: the object has no value for it"
    if found == 0:
        return f"{role} {name}: no profile"
    if found == 1:
        return f"{role} {name}: one profile"
    return f"{role} {name}: {found} profiles, so the key was thrown away"
