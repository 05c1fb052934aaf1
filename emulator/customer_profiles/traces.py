"""What became of the last objects, and why: kept for who asks, without a cost to who does not."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import orjson

from emulator.customer_profiles.world import Domain
from profiles.outcome import Outcome
from profiles.plan import Record

MOST_TRACES: Final = 10_000
MOST_CHARACTERS: Final = 8 * 1024 * 1024
"""Of the texts of large objects together."""
LARGE: Final = 2_000
"""Characters of an object above which they are counted."""

_LATER: Final[Record] = {}
_Kept = tuple[Domain, Outcome, str, float]


@dataclass(frozen=True, slots=True)
class Trace:
    """One object that was put, attached or not.

    number: 1 for the first since the start. bare: the outcome, but for its record. at: when it was
    put, epoch seconds by the clock of the domain.
    """

    number: int
    domain: Domain
    bare: Outcome
    text: str
    at: float

    @property
    def outcome(self) -> Outcome:
        """The whole outcome, which explains itself."""
        return replace(self.bare, record=orjson.loads(self.text))


class Traces:
    """A ring over all domains, bounded by number and by the length of the large objects."""

    def __init__(self, most: int = MOST_TRACES, most_characters: int = MOST_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._kept: deque[_Kept] = deque(maxlen=most)
        self._total = 0

    def add(self, domain: Domain, outcome: Outcome, text: str) -> None:
        """Keep an outcome, which nobody else may use afterwards."""
        # The decoded object takes several times the memory of its text, and can be had again.
        outcome.record = _LATER
        self._kept.append((domain, outcome, text, domain.engine.clock()))
        self._total += 1
        if len(text) > LARGE:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the oldest until the large ones together are no larger than they may be."""
        kept = self._kept
        size = sum(_large(each) for each in kept)
        while size > self._most_characters:
            size -= _large(kept.popleft())

    @property
    def total(self) -> int:
        """How many objects were put since the start, kept or not."""
        return self._total

    def __len__(self) -> int:
        return len(self._kept)

    def newest(self, domain: Domain | None = None) -> Iterator[Trace]:
        """All that are kept, or those of one domain, the newest first."""
        for back, kept in enumerate(reversed(self._kept)):
            # A domain may have been read anew, and its number given to another after its end.
            if domain is None or (kept[0].id, kept[0].created) == (domain.id, domain.created):
                yield Trace(self._total - back, *kept)

    def find(self, number: int) -> Trace | None:
        """The trace of this number; None when it is not kept, or there was none."""
        back = self._total - number
        return Trace(number, *self._kept[-1 - back]) if 0 <= back < len(self) else None

    def clear(self) -> None:
        """Forget all traces; numbers go on."""
        self._kept.clear()


def _large(kept: _Kept) -> int:
    """The characters of the object, 0 when it is not large."""
    return len(kept[2]) if len(kept[2]) > LARGE else 0
