"""The value of a calculated attribute for one profile."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import orjson

from profiles.calculated.definition import Definition, Window
from profiles.calculated.filters import passes
from profiles.calculated.statistics import STATISTICS, meets
from profiles.store import StoredObject

MAX_CHARACTERS: Final = 255
_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class CalculatedValue:
    """value: as text, None where no object says anything. partial: whether objects that would count
    were left out because they are older than the definition. newest: when the newest object that
    counts happened, epoch seconds.
    """

    value: str | None
    partial: bool
    newest: float | None


def calculate(
    definition: Definition,
    objects: Iterable[StoredObject],
    now: float,
    since: float | None = None,
    window: Window | None = None,
) -> CalculatedValue:
    """objects: of the definition's type, of one profile. now, since: epoch seconds.

    since: only objects ingested from then on count, None for all (UseHistoricalData). window: in
    place of the definition's own. With a threshold the value is `true` or `false`.
    """
    window = definition.window if window is None else window
    partial = False
    counted = []
    for stored in objects:
        if stored.expires <= now:
            continue
        record = orjson.loads(stored.text)
        at = definition.moment(record, stored.ingested)
        if at is None or not _within(at, now, window):
            continue
        fields = definition.fields(record)
        if not passes(definition.condition, fields):
            continue
        if since is not None and stored.ingested < since:
            partial = True
        else:
            counted.append((at, stored.sequence, fields))
    counted.sort(key=lambda each: each[:2])
    if definition.object_count is not None:
        counted = counted[-definition.object_count :]
    value = STATISTICS[definition.statistic](definition.expression, [each[2] for each in counted])
    if value is not None and definition.threshold is not None:
        value = "true" if meets(value, *definition.threshold) else "false"
    if value is not None:
        value = value[:MAX_CHARACTERS]
    return CalculatedValue(value, partial, counted[-1][0] if counted else None)


def _within(at: float, now: float, window: Window | None) -> bool:
    if window is None:
        return True
    return now - window.start * _DAY <= at <= now - window.end * _DAY
