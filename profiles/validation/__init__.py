"""Every rule of a mapping that can be known offline, checked at once (aws-semantics section 1)."""

from collections.abc import Sequence
from typing import Literal

from profiles.findings import Finding
from profiles.validation.domain import MAX_TYPES, check_against, check_together
from profiles.validation.fields import MAX_FIELDS, check_fields
from profiles.validation.keys import MAX_KEYS, check_keys
from profiles.validation.report import Report, errors
from profiles.validation.rules import RULES, VALUE_TYPE
from profiles.validation.types import check_type
from profiles.validation.values import check_values
from profiles.vocabulary import ObjectType, ObjectTypeMapping

Backend = Literal["api", "cloudformation"]
"""What will take the mapping: PutProfileObjectType itself, or the narrower CloudFormation."""

__all__ = [
    "MAX_FIELDS",
    "MAX_KEYS",
    "MAX_TYPES",
    "RULES",
    "Backend",
    "check_against",
    "check_domain",
    "check_object_type",
    "errors",
]


def check_object_type(
    object_type: ObjectType, *, backend: Backend = "cloudformation", file: str = ""
) -> tuple[Finding, ...]:
    """All findings about one object type. file: for messages, relative to the repository."""
    report = Report(str(object_type.name), file)
    deployable = backend == "cloudformation"
    if check_values(object_type, report):
        check_type(object_type, report)
        check_fields(object_type, report, deployable=deployable)
        check_keys(object_type, report, deployable=deployable)
    return tuple(report.findings)


def check_domain(
    mappings: Sequence[ObjectTypeMapping], *, backend: Backend = "cloudformation"
) -> tuple[Finding, ...]:
    """All findings about the object types of one domain, each alone and all together."""
    findings: list[Finding] = []
    comparable: list[ObjectTypeMapping] = []
    for mapping in mappings:
        own = check_object_type(mapping.object_type, backend=backend, file=mapping.file)
        findings += own
        if all(finding.rule is not VALUE_TYPE for finding in own):
            comparable.append(mapping)
    return (*findings, *check_together(comparable))
