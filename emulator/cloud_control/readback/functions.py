"""AWS Lambda: functions and who may call them."""

from typing import Any, Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    document,
    tag_list,
)
from emulator.http import Caller

# AWS Lambda API reference, CreateFunction.
_DEFAULTS: Final[Model] = {
    "Architectures": ["x86_64"],
    "Description": "",
    "EphemeralStorage": {"Size": 512},
    "MemorySize": 128,
    "PackageType": "Zip",
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}

_SAME_NAME: Final = (
    "Architectures",
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
    dead_letters = told.get("DeadLetterConfig", {}).get("TargetArn")
    logging = told.get("LoggingConfig")
    values: Model = {member: told.get(member) for member in _SAME_NAME}
    values |= {
        "Arn": told["FunctionArn"],
        "DeadLetterConfig": {"TargetArn": dead_letters} if dead_letters else None,
        "Environment": {"Variables": variables} if variables else None,
        "KmsKeyArn": told.get("KMSKeyArn") or None,
        "Layers": [layer["Arn"] for layer in told.get("Layers", [])] or None,
        "LoggingConfig": logging,
        "ReservedConcurrentExecutions": _reserved(answer),
        "Tags": tag_list(answer.get("Tags", {})),
    }
    group = f"/aws/lambda/{told['FunctionName']}"
    return Live(values, _DEFAULTS | {"LoggingConfig": {"LogFormat": "Text", "LogGroup": group}})


async def _find_function(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    name: str | None = model.get("FunctionName")
    found = name and await answered(call, "lambda", "GetFunction", FunctionName=name)
    return name if found else None


async def _complete_function(call: Call, name: str, model: Model) -> None:
    """CloudFormation there passes over concurrency, key and dead-letter queue."""
    answer = await call("lambda", "GetFunction", FunctionName=name)
    reserved = model.get("ReservedConcurrentExecutions")
    if reserved != _reserved(answer):
        if reserved is None:
            await call("lambda", "DeleteFunctionConcurrency", FunctionName=name)
        else:
            parameters = {"FunctionName": name, "ReservedConcurrentExecutions": reserved}
            await call("lambda", "PutFunctionConcurrency", **parameters)
    told = answer["Configuration"]
    changes: dict[str, Any] = {}
    key = model.get("KmsKeyArn", "")
    if key != told.get("KMSKeyArn", ""):
        changes["KMSKeyArn"] = key
    target = model.get("DeadLetterConfig", {}).get("TargetArn", "")
    if target != told.get("DeadLetterConfig", {}).get("TargetArn", ""):
        changes["DeadLetterConfig"] = {"TargetArn": target}
    if changes:
        await call("lambda", "UpdateFunctionConfiguration", FunctionName=name, **changes)


def _reserved(answer: dict[str, Any]) -> int | None:
    concurrency: int | None = answer.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    return concurrency


async def _read_permission(call: Call, statement_id: str, asked: Model) -> Live | None:
    """Nothing of a statement can change; it can only go."""
    answer = await answered(call, "lambda", "GetPolicy", FunctionName=asked["FunctionName"])
    policy = document((answer or {}).get("Policy")) or {}
    statements = {statement.get("Sid") for statement in policy.get("Statement", [])}
    return Live({}) if statement_id in statements else None


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::Lambda::Function": TypeSupport(
        read=_read_function,
        find=_find_function,
        complete=_complete_function,
        attributes=("Arn",),
    ),
    "AWS::Lambda::Permission": TypeSupport(read=_read_permission, part=True, attributes=()),
}
