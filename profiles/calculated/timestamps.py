"""Moments in objects: Unix time, or ISO 8601 (API reference, Range)."""

from datetime import UTC, datetime
from typing import Final

from profiles.calculated.expressions import as_number

EPOCHMILLI: Final = "EPOCHMILLI"
ISO_8601: Final = "ISO_8601"
FORMATS: Final = (EPOCHMILLI, ISO_8601)

_SECONDS_BELOW: Final = 100_000_000_000
"""A Unix time below this is in seconds: in milliseconds it would lie before March 1973."""


def moment(text: str | None, form: str) -> float | None:
    """Epoch seconds; None for a text that is no moment of the form."""
    if text is None:
        return None
    if form == EPOCHMILLI:
        number = as_number(text)
        if number is None or abs(number) > _SECONDS_BELOW * 1000:
            return None
        seconds = float(number)
        return seconds if abs(seconds) < _SECONDS_BELOW else seconds / 1000
    parsed = parse_iso(text)
    return None if parsed is None else parsed.timestamp()


def parse_iso(text: str) -> datetime | None:
    """A date, or date and time, of ISO 8601; UTC where it names no offset. None for any other."""
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
