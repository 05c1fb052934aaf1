"""All rules, and what of a stack violates them."""

from collections.abc import Iterator, Sequence
from typing import Final

from policy import access, dead_letters, encryption, keeping, kinds, principals
from policy.exceptions import EXCEPTIONS
from policy.model import Expectations, Resource, Rule, Violation

RULES: Final[tuple[Rule, ...]] = (
    *kinds.RULES,
    *encryption.RULES,
    *access.RULES,
    *principals.RULES,
    *keeping.RULES,
    *dead_letters.RULES,
)


def violations(resources: Sequence[Resource], expected: Expectations) -> list[Violation]:
    """What violates a rule, documented exceptions left out."""
    return [each for rule in RULES for each in unexcused(rule, resources, expected)]


def unexcused(
    rule: Rule, resources: Sequence[Resource], expected: Expectations
) -> Iterator[Violation]:
    """What violates one rule, documented exceptions left out."""
    for violation in found(rule, resources, expected):
        if not any(exception.covers(violation) for exception in EXCEPTIONS):
            yield violation


def found(rule: Rule, resources: Sequence[Resource], expected: Expectations) -> Iterator[Violation]:
    """What violates one rule, exceptions included."""
    if rule.check_stack is not None:
        for resource, message in rule.check_stack(resources):
            yield Violation(rule, resource, message)
    if rule.check is not None:
        for resource in resources:
            if rule.about(resource):
                for message in rule.check(resource, expected):
                    yield Violation(rule, resource, message)
