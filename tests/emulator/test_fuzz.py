"""100,000 random requests to all our services: none is answered with a 5xx, none fails within.

`FUZZ_SEED=anything` varies them and `FUZZ_CASES=1000000` takes longer; a failure tells the seed and
every request of its sequence.
"""

import asyncio
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.emulator.fuzz.requests import Case, Cases
from tests.emulator.in_process import Failures, InProcess

SEED = os.environ.get("FUZZ_SEED", "0")
CASES = int(os.environ.get("FUZZ_CASES", "100000"))
IN_SEQUENCE = 100


@pytest.fixture
def failures() -> Iterator[Failures]:
    """What is logged as an error meanwhile."""
    handler = Failures()
    logger = logging.getLogger("emulator")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


class Run:
    """Sequences of requests; `answered` counts them by service and status."""

    def __init__(self, local: InProcess, failures: Failures) -> None:
        self.local = local
        self.failures = failures
        self.answered: Counter[tuple[str, int]] = Counter()

    async def sequence(self, number: int) -> None:
        """Requests that build upon each other, in an account of their own."""
        cases = Cases(Random(f"{SEED}-{number}"), f"{100_000_000_000 + number}")
        asked: list[Case] = []
        for each in cases.start():
            assert (await self._ask(each))[0] == 200
        for _ in range(IN_SEQUENCE):
            asked.append(cases.next())
            status, answer = await self._ask(asked[-1])
            if status >= 500 or self.failures.seen:
                story = "\n".join(map(str, asked))
                why = "\n".join(self.failures.seen)
                pytest.fail(
                    f"FUZZ_SEED={SEED}, sequence {number}: {status}\n{story}\n{answer!r}\n{why}"
                )
            cases.learn(status, answer)
        await self._tidy()

    async def _ask(self, case: Case) -> tuple[int, bytes]:
        status, headers, body = await self.local.ask(
            case.method, case.path, case.query, case.headers, case.body
        )
        self.answered[place(case), status] += 1
        if status >= 400:
            check_refusal(case, dict(headers), body)
        return status, body

    async def _tidy(self) -> None:
        """Faults and a moved clock would meet the next sequence."""
        for path in (b"/_emulator/faults", b"/_emulator/clock"):
            await self.local.ask("DELETE", path, b"", [], b"")
        await self.local.ask("POST", b"/_emulator/reset", b"", [], b"")


def place(case: Case) -> str:
    if case.path.startswith(b"/_emulator/"):
        return "own"
    scope = case.headers[0][1].split(b"/")
    return scope[3].decode() if len(scope) > 3 else "none"


def check_refusal(case: Case, headers: dict[bytes, bytes], body: bytes) -> None:
    """A refusal of a service is JSON with a message, also of what nobody could mean."""
    if case.method == "HEAD" or headers.get(b"content-type", b"").startswith((b"text/", b"image/")):
        return
    told: Any = json.loads(body)
    assert isinstance(told, dict), (str(case), body)
    assert told == {} or "message" in {name.lower() for name in told}, (str(case), body)


def test_100_000_random_requests_are_answered_without_a_5xx(failures: Failures) -> None:
    async def run() -> Run:
        local = InProcess()
        try:
            running = Run(local, failures)
            for number in range(-(-CASES // IN_SEQUENCE)):
                await running.sequence(number)
            return running
        finally:
            await local.close()

    answered = asyncio.run(run()).answered
    total = answered.total()
    sys.stderr.write(f"\nfuzz: {total:,} cases, seed {SEED}\n")
    assert total >= CASES
    # They reach what they are for: every service has done and has refused things.
    for service in ("profile", "cloudcontrolapi", "rds-data", "own"):
        done = answered[service, 200]
        refused = sum(n for (of, status), n in answered.items() if of == service and status >= 400)
        assert min(done, refused) > CASES / 200, (service, done, refused)
