"""Delays: their distributions, and how they are asked for."""

import random
import statistics
from typing import Any

import pytest

from emulator.faults.latency import MAX_MILLISECONDS, draw_of, mistakes


def drawn(asked: Any, count: int = 4_000, seed: int = 1) -> list[float]:
    draw, source = draw_of(asked), random.Random(seed)
    assert draw is not None
    return [draw(source) for _ in range(count)]


@pytest.mark.parametrize("asked", [20, {"fixed": 20}])
def test_a_fixed_delay_is_always_the_same_and_uses_up_no_draw(asked: Any) -> None:
    draw, source = draw_of(asked), random.Random(1)
    assert draw is not None
    assert {draw(source) for _ in range(9)} == {20}
    assert source.random() == random.Random(1).random()


def test_a_uniform_delay_lies_between_its_bounds() -> None:
    values = drawn({"uniform": {"min": 10, "max": 30}})
    assert 10 <= min(values) < 11
    assert 29 < max(values) <= 30
    assert statistics.mean(values) == pytest.approx(20, abs=0.5)


def test_a_lognormal_delay_has_its_median_and_its_tail() -> None:
    cuts = statistics.quantiles(drawn({"lognormal": {"p50": 20, "p99": 200}}, 40_000), n=100)
    assert cuts[49] == pytest.approx(20, rel=0.05)
    assert cuts[98] == pytest.approx(200, rel=0.1)


def test_no_delay_is_above_the_greatest() -> None:
    wide = {"lognormal": {"p50": 1, "p99": MAX_MILLISECONDS}}
    assert max(drawn(wide, 100_000)) <= MAX_MILLISECONDS


def test_the_same_seed_gives_the_same_delays() -> None:
    asked = {"lognormal": {"p50": 20, "p99": 200}}
    assert drawn(asked) == drawn(asked) != drawn(asked, seed=2)


def test_a_delay_of_nothing_is_none() -> None:
    assert draw_of(0) is None


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        ("20", "must be milliseconds"),
        (None, "must be milliseconds"),
        (True, "must be milliseconds"),
        ({}, "must be milliseconds"),
        ({"normal": 1}, "must be milliseconds"),
        ({"fixed": 1, "uniform": {"min": 1, "max": 2}}, "must be milliseconds"),
        ({"uniform": {"min": 1}}, "must be milliseconds"),
        ({"uniform": [1, 2]}, "must be milliseconds"),
        (-1, "from 0 to 60000"),
        ({"fixed": "1"}, "from 0 to 60000"),
        ({"fixed": 60_001}, "from 0 to 60000"),
        ({"uniform": {"min": 3, "max": 2}}, "min must not be above max"),
        ({"lognormal": {"p50": 3, "p99": 2}}, "p50 must not be above p99"),
        ({"lognormal": {"p50": 0, "p99": 2}}, "p50 must be above 0"),
    ],
)
def test_a_mistake_is_named(asked: Any, mistake: str) -> None:
    (text,) = mistakes(asked)
    assert mistake in text
