"""What validation says: rules with stable ids, and findings that name the place and the way out."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """ERROR: the service refuses the mapping. WARNING: accepted, but documented as harmful."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the service. `id` never changes its meaning; `source` is where the rule stands."""

    id: str
    purpose: str
    severity: Severity
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule.

    file: the mapping module, relative to the repository ("" when the type came over the wire).
    object_type: name of the object type. place: `field X`, `key Y`, or "" for the type itself.
    message: what is wrong, with the offending name or value. way_out: what to do about it.
    """

    rule: Rule
    object_type: str
    place: str
    message: str
    way_out: str
    file: str = ""

    def __str__(self) -> str:
        """One line: `file: ObjectType field X: message [RULE_ID] -> way out`."""
        where = " ".join(part for part in (self.object_type, self.place) if part)
        text = ": ".join(part for part in (self.file, where, self.message) if part)
        return f"{text} [{self.rule.id}] -> {self.way_out}"


class InvalidMappingError(ValueError):
    """Every error found in a set of mappings, all at once. `findings` holds errors and warnings."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.rule.severity is Severity.ERROR]
        lines = "\n".join(f"  {finding}" for finding in errors)
        noun = "error" if len(errors) == 1 else "errors"
        super().__init__(f"{len(errors)} {noun} in the mappings, nothing was deployed:\n{lines}")
