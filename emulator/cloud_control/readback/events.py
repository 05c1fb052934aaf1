"""Amazon EventBridge: event buses and rules."""

from typing import Any, Final

import orjson

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    document,
    tag_list,
    tag_map,
)
from emulator.http import Caller

# Amazon EventBridge API reference, PutRule.
_RULE_DEFAULTS: Final[Model] = {"EventBusName": "default", "State": "ENABLED"}


async def _read_bus(call: Call, name: str, asked: Model) -> Live | None:  # noqa: ARG001
    """Its policy stays as it was asked for: there, it is rewritten when it is put."""
    told = await answered(call, "events", "DescribeEventBus", Name=name)
    if told is None:
        return None
    queue = told.get("DeadLetterConfig", {}).get("Arn")
    values: Model = {
        "Arn": told["Arn"],
        "DeadLetterConfig": {"Arn": queue} if queue else None,
        "Description": told.get("Description") or None,
        "KmsKeyIdentifier": told.get("KmsKeyIdentifier") or None,
        "Name": told["Name"],
        "Tags": await _tags(call, told["Arn"]),
    }
    return Live(values)


async def _complete_bus(call: Call, name: str, model: Model) -> None:
    """CloudFormation there knows a bus by its name, its description and its tags only."""
    settings = {
        "Description": model.get("Description", ""),
        "KmsKeyIdentifier": model.get("KmsKeyIdentifier", ""),
        "DeadLetterConfig": model.get("DeadLetterConfig", {}),
    }
    await call("events", "UpdateEventBus", Name=name, **settings)
    if (await call("events", "DescribeEventBus", Name=name)).get("Policy"):
        await call("events", "RemovePermission", EventBusName=name, RemoveAllPermissions=True)
    if policy := model.get("Policy"):
        text = policy if isinstance(policy, str) else orjson.dumps(policy).decode()
        await call("events", "PutPermission", EventBusName=name, Policy=text)


async def _read_rule(call: Call, physical_id: str, asked: Model) -> Live | None:
    """The physical id is the rule's name, an identifier its ARN."""
    name = asked.get("Name") or physical_id.rpartition("|")[2].rpartition("/")[2]
    rule = _rule(name, asked)
    told = await answered(call, "events", "DescribeRule", **rule)
    if told is None:
        return None
    rule["Rule"] = rule.pop("Name")
    targets = await call("events", "ListTargetsByRule", **rule)
    values: Model = {
        "Arn": told["Arn"],
        "RuleName": name,
        "EventPattern": document(told.get("EventPattern")),
        "Tags": await _tags(call, told["Arn"]),
        "Targets": targets.get("Targets") or None,
    }
    plain = ("Description", "RoleArn", "ScheduleExpression", "State")
    values |= {member: told.get(member) or None for member in plain}
    return Live(values, _RULE_DEFAULTS)


async def _find_rule(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    """A rule's identifier is its ARN."""
    name = model.get("Name")
    if name is None:
        return None
    told = await answered(call, "events", "DescribeRule", **_rule(name, model))
    return None if told is None else str(told["Arn"])


async def _complete_rule(call: Call, _: str, model: Model) -> None:
    """CloudFormation there puts rules on buses that do not exist."""
    await call("events", "DescribeEventBus", Name=model.get("EventBusName", "default"))


def _rule(name: str, model: Model) -> dict[str, Any]:
    bus = model.get("EventBusName")
    return {"Name": name} | ({"EventBusName": bus} if bus else {})


async def _tags(call: Call, arn: str) -> list[dict[str, str]] | None:
    answer = await call("events", "ListTagsForResource", ResourceARN=arn)
    return tag_list(tag_map(answer.get("Tags", [])))


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::Events::EventBus": TypeSupport(
        read=_read_bus, complete=_complete_bus, attributes=("Arn",)
    ),
    "AWS::Events::Rule": TypeSupport(
        read=_read_rule, find=_find_rule, complete=_complete_rule, attributes=("Arn",)
    ),
}
