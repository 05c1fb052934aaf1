"""AWS Lambda functions and Amazon EventBridge rules."""

from typing import Any, Final

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

# AWS Lambda API reference, CreateFunction; Amazon EventBridge API reference, PutRule.
_FUNCTION_DEFAULTS: Final[Model] = {
    "Architectures": ["x86_64"],
    "Description": "",
    "EphemeralStorage": {"Size": 512},
    "MemorySize": 128,
    "PackageType": "Zip",
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
_RULE_DEFAULTS: Final[Model] = {"EventBusName": "default", "State": "ENABLED"}

_SAME_NAME: Final = (
    "Architectures",
    "DeadLetterConfig",
    "Description",
    "EphemeralStorage",
    "FunctionName",
    "Handler",
    "MemorySize",
    "PackageType",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
)


async def _read_function(call: Call, name: str, asked: Model) -> Live | None:  # noqa: ARG001
    """Code is left as it was asked for: a read does not return it."""
    answer = await answered(call, "lambda", "GetFunction", FunctionName=name)
    if answer is None:
        return None
    told = answer["Configuration"]
    variables = told.get("Environment", {}).get("Variables")
    values: Model = {member: told.get(member) for member in _SAME_NAME}
    values |= {
        "Arn": told["FunctionArn"],
        "Environment": {"Variables": variables} if variables else None,
        "KmsKeyArn": told.get("KMSKeyArn"),
        "Layers": [layer["Arn"] for layer in told.get("Layers", [])] or None,
        "ReservedConcurrentExecutions": answer.get("Concurrency", {}).get(
            "ReservedConcurrentExecutions"
        ),
        "Tags": tag_list(answer.get("Tags", {})),
    }
    return Live(values, _FUNCTION_DEFAULTS)


async def _find_function(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    return model.get("FunctionName")


async def _read_rule(call: Call, physical_id: str, asked: Model) -> Live | None:
    """The physical id is `NAME` on the default bus, else `BUS|NAME`."""
    bus = asked.get("EventBusName")
    name = asked.get("Name") or physical_id.rpartition("|")[2].rpartition("/")[2]
    rule = {"Name": name} | ({"EventBusName": bus} if bus else {})
    told = await answered(call, "events", "DescribeRule", **rule)
    if told is None:
        return None
    targets = await call(
        "events",
        "ListTargetsByRule",
        Rule=name,
        **{member: value for member, value in rule.items() if member != "Name"},
    )
    tags = await call("events", "ListTagsForResource", ResourceARN=told["Arn"])
    values: Model = {
        "Arn": told["Arn"],
        "RuleName": name,
        "EventPattern": document(told.get("EventPattern")),
        "Tags": tag_list(tag_map(tags.get("Tags", []))),
        "Targets": targets.get("Targets") or None,
    }
    plain = ("Description", "RoleArn", "ScheduleExpression", "State")
    values |= {member: told.get(member) for member in plain}
    return Live(values, _RULE_DEFAULTS)


async def _find_rule(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    """A rule's identifier is its ARN."""
    name, bus = model.get("Name"), model.get("EventBusName")
    if name is None:
        return None
    parameters: dict[str, Any] = {"Name": name} | ({"EventBusName": bus} if bus else {})
    told = await answered(call, "events", "DescribeRule", **parameters)
    return None if told is None else str(told["Arn"])


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::Lambda::Function": TypeSupport(
        read=_read_function, find=_find_function, attributes=("Arn",)
    ),
    "AWS::Events::Rule": TypeSupport(read=_read_rule, find=_find_rule, attributes=("Arn",)),
}
