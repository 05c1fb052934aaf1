"""Which objects a calculated attribute takes: groups of dimensions over fields of one object.

Source: API reference, Filter, FilterGroup, FilterDimension and FilterAttributeDimension.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from profiles.calculated.expressions import Fields, as_number
from profiles.calculated.timestamps import parse_iso

_COMBINED: Final[dict[str, Callable[[Iterable[bool]], bool]]] = {
    "ALL": all,
    "ANY": any,
    "NONE": lambda each: not any(each),
}
_TEXTS: Final[dict[str, Callable[[str, list[str]], bool]]] = {
    "INCLUSIVE": lambda value, wanted: value in wanted,
    "EXCLUSIVE": lambda value, wanted: value not in wanted,
    "CONTAINS": lambda value, wanted: any(each in value for each in wanted),
    "BEGINS_WITH": lambda value, wanted: any(value.startswith(each) for each in wanted),
    "ENDS_WITH": lambda value, wanted: any(value.endswith(each) for each in wanted),
}
_NUMBERS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "GREATER_THAN": lambda value, bound: value > bound,
    "LESS_THAN": lambda value, bound: value < bound,
    "GREATER_THAN_OR_EQUAL": lambda value, bound: value >= bound,
    "LESS_THAN_OR_EQUAL": lambda value, bound: value <= bound,
    "EQUAL": lambda value, bound: value == bound,
}
_RANGES: Final = frozenset({"BETWEEN", "NOT_BETWEEN"})
_VALUES_OF_RANGE: Final = 2


def filter_problem(condition: Mapping[str, Any], known: frozenset[str]) -> str | None:
    """What is wrong with a filter of the API's shape; None when nothing is.

    known: names of the object type's fields.
    """
    for group in condition["Groups"]:
        for dimension in group["Dimensions"]:
            for name, wanted in dimension["Attributes"].items():
                kind, values = wanted["DimensionType"], wanted["Values"]
                if name not in known:
                    return f"the filter names {name}, which is no field of the object type"
                if kind in _RANGES and len(values) != _VALUES_OF_RANGE:
                    return f"{kind} takes two values"
                if kind in _NUMBERS and any(as_number(each) is None for each in values):
                    return f"{kind} takes numbers"
                if _is_date(kind) and any(parse_iso(each) is None for each in values):
                    return f"{kind} takes dates in ISO 8601"
    return None


def passes(condition: Mapping[str, Any] | None, values: Fields) -> bool:
    """Whether an object with these field values counts. None: every object does."""
    if condition is None:
        return True
    return _COMBINED[condition["Include"]](
        _COMBINED[group["Type"]](
            all(
                _meets(wanted["DimensionType"], values.get(name), wanted["Values"])
                for name, wanted in dimension["Attributes"].items()
            )
            for dimension in group["Dimensions"]
        )
        for group in condition["Groups"]
    )


def _meets(kind: str, value: str | None, wanted: list[str]) -> bool:
    """A field without a value meets EXCLUSIVE alone."""
    if value is None:
        return kind == "EXCLUSIVE"
    if kind in _TEXTS:
        return _TEXTS[kind](value, wanted)
    if kind in _NUMBERS:
        number = as_number(value)
        bounds = [as_number(each) for each in wanted]
        return number is not None and any(
            bound is not None and _NUMBERS[kind](number, bound) for bound in bounds
        )
    moment, moments = parse_iso(value), [parse_iso(each) for each in wanted]
    if moment is None or None in moments:
        return False
    return _in_time(kind, moment, sorted(each for each in moments if each is not None))


def _in_time(kind: str, moment: datetime, bounds: list[datetime]) -> bool:
    if kind == "BEFORE":
        return moment < bounds[-1]
    if kind == "AFTER":
        return moment > bounds[0]
    if kind == "ON":
        return any(moment.date() == each.date() for each in bounds)
    between = bounds[0] <= moment <= bounds[-1]
    return between if kind == "BETWEEN" else not between


def _is_date(kind: str) -> bool:
    return kind not in _TEXTS and kind not in _NUMBERS
