"""What a benchmark returns, and how two things are compared on a machine that is never quiet."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number.

    target: None for a figure that is only told. how: in a few words, with the absolute numbers
    behind a ratio.
    """

    name: str
    value: float
    unit: str
    target: float | None
    at_least: bool
    how: str


def alternately(
    rounds: int, one: Callable[[], object], other: Callable[[], object]
) -> tuple[list[float], list[float]]:
    """Seconds that each took, round by round: what disturbs one disturbs the other too."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, taken in zip((one, other), times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return times


def ratio(numerators: list[float], denominators: list[float]) -> float:
    """The median of the rounds' ratios."""
    pairs = zip(numerators, denominators, strict=True)
    return statistics.median(one / other for one, other in pairs)
