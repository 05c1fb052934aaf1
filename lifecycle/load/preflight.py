"""What the rows would become in an empty domain: every one through the engine before any is sent.

Customers go to buckets that are replayed one by one, in processes of their own where there are many
rows: what is connected stays together, and no more than a bucket is held at a time.
"""

import gc
import itertools
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lifecycle.load.staging import Staging
from lifecycle.review.workers import Workers
from profiles import ObjectType
from profiles.engine import OBJECTS_PER_METERED_PROFILE, Engine
from profiles.matching import key_values
from profiles.memory import MemoryStore
from profiles.plan import PROFILE_ID_KEY, Record
from profiles.sources import as_text

ROWS_PER_BUCKET: Final = 20_000
SUSPICIOUS_ROWS: Final = 100
"""A customer rarely has as many objects of one type as one key value then is on."""
_HELD: Final = 16 << 20


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
    filled: set[str] = field(default_factory=set)
    suspicious: list[tuple[str, int]] = field(default_factory=list)

    def merge(self, other: "Preflight") -> None:
        """Add another bucket."""
        self.rows += other.rows
        self.profiles += other.profiles
        self.metered += other.metered
        self.filled |= other.filled
        for reason, count in other.rejected.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count
        self.suspicious = sorted(self.suspicious + other.suspicious, key=lambda each: -each[1])
        del self.suspicious[20:]


def preflight(
    staging: Staging, object_type: ObjectType, folder: Path, processes: int | None = None
) -> Preflight:
    """Replay all staged rows. folder: for working files. processes: None for one per core.

    Raises: CouldNotRunError if a worker dies.
    """
    number = max(1, -(-len(staging) // ROWS_PER_BUCKET))
    buckets = _spill(staging, number, folder)
    workers = 1 if number == 1 else min(processes or os.cpu_count() or 1, number)
    total = Preflight()
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
    found = Preflight()
    store = MemoryStore()
    # Nobody sees these ids: numbers cost nothing.
    engine = Engine(store, new_id=map("{:032x}".format, itertools.count(1)).__next__)
    engine.put_type(object_type)
    plan = engine.plans[object_type.name]
    # A worker reads one bucket after the other, so that counting is cheap and bounded.
    shared: Counter[tuple[str, str]] = Counter()
    names = [(at, plan.keys[at].name) for at in (*plan.primary, *plan.secondary)]
    names = [each for each in names if each[1] != PROFILE_ID_KEY]
    # Once every single member was met there is nothing more to learn from it.
    empty = {} if plan.other_rows else {path: member for member, path in plan.simple_rows}
    with path.open(encoding="utf-8") as file:
        for line in file:
            outcome = engine.put(object_type.name, line[:-1])
            found.rows += 1
            if outcome.reason is not None:
                found.rejected[outcome.reason] = found.rejected.get(outcome.reason, 0) + 1
                continue
            if plan.other_rows:
                found.filled.update(outcome.written)
            elif empty:
                _meet(empty, outcome.record)
            values = key_values(plan, outcome.record)
            for at, name in names:
                value = values[at]
                if value is not None:
                    shared[name, value] += 1
    found.filled.update(path for _, path in plan.simple_rows if not plan.other_rows)
    found.filled.difference_update(empty)
    found.profiles = store.profile_count()
    for profile_id in store.profile_ids():
        objects = sum(store.object_counts(profile_id).values())
        found.metered += max(1, -(-objects // OBJECTS_PER_METERED_PROFILE))
    often = [(key[0], rows) for key, rows in shared.items() if rows >= SUSPICIOUS_ROWS]
    found.suspicious = sorted(often, key=lambda each: -each[1])[:20]
    return found


def _meet(empty: dict[str, str], record: Record) -> None:
    """Forget the paths for which the record has a value."""
    met = [path for path, member in empty.items() if as_text(record.get(member))]
    for path in met:
        del empty[path]
