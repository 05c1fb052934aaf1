"""Lanes, order, retries and accounting, against a domain that is not there."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import mappings
from lifecycle.errors import CouldNotRunError
from lifecycle.load.checks import Checks
from lifecycle.load.journal import Journal
from lifecycle.load.preflight import preflight
from lifecycle.load.rate import Rate
from lifecycle.load.rejects_file import RejectsFile
from lifecycle.load.sender import Counts, Sender
from lifecycle.load.staging import Staged, Staging
from lifecycle.load.target import Failed, PassingCallError, ThrottledError
from profiles.plan import make_plan
from profiles.rehearsal import Unfilled

(MAPPING,) = [
    each for each in mappings.load() if each.object_type.name == "MarketingAssignedOffers"
]


class Domain:
    """Keeps what it is given, and fails now and then; complains about races."""

    domain = "fake"
    batches = True

    def __init__(self, trouble: float = 0.0) -> None:
        self.taken: list[Staged] = []
        self.wrong: list[str] = []
        self._trouble = trouble
        self._chance = random.Random(5)
        self._under_way: set[int] = set()
        self._lock = threading.Lock()

    def put(self, rows: Sequence[Staged]) -> dict[int, Failed]:
        customers = [row.customer for row in rows]
        with self._lock:
            if len(set(customers)) < len(customers) or not self._under_way.isdisjoint(customers):
                self.wrong.append("two writes of one customer at a time")
            self._under_way.update(customers)
            drawn = self._chance.random()
        time.sleep(0.001)
        with self._lock:
            self._under_way.difference_update(customers)
            if drawn < self._trouble / 2:
                raise ThrottledError
            if drawn < self._trouble:
                raise PassingCallError
            failed = {}
            for at, row in enumerate(rows):
                if '"refuse"' in row.text:
                    failed[at] = Failed("refused", passing=False)
                elif self._chance.random() < self._trouble:
                    failed[at] = Failed("later", passing=True)
                else:
                    self.taken.append(row)
            return failed


class Place:
    """A folder with staged rows, a journal and a rejects file."""

    def __init__(self, folder: Path, rows: list[str]) -> None:
        self.folder = folder
        self.input = folder / "rows.ndjson"
        self.input.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")

    def run(self, domain: Any, **more: Any) -> tuple[Counts, RejectsFile]:
        work = self.folder / str(random.random())
        work.mkdir()
        staging = Staging(work)
        with (
            RejectsFile(self.folder / "rejected") as rejects,
            Journal(self.folder / "journal", "here") as journal,
        ):
            staging.fill([self.input], Checks(MAPPING), rejects, lambda _: None)
            self.found = preflight(staging, MAPPING.object_type, work, 1)
            rate = Rate(first=5_000)
            counts = Sender(domain, journal, rejects, rate, **more).run(staging, lambda _: None)
            rejects.finish()
        self.read = staging.read
        return counts, rejects


def rows(count: int, customers: int) -> Iterator[str]:
    chance = random.Random(count)
    for number in range(count):
        name = "refuse" if chance.random() < 0.02 else f"offer {number}"
        yield f'{{"UserId": "{chance.randrange(customers)}", "offerName": "{name}"}}'


def test_customers_never_race_keep_their_order_and_nothing_is_lost(tmp_path: Path) -> None:
    made = list(rows(1_500, 60))
    place = Place(tmp_path, made)
    domain = Domain(trouble=0.2)
    counts, rejects = place.run(domain, lanes=8)
    assert domain.wrong == []
    assert counts.sent + rejects.total == len(made)
    by_customer: dict[int, list[int]] = {}
    for row in domain.taken:
        by_customer.setdefault(row.customer, []).append(row.number)
    assert all(numbers == sorted(set(numbers)) for numbers in by_customer.values())
    assert len(domain.taken) == counts.sent
    assert counts.retried > 0


def test_what_was_sent_before_a_run_that_could_not_go_on_is_not_sent_again(
    tmp_path: Path,
) -> None:
    # Each of another customer: behind a refused row a customer's later ones would come again.
    place = Place(tmp_path, [f'{{"UserId": "{number}"}}' for number in range(600)])

    class Ends(Domain):
        def put(self, rows: Sequence[Staged]) -> dict[int, Failed]:
            if len(self.taken) > 200:
                raise CouldNotRunError("expired")
            return super().put(rows)

    ends = Ends()
    with pytest.raises(CouldNotRunError, match="expired"):
        place.run(ends, lanes=4)
    domain = Domain()
    counts, _ = place.run(domain, lanes=4)
    assert counts.unchanged == len(ends.taken) > 200
    assert sorted(row.number for row in ends.taken + domain.taken) == list(range(1, 601))


def test_a_domain_that_only_fails_is_given_up_after_a_while(tmp_path: Path) -> None:
    place = Place(tmp_path, list(rows(20, 20)))
    with pytest.raises(CouldNotRunError, match="given up after 0 s"):
        place.run(Domain(trouble=2), lanes=2, patience=0.05)


def test_the_preflight_counts_what_would_become(tmp_path: Path) -> None:
    same = '{"UserId": "1", "offerName": "a", "email": "a@b.org"}'
    place = Place(tmp_path, [same] * 150 + ['{"UserId": "2"}'])
    place.run(Domain())
    found = place.found
    assert (found.rows, found.profiles, found.metered) == (151, 2, 2)
    filled = {"AccountNumber", "EmailAddress", "Attributes.offerName"}
    assert found.empty == set(Unfilled(make_plan(MAPPING.object_type)).paths) - filled
    assert found.suspicious == [("_account", 150)]


def test_the_preflight_in_buckets_is_the_same(tmp_path: Path, monkeypatch: Any) -> None:
    place = Place(tmp_path, list(rows(900, 300)))
    place.run(Domain())
    whole = place.found
    monkeypatch.setattr("lifecycle.load.preflight.ROWS_PER_BUCKET", 100)
    place.run(Domain())
    assert place.found == whole
