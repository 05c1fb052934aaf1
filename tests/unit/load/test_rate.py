"""The rate of calls finds a quota, stays just below it, and is not fooled by other refusals."""

import heapq
import random
from collections.abc import Callable

import pytest

from lifecycle.load.rate import Rate


class Account:
    """A token bucket as AWS has one, and callers that wait for a rate, in simulated time."""

    def __init__(self, quota: float, refuse: Callable[[], bool] = lambda: False) -> None:
        self.now = 0.0
        self.quota, self.refuse = quota, refuse
        self.tokens, self.filled = quota, 0.0
        self.taken = self.refused = 0
        self._pause = 0.0
        self.rate = Rate(clock=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self._pause = seconds

    def take(self) -> bool:
        self.tokens = min(self.quota, self.tokens + (self.now - self.filled) * self.quota)
        self.filled = self.now
        if self.refuse() or self.tokens < 1:
            self.refused += 1
            return False
        self.tokens -= 1
        self.taken += 1
        return True

    def run(self, seconds: float, lanes: int = 16, latency: float = 0.04) -> None:
        """Each lane makes one call after the other."""
        end = self.now + seconds
        ready = [(self.now, lane) for lane in range(lanes)]
        while ready[0][0] < end:
            self.now, lane = heapq.heappop(ready)
            self._pause = 0.0
            self.rate.wait()
            start, self.now = self.now, self.now + self._pause
            taken = self.take()
            (self.rate.taken if taken else self.rate.throttled)()
            self.now = start
            heapq.heappush(ready, (start + self._pause + latency, lane))


@pytest.mark.parametrize("quota", [10, 100, 250])
def test_nearly_all_of_the_quota_is_used_and_hardly_a_call_refused(quota: float) -> None:
    account = Account(quota)
    account.run(15)
    account.taken = account.refused = 0
    account.run(120)
    assert account.taken >= 0.97 * quota * 120
    assert account.refused <= 0.03 * account.taken


def test_a_quota_that_is_raised_is_found_in_time_and_a_lowered_one_at_once() -> None:
    account = Account(100)
    account.run(30)
    account.quota = 50
    account.run(5)
    account.taken = account.refused = 0
    account.run(60)
    assert account.taken >= 0.95 * 50 * 60
    assert account.refused <= 0.05 * account.taken


def test_refusals_that_come_whatever_the_rate_do_not_slow_it_down() -> None:
    chance = random.Random(1)
    account = Account(10_000, lambda: chance.random() < 0.3)
    account.run(60)
    account.taken = 0
    account.run(10)
    assert account.taken >= 150 * 10


def test_with_such_refusals_a_quota_is_found_all_the_same() -> None:
    chance = random.Random(2)
    account = Account(100, lambda: chance.random() < 0.1)
    account.run(60)
    account.taken = 0
    account.run(60)
    assert 0.8 * 100 * 60 <= account.taken <= 101 * 60


def test_no_more_is_asked_for_than_was_allowed() -> None:
    account = Account(1_000)
    account.rate = Rate(most=30, clock=lambda: account.now, sleep=account._sleep)
    account.run(60)
    assert account.taken <= 31 * 60
    assert account.refused == 0
