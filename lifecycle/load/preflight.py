"""What the rows would become in an empty domain: every one through the engine before any is sent.

Customers go to buckets that are replayed one by one, in processes of their own where there are many
rows: what is connected stays together, and no more than a bucket is held at a time.
"""

import gc
import itertools
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lifecycle.load.staging import Staging
from lifecycle.review.workers import Workers
from profiles import ObjectType
from profiles.engine import OBJECTS_PER_METERED_PROFILE, Engine
from profiles.matching import key_values
from profiles.memory import MemoryStore
from profiles.plan import PROFILE_ID_KEY, Plan, make_plan
from profiles.rehearsal import CannotTellError, Rehearsal, Unfilled, can_rehearse

ROWS_PER_BUCKET: Final = 20_000
SUSPICIOUS_ROWS: Final = 100
"""A customer rarely has as many objects of one type as one key value then is on."""
SHOWN: Final = 20
"""Suspicious values that are told at most."""
_HELD: Final = 2 << 20
"""Characters; many small texts take three times as much memory."""


@dataclass(slots=True)
class Preflight:
    """profiles, metered: how many would be there, and be paid for (API reference, GetDomain).

    rejected: by reason. filled: profile paths for which any row carries a value.
    suspicious: (name of a key, rows that share one value of it), the most first.
    """

    rows: int = 0
    profiles: int = 0
    metered: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    suspicious: list[tuple[str, int]] = field(default_factory=list)

    def merge(self, other: "Preflight") -> None:
        """Add another bucket."""
        self.rows += other.rows
        self.profiles += other.profiles
        self.metered += other.metered
        self.empty &= other.empty
        for reason, count in other.rejected.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count
        self.suspicious = sorted(self.suspicious + other.suspicious, key=lambda each: -each[1])
        del self.suspicious[SHOWN:]


def preflight(
    staging: Staging, object_type: ObjectType, folder: Path, processes: int | None = None
) -> Preflight:
    """Replay all staged rows. folder: for working files. processes: None for one per core.

    Raises: CouldNotRunError if a worker dies.
    """
    number = max(1, -(-len(staging) // ROWS_PER_BUCKET))
    buckets = _spill(staging, number, folder)
    workers = 1 if number == 1 else min(processes or os.cpu_count() or 1, number)
    total = Preflight(empty=Unfilled(make_plan(object_type)).paths)
    with Workers(workers) as running:
        for _, part in running.run(replay, [(path, object_type) for path in buckets]):
            total.merge(part)
    return total


def _spill(staging: Staging, count: int, folder: Path) -> list[Path]:
    held: dict[int, list[str]] = {}
    size = 0
    for row in staging.rows():
        held.setdefault(row.customer % count, []).append(row.text)
        size += len(row.text)
        if size > _HELD:
            _write(held, folder)
            size = 0
    _write(held, folder)
    return sorted(folder.glob("bucket-*"))


def _write(held: dict[int, list[str]], folder: Path) -> None:
    for bucket, texts in held.items():
        with (folder / f"bucket-{bucket}").open("a", encoding="utf-8") as file:
            file.write("\n".join([*texts, ""]))
    held.clear()


def replay(path: Path, object_type: ObjectType) -> Preflight:
    """One bucket."""
    # A domain in memory has no cycles: looking for them would take as long as half the work.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _replay(path, object_type)
    finally:
        if collecting:
            gc.enable()


def _replay(path: Path, object_type: ObjectType) -> Preflight:
    plan = make_plan(object_type)
    if can_rehearse(plan):
        with suppress(CannotTellError):
            return _rehearsed(path, plan)
    return _ingested(path, object_type)


def _rehearsed(path: Path, plan: Plan) -> Preflight:
    rehearsal = Rehearsal(plan)
    with path.open("rb") as file:
        rehearsal.run(file)
    return Preflight(
        rows=rehearsal.rows,
        profiles=len(rehearsal.objects),
        metered=sum(map(_metered, rehearsal.objects)),
        rejected=dict(rehearsal.rejected),
        empty=rehearsal.unfilled.paths,
        suspicious=_suspicious(rehearsal.met),
    )


def _ingested(path: Path, object_type: ObjectType) -> Preflight:
    """The same by the engine itself."""
    store = MemoryStore()
    # Nobody sees these ids: numbers cost nothing.
    engine = Engine(store, new_id=map("{:032x}".format, itertools.count(1)).__next__)
    engine.put_type(object_type)
    plan = engine.plans[object_type.name]
    unfilled = Unfilled(plan)
    rows, rejected = 0, Counter[str]()
    matching = [(at, plan.keys[at].name) for at in (*plan.primary, *plan.secondary)]
    met: dict[str, Counter[str | None]] = {name: Counter() for _, name in matching}
    with path.open(encoding="utf-8") as file:
        for line in file:
            outcome = engine.put(object_type.name, line[:-1])
            rows += 1
            if outcome.reason is not None:
                rejected[outcome.reason] += 1
                continue
            unfilled.meet([outcome.record])
            values = key_values(plan, outcome.record)
            for at, name in matching:
                met[name][values[at]] += 1
    counts = [sum(store.object_counts(each).values()) for each in store.profile_ids()]
    return Preflight(
        rows=rows,
        profiles=len(counts),
        metered=sum(map(_metered, counts)),
        rejected=dict(rejected),
        empty=unfilled.paths,
        suspicious=_suspicious(met),
    )


def _metered(objects: int) -> int:
    """How many profiles one with so many objects counts as."""
    return max(1, -(-objects // OBJECTS_PER_METERED_PROFILE))


def _suspicious(met: Mapping[str, Mapping[str | None, int]]) -> list[tuple[str, int]]:
    often = [
        (name, rows)
        for name, values in met.items()
        for value, rows in values.items()
        if rows >= SUSPICIOUS_ROWS and value is not None and name != PROFILE_ID_KEY
    ]
    return sorted(often, key=lambda each: -each[1])[:SHOWN]
