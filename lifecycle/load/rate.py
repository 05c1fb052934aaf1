"""How many calls a second: as many as the account takes, and hardly any that it refuses.

AWS counts calls in buckets that fill at the quota's rate, and does not tell the quota. The rate
doubles each second until calls are refused, falls to what was really taken, and then creeps up and
falls back: refusals stay the exception, and no storm of retries can come of them.

Where fewer calls do not mean a smaller part of them refused, the refusals are not about our rate:
that part is then taken for the usual one, and only more than it counts.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Final

FIRST_RATE: Final = 20.0
MOST: Final = 100_000.0

_WINDOW_SECONDS: Final = 1.0
_LEAST_CALLS: Final = 20
_FALL: Final = 0.97
_RISE: Final = 1.004
_BURST_SECONDS: Final = 0.05
_TOLERATED: Final = 0.02
_FALLEN_FAR: Final = 0.4
_ENOUGH_WINDOWS: Final = 3
_QUIET_WINDOWS: Final = 2
"""How many in a row end a trouble: one may be quiet by chance."""
_LEARNING: Final = 0.1


class Rate:
    """For several threads. first: calls per second to begin with; most: never more than these.

    refused: calls that came too soon, so far.
    """

    def __init__(
        self,
        first: float = FIRST_RATE,
        most: float = MOST,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rate = min(first, most)
        self.refused = 0
        self._most = most
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = self._window = clock()
        self._searching = True
        self._taken_now = self._refused_now = 0
        self._usual = 0.0
        self._trouble = _Trouble()

    def wait(self) -> None:
        """Returns when the next call may be made."""
        with self._lock:
            now = self._clock()
            self._adapt(now)
            start = max(self._next, now - _BURST_SECONDS)
            self._next = start + 1 / self.rate
        if start > now:
            self._sleep(start - now)

    def taken(self) -> None:
        """A call was answered, well or not, but not for its rate."""
        with self._lock:
            self._taken_now += 1

    def throttled(self) -> None:
        """A call was refused for its rate."""
        with self._lock:
            self.refused += 1
            self._refused_now += 1

    def _adapt(self, now: float) -> None:
        seconds = now - self._window
        calls = self._taken_now + self._refused_now
        if seconds < _WINDOW_SECONDS or calls < _LEAST_CALLS:
            return
        refused = self._refused_now / calls
        spread = math.sqrt(self._usual * (1 - self._usual) / calls)
        if refused <= self._usual + _TOLERATED + 2 * spread:
            self._trouble.quiet += 1
            if self._trouble.quiet >= _QUIET_WINDOWS:
                self._trouble = _Trouble()
            self._usual += (refused - self._usual) * (_LEARNING if self._usual else 0.0)
            self.rate = min(self.rate * (2 if self._searching else _RISE), self._most)
        else:
            self._fall(calls, refused, self._taken_now / seconds)
        self._window, self._taken_now, self._refused_now = now, 0, 0

    def _fall(self, calls: int, refused: float, taken: float) -> None:
        trouble = self._trouble
        trouble.add(self.rate, calls, refused)
        self._searching = False
        if (
            trouble.windows >= _ENOUGH_WINDOWS
            and self.rate <= trouble.rate * _FALLEN_FAR
            and refused >= trouble.refused / trouble.calls / 2
        ):
            self._usual = trouble.refused / trouble.calls
            self._trouble, self._searching = _Trouble(), True
            return
        self.rate = max(1.0, min(self.rate, taken / (1 - self._usual)) * _FALL)


class _Trouble:
    """Windows in which more than usual was refused. rate: at the first of them.

    quiet: how many windows passed since, in which it was not.
    """

    def __init__(self) -> None:
        self.windows = self.quiet = self.calls = 0
        self.rate = self.refused = 0.0

    def add(self, rate: float, calls: int, refused: float) -> None:
        self.rate = self.rate or rate
        self.windows += 1
        self.quiet = 0
        self.calls += calls
        self.refused += refused * calls
