"""What review talks about: versions of the mappings, and the changes between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from profiles import ObjectType


class Category(IntEnum):
    """What a change asks of whoever merges it; the order is by consequence, the worst last.

    A mapping change is not retroactive (admin guide, "Update and validate mappings"): what is
    there stays as it is until it is put again.
    """

    COSMETIC = 1
    """Nothing that anybody sees in a profile."""
    ADDITIVE = 2
    """New values appear; none that is there changes its meaning."""
    FORWARD_ONLY = 3
    """Objects put from now on behave differently; what is there is as it was, and may stay."""
    BACKFILL = 4
    """Profiles are wrong or stale until their objects are put again."""
    IDENTITY = 5
    """Customers are told apart or matched differently: profiles split, merge or are rejected."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change. `id` never changes its meaning.

    purpose: one line, what is found. category: of every change of this rule.
    """

    id: str
    purpose: str
    category: Category


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a mapping module. file: relative to the repository. side: "new", or "old" for what
    is there no more. line: from 1; 0 where it is not known (a deployed type has no file).
    """

    file: str
    line: int
    side: str = "new"


@dataclass(frozen=True, slots=True)
class Change:
    """One change between two versions.

    subject: `field X`, `key Y`, or "" for the type itself. before, after: the mapping's own text
    for what changed, e.g. `_profile.Attributes.Tier`; None where there is none.
    consequence: one sentence. action: what to do.
    excepted: the reason for which an exception lets it pass, None if none does.
    """

    rule: Rule
    object_type: str
    subject: str
    before: str | None
    after: str | None
    consequence: str
    action: str
    place: Place
    excepted: str | None = None

    @property
    def category(self) -> Category:
        """How much the change asks of whoever merges it."""
        return self.rule.category


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An object type in one version.

    examples: source records. places: `""` for the type, `description`, `expiration_days` and the
    like for its attributes, `field X` and `key Y`, to the line in `file`.
    """

    object_type: ObjectType
    file: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """All object types of one version.

    name: as people know it, e.g. `origin/main (1a2b3c4)`, `the working tree`, `live:dev`.
    failures: file, or name of a deployed type, to the reason why it could not be loaded.
    findings: what validation refuses in it, as texts; the version is compared all the same.
    """

    name: str
    snapshots: tuple[Snapshot, ...]
    failures: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
