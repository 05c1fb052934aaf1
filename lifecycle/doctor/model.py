"""What the doctor says: rules with stable ids, and findings that name the place and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """PROBLEM: something does not work, or data is being lost. WARNING: it will not be for long,
    or could not be looked at. NOTE: what one should know when reading the rest.
    """

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding. `id` never changes its meaning; `way_out` is what to do."""

    id: str
    severity: Severity
    purpose: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Finding:
    """subject: which resource, type, queue or need. message: what is wrong with it.

    way_out: what to do; the rule's own where nothing more can be said.
    """

    rule: Rule
    subject: str
    message: str
    way_out: str

    @property
    def severity(self) -> Severity:
        """Of its rule."""
        return self.rule.severity


@dataclass(frozen=True, slots=True)
class Need:
    """Actions on one resource. resource: its ARN, or `*`. passed_to: the service to which a role is
    handed, where that is what is asked; policies often allow it for one service only.
    """

    actions: tuple[str, ...]
    resource: str
    passed_to: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """default: AWS's. names: of Service Quotas, in lower case; empty where it has none."""

    what: str
    default: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """subject: of what it is the quota; the domain's or a type's name."""

    quota: Quota
    subject: str
    used: int
    limit: int

    @property
    def share(self) -> float:
        """How much of it is used: 1.0 is all."""
        return self.used / self.limit if self.limit else 1.0

    def __str__(self) -> str:
        """E.g. `3 of 10 keys of an object type`."""
        return f"{self.used} of {self.limit} {self.quota.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """domain: which one was looked at. checks: names of what was looked at, in order.

    usages: how much of each quota is used, as far as that could be found out.
    """

    domain: str
    checks: tuple[str, ...]
    findings: tuple[Finding, ...]
    usages: tuple[Usage, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings are of the severity."""
        return sum(each.severity is severity for each in self.findings)


def found(rule: Rule, subject: str, message: str, way_out: str | None = None) -> Finding:
    """A finding, with the rule's way out where none is given."""
    return Finding(rule, subject, message, way_out or rule.way_out)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Problems before warnings before notes; otherwise in the order in which they were found."""
    order = list(Severity)
    return tuple(sorted(findings, key=lambda each: order.index(each.severity)))
