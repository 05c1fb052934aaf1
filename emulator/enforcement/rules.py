"""What EventBridge and EventBridge Scheduler do for a rule and for a schedule."""

import logging
from collections.abc import Callable
from typing import Any, Final

from emulator.corrections.events import (
    NO_PERMISSIONS,
    PRINCIPAL,
    Delivery,
    dead_letter,
    event_of,
)
from emulator.enforcement.decisions import (
    Denial,
    account_of,
    denial,
    role_session,
    service_denial,
    trusts,
)
from emulator.ministack_parts import part, wrap

log = logging.getLogger("emulator.enforcement")

_SCHEDULER: Final = "scheduler.amazonaws.com"
_ACTIONS: Final = {
    "states": "states:StartExecution",
    "lambda": "lambda:InvokeFunction",
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "events": "events:PutEvents",
}


def install() -> None:
    """Raises: MissingPartError."""
    wrap("services.eventbridge", "_invoke_target", _only_if_allowed)


def _only_if_allowed(original: Callable[..., None]) -> Callable[..., None]:
    def invoke_target(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        if rule["Arn"].split(":")[2] == "scheduler":
            found = _schedule_denial(target, rule)
            if found is not None:
                log.warning("schedule %s did not run: %s", rule["Arn"], found.sentence)
                return
        else:
            found = _rule_denial(target, rule)
            if found is not None:
                _, seen = event_of(event, view)
                dead_letter(Delivery(target, rule, seen), NO_PERMISSIONS, found.sentence)
                return
        original(target, event, rule, view)

    return invoke_target


def _rule_denial(target: dict[str, Any], rule: dict[str, Any]) -> Denial | None:
    """EventBridge user guide, "Using resource-based policies", AWS Lambda permissions."""
    arn = target["Arn"]
    policy = part("services.lambda_svc", "function_policy_for_arn")(arn)
    if arn.split(":")[2] != "lambda" or policy is None:
        return None
    context = {"aws:sourcearn": rule["Arn"], "aws:sourceaccount": account_of(rule["Arn"])}
    return service_denial(PRINCIPAL, _ACTIONS["lambda"], arn, policy[0], context)


def _schedule_denial(target: dict[str, Any], schedule: dict[str, Any]) -> Denial | None:
    """EventBridge Scheduler user guide, "Setting up the execution role", "Confused deputy".

    A role's trust can name a schedule group, not a schedule.
    """
    arn, role = target["Arn"], target.get("RoleArn", "")
    _, _, _, region, account, resource = schedule["Arn"].split(":", 5)
    group = f"arn:aws:scheduler:{region}:{account}:schedule-group/{resource.split('/')[1]}"
    if not role or not trusts(role, _SCHEDULER, group):
        text = f"The execution role {role} cannot be assumed by {_SCHEDULER}."
        return Denial("sts:AssumeRole", role, text)
    action = _ACTIONS.get(arn.split(":")[2], "")
    return denial(role_session(role, resource.rsplit("/", 1)[-1]), action, arn)
