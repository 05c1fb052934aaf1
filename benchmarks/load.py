"""A load beside what people write by hand, on a local AWS with AWS's rates and a network's delays.

`LOAD_SECONDS` says how long a run at the quota takes; the others take a quarter of it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
import orjson
from botocore.config import Config
from botocore.exceptions import ClientError

import mappings
from benchmarks.figures import Figure
from benchmarks.local_aws import LIFECYCLE, Client, object_type_body, request, running
from lifecycle.load.checks import Checks
from lifecycle.load.journal import Journal
from lifecycle.load.preflight import replay
from lifecycle.load.rate import Rate
from lifecycle.load.rejects_file import RejectsFile
from lifecycle.load.sender import Sender
from lifecycle.load.staging import Staging
from lifecycle.load.target import Target
from lifecycle.stack_outputs import Deployed
from profiles import ObjectType, ObjectTypeMapping
from tests.programs import SAMPLE

SECONDS: Final = int(os.environ.get("LOAD_SECONDS", "120"))
QUOTA: Final = 100
THREADS: Final = 16
TRIAL: Final = "TrialSubscription"
DELAY: Final = {"uniform": {"min": 20, "max": 60}}
FAULTS: Final = {
    "pace": {"PutProfileObject": QUOTA, "BatchPutProfileObject": QUOTA},
    "rules": [
        {
            "service": "profile",
            "operation": name,
            "probability": 1,
            "latencyMilliseconds": {"uniform": {"min": 20, "max": 60}},
        }
        for name in ("PutProfileObject", "BatchPutProfileObject")
    ],
}


def measure() -> list[Figure]:
    """The load at the quota, those it is compared with, and what needs no network."""
    figures = [*_preflight(), *_memory()]
    with running() as (url, _), tempfile.TemporaryDirectory() as folder:
        _prepare(url)
        with _faults(url):
            count = QUOTA * SECONDS
            seconds, refused, lost = _load(url, Path(folder), count, rows_per_call=1)
            share = count / seconds / QUOTA * 100
            how = f"{seconds:.0f} s for {count:,} rows; {refused} calls refused, {lost} rows lost"
            name = f"load, share of the quota used in {SECONDS} s"
            figures.append(Figure(name, share, "%", 97, at_least=True, how=how))
            for title, run in OTHERS.items():
                least = count // 4
                seconds, lost = run(url, least)
                share = (least - lost) / seconds / QUOTA * 100
                how = f"{seconds:.0f} s for {least:,} rows; {lost} rows lost"
                figures.append(Figure(title, share, "% of the quota", None, at_least=True, how=how))
            count *= 10
            seconds, refused, lost = _load(url, Path(folder), count // 4, rows_per_call=10)
            rate = count / 4 / seconds
            how = f"{seconds:.0f} s for {count // 4:,} rows in calls of ten; {refused} refused"
            figures.append(Figure("load in batches", rate, "rows/s", None, at_least=True, how=how))
    return figures


@cache
def _mapping() -> ObjectTypeMapping:
    (mapping,) = [each for each in mappings.load() if each.object_type.name == TRIAL]
    return mapping


def _rows(count: int, mapping: ObjectTypeMapping | None = None) -> Iterator[str]:
    example = (mapping or _mapping()).examples[0]
    for number in range(count):
        record = {**example, "UserId": f"{number * 2 // 3:08}"}
        yield orjson.dumps(record).decode()


def _prepare(url: str) -> None:
    client = Client(url)
    client.send(request("POST", "/domains/load", "profile", {"DefaultExpirationDays": 366}))
    body = object_type_body(_mapping().object_type)
    client.send(request("PUT", f"/domains/load/object-types/{TRIAL}", "profile", body))


@contextmanager
def _faults(url: str) -> Iterator[None]:
    place = urlsplit(url)
    for method, body in (("PUT", json.dumps(FAULTS)), ("DELETE", None)):
        connection = HTTPConnection(place.hostname or "", place.port)
        connection.request(method, "/_emulator/faults", body)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        if method == "PUT":
            yield


def _load(url: str, folder: Path, count: int, rows_per_call: int) -> tuple[float, int, int]:
    """(seconds, calls refused, rows lost)."""
    work = Path(tempfile.mkdtemp(dir=folder))
    rows = work / "rows.ndjson"
    rows.write_text("".join(f"{row}\n" for row in _rows(count)))
    staging = Staging(work)
    rate = Rate()
    target = Target(Deployed("load", "us-east-1", url), TRIAL, THREADS)
    with (
        RejectsFile(work / "rejected") as rejects,
        Journal(work / "journal", "load") as journal,
    ):
        staging.fill([rows], Checks(_mapping()), rejects, lambda _: None)
        sender = Sender(target, journal, rejects, rate, THREADS, rows_per_call)
        counts = sender.run(staging, lambda _: None)
    return counts.seconds, rate.refused, count - counts.sent


def _boto3(url: str, mode: str) -> Any:
    retries = {"mode": mode, "total_max_attempts": 5}
    config = Config(max_pool_connections=THREADS, retries=retries)  # type: ignore[arg-type]
    session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")
    return session.client(
        "customer-profiles", region_name="us-east-1", endpoint_url=url, config=config
    )


def _loop(url: str, count: int) -> tuple[float, int]:
    return _by_hand(_boto3(url, "standard"), count, 1)


def _pool(mode: str) -> Callable[[str, int], tuple[float, int]]:
    return lambda url, count: _by_hand(_boto3(url, mode), count, THREADS)


def _by_hand(client: Any, count: int, threads: int) -> tuple[float, int]:
    """(seconds, rows for which the SDK gave up)."""

    def put(text: str) -> int:
        try:
            client.put_profile_object(DomainName="load", ObjectTypeName=TRIAL, Object=text)
        except ClientError:
            return 1
        return 0

    texts = list(_rows(count))
    started = time.perf_counter()
    if threads == 1:
        lost = sum(map(put, texts))
    else:
        with ThreadPoolExecutor(threads) as pool:
            lost = sum(pool.map(put, texts))
    return time.perf_counter() - started, lost


OTHERS: Final = {
    "a plain boto3 loop": _loop,
    "a thread pool, botocore's standard retries": _pool("standard"),
    "a thread pool, botocore's adaptive retries": _pool("adaptive"),
}


def _preflight() -> list[Figure]:
    """The engine over a bucket of each mapping's rows, beside only parsing the same lines."""
    found = {}
    for mapping in mappings.load():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "rows")
            path.write_text("".join(f"{row}\n" for row in _rows(20_000, mapping)))
            runs = [_beside_parsing(path, mapping.object_type) for _ in range(5)]
            found[mapping.object_type.name] = sorted(runs)[2]
    name, (worst, _) = max(found.items(), key=lambda each: each[1])
    rates = (f"{20_000 / seconds:,.0f} rows/s of {each}" for each, (_, seconds) in found.items())
    how = f"of {name}; a core does {', '.join(rates)}"
    title = "preflight's engine beside only parsing"
    return [Figure(title, worst, "times", 4, at_least=False, how=how)]


