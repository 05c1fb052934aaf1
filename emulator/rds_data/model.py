"""botocore's model of the Data API: which request is which operation, and what it may hold."""

from functools import cache
from typing import Any, Final

from botocore.loaders import Loader
from botocore.model import ServiceModel

from emulator.shapes import Checker, compile_members

_DEFAULT_STATUS: Final = 400


@cache
def service_model() -> ServiceModel:
    """The model, but for a shape that no checker can be compiled for as it stands.

    An array may hold arrays, without end; arrays are refused as parameters, so that their inner
    ones need not be looked at.
    """
    description = Loader().load_service_model("rds-data", "service-2")
    shapes = description["shapes"]
    members = dict(shapes["ArrayValue"]["members"])
    del members["arrayValues"]
    finite = {"ArrayValue": {"type": "structure", "members": members}}
    return ServiceModel({**description, "shapes": {**shapes, **finite}}, "rds-data")


@cache
def operations() -> dict[str, str]:
    """The operation of each path; all are POST."""
    model = service_model()
    return {model.operation_model(name).http["requestUri"]: name for name in model.operation_names}


@cache
def checker(operation: str) -> Checker:
    """The checker of an operation's members, compiled at its first request."""
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None  # noqa: S101 - every operation of the model has one
    return compile_members(dict(shape.members), frozenset(shape.required_members))


@cache
def error_status(code: str) -> int:
    """The HTTP status of an error."""
    model = service_model()
    if code not in model.shape_names:
        return _DEFAULT_STATUS
    error: dict[str, Any] = model.shape_for(code).metadata.get("error", {})
    return int(error.get("httpStatusCode", _DEFAULT_STATUS))
