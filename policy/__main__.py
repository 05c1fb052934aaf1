"""The rules as a Pulumi policy pack: `pulumi preview --policy-pack policy/run`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policy.model import (
    REQUIRED_TAGS,
    UNKNOWN,
    Expectations,
    NotKnownYetError,
    Resource,
    Rule,
)
from policy.rules import RULES, unexcused

_TEXTS = {"type": "array", "items": {"type": "string"}}
_SCHEMA = PolicyConfigSchema(
    properties={
        "requiredTags": {**_TEXTS, "default": list(REQUIRED_TAGS)},
        "keepsCustomerData": {"type": "boolean", "default": True},
        "deletableObjectTypes": {**_TEXTS, "default": []},
        "account": {"type": "string", "default": ""},
    }
)


def _expected(config: Mapping[str, Any]) -> Expectations:
    return Expectations(
        config["requiredTags"],
        config["keepsCustomerData"],
        config["deletableObjectTypes"],
        config["account"] or None,
    )


def _resource(told: Any) -> Resource:
    return Resource(told.resource_type, told.name, _plain(told.props), bool(told.opts.protect))


def _plain(value: Any) -> Any:
    """Properties as plain data, with UNKNOWN where AWS is yet to say."""
    if isinstance(value, Mapping):
        return {name: _member(value, name) for name in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_member(value, position) for position in range(len(value))]
    return value


def _member(container: Any, place: str | int) -> Any:
    try:
        return _plain(container[place])
    except UnknownValueError:
        return UNKNOWN


def _of_resource(rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        expected = _expected(args.get_config())
        with suppress(NotKnownYetError):
            for violation in unexcused(rule, [_resource(args)], expected):
                report(str(violation), None)

    return validate


def _of_stack(rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        ours = [(_resource(told), told.urn) for told in args.resources]
        with suppress(NotKnownYetError):
            for violation in unexcused(rule, [each for each, _ in ours], Expectations()):
                (urn,) = (urn for each, urn in ours if each is violation.resource)
                report(str(violation), urn)

    return validate


def _policy(rule: Rule) -> Policy:
    name = rule.id.lower().replace("_", "-")
    if rule.check_stack is not None:
        return StackValidationPolicy(name, rule.purpose, _of_stack(rule))
    return ResourceValidationPolicy(name, rule.purpose, _of_resource(rule), config_schema=_SCHEMA)


PolicyPack(
    "customer-lifecycle",
    policies=[_policy(rule) for rule in RULES],
    enforcement_level=EnforcementLevel.MANDATORY,
)
