"""AWS Lambda: what calls a function, and what becomes of calls that fail."""

from typing import Any, Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import Call, Live, TypeSupport, answered
from emulator.http import Caller

# AWS Lambda API reference, CreateEventSourceMapping; for queues.
_MAPPING_DEFAULTS: Final[Model] = {
    "BatchSize": 10,
    "BisectBatchOnFunctionError": False,
    "Enabled": True,
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "StartingPosition": "LATEST",
}
_DISABLED: Final = frozenset({"Disabled", "Disabling"})
_SETTINGS: Final = (
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "ScalingConfig",
)
# What an update that leaves them out has to clear; the others belong to streams.
_CLEARED: Final[Model] = {
    "BatchSize": 10,
    "Enabled": True,
    "FilterCriteria": {},
    "FunctionResponseTypes": [],
    "MaximumBatchingWindowInSeconds": 0,
    "ScalingConfig": {},
}
_INVOCATION: Final = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


async def _read_mapping(call: Call, uuid: str, asked: Model) -> Live | None:
    told = await answered(call, "lambda", "GetEventSourceMapping", UUID=uuid)
    if told is None:
        return None
    values: Model = {member: told.get(member) or None for member in _SETTINGS}
    values |= {
        "Enabled": told.get("State") not in _DISABLED,
        "EventSourceArn": told.get("EventSourceArn") or None,
        "FunctionName": _as_named(asked.get("FunctionName", ""), told["FunctionArn"]),
        "MaximumBatchingWindowInSeconds": told.get("MaximumBatchingWindowInSeconds"),
        "MaximumRetryAttempts": told.get("MaximumRetryAttempts"),
    }
    return Live(values, _MAPPING_DEFAULTS)


async def _find_mapping(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    """A function takes from a source once."""
    source, function = model.get("EventSourceArn"), model["FunctionName"]
    if source is None:
        return None
    parameters = {"EventSourceArn": source, "FunctionName": function}
    told = await answered(call, "lambda", "ListEventSourceMappings", **parameters)
    found = (told or {}).get("EventSourceMappings", [])
    return str(found[0]["UUID"]) if found else None


async def _complete_mapping(call: Call, uuid: str, model: Model) -> None:
    """CloudFormation there begins all as enabled and clears nothing."""
    wanted = {name: model.get(name, default) for name, default in _CLEARED.items()}
    parameters: dict[str, Any] = {"FunctionName": model["FunctionName"], **wanted}
    await call("lambda", "UpdateEventSourceMapping", UUID=uuid, **parameters)


async def _read_invocation(call: Call, _: str, asked: Model) -> Live | None:
    parameters = {"FunctionName": asked["FunctionName"], "Qualifier": asked["Qualifier"]}
    told = await answered(call, "lambda", "GetFunctionEventInvokeConfig", **parameters)
    if told is None:
        return None
    values: Model = {member: told.get(member) for member in _INVOCATION}
    destinations = values["DestinationConfig"] or {}
    set_ones = {name: where for name, where in destinations.items() if where.get("Destination")}
    values["DestinationConfig"] = set_ones or None
    return Live(values)


def _as_named(asked: str, arn: str) -> str:
    """A function may be named by its name, its ARN or the end of it."""
    return asked if arn.endswith(f":{asked}") or asked == arn else arn


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::Lambda::EventSourceMapping": TypeSupport(
        read=_read_mapping,
        find=_find_mapping,
        complete=_complete_mapping,
        attributes=("Id", "EventSourceMappingArn"),
    ),
    "AWS::Lambda::EventInvokeConfig": TypeSupport(read=_read_invocation, attributes=()),
}
