"""The engine alone beside only parsing the same JSON with orjson."""

import statistics
from collections.abc import Callable

import orjson

import mappings
from benchmarks.figures import Figure, alternately, ratio
from profiles.engine import Engine
from profiles.memory import MemoryStore

ROUNDS = 15
CUSTOMERS = 300
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


def _figure(name: str, texts: Texts) -> Figure:
    engine = Engine(MemoryStore())
    for mapping in mappings.load():
        engine.put_type(mapping.object_type)
    _ingest(engine, texts)()
    ours, parsing = alternately(ROUNDS, _ingest(engine, texts), _parse(texts))
    microseconds = [statistics.median(times) / len(texts) * 1e6 for times in (ours, parsing)]
    how = f"{microseconds[0]:.2f} beside {microseconds[1]:.2f} us per object"
    return Figure(name, ratio(ours, parsing), "times", 8, at_least=False, how=how)


def _ingest(engine: Engine, texts: Texts) -> Callable[[], None]:
    def work() -> None:
        for name, text in texts:
            engine.put(name, text)

    return work


def _parse(texts: Texts) -> Callable[[], None]:
    def work() -> None:
        for _, text in texts:
            orjson.loads(text)

    return work


def _texts(least: int) -> Texts:
    """One object of each type per customer, at least this long."""
    texts = []
    for number in range(CUSTOMERS):
        for mapping in mappings.load():
            record = {**mapping.examples[0], "UserId": f"{number:05}"}
            while (text := orjson.dumps(record).decode()) and len(text) < least:
                record[f"column_{len(record)}"] = f"value {len(record)} of {number}"
            texts.append((mapping.object_type.name, text))
    return texts
