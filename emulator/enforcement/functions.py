"""What Lambda does in the name of a function's role: run, log, poll queues, report failures."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from emulator.enforcement.decisions import (
    Denial,
    Principal,
    denial,
    role_session,
    trusts,
)
from emulator.enforcement.encryption import log_group_denial, queue_use_denial
from emulator.ministack_parts import part, wrap

log = logging.getLogger("emulator.enforcement")

_LAMBDA: Final = "services.lambda_svc"
_PRINCIPAL: Final = "lambda.amazonaws.com"
_POLLING: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_DESTINATIONS: Final = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
}

_told: Final[dict[str, str]] = {}
"""The last denial of each mapping and function that was logged: once, not every pass."""


def install() -> None:
    """Raises: MissingPartError."""
    wrap(_LAMBDA, "_execute_function", _only_with_trust)
    wrap(_LAMBDA, "_emit_lambda_logs", _logs_as_role)
    wrap(_LAMBDA, "_route_async_failure", _destinations_as_role)
    wrap(_LAMBDA, "_iter_all_esms", _mappings_as_role)


def _session(configuration: dict[str, Any]) -> Principal:
    return role_session(configuration["Role"], configuration["FunctionName"])


def _only_with_trust(original: Callable[..., Any]) -> Callable[..., Any]:
    """Lambda developer guide, "Defining Lambda function permissions with an execution role"."""

    def execute(function: dict[str, Any], event: Any) -> Any:
        configuration = function.get("config") or function
        if trusts(configuration["Role"], _PRINCIPAL, configuration["FunctionArn"]):
            return original(function, event)
        text = "The role defined for the function cannot be assumed by Lambda."
        _tell(configuration["FunctionArn"], text)
        failure = {"errorType": "AccessDeniedException", "errorMessage": text}
        return {"error": True, "body": failure, "log": ""}

    return execute


def _logs_as_role(original: Callable[..., None]) -> Callable[..., None]:
    """Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs"."""

    def emit(function: dict[str, Any], request_id: str, *arguments: Any, **options: Any) -> None:
        configuration = function.get("config") or function
        found = _log_denial(configuration)
        if found is None:
            original(function, request_id, *arguments, **options)
        else:
            _tell(f"{configuration['FunctionArn']} log", found.sentence)

    return emit


def _log_denial(configuration: dict[str, Any]) -> Denial | None:
    own = f"/aws/lambda/{configuration['FunctionName']}"
    name = (configuration.get("LoggingConfig") or {}).get("LogGroup") or own
    _, _, _, region, account, *_ = configuration["FunctionArn"].split(":")
    # A policy names a group's streams by `:*` (CloudWatch Logs user guide, "ARN formats").
    streams = f"arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:"
    stream = f"{streams}{configuration.get('Version', '$LATEST')}"
    group = part("services.cloudwatch_logs", "_log_groups").get(name)
    wanted = [("logs:CreateLogStream", stream), ("logs:PutLogEvents", stream)]
    if group is None:
        wanted.insert(0, ("logs:CreateLogGroup", streams))
    session = _session(configuration)
    for action, resource in wanted:
        found = denial(session, action, resource)
        if found is not None:
            return found
    key = (group or {}).get("kmsKeyId")
    return log_group_denial(name, key) if key else None


def _destinations_as_role(original: Callable[..., None]) -> Callable[..., None]:
    """Lambda developer guide, "Capturing records of Lambda asynchronous invocations"."""

    def route(target_arn: str, name: str, event: Any, result: dict[str, Any]) -> None:
        configuration = part(_LAMBDA, "_functions")[name]["config"]
        session = _session(configuration)
        action = _DESTINATIONS[target_arn.split(":")[2]]
        found = denial(session, action, target_arn)
        queue = part("services.sqs", "_queue_by_arn")(target_arn)
        if found is None and queue is not None:
            found = queue_use_denial(queue, session, action)
        if found is None:
            original(target_arn, name, event, result)
        else:
            log.warning("an event that %s could not process is lost: %s", name, found.sentence)

    return route


def _mappings_as_role(original: Callable[..., Any]) -> Callable[..., Any]:
    """Lambda developer guide, "Using Lambda with Amazon SQS", execution role permissions."""

    def every() -> Iterator[tuple[str, str, dict[str, Any]]]:
        for account, region, mapping in original():
            with part("core.responses", "request_scope")(account, region):
                found = _polling_denial(mapping)
            if found is None:
                yield account, region, mapping
            else:
                mapping["LastProcessingResult"] = f"PROBLEM: {found.sentence}"
                _tell(mapping["UUID"], found.sentence)

    return every


def _polling_denial(mapping: dict[str, Any]) -> Denial | None:
    arn = mapping["EventSourceArn"]
    function, configuration = part(_LAMBDA, "_get_func_record_for_qualifier")(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    if arn.split(":")[2] != "sqs" or function is None or configuration is None:
        return None
    session = _session(configuration)
    if not trusts(configuration["Role"], _PRINCIPAL, configuration["FunctionArn"]):
        text = "The role defined for the function cannot be assumed by Lambda."
        return Denial("sts:AssumeRole", configuration["Role"], text)
    for action in _POLLING:
        found = denial(session, action, arn)
        if found is not None:
            return found
    queue = part("services.sqs", "_queue_by_arn")(arn)
    return None if queue is None else queue_use_denial(queue, session, "sqs:ReceiveMessage")


def _tell(about: str, text: str) -> None:
    if _told.get(about) != text:
        _told[about] = text
        log.warning("%s: %s", about, text)
