"""Lambda: what the one who invoked a function learns about its failure."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from emulator.ministack_parts import MissingPartError, part, replace, wrap

_LAMBDA: Final = "services.lambda_svc"
_RUNTIME: Final = "core.lambda_runtime"

_MARK: Final = f"failure-{secrets.token_hex(16)}"
"""The member that tells an exception from what a function returns."""

_THEIRS: Final = 'json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()})'
_OURS: Final = (
    'json.dumps({"status": "ok", "result": {"' + _MARK + '": {"errorMessage": str(e),'
    ' "errorType": type(e).__name__, "requestId": context.aws_request_id,'
    ' "stackTrace": traceback.format_tb(e.__traceback__)[1:]}}})'
)
_DIED: Final = "Worker process died"


def errors_carry_the_name_of_the_exception() -> None:
    """errorType is the exception's class; a process that dies is a `Runtime.ExitError`.

    Lambda developer guide, "Python function errors", and Step Functions developer guide, "Handling
    errors": Retry and Catch match that name. After an exception the process serves the next event
    (Lambda runtime environment, "Invoke phase"). ministack names every failure
    `Runtime.HandlerError` and ends the process after each.
    """
    script = part(_RUNTIME, "_PYTHON_WORKER_SCRIPT")
    if script.count(_THEIRS) != 1:
        raise MissingPartError(f"ministack.{_RUNTIME} reports exceptions in another way")
    replace(_RUNTIME, "_PYTHON_WORKER_SCRIPT", script.replace(_THEIRS, _OURS))
    wrap(_LAMBDA, "_execute_function_warm", _told)


def throttled_functions_say_so_to_step_functions() -> None:
    """A throttled task fails with `Lambda.TooManyRequestsException`.

    Step Functions developer guide, "Handle transient Lambda service exceptions". ministack calls
    it `Lambda.Unknown`.
    """
    wrap(_LAMBDA, "_throttle_response", _named)


def _told(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute(function: dict[str, Any], event: Any, request_id: str) -> Any:
        result = original(function, event, request_id)
        body = result.get("body")
        if isinstance(body, dict) and _MARK in body:
            failure = body[_MARK]
            trace = "".join(failure["stackTrace"])
            headline = f"[ERROR] {failure['errorType']}: {failure['errorMessage']}"
            lines = [result.get("log"), headline, "Traceback (most recent call last):", trace]
            return {"body": failure, "error": True, "log": "\n".join(filter(None, lines))}
        if result.get("error") and body.get("errorMessage") == _DIED:
            text = "Runtime exited without providing a reason"
            failure = {
                "errorMessage": f"RequestId: {request_id} Error: {text}",
                "errorType": "Runtime.ExitError",
            }
            return result | {"body": failure}
        return result

    return execute


def _named(original: Callable[..., Any]) -> Callable[..., Any]:
    def respond(*arguments: Any, **options: Any) -> Any:
        response = original(*arguments, **options)
        response["body"]["errorType"] = "Lambda.TooManyRequestsException"
        return response

    return respond
