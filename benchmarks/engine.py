"""The engine alone beside only parsing the same JSON with orjson."""

import statistics
from collections.abc import Callable
from itertools import cycle

import orjson

import mappings
from benchmarks.figures import Figure, alternately, ratio
from profiles.engine import Engine
from profiles.memory import MemoryStore

CUSTOMERS = 300
PER_ROUND = 30
ROUNDS = 600
"""Many and short, so that a busy machine disturbs few of them."""
RECORD_BYTES = 1_000
Texts = list[tuple[str, str]]


def measure() -> list[Figure]:
    """Objects of the seed's types, as they are and with the members that nobody maps."""
    small = _texts(0)
    large = _texts(RECORD_BYTES)
    return [
        _figure("engine, the seed's objects", small),
        _figure(f"engine, objects of about {RECORD_BYTES} bytes", large),
    ]


def _figure(name: str, rounds: list[Texts]) -> Figure:
    engine = Engine(MemoryStore())
    for mapping in mappings.load():
        engine.put_type(mapping.object_type)
    ingest, parse = _ingest(engine, rounds), _parse(rounds)
    for _ in rounds:
        ingest()
    ours, parsing = alternately(ROUNDS, ingest, parse)
    objects = len(rounds[0])
    microseconds = [statistics.median(times) / objects * 1e6 for times in (ours, parsing)]
    how = f"{microseconds[0]:.2f} beside {microseconds[1]:.2f} us per object"
    return Figure(name, ratio(ours, parsing), "times", 8, at_least=False, how=how)


def _ingest(engine: Engine, rounds: list[Texts]) -> Callable[[], None]:
    """Puts the objects of the next round."""
    in_turn = cycle(rounds)

    def work() -> None:
        for name, text in next(in_turn):
            engine.put(name, text)

    return work


def _parse(rounds: list[Texts]) -> Callable[[], None]:
    """Parses the objects of the next round."""
    in_turn = cycle(rounds)

    def work() -> None:
        for _, text in next(in_turn):
            orjson.loads(text)

    return work


def _texts(least: int) -> list[Texts]:
    """One object of each type per customer, at least this long; some customers in each round."""
    rounds = []
    for first in range(0, CUSTOMERS, PER_ROUND):
        texts = []
        for number in range(first, first + PER_ROUND):
            for mapping in mappings.load():
                record = {**mapping.examples[0], "UserId": f"{number:05}"}
                while (text := orjson.dumps(record).decode()) and len(text) < least:
                    record[f"column_{len(record)}"] = f"value {len(record)} of {number}"
                texts.append((mapping.object_type.name, text))
        rounds.append(texts)
    return rounds
