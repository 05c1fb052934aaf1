"""The replay of an export beside a straightforward one, and beside only parsing the file.

Each run is a process of its own, so that its peak memory is its own. `REPLAY_OBJECTS` says how many
objects the long run has.
"""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

import mappings
from benchmarks.figures import Figure
from lifecycle.review.model import Snapshot, Version
from lifecycle.review.object_sources import ObjectSource
from lifecycle.review.replay import replay
from lifecycle.review.replay_model import ReplayOptions, Sizes
from profiles import PROFILE, UNIQUE, Key, ObjectType

OBJECTS = int(os.environ.get("REPLAY_OBJECTS", "1000000"))
COMPARED = min(100_000, OBJECTS)
ROUNDS = 3
OBJECTS_PER_CUSTOMER = 3


@dataclass(frozen=True)
class Run:
    """seconds: of the work alone. megabytes: peak of the largest process."""

    seconds: float
    megabytes: float
    told: str


def measure() -> list[Figure]:
    """Three kinds of runs over one file, in turns; then the long run."""
    with tempfile.TemporaryDirectory() as folder:
        some, many = Path(folder, "some.ndjson"), Path(folder, "many.ndjson")
        _generate(some, COMPARED)
        runs: dict[str, list[Run]] = {name: [] for name in WORK}
        for _ in range(ROUNDS):
            for name, done in runs.items():
                done.append(_run(name, some))
        _generate(many, OBJECTS)
        long, parsing = _run("partitioned", many), _run("parsing", many)
    ours, plain, parsed = runs["partitioned"], runs["straightforward"], runs["parsing"]
    seconds = {name: statistics.median(run.seconds for run in done) for name, done in runs.items()}
    least = f"{ours[0].megabytes:.0f} beside {plain[0].megabytes:.0f} MB in the largest process"
    return [
        Figure(
            f"replay of {COMPARED:,} objects, straightforward one beside ours",
            _ratio(plain, ours),
            "times the time",
            1.3,
            at_least=True,
            how=f"{seconds['straightforward']:.1f} beside {seconds['partitioned']:.1f} s; {least}",
        ),
        Figure(
            f"replay of {COMPARED:,} objects beside only parsing them",
            _ratio(ours, parsed),
            "times the time",
            None,
            at_least=False,
            how=f"{seconds['partitioned']:.1f} beside {seconds['parsing']:.2f} s",
        ),
        Figure(
            f"replay of {OBJECTS:,} objects",
            long.seconds,
            "s",
            None,
            at_least=False,
            how=f"{OBJECTS / long.seconds:,.0f} objects/s, {os.cpu_count()} processes of at most "
            f"{long.megabytes:.0f} MB; parsing alone {parsing.seconds:.1f} s; {long.told}",
        ),
    ]


def _ratio(numerators: list[Run], denominators: list[Run]) -> float:
    pairs = zip(numerators, denominators, strict=True)
    return statistics.median(one.seconds / other.seconds for one, other in pairs)


def _run(name: str, path: Path) -> Run:
    command = [sys.executable, "-m", "benchmarks.replay", name, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Run(**json.loads(done.stdout))


def _generate(path: Path, count: int) -> None:
    """Objects of the seed's types about customers in no order, as an export has them."""
    numbers = random.Random(count)  # noqa: S311 - the same file each time
    examples = [(each.object_type.name, each.examples[0]) for each in mappings.load()]
    customers = max(1, count // OBJECTS_PER_CUSTOMER)
    with path.open("wb") as file:
        for number in range(count):
            name, example = examples[number % len(examples)]
            customer = numbers.randrange(customers)
            record = {**example, "UserId": f"{customer:08}"}
            if "email" in record:
                record["email"] = f"customer{customer}@example.org"
            text = orjson.dumps(record).decode()
            file.write(orjson.dumps({"ObjectTypeName": name, "Object": text}) + b"\n")


def _versions() -> tuple[Version, Version]:
    """The mappings as they are; and with one target renamed, and one type matched by e-mail."""
    old = [each.object_type for each in mappings.load()]
    return _version(old), _version([_changed(each) for each in old])


def _changed(object_type: ObjectType) -> ObjectType:
    if object_type.name == "TrialSubscription":
        target = "_profile.Attributes.TrialState"
        fields = (
            replace(each, target=target) if each.name == "status" else each
            for each in object_type.fields
        )
        return replace(object_type, fields=tuple(fields))
    if object_type.name == "MarketingAssignedOffers":
        keys = (Key("offerUser", ("UserId",), (UNIQUE,)), Key("_email", ("email",), (PROFILE,)))
        return replace(object_type, keys=keys)
    return object_type


def _version(types: list[ObjectType]) -> Version:
    return Version("generated", tuple(Snapshot(each) for each in types))


def _partitioned(path: Path) -> str:
    return _replay(path, Sizes())


def _straightforward(path: Path) -> str:
    return _replay(path, Sizes(in_process=1 << 60))


def _replay(path: Path, sizes: Sizes) -> str:
    done = replay(*_versions(), [ObjectSource(path)], ReplayOptions(sizes=sizes)).exported
    assert done is not None
    assert done.objects > 0
    assert done.changed
    assert done.split
    return f"{done.profiles_before:,} profiles, {done.changed:,} changed, {done.split:,} split"


def _parsing(path: Path) -> str:
    with path.open("rb") as file:
        for line in file:
            orjson.loads(orjson.loads(line)["Object"])
    return ""


WORK: dict[str, Callable[[Path], str]] = {
    "partitioned": _partitioned,
    "straightforward": _straightforward,
    "parsing": _parsing,
}


def main(name: str, path: str) -> None:
    """One run; prints it as JSON."""
    started = time.perf_counter()
    told = WORK[name](Path(path))
    seconds = time.perf_counter() - started
    peaks = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    megabytes = max(resource.getrusage(each).ru_maxrss for each in peaks) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "told": told}))


if __name__ == "__main__":
    main(*sys.argv[1:])
