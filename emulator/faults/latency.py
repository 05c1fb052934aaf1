"""How long a delay takes: always the same, evenly spread, or with a real service's long tail."""

import math
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from emulator.json_values import is_number

MAX_MILLISECONDS: Final = 60_000

Draw = Callable[[random.Random], float]
"""Milliseconds of one delay."""

_P99: Final = 2.3263478740408408
"""Standard deviations between the median and the 99th percentile."""
_SHAPES: Final = {"fixed": (), "uniform": ("min", "max"), "lognormal": ("p50", "p99")}
_WAY_OUT: Final = (
    'must be milliseconds, {"fixed": N}, {"uniform": {"min": N, "max": N}} or'
    ' {"lognormal": {"p50": N, "p99": N}}'
)


def mistakes(asked: Any) -> Iterator[str]:
    """What is wrong with a delay as it was asked for."""
    if is_number(asked):
        asked = {"fixed": asked}
    if not isinstance(asked, dict) or len(asked) != 1 or not asked.keys() <= _SHAPES.keys():
        yield _WAY_OUT
        return
    ((shape, given),) = asked.items()
    names = _SHAPES[shape]
    if not names:
        given, names = {"": given}, ("",)
    if not isinstance(given, dict) or given.keys() != set(names):
        yield _WAY_OUT
        return
    values = [given[name] for name in names]
    if not all(is_number(value) and 0 <= value <= MAX_MILLISECONDS for value in values):
        yield f"must be from 0 to {MAX_MILLISECONDS} milliseconds"
    elif values != sorted(values):
        yield f"{shape}: {names[0]} must not be above {names[1]}"
    elif shape == "lognormal" and values[0] == 0:
        yield "lognormal: p50 must be above 0"


def draw_of(asked: Any) -> Draw | None:
    """The delay that was asked for; None for one that is always 0."""
    if is_number(asked):
        asked = {"fixed": asked}
    ((shape, given),) = asked.items()
    if shape == "uniform":
        low, high = given["min"], given["max"]
        return lambda source: source.uniform(low, high)
    if shape == "lognormal":
        middle, spread = math.log(given["p50"]), math.log(given["p99"] / given["p50"]) / _P99
        return lambda source: min(source.lognormvariate(middle, spread), MAX_MILLISECONDS)
    return (lambda _: given) if given else None
