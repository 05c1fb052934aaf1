"""awsJson1.0 as botocore's model of Cloud Control describes it: requests in, answers out."""

from functools import cache
from typing import Any, Final
from uuid import uuid4

import orjson
from botocore.loaders import Loader
from botocore.model import ServiceModel

from emulator.cloud_control.errors import invalid
from emulator.http import Request, Response, ServiceError
from emulator.shapes import Checker, compile_members

TARGET_PREFIX: Final = "CloudApiService."
SERIALIZATION: Final = "SerializationException"
UNKNOWN_OPERATION: Final = "UnknownOperationException"

_JSON: Final = (b"content-type", b"application/x-amz-json-1.0")


@cache
def service_model() -> ServiceModel:
    """botocore's model of the Cloud Control API."""
    return ServiceModel(Loader().load_service_model("cloudcontrol", "service-2"))


def operation_of(request: Request) -> str:
    """The operation that the target header names. Raises: ServiceError for any other."""
    name = request.header(b"x-amz-target").removeprefix(TARGET_PREFIX)
    if request.method != "POST" or name not in service_model().operation_names:
        raise ServiceError(UNKNOWN_OPERATION, "X-Amz-Target names no operation of Cloud Control.")
    return name


def members_of(operation: str, body: bytes) -> dict[str, Any]:
    """The request's members as the model wants them. Raises: ServiceError naming every breach."""
    try:
        members = orjson.loads(body)
    except ValueError:
        raise ServiceError(SERIALIZATION, "The request body is not valid JSON.") from None
    breaches: list[str] = []
    checked: dict[str, Any] = _checker(operation)(members, "", breaches)
    if breaches:
        noun = "error" if len(breaches) == 1 else "errors"
        raise invalid(f"{len(breaches)} validation {noun} detected: {'; '.join(breaches)}")
    return checked


def answer(result: dict[str, Any]) -> Response:
    """A successful answer."""
    return Response(200, orjson.dumps(result), [_JSON, _request_id()])


def refusal(error: ServiceError) -> Response:
    """An error as awsJson1.0 carries it: code and message in the body."""
    body = {"__type": error.code, "Message": error.message}
    return Response(error.status, orjson.dumps(body), [_JSON, _request_id()])


@cache
def _checker(operation: str) -> Checker:
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None  # noqa: S101 - every operation of the model has one
    return compile_members(dict(shape.members), frozenset(shape.required_members))


def _request_id() -> tuple[bytes, bytes]:
    return b"x-amzn-requestid", str(uuid4()).encode()
