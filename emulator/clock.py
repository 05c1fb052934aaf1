"""The time that our services tell, which a test may move: `/_emulator/clock`."""

import time
from collections.abc import Callable
from typing import Any, Final

import orjson

from emulator.json_values import is_number

LATEST: Final = 253_402_300_799
"""The end of the year 9999."""

_WAYS: Final = ("offsetSeconds", "advanceSeconds", "frozenAt")
_WAY_OUT: Final = (
    "the body must be a JSON object with one of offsetSeconds (from the real time),"
    " advanceSeconds (from what it is now) or frozenAt (epoch seconds)"
)


class ClockError(Exception):
    """What was asked for is no time that the clock can tell."""


class Clock:
    """Epoch seconds. now: tells them; replaced when the clock is set, so that the real time costs
    nothing more than asking for it.
    """

    def __init__(self) -> None:
        self.now: Callable[[], float] = time.time
        self._offset = 0.0
        self._frozen: float | None = None

    def set(self, body: bytes) -> None:
        """Raises: ClockError; all is as before."""
        way, seconds = _asked(body)
        offset, frozen = self._offset, self._frozen
        if way == "offsetSeconds":
            offset, frozen = seconds, None
        elif way == "frozenAt":
            frozen = seconds
        elif frozen is None:
            offset += seconds
        else:
            frozen += seconds
        told = time.time() + offset if frozen is None else frozen
        if not 0 <= told <= LATEST:
            raise ClockError(f"{way}: the time must lie between the years 1970 and 9999")
        self._offset, self._frozen = offset, frozen
        if frozen is not None:
            self.now = lambda: frozen
        elif offset:
            self.now = lambda: time.time() + offset
        else:
            self.now = time.time

    def clear(self) -> None:
        """Tell the real time again."""
        self.now, self._offset, self._frozen = time.time, 0.0, None

    def described(self) -> dict[str, Any]:
        """What it tells, and how that differs from the real time."""
        return {"now": self.now(), "offsetSeconds": self._offset, "frozenAt": self._frozen}


def _asked(body: bytes) -> tuple[str, float]:
    try:
        asked = orjson.loads(body)
    except ValueError:
        raise ClockError("the body is not JSON") from None
    if not isinstance(asked, dict) or len(asked) != 1 or not asked.keys() <= set(_WAYS):
        raise ClockError(_WAY_OUT)
    ((way, seconds),) = asked.items()
    if not is_number(seconds):
        raise ClockError(f"{way}: must be a number of seconds")
    if way == "advanceSeconds" and seconds < 0:
        raise ClockError("advanceSeconds: must not be below 0; offsetSeconds may go back")
    return way, seconds
