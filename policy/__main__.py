"""The rules as a Pulumi policy pack: `pulumi preview --policy-pack policy/run`."""

from collections.abc import Callable, Mapping
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

from policy.exceptions import EXCEPTIONS
from policy.model import REQUIRED_TAGS, Expectations, Resource, Rule, Violation
from policy.rules import RULES

_TEXTS = {"type": "array", "items": {"type": "string"}}
_SCHEMA = PolicyConfigSchema(
    properties={
        "requiredTags": {**_TEXTS, "default": list(REQUIRED_TAGS)},
        "keepsCustomerData": {"type": "boolean", "default": True},
        "deletableObjectTypes": {**_TEXTS, "default": []},
    }
)


def _expected(config: Mapping[str, Any]) -> Expectations:
    return Expectations(
        config["requiredTags"], config["keepsCustomerData"], config["deletableObjectTypes"]
    )


def _resource(told: Any) -> Resource:
    return Resource(told.resource_type, told.name, told.props, bool(told.opts.protect))


def _told(violation: Violation) -> bool:
    return not any(each.covers(violation) for each in EXCEPTIONS)


def _of_resource(rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = _resource(args)
        if rule.check is None or not rule.about(resource):
            return
        for message in rule.check(resource, _expected(args.get_config())):
            violation = Violation(rule, resource, message)
            if _told(violation):
                report(str(violation), None)

    return validate


def _of_stack(rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        if rule.check_stack is None:
            return
        resources = {told.urn: told for told in args.resources}
        ours = {urn: _resource(told) for urn, told in resources.items()}
        for resource, message in rule.check_stack(list(ours.values())):
            violation = Violation(rule, resource, message)
            if _told(violation):
                (urn,) = (urn for urn, each in ours.items() if each is resource)
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
