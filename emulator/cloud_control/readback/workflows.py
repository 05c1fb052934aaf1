"""AWS Step Functions state machines and the schedules that start them."""

from typing import Any, Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    alike,
    answered,
    document,
    tag_list,
    tag_map,
)
from emulator.http import Caller

# AWS Step Functions API reference, CreateStateMachine; Amazon EventBridge Scheduler API reference,
# CreateSchedule.
_MACHINE_DEFAULTS: Final[Model] = {
    "EncryptionConfiguration": {"Type": "AWS_OWNED_KEY"},
    "LoggingConfiguration": {"Level": "OFF", "IncludeExecutionData": False},
    "StateMachineType": "STANDARD",
    "TracingConfiguration": {"Enabled": False},
}
_SCHEDULE_DEFAULTS: Final[Model] = {
    "GroupName": "default",
    "ScheduleExpressionTimezone": "UTC",
    "State": "ENABLED",
}

_SCHEDULE: Final = (
    "Description",
    "FlexibleTimeWindow",
    "GroupName",
    "KmsKeyArn",
    "Name",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "State",
    "Target",
)


async def _read_machine(call: Call, arn: str, asked: Model) -> Live | None:
    """How a definition was given (object, S3, substitutions) is never read back."""
    parameters = {"stateMachineArn": arn}
    told = await answered(call, "stepfunctions", "DescribeStateMachine", **parameters)
    if told is None:
        return None
    tags = await call("stepfunctions", "ListTagsForResource", resourceArn=arn)
    values: Model = {
        "Arn": arn,
        "EncryptionConfiguration": _cased(told.get("encryptionConfiguration"), str.capitalize),
        "LoggingConfiguration": _cased(told.get("loggingConfiguration") or None, str.capitalize),
        "Name": told["name"],
        "RoleArn": told["roleArn"],
        "StateMachineName": told["name"],
        "StateMachineRevisionId": told.get("revisionId"),
        "StateMachineType": told["type"],
        "Tags": tag_list(tag_map(tags.get("tags", []), "key", "value")),
    }
    if "DefinitionString" in asked and not alike(_substituted(asked), told["definition"]):
        values["DefinitionString"] = told["definition"]
    return Live(values, _MACHINE_DEFAULTS)


async def _find_machine(call: Call, model: Model, caller: Caller) -> str | None:
    name = model.get("StateMachineName")
    if name is None:
        return None
    arn = f"arn:aws:states:{caller.region}:{caller.account}:stateMachine:{name}"
    parameters = {"stateMachineArn": arn}
    found = await answered(call, "stepfunctions", "DescribeStateMachine", **parameters)
    return None if found is None else arn


async def _complete_machine(call: Call, arn: str, model: Model) -> None:
    """CloudFormation there keeps the logging in a form that its own service does not read."""
    logging = model.get("LoggingConfiguration", _MACHINE_DEFAULTS["LoggingConfiguration"])
    tracing = model.get("TracingConfiguration", _MACHINE_DEFAULTS["TracingConfiguration"])
    parameters = {
        "loggingConfiguration": _cased(logging, str.lower),
        "tracingConfiguration": _cased(tracing, str.lower),
    }
    await call("stepfunctions", "UpdateStateMachine", stateMachineArn=arn, **parameters)


async def _read_schedule(call: Call, name: str, asked: Model) -> Live | None:
    told = await answered(call, "scheduler", "GetSchedule", **_schedule(name, asked))
    if told is None:
        return None
    values: Model = {member: told.get(member) or None for member in _SCHEDULE}
    return Live(values | {"Arn": told["Arn"]}, _SCHEDULE_DEFAULTS)


async def _complete_schedule(call: Call, name: str, model: Model) -> None:
    """CloudFormation there passes over the time zone, the dates and the key."""
    members = (*_SCHEDULE, "EndDate", "StartDate")
    given = {member: model[member] for member in members if member in model}
    await call("scheduler", "UpdateSchedule", **given | _schedule(name, model))


def _schedule(name: str, model: Model) -> dict[str, Any]:
    return {"Name": name, "GroupName": model.get("GroupName", "default")}


def _substituted(asked: Model) -> Any:
    text = asked["DefinitionString"]
    for name, value in asked.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    return document(text)


def _cased(node: Any, first: Any) -> Any:
    """The same with the first letter of every name in another case: the API's, or the type's."""
    if isinstance(node, dict):
        return {first(name[:1]) + name[1:]: _cased(each, first) for name, each in node.items()}
    return [_cased(each, first) for each in node] if isinstance(node, list) else node


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::StepFunctions::StateMachine": TypeSupport(
        read=_read_machine,
        find=_find_machine,
        complete=_complete_machine,
        attributes=("Arn", "Name", "StateMachineRevisionId"),
    ),
    "AWS::Scheduler::Schedule": TypeSupport(
        read=_read_schedule, complete=_complete_schedule, attributes=("Arn",)
    ),
}
