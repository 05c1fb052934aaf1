"""The clock of the local AWS: real, shifted or standing still."""

import time

import pytest

from emulator.clock import Clock, ClockError

DAY = 86_400


def test_it_tells_the_real_time_until_it_is_set() -> None:
    assert Clock().now is time.time


def test_an_offset_counts_from_the_real_time_whatever_was_before() -> None:
    clock = Clock()
    for _ in range(2):
        clock.set(b'{"offsetSeconds": 86400}')
        assert clock.now() - time.time() == pytest.approx(DAY, abs=5)
    clock.set(b'{"offsetSeconds": 0}')
    assert clock.now is time.time


def test_advances_add_up() -> None:
    clock = Clock()
    clock.set(b'{"advanceSeconds": 86400}')
    clock.set(b'{"advanceSeconds": 86400}')
    assert clock.now() - time.time() == pytest.approx(2 * DAY, abs=5)


def test_a_frozen_clock_stands_still_until_it_is_advanced() -> None:
    clock = Clock()
    clock.set(b'{"frozenAt": 1700000000.5}')
    assert clock.now() == clock.now() == 1_700_000_000.5
    clock.set(b'{"advanceSeconds": 1.5}')
    assert clock.now() == 1_700_000_002
    clock.clear()
    assert clock.now is time.time


def test_it_shows_how_it_was_set() -> None:
    clock = Clock()
    clock.set(b'{"frozenAt": 7}')
    assert clock.described() == {"now": 7, "offsetSeconds": 0, "frozenAt": 7}


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ("{", "not JSON"),
        ("[]", "one of offsetSeconds"),
        ("{}", "one of offsetSeconds"),
        ('{"offsetSeconds": 1, "frozenAt": 1}', "one of offsetSeconds"),
        ('{"offset": 1}', "one of offsetSeconds"),
        ('{"offsetSeconds": "1"}', "offsetSeconds: must be a number"),
        ('{"frozenAt": true}', "frozenAt: must be a number"),
        ('{"frozenAt": null}', "frozenAt: must be a number"),
        ('{"advanceSeconds": -1}', "advanceSeconds: must not be below 0"),
        ('{"frozenAt": -1}', "between the years 1970 and 9999"),
        ('{"offsetSeconds": 1e300}', "between the years 1970 and 9999"),
        ('{"offsetSeconds": -1e300}', "between the years 1970 and 9999"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(body: str, mistake: str) -> None:
    clock = Clock()
    clock.set(b'{"frozenAt": 7}')
    with pytest.raises(ClockError, match=mistake):
        clock.set(body.encode())
    assert clock.described() == {"now": 7, "offsetSeconds": 0, "frozenAt": 7}
