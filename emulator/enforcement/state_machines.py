"""What Step Functions does in the name of a state machine's role."""

import json
from collections.abc import Callable
from typing import Any, Final

from emulator.enforcement.decisions import Denial, acting, denial, role_session, trusts
from emulator.enforcement.encryption import object_read_denial
from emulator.ministack_parts import part, wrap, wrap_entry

_STATES: Final = "services.stepfunctions"
_ACTIONS: Final = "core.iam_actions"
_PRINCIPAL: Final = "states.amazonaws.com"
_START: Final = "states:StartExecution"
_INVOKE: Final = "lambda:InvokeFunction"

_OPTIMIZED_ERRORS: Final = {
    "sqs": "SQS.AmazonSQSException",
    "sns": "SNS.AmazonSNSException",
    "events": "EventBridge.AmazonEventBridgeException",
    "dynamodb": "DynamoDB.AmazonDynamoDBException",
    "ecs": "ECS.AmazonECSException",
}


class _DeniedError(Exception):
    def __init__(self, found: Denial) -> None:
        super().__init__(found.sentence)
        self.found = found


def install() -> None:
    """Raises: MissingPartError."""
    wrap(_STATES, "_run_execution", _as_role)
    wrap(_STATES, "_call_lambda", _functions)
    wrap(_STATES, "_s3_object_text", _item_readers)
    wrap(_STATES, "_run_distributed_map", _child_executions)
    wrap(_STATES, "_invoke_nested_start_execution", _nested_executions)
    wrap(_STATES, "_invoke_nested_start_execution_sync", _nested_executions)
    wrap(_STATES, "_invoke_aws_sdk_integration", _sdk_integrations)
    wrap("app", "call_service_handler_sync", _sdk_calls)
    dispatch = part(_STATES, "_SERVICE_DISPATCH")
    for resource in dispatch:
        wrap_entry(dispatch, resource, _optimized_integrations)


def _as_role(original: Callable[..., None]) -> Callable[..., None]:
    """Step Functions developer guide, "How Step Functions works with IAM"."""

    def run(execution_arn: str) -> None:
        execution = part(_STATES, "_executions").get(execution_arn)
        machine = part(_STATES, "_state_machines").get(execution["stateMachineArn"])
        if machine is None:
            original(execution_arn)
            return
        role = machine["roleArn"]
        region = machine["stateMachineArn"].split(":")[3]
        principals = (_PRINCIPAL, f"states.{region}.amazonaws.com")
        if not any(trusts(role, each, machine["stateMachineArn"]) for each in principals):
            text = (
                f"Neither the global service principal {principals[0]}, nor the regional one is"
                f" authorized to assume the provided role {role}."
            )
            part(_STATES, "_fail_execution")(execution, "States.Permissions", text)
            return
        token = acting.set(role_session(role, execution["name"]))
        try:
            original(execution_arn)
        finally:
            acting.reset(token)

    return run


def _check(action: str, resource: str, error: str) -> None:
    """Raises: ministack's error of an execution, of this name, if the role may not."""
    role = acting.get()
    found = None if role is None else denial(role, action, resource)
    if found is not None:
        raise _failure(error, found)


def _failure(error: str, found: Denial) -> Exception:
    failure: Exception = part(_STATES, "_ExecutionError")(error, found.sentence)
    return failure


def _functions(original: Callable[..., Any]) -> Callable[..., Any]:
    """A denied invocation is `Lambda.AWSLambdaException`, as people report it from AWS."""

    def call(reference: str, event: Any) -> Any:
        arn = reference
        if not arn.startswith("arn:"):
            region = part("core.responses", "get_region")()
            account = part("core.responses", "get_account_id")()
            arn = f"arn:aws:lambda:{region}:{account}:function:{reference}"
        _check(_INVOKE, arn, "Lambda.AWSLambdaException")
        return original(reference, event)

    return call


def _item_readers(original: Callable[..., str]) -> Callable[..., str]:
    """Step Functions developer guide, "IAM policies for using Distributed Map states"."""

    def read(bucket: str, key: str) -> str:
        error = "States.ItemReaderFailed"
        _check("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", error)
        found = object_read_denial(bucket, key)
        if found is not None:
            raise _failure(error, found)
        return original(bucket, key)

    return read


def _child_executions(original: Callable[..., Any]) -> Callable[..., Any]:
    """The same page: the machine's role starts the child executions."""

    def run(
        state: Any, raw_input: Any, effective: Any, iterator: Any, execution: Any, context: Any
    ) -> Any:
        _check(_START, execution["stateMachineArn"], "States.Permissions")
        return original(state, raw_input, effective, iterator, execution, context)

    return run


def _nested_executions(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(resource: str, request: dict[str, Any]) -> Any:
        machine = request.get("StateMachineArn") or request.get("stateMachineArn") or "*"
        _check(_START, machine, "StepFunctions.AWSStepFunctionsException")
        return original(resource, request)

    return start


def _optimized_integrations(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(resource: str, request: dict[str, Any]) -> Any:
        service, operation = resource.split(":")[5:7]
        operation = operation.partition(".")[0]
        action = f"{service}:{operation[0].upper()}{operation[1:]}"
        texts = {name: [value] for name, value in request.items() if isinstance(value, str)}
        body = json.dumps(request).encode()
        _check(action, _resource(service, "/", {}, body, texts), _OPTIMIZED_ERRORS[service])
        return original(resource, request)

    return invoke


def _sdk_integrations(original: Callable[..., Any]) -> Callable[..., Any]:
    """What an SDK does not model is the service's general exception: `Ssm.SsmException`."""

    def invoke(resource: str, request: Any) -> Any:
        try:
            return original(resource, request)
        except _DeniedError as error:
            service = resource.split(":")[6].lower()
            prefix = part(_STATES, "_AWS_SDK_ERROR_PREFIX").get(service, service.capitalize())
            raise _failure(f"{prefix}.{prefix}Exception", error.found) from None

    return invoke


def _sdk_calls(original: Callable[..., Any]) -> Callable[..., Any]:
    """The point that every SDK integration passes, with the request as it would be sent."""

    def call(
        handler: Any,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | str,
        query: dict[str, Any],
        timeout: float | None = None,
    ) -> Any:
        role = acting.get()
        if role is not None:
            data = body if isinstance(body, bytes) else body.encode()
            service = headers["authorization"].split("/")[3]
            parameters = part("app", "_routing_params")(method, path, headers, data, query)
            action = part(_ACTIONS, "extract_iam_action")(
                service, method, path, headers, data, parameters
            )
            resource = _resource(service, path, headers, data, parameters, method)
            found = denial(role, action or f"{service}:*", resource)
            if found is not None:
                raise _DeniedError(found)
        return original(handler, method, path, headers, body, query, timeout)

    return call


def _resource(
    service: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    parameters: dict[str, Any],
    method: str = "POST",
) -> str:
    resource: str = part(_ACTIONS, "extract_resource_arn")(
        service,
        method,
        path,
        headers,
        body,
        parameters,
        part("core.responses", "get_region")(),
        part("core.responses", "get_account_id")(),
    )
    return resource