def _beside_parsing(path: Path, object_type: ObjectType) -> tuple[float, float]:
    """(times the time of only parsing, seconds)."""
    started = time.process_time()
    with path.open("rb") as file:
        for line in file:
            orjson.loads(line)
    parsed = time.process_time() - started
    started = time.process_time()
    replay(path, object_type)
    taken = time.process_time() - started
    return taken / parsed, taken


def _memory() -> list[Figure]:
    peaks = [_peak(count) for count in (10_000, 1_000_000)]
    how = f"{peaks[1]:.0f} MB for 1,000,000 rows, {peaks[0]:.0f} MB for 10,000, dry run"
    value = peaks[1] / peaks[0]
    return [Figure("load, memory of many rows", value, "times", 1.5, at_least=False, how=how)]


def _peak(count: int) -> float:
    """MB of the largest process of a dry run."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder, "rows.ndjson")
        with rows.open("w") as file:
            file.writelines(f"{row}\n" for row in _rows(count))
        rejects = Path(folder, "rejects")
        command = [LIFECYCLE, "load", rows, "--type", TRIAL, "--dry-run", "--rejects", rejects]
        code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
        code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, command)],
            env=os.environ | {"PYTHONPATH": str(SAMPLE)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            text=True,
        )
        return float(done.stdout.splitlines()[-1])
