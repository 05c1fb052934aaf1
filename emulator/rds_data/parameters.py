"""Parameters of a call: a value of one of the service's kinds, and what a text stands for."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

import orjson

from emulator.http import ServiceError
from emulator.rds_data.errors import VALIDATION, data_api_error

Scalar = None | bool | int | float | str | bytes

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
_TIMESTAMP: Final = re.compile(rf"{_DATE.pattern} {_TIME.pattern}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class Parameter(NamedTuple):
    """hint: for a text that stands for another type, the service's name of that type."""

    value: Scalar
    hint: str | None = None


def read_parameters(given: list[dict[str, Any]]) -> dict[str, Parameter]:
    """Parameters by name, from members that fit the model. Raises: ServiceError."""
    read: dict[str, Parameter] = {}
    for number, member in enumerate(given, 1):
        name = member.get("name")
        if not name:
            raise _wrong(f"Parameter {number} has no name.")
        if name in read:
            raise _wrong(f"The parameter {name} is given twice.")
        value = _value(name, member.get("value", {}))
        hint = member.get("typeHint")
        if hint is not None and isinstance(value, str) and not _fits(value, hint):
            raise _wrong(f"The value of the parameter {name} is not a valid {hint}.")
        read[name] = Parameter(value, hint)
    return read


def in_order(names: tuple[str, ...], given: dict[str, Parameter]) -> list[Parameter]:
    """The parameter of each placeholder. Raises: ServiceError for one that is not given."""
    missing = next((name for name in names if name not in given), None)
    if missing is not None:
        raise _wrong(f"Cannot find parameter: {missing}")
    return [given[name] for name in names]


def _value(name: str, field: dict[str, Any]) -> Scalar:
    if len(field) != 1:
        raise _wrong(f"The parameter {name} must have exactly one value.")
    ((kind, value),) = field.items()
    if kind == "arrayValue":
        raise _wrong("Array parameters are not supported.")
    if kind == "isNull":
        if value is not True:
            raise _wrong(f"isNull of the parameter {name} can only be true.")
        return None
    if kind == "blobValue":
        try:
            return b64decode(value, validate=True)
        except ValueError:
            raise _wrong(f"blobValue of the parameter {name} is not base64.") from None
    scalar: Scalar = float(value) if kind == "doubleValue" else value
    return scalar


def _fits(text: str, hint: str) -> bool:
    pattern, parse = _HINTS[hint]
    if pattern is not None and pattern.fullmatch(text) is None:
        return False
    try:
        parse(text)
    except ValueError:
        return False
    return True


_HINTS: Final[dict[str, tuple[re.Pattern[str] | None, Callable[[str], object]]]] = {
    "DATE": (_DATE, date.fromisoformat),
    "TIME": (_TIME, time.fromisoformat),
    "TIMESTAMP": (_TIMESTAMP, datetime.fromisoformat),
    "DECIMAL": (_DECIMAL, str),
    "UUID": (_UUID, str),
    "JSON": (None, orjson.loads),
}
"""The form that the service documents for a text of each type, and what else it must be."""


def _wrong(text: str) -> ServiceError:
    return data_api_error(VALIDATION, text)
