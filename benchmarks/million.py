"""What a put and a search take in a domain of a million profiles, beside one of a thousand.

In memory and in a file: SQLite holds both.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.local_aws import Client, one_processor, request, running
from benchmarks.scale import fill, put

SMALL, LARGE = 1_000, 1_000_000
REQUESTS = 4_000


def measure() -> list[Figure]:
    """Medians of single requests, spread over all profiles, the two domains in turns."""
    figures = []
    for place in ("memory", "a file"):
        with ExitStack() as stack:
            stack.enter_context(one_processor())
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            clients = []
            for profiles in (LARGE, SMALL):
                data = ["--data", str(folder / f"{profiles}.db")] if place == "a file" else []
                url, _ = stack.enter_context(running(*data))
                client = Client(url)
                fill(client, profiles)
                clients.append((client, profiles))
            for name, made in (("PutProfileObject", put), ("SearchProfiles", _search)):
                figures.append(_compare(f"{name}, {place}", clients, made))
    return figures


def _compare(name: str, clients: list[tuple[Client, int]], made: Callable[[int], bytes]) -> Figure:
    taken: list[list[float]] = [[], []]
    for number in range(REQUESTS):
        for (client, profiles), times in zip(clients, taken, strict=True):
            # A stride that meets every profile once before it meets one again.
            each = made(number * 7_919 % profiles)
            started = time.perf_counter()
            client.send(each)
            times.append(time.perf_counter() - started)
    large, small = (statistics.median(times) * 1e6 for times in taken)
    how = f"median {large:,.0f} µs of {LARGE:,} profiles, {small:,.0f} µs of {SMALL:,}"
    return Figure(f"{name}, a million", large / small, "times", 1.5, at_least=False, how=how)


def _search(number: int) -> bytes:
    body = {"KeyName": "_account", "Values": [f"{number:08}"]}
    return request("POST", "/domains/bench/profiles/search", "profile", body)
