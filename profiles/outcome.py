"""What became of one profile object, and why: every outcome explains itself without its data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from profiles.plan import Plan, Record
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
class Resolution:
    """How the profile was looked for.

    profile_id: the one profile that the object belongs to, if there is one. matched_by: the key
    that found it. primary, secondary: the keys tried in each pass, in order.
    """

    profile_id: str | None
    matched_by: str | None
    primary: list[Trial]
    secondary: list[Trial]

    @property
    def no_value(self) -> bool:
        """Whether the object lacks a value for every PROFILE key."""
        return all(count == EMPTY for _, count in self.primary + self.secondary)

    @property
    def all_ambiguous(self) -> bool:
        """Whether every key that has a value found several profiles."""
        return all(count > 1 for _, count in self.primary + self.secondary if count != EMPTY)


@dataclass(slots=True)
class Ingestion:
    """One object on its way into a profile.

    text: as put. record: decoded. values: normalised value of each key of the plan. unique: that
    of the UNIQUE key. unique_key: the ProfileObjectUniqueKey of the answer.
    """

    plan: Plan
    text: str
    record: Record
    values: list[str | None]
    unique: str
    resolution: Resolution
    unique_key: str = ""


@dataclass(slots=True)
class Outcome:
    """The result of one PutProfileObject.

    written: profile path to value. kept: (path, stronger writer) of each value that this object was
    too weak to overwrite. reason: the text that goes to the dead-letter queue. previous: id of the
    profile which held the earlier object of this UNIQUE value, None if there was none.
    """

    verdict: Verdict
    ingestion: Ingestion
    profile_id: str | None
    written: Mapping[str, object]
    kept: list[tuple[str, Writer]]
    reason: str | None
    previous: str | None

    @property
    def unique_key(self) -> str:
        """The ProfileObjectUniqueKey of the answer."""
        return self.ingestion.unique_key

    @property
    def matched_by(self) -> str | None:
        """The key that found the profile."""
        return self.ingestion.resolution.matched_by

    def explain(self) -> list[str]:
        """Sentences: which keys were tried, what each found, and what followed; no values."""
        resolution = self.ingestion.resolution
        lines = [_tried("PROFILE key", trial) for trial in resolution.primary]
        lines += [_tried("SECONDARY key", trial) for trial in resolution.secondary]
        if self.verdict is Verdict.ATTACHED:
            lines.append(f"attached to the one profile that key {self.matched_by} found")
        elif self.verdict is Verdict.CREATED:
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


def _tried(role: str, trial: Trial) -> str:
    name, found = trial
    if found == EMPTY:
        return f"{role} {name}: the object has no value for it"
    if found == 0:
        return f"{role} {name}: no profile"
    if found == 1:
        return f"{role} {name}: one profile"
    return f"{role} {name}: {found} profiles, so the key was thrown away"
