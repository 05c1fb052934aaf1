"""rest-json as the Data API speaks it: requests in, answers out."""

from typing import Any, Final
from uuid import uuid4

import orjson

from emulator.http import Request, Response, ServiceError
from emulator.rds_data.errors import VALIDATION, data_api_error
from emulator.rds_data.model import checker, operations

UNKNOWN_OPERATION: Final = "UnknownOperationException"

_JSON: Final = (b"content-type", b"application/json")


def operation_of(request: Request) -> str:
    """The operation that method and path name. Raises: ServiceError for any other."""
    name = operations().get(request.path)
    if request.method != "POST" or name is None:
        text = f"No operation answers {request.method} on this path."
        raise ServiceError(UNKNOWN_OPERATION, text, 404)
    return name


def members_of(operation: str, body: bytes) -> dict[str, Any]:
    """The request's members as the model wants them. Raises: ServiceError naming every breach."""
    try:
        members = orjson.loads(body or b"{}")
    except ValueError:
        raise data_api_error(VALIDATION, "The request body is not valid JSON.") from None
    breaches: list[str] = []
    checked: dict[str, Any] = checker(operation)(members, "", breaches)
    if breaches:
        noun = "error" if len(breaches) == 1 else "errors"
        text = f"{len(breaches)} validation {noun} detected: {'; '.join(breaches)}"
        raise data_api_error(VALIDATION, text)
    return checked


def answer(result: dict[str, Any]) -> Response:
    """A successful answer."""
    return Response(200, orjson.dumps(result), [_JSON, _request_id()])


def refusal(error: ServiceError) -> Response:
    """An error as rest-json carries it: code in a header, message in the body."""
    headers = [_JSON, _request_id(), (b"x-amzn-errortype", error.code.encode())]
    return Response(error.status, orjson.dumps({"message": error.message}), headers)


def _request_id() -> tuple[bytes, bytes]:
    return b"x-amzn-requestid", str(uuid4()).encode()
