"""The same random requests over HTTP to a process of its own, with the backing emulator behind it.

What HTTP itself adds is here: request lines and headers that are none, pages of other sites, and
Cloud Control with resources that are really made. See `test_fuzz` for FUZZ_SEED; FUZZ_HTTP_CASES
takes longer.
"""

import os
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.emulator.fuzz.connection import GONE, Connection
from tests.emulator.fuzz.requests import Case, Cases
from tests.emulator.test_fuzz import IN_SEQUENCE, SEED, place

CASES = int(os.environ.get("FUZZ_HTTP_CASES", "4000"))
TIDY = [
    Case("DELETE", path, b"", [(b"host", b"localhost")], b"")
    for path in (b"/_emulator/faults", b"/_emulator/clock")
]
"""Faults and a moved clock would meet the next sequence."""


def test_random_requests_over_http_are_answered_without_a_5xx(
    start_emulator: Any, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    answered: Counter[tuple[str, int]] = Counter()
    with start_emulator(log) as emulator:
        where = urlsplit(emulator.url)
        connection = Connection(where.hostname or "", where.port or 0)
        for number in range(-(-CASES // IN_SEQUENCE)):
            cases = Cases(Random(f"{SEED}-http-{number}"), f"{100_000_000_000 + number}")
            asked: list[Case] = []
            for case in (*cases.start(), *(None,) * IN_SEQUENCE):
                asked.append(cases.next() if case is None else case)
                status, body = connection.ask(asked[-1])
                answered[place(asked[-1]), status] += 1
                if status >= 500:
                    story = "\n".join(map(str, asked))
                    pytest.fail(f"FUZZ_SEED={SEED}, sequence {number}: {status}\n{story}\n{body!r}")
                cases.learn(status, body)
            for case in TIDY:
                assert connection.ask(case)[0] == 200
        connection.close()
        assert emulator.stop() == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")
    total = answered.total()
    sys.stderr.write(f"\nfuzz over HTTP: {total:,} cases, seed {SEED}\n")
    assert total >= CASES
    # They reach what they are for: every service has done and has refused things.
    for service in ("profile", "cloudcontrolapi", "rds-data", "own"):
        done = answered[service, 200]
        refused = sum(n for (of, status), n in answered.items() if of == service and status >= 400)
        assert min(done, refused) > CASES / 400, (service, done, refused)
    gone = sum(n for (_, status), n in answered.items() if status == GONE)
    assert gone < total / 20
