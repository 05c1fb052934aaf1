"""Request rates by operation: what is let through, and when again."""

import json
from collections.abc import Callable

import pytest

from emulator.clock import Clock
from emulator.http import Caller
from emulator.pace import AWS, Pace, rates_of

ONE = Caller("111122223333", "us-east-1")
OTHERS = (Caller("444455556666", "us-east-1"), Caller("111122223333", "eu-west-1"))


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    clock = Clock()
    clock.set(b'{"frozenAt": 1000}')
    return clock


@pytest.fixture
def passed(clock: Clock) -> Callable[..., int]:
    """`passed(operation, count)`: how many of so many requests at once are let through."""
    pace = Pace(AWS, clock)

    def run(operation: str, count: int, caller: Caller = ONE) -> int:
        return [pace.refusal(operation, caller) for _ in range(count)].count(None)

    return run


def advance(clock: Clock, seconds: float) -> None:
    clock.set(json.dumps({"advanceSeconds": seconds}).encode())


@pytest.mark.parametrize(
    ("operation", "rate"),
    [
        ("PutProfileObject", 100),
        ("SearchProfiles", 100),
        ("GetProfileObjectType", 10),
        ("GetDomain", 5),
        ("PutProfileObjectType", 1),
        ("CreateDomain", 1),
    ],
)
def test_a_second_lets_through_the_rate_that_aws_documents(
    clock: Clock, passed: Callable[..., int], operation: str, rate: int
) -> None:
    assert passed(operation, 200) == rate
    advance(clock, 1)
    assert passed(operation, 200) == rate


def test_what_comes_too_soon_is_throttled_in_the_words_of_the_service(clock: Clock) -> None:
    pace = Pace({"CreateDomain": 1}, clock)
    assert pace.refusal("CreateDomain", ONE) is None
    error = pace.refusal("CreateDomain", ONE)
    assert error is not None
    assert (error.code, error.message, error.status) == (
        "ThrottlingException",
        "Rate exceeded",
        429,
    )
    assert pace.throttled == {"CreateDomain": 1}


def test_a_part_of_a_second_brings_a_part_of_the_rate(
    clock: Clock, passed: Callable[..., int]
) -> None:
    passed("SearchProfiles", 200)
    advance(clock, 0.25)
    assert passed("SearchProfiles", 200) == 25


def test_waiting_long_lets_through_no_more_than_a_second_does(
    clock: Clock, passed: Callable[..., int]
) -> None:
    passed("GetDomain", 10)
    advance(clock, 3_600)
    assert passed("GetDomain", 10) == 5


def test_operations_accounts_and_regions_do_not_take_from_each_other(
    passed: Callable[..., int],
) -> None:
    assert passed("GetDomain", 10) == 5
    assert passed("ListDomains", 10) == 5
    assert [passed("GetDomain", 10, caller) for caller in OTHERS] == [5, 5]


def test_an_operation_without_a_documented_rate_is_never_throttled(
    passed: Callable[..., int],
) -> None:
    assert passed("BatchGetProfile", 1_000) == 1_000


def test_a_clock_set_back_gives_nothing(clock: Clock, passed: Callable[..., int]) -> None:
    passed("GetDomain", 10)
    clock.set(b'{"frozenAt": 10}')
    assert passed("GetDomain", 10) == 0
    advance(clock, 1)
    assert passed("GetDomain", 10) == 5


def test_a_rate_below_one_lets_one_through_and_then_waits(clock: Clock) -> None:
    pace = Pace({"GetDomain": 0.5}, clock)
    assert [pace.refusal("GetDomain", ONE) is None for _ in range(2)] == [True, False]
    advance(clock, 1)
    assert pace.refusal("GetDomain", ONE) is not None
    advance(clock, 1)
    assert pace.refusal("GetDomain", ONE) is None


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        ("azure", 'must be "aws", or'),
        ({}, 'must be "aws", or'),
        ({"PutObject": 1}, "no operation PutObject"),
        ({"GetDomain": 0}, "GetDomain: must be a number above 0"),
        ({"GetDomain": True}, "GetDomain: must be a number above 0"),
    ],
)
def test_rates_that_cannot_be_are_refused(asked: object, mistake: str) -> None:
    _, (text,) = rates_of(asked)
    assert mistake in text
