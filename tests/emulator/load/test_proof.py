"""Everything at once: throttling, failures, lost connections and kills, and nothing is lost.

`LOAD_PROOF_ROWS` says how many rows; the documentation's figures come from 100,000.
"""

import json
import os
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import mappings
from profiles.documents import flatten
from profiles.engine import Engine
from profiles.memory import MemoryStore
from tests.emulator.load.conftest import TRIAL, Loading

ROWS = int(os.environ.get("LOAD_PROOF_ROWS", "4000"))
KILLS = 3
RULES = [
    {"service": "profile", "operation": operation, "probability": probability, **what}
    for operation in ("PutProfileObject", "BatchPutProfileObject")
    for probability, what in (
        (0.3, {"error": "ThrottlingException"}),
        (0.02, {"error": "InternalServerException"}),
        (0.005, {"drop": "before"}),
        (0.005, {"drop": "after"}),
    )
]


def rows(count: int) -> tuple[list[Any], set[int]]:
    """Rows of which one in a hundred is bad, several of most customers; the bad ones' numbers."""
    chance = random.Random(7)
    made: list[Any] = []
    bad = set()
    for number in range(1, count + 1):
        if chance.random() < 0.01:
            bad.add(number)
            made.append(chance.choice(['{"UserId": ', "[]", {"status": "Active"}]))
            continue
        row = {"UserId": f"{chance.randrange(count // 3):06}"}
        for member in ("status", "planType", "startDate", "endDate"):
            if chance.random() < 0.7:
                row[member] = f"{member} {number}"
        made.append(row)
    return made, bad


def expected(made: list[Any]) -> dict[str, dict[str, Any]]:
    """What the engine makes of the good rows in their order: account number to document."""
    (mapping,) = [each for each in mappings.load() if each.object_type.name == TRIAL]
    store = MemoryStore()
    engine = Engine(store)
    engine.put_type(mapping.object_type)
    for row in made:
        if isinstance(row, dict) and "UserId" in row:
            engine.put(TRIAL, json.dumps(row))
    found = {}
    for profile_id in store.profile_ids():
        profile = store.profile(profile_id)
        assert profile is not None
        found[profile.values["AccountNumber"]] = dict(profile.values)
    return found


def killed(loading: Loading, journal: Path, least: int) -> None:
    """Start a run and kill it when the journal has grown by so many bytes."""
    grown = size(journal) + least
    with subprocess.Popen(
        loading.command("rows.ndjson", "--journal", str(journal)),
        cwd=loading.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 60
        while process.poll() is None and size(journal) < grown:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.kill()


def size(journal: Path) -> int:
    """Of the journal and what is about to go into it."""
    parts = (journal, journal.with_name(f"{journal.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def test_every_good_row_is_in_its_profile_and_every_bad_one_in_the_rejects_once(
    loading: Loading, faulty: Any
) -> None:
    made, bad = rows(ROWS)
    loading.write("rows.ndjson", *made)
    journal = loading.folder / "journal"
    chance = random.Random(3)
    with faulty(RULES):
        for _ in range(KILLS):
            killed(loading, journal, chance.randrange(20_000, 60_000))
        answer = loading.load("rows.ndjson", "--journal", str(journal), code=3)
    assert answer["read"] == ROWS
    assert answer["sent"] + answer["unchanged"] + answer["rejected"] == ROWS
    assert answer["unchanged"] > 0
    assert answer["calls"]["throttled"] > 0
    assert [each["_rejected"]["row"] for each in loading.rejected()] == sorted(bad)
    for number, values in expected(made).items():
        assert flatten(loading.profile(number)).items() >= values.items(), number
    again = loading.load("rows.ndjson", "--journal", str(journal), code=3)
    assert (again["sent"], again["unchanged"]) == (0, ROWS - len(bad))
