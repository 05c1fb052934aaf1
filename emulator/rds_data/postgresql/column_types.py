"""PostgreSQL's types: how parameters are sent, how values are read, what JDBC says of columns.

The service sits on PostgreSQL's JDBC driver; numbers, precisions and type names are that driver's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from emulator.rds_data.databases import Array, Cell
from emulator.rds_data.errors import UNSUPPORTED_RESULT, data_api_error
from emulator.rds_data.parameters import Parameter
from emulator.rds_data.postgresql.arrays import read_array

Read = Callable[[str], Cell]

UNBOUNDED: Final = 2_147_483_647
"""The precision of a text without a limit."""

_NUMERIC: Final = 1700
_BPCHAR: Final = 1042
_VARCHAR: Final = 1043
_HEADER: Final = 4
"""What PostgreSQL adds to the length or precision in a type modifier."""

_FRACTION: Final = re.compile(r"\.(\d+)")
_INFINITE: Final = frozenset({"infinity", "-infinity"})


@dataclass(frozen=True, slots=True)
class PostgreSqlType:
    """kind: the member of ArrayValue for a list of these."""

    name: str
    jdbc: int
    kind: str
    read: Read
    precision: int = UNBOUNDED
    scale: int = 0
    is_signed: bool = False
    is_case_sensitive: bool = False


def _moment(text: str) -> str:
    """No fraction when it is zero, milliseconds when they say it all, microseconds otherwise."""
    if text in _INFINITE:
        told = f"The result contains the unsupported value {text}."
        raise data_api_error(UNSUPPORTED_RESULT, told)
    return _FRACTION.sub(lambda found: _fraction(found[1]), text)


def _fraction(digits: str) -> str:
    microseconds = digits.ljust(6, "0")
    return f".{microseconds[:3]}" if microseconds.endswith("000") else f".{microseconds}"


def _moment_with_zone(text: str) -> str:
    """In UTC, the zone left out."""
    if text.endswith("+00") or text in _INFINITE:
        return _moment(text.removesuffix("+00"))
    try:
        # A transaction may have set a time zone of its own.
        there = datetime.fromisoformat(text)
    except ValueError:
        return text  # before Christ, which Python does not count
    return _moment(there.astimezone(UTC).replace(tzinfo=None).isoformat(" "))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


def _text(text: str) -> str:
    return text


BY_OID: Final = {
    16: PostgreSqlType("bool", -7, "booleanValues", lambda text: text == "t", 1),
    17: PostgreSqlType("bytea", -2, "stringValues", _bytes, is_case_sensitive=True),
    19: PostgreSqlType("name", 12, "stringValues", _text, 63, is_case_sensitive=True),
    20: PostgreSqlType("int8", -5, "longValues", int, 19, is_signed=True),
    21: PostgreSqlType("int2", 5, "longValues", int, 5, is_signed=True),
    23: PostgreSqlType("int4", 4, "longValues", int, 10, is_signed=True),
    25: PostgreSqlType("text", 12, "stringValues", _text, is_case_sensitive=True),
    26: PostgreSqlType("oid", -5, "longValues", int, 10),
    114: PostgreSqlType("json", 1111, "stringValues", _text, is_case_sensitive=True),
    650: PostgreSqlType("cidr", 1111, "stringValues", _text, is_case_sensitive=True),
    700: PostgreSqlType("float4", 7, "doubleValues", float, 8, 8, is_signed=True),
    701: PostgreSqlType("float8", 8, "doubleValues", float, 17, 17, is_signed=True),
    869: PostgreSqlType("inet", 1111, "stringValues", _text, is_case_sensitive=True),
    1042: PostgreSqlType("bpchar", 1, "stringValues", _text, is_case_sensitive=True),
    1043: PostgreSqlType("varchar", 12, "stringValues", _text, is_case_sensitive=True),
    1082: PostgreSqlType("date", 91, "stringValues", _moment, 13),
    1083: PostgreSqlType("time", 92, "stringValues", _moment, 15, 6),
    1114: PostgreSqlType("timestamp", 93, "stringValues", _moment, 29, 6),
    1184: PostgreSqlType("timestamptz", 93, "stringValues", _moment_with_zone, 35, 6),
    1700: PostgreSqlType("numeric", 2, "stringValues", Decimal, 0, is_signed=True),
    2278: PostgreSqlType("void", 1111, "stringValues", _text, is_case_sensitive=True),
    2950: PostgreSqlType("uuid", 1111, "stringValues", _text, is_case_sensitive=True),
    3802: PostgreSqlType("jsonb", 1111, "stringValues", _text, is_case_sensitive=True),
}
"""What the service returns; it refuses every other type but enumerations and vectors."""

ELEMENT_OF: Final = {
    1000: 16, 1003: 19, 1005: 21, 1007: 23, 1009: 25, 1016: 20, 1014: 1042, 1015: 1043,
    1021: 700, 1022: 701, 1028: 26, 1115: 1114, 1182: 1082, 1183: 1083, 1185: 1184, 1231: 1700,
    199: 114, 2951: 2950, 3807: 3802,
}  # fmt: skip
"""Array types that the service returns, and the type of what they hold."""


def array_type(element: PostgreSqlType) -> PostgreSqlType:
    """The type of lists of these."""

    def read(text: str) -> Cell:
        def cell(each: str) -> object:
            value = element.read(each)
            return format(value, "f") if isinstance(value, Decimal) else value

        return Array(element.kind, read_array(text, cell))

    return PostgreSqlType(f"_{element.name}", 2003, "", read, is_case_sensitive=True)


def named_type(name: str, *, is_enumeration: bool) -> PostgreSqlType | None:
    """The type of an extension or a user that the service returns; None where it does not."""
    if is_enumeration or name == "vector":
        jdbc = 12 if is_enumeration else 1111
        return PostgreSqlType(name, jdbc, "stringValues", _text, is_case_sensitive=True)
    return None


def precision_and_scale(oid: int, kind: PostgreSqlType, modifier: int) -> tuple[int, int]:
    """How long a value of a column can be, by the modifier of its type; -1 for none."""
    if modifier < _HEADER:
        return kind.precision, kind.scale
    if oid == _NUMERIC:
        bounds = modifier - _HEADER
        return bounds >> 16 & 0xFFFF, bounds & 0x7FF
    if oid in {_BPCHAR, _VARCHAR}:
        return modifier - _HEADER, 0
    return kind.precision, kind.scale


_HINTED: Final = {
    "DATE": 1082, "DECIMAL": 1700, "JSON": 114, "TIME": 1083, "TIMESTAMP": 1114, "UUID": 2950
}  # fmt: skip

_AS_TEXT: Final = 0
_AS_BYTES: Final = 1

_TEXT: Final = 25

_SENT: Final[dict[type, tuple[int, int, Callable[[Any], bytes]]]] = {
    bool: (16, _AS_TEXT, lambda value: b"t" if value else b"f"),
    int: (20, _AS_TEXT, lambda value: b"%d" % value),
    float: (701, _AS_TEXT, lambda value: repr(value).encode()),
    bytes: (17, _AS_BYTES, lambda value: value),
}


def bound(parameter: Parameter) -> tuple[int, int, bytes | None]:
    """(type, format, value) as PostgreSQL is sent it; a type of 0 leaves it to PostgreSQL.

    Texts go with their length, because what has none ends at the first NUL character.
    """
    value, hint = parameter
    if value is None:
        return _HINTED.get(hint or "", 0), _AS_TEXT, None
    if isinstance(value, str):
        form = _AS_BYTES if hint in {None, "JSON"} else _AS_TEXT
        return _HINTED.get(hint or "", _TEXT), form, value.encode()
    kind, form, write = _SENT[type(value)]
    return kind, form, write(value)
