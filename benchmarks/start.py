"""How soon the local AWS accepts requests."""

import statistics

from benchmarks.figures import Figure
from benchmarks.local_aws import running

ROUNDS = 5


def measure() -> list[Figure]:
    """From the start of the process to its ready line."""
    seconds = []
    for _ in range(ROUNDS):
        with running() as (_, taken):
            seconds.append(taken)
    how = f"median of {ROUNDS} starts, {min(seconds):.2f} to {max(seconds):.2f} s"
    return [Figure("emulator ready", statistics.median(seconds), "s", 1, at_least=False, how=how)]
