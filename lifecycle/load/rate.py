"""How many calls a second: as many as the account takes, and hardly any that it refuses.

AWS counts calls in buckets that fill at the quota's rate and does not tell the quota. The rate
doubles until the first refusal, falls back to what was really taken, and from then on goes up by a
little each second and down by a little with a refusal: refusals stay the exception, and nothing
like a storm of retries can come of them.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

FIRST_RATE: Final = 20.0
MOST: Final = 100_000.0
_DOUBLING_SECONDS: Final = 1.0
_FALL: Final = 0.97
_RISE_PER_SECOND: Final = 0.004
_QUIET_SECONDS: Final = 1.0
_BURST_SECONDS: Final = 0.05


class Rate:
    """For several threads. first: calls per second to begin with; most: never more than these."""

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
        self._next = self._changed = self._quiet_since = clock()
        self._searching = True
        self._taken: list[float] = []

    def wait(self) -> None:
        """Returns when the next call may be made."""
        with self._lock:
            now = self._clock()
            self._rise(now)
            start = max(self._next, now - _BURST_SECONDS)
            self._next = start + 1 / self.rate
        if start > now:
            self._sleep(start - now)

    def taken(self) -> None:
        """A call was answered, well or not, but not for its rate."""
        with self._lock:
            self._taken.append(self._clock())
            if len(self._taken) > 10_000:  # noqa: PLR2004 - only as a bound on memory
                del self._taken[:5_000]

    def throttled(self) -> None:
        """A call was refused for its rate."""
        with self._lock:
            self.refused += 1
            now = self._clock()
            # What was under way when the rate fell is refused for the rate before.
            if now - self._quiet_since < _QUIET_SECONDS and not self._searching:
                return
            if self._searching:
                recent = sum(1 for at in self._taken if now - at <= _DOUBLING_SECONDS)
                self.rate = max(1.0, min(self.rate, recent / _DOUBLING_SECONDS) * _FALL)
                self._searching = False
            else:
                self.rate = max(1.0, self.rate * _FALL)
            self._quiet_since = self._changed = now

    def _rise(self, now: float) -> None:
        passed = now - self._changed
        if self._searching:
            if passed >= _DOUBLING_SECONDS:
                self.rate, self._changed = min(self.rate * 2, self._most), now
        elif passed > 0:
            self.rate = min(self.rate * (1 + _RISE_PER_SECOND) ** passed, self._most)
            self._changed = now
