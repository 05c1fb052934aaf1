"""Collects findings about one object type."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from profiles.findings import Finding, Rule, Severity

_SHOWN = 60


@dataclass(slots=True)
class Report:
    """Findings so far, and where they are."""

    object_type: str
    file: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, rule: Rule, place: str, message: str, way_out: str) -> None:
        """One more finding. place: `field X`, `key Y` or ""."""
        self.findings.append(
            Finding(rule, shown(self.object_type), place, message, way_out, self.file)
        )


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that the service would refuse."""
    return tuple(each for each in findings if each.rule.severity is Severity.ERROR)


def shown(name: str) -> str:
    """A name for a message, shortened where it is absurdly long."""
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}..."


def field_place(name: str) -> str:
    """Where a finding about a field is."""
    return f"field {shown(name)}"


def key_place(name: str) -> str:
    """Where a finding about a key is."""
    return f"key {shown(name)}"
