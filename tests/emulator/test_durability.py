"""What was acknowledged outlives `kill -9` at any moment: 200 kills under write load."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from emulator.customer_profiles.consistency import disagreements

KILLS = 200
ACCOUNT = "111122223333"
DOMAIN = "customers"

NURSERY = """
import os, sys
from pathlib import Path
from emulator.server import serve

for line in sys.stdin:
    child = os.fork()
    if not child:
        print(os.getpid(), flush=True)
        serve(0, Path(line.strip()))
        os._exit(0)
    os.waitpid(child, 0)
"""
"""Forks an emulator for each file named on its stdin, so that 200 starts import nothing anew."""


@dataclass(frozen=True)
class Started:
    """An emulator without a Python handle: its url, and its pid to kill."""

    pid: int
    url: str

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Nursery:
    """Starts emulators on one state file, one after the other."""

    def __init__(self, process: "subprocess.Popen[str]", data: Path) -> None:
        self._process = process
        self._data = data

    def born(self) -> int:
        """The pid of a new emulator, which has not opened its file yet."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self._data}\n")
        self._process.stdin.flush()
        # One that was killed as it got ready may have said so.
        while not (line := self._line()).strip().isdigit():
            assert line
        return int(line)

    def start(self) -> Started:
        """A new emulator that answers."""
        pid = self.born()
        while not (line := self._line()).startswith("ready "):
            assert line
        return Started(pid, line.removeprefix("ready ").strip())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def nursery(data: Path, log: Path) -> Iterator[Nursery]:
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield Nursery(process, data)
        finally:
            # Its child too, where a test has failed before the kill.
            os.killpg(process.pid, signal.SIGKILL)


@dataclass
class Promise:
    """What one connection sent for its customer, and what of it was acknowledged.

    number: the last of growing numbers. visits: ids. domains: those that must be there.
    """

    customer: str
    number_sent: int = 0
    number: int = 0
    visits_sent: set[str] = field(default_factory=set)
    visits: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    doubtful_domains: set[str] = field(default_factory=set)
    acknowledged: int = 0


Raw = Any
Load = Callable[[Raw, Promise, int], None]


def put(raw: Raw, type_name: str, **record: Any) -> None:
    members = {"DomainName": DOMAIN, "ObjectTypeName": type_name, "Object": json.dumps(record)}
    assert raw.run("PutProfileObject", members).status == 200


def numbers(raw: Raw, promise: Promise, step: int) -> None:
    promise.number_sent = step
    put(raw, "Person", id=promise.customer, first=f"Ada {step}", number=str(step))
    promise.number = step


def visits(raw: Raw, promise: Promise, step: int) -> None:
    visit = f"{promise.customer}-{step}"
    promise.visits_sent.add(visit)
    put(raw, "Visit", id=visit, customer=promise.customer)
    promise.visits.add(visit)


def batches(raw: Raw, promise: Promise, step: int) -> None:
    some = [f"{promise.customer}-{step}-{number}" for number in range(4)]
    promise.visits_sent.update(some)
    records = [json.dumps({"id": each, "customer": promise.customer}) for each in some]
    items = [{"Id": str(at), "Object": text} for at, text in enumerate(records)]
    members = {"DomainName": DOMAIN, "ObjectTypeName": "Visit", "Items": items}
    answer = raw.run("BatchPutProfileObject", members)
    assert (answer.status, answer.json["Failed"]) == (200, [])
    promise.visits.update(some)


def domains(raw: Raw, promise: Promise, step: int) -> None:
    name = f"{promise.customer}-{step // 2}"
    promise.doubtful_domains = {name}
    if step % 2:
        promise.domains.discard(name)
        assert raw.run("DeleteDomain", {"DomainName": name}).status == 200
    else:
        members = {"DomainName": name, "DefaultExpirationDays": 30}
        assert raw.run("CreateDomain", members).status == 200
        promise.domains.add(name)
    promise.doubtful_domains = set()


LOADS: tuple[Load, ...] = (numbers, visits, batches, domains)


def declare(raw: Raw) -> None:
    raw.run("CreateDomain", {"DomainName": DOMAIN, "DefaultExpirationDays": 366})
    shown = {"DomainName": DOMAIN, "Description": "d", "AllowProfileCreation": True}
    person = {
        "Fields": {
            "id": {"Source": "_source.id"},
            "first": {"Source": "_source.first", "Target": "_profile.FirstName"},
            "number": {"Source": "_source.number", "Target": "_profile.Attributes.Number"},
        },
        "Keys": {
            "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]
        },
    }
    visit = {
        "Fields": {
            "id": {"Source": "_source.id"},
            "customer": {"Source": "_source.customer"},
        },
        "Keys": {
            "visitId": [{"FieldNames": ["id"], "StandardIdentifiers": ["UNIQUE"]}],
            "personId": [{"FieldNames": ["customer"], "StandardIdentifiers": ["PROFILE"]}],
        },
    }
    for name, body in (("Person", person), ("Visit", visit)):
        answer = raw.run("PutProfileObjectType", shown | body | {"ObjectTypeName": name})
        assert answer.status == 200, answer.body


def write(raw: Raw, load: Load, promise: Promise) -> None:
    """Write until the emulator is gone."""
    step = 0
    try:
        while True:
            load(raw, promise, step)
            promise.acknowledged += 1
            step += 1
    except (OSError, HTTPException):
        raw.close()


def killed_under_load(
    emulator: Started, open_raw: Any, number: int, acknowledgements: int
) -> list[Promise]:
    """Kill it once so many writes were acknowledged; what each connection was promised."""
    promises = [Promise(f"c{number}-{at}") for at in range(len(LOADS))]
    threads = [
        threading.Thread(target=write, args=(open_raw(ACCOUNT, emulator), load, promise))
        for load, promise in zip(LOADS, promises, strict=True)
    ]
    for thread in threads:
        thread.start()
    while sum(each.acknowledged for each in promises) < acknowledgements:
        assert any(thread.is_alive() for thread in threads)
        time.sleep(0.0005)
    emulator.kill()
    for thread in threads:
        thread.join()
    return promises


def broken(raw: Raw, promise: Promise) -> list[str]:
    """What the emulator does not keep of the promise."""
    faults = []
    members = {"DomainName": DOMAIN, "KeyName": "personId", "Values": [promise.customer]}
    found = raw.run("SearchProfiles", members).json["Items"]
    number, stored = 0, set()
    for profile in found:
        number = int(profile.get("Attributes", {}).get("Number", 0))
        for name in ("Person", "Visit"):
            stored |= {json.loads(text)["id"] for text in objects(raw, profile["ProfileId"], name)}
    if not promise.number <= number <= promise.number_sent:
        faults.append(f"{promise.customer}: number {number}, promised {promise.number}")
    if lost := promise.visits - stored:
        faults.append(f"{promise.customer}: lost visits {sorted(lost)}")
    if made_up := stored - promise.visits_sent - {promise.customer}:
        faults.append(f"{promise.customer}: visits that nobody sent {sorted(made_up)}")
    listed = raw.run("ListDomains", {"MaxResults": 100}).json["Items"]
    own = {
        each["DomainName"]
        for each in listed
        if each["DomainName"].startswith(f"{promise.customer}-")
    }
    if (own ^ promise.domains) - promise.doubtful_domains:
        faults.append(f"{promise.customer}: domains {own}, promised {promise.domains}")
    for name in own:
        raw.run("DeleteDomain", {"DomainName": name})
    promise.domains, promise.doubtful_domains = set(), set()
    return faults


def objects(raw: Raw, profile_id: str, type_name: str) -> list[str]:
    texts: list[str] = []
    members = {"DomainName": DOMAIN, "ObjectTypeName": type_name, "ProfileId": profile_id}
    token = None
    while True:
        more = {} if token is None else {"NextToken": token}
        answer = raw.run("ListProfileObjects", members | {"MaxResults": 100} | more).json
        texts += [each["Object"] for each in answer["Items"]]
        token = answer["NextToken"]
        if token is None:
            return texts


def check_file(data: Path, copy: Path) -> list[str]:
    """What disagrees in the file that a killed emulator left; on a copy, which SQLite repairs."""
    for ending in ("", "-wal"):
        left = data.with_name(data.name + ending)
        if left.exists():
            shutil.copyfile(left, copy.with_name(copy.name + ending))
    with closing(sqlite3.connect(copy)) as connection:
        found = disagreements(connection)
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink()
    return found


def test_nothing_acknowledged_is_lost_in_200_kills_under_load(
    tmp_path: Path, open_raw: Any
) -> None:
    """A tenth of the kills come while it starts, the others at a random write."""
    data, log, draw = tmp_path / "state.db", tmp_path / "log", random.Random(1)
    promises: list[Promise] = []
    faults: list[str] = []
    with nursery(data, log) as emulators:
        emulator = emulators.start()
        raw = open_raw(ACCOUNT, emulator)
        declare(raw)
        raw.close()
        for number in range(KILLS):
            if draw.random() < 0.1:
                emulator.kill()
                pid = emulators.born()
                time.sleep(draw.random() * 0.03)
                os.kill(pid, signal.SIGKILL)
                made: list[Promise] = []
            else:
                made = killed_under_load(emulator, open_raw, number, draw.randrange(60))
            promises += made
            faults += check_file(data, tmp_path / "copy.db")
            emulator = emulators.start()
            raw = open_raw(ACCOUNT, emulator)
            faults += [fault for promise in made for fault in broken(raw, promise)]
            raw.close()
            assert faults == []
        raw = open_raw(ACCOUNT, emulator)
        faults = [fault for promise in promises for fault in broken(raw, promise)]
        raw.close()
        emulator.kill()
    assert faults == []
    assert sum(each.acknowledged for each in promises) > KILLS
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def filled(tmp_path: Path, open_raw: Any) -> Path:
    """A file with one person and one visit, left by a kill."""
    data = tmp_path / "state.db"
    with nursery(data, tmp_path / "log") as emulators:
        emulator = emulators.start()
        raw = open_raw(ACCOUNT, emulator)
        declare(raw)
        put(raw, "Person", id="c1", first="Ada", number="1")
        put(raw, "Visit", id="v1", customer="c1")
        raw.close()
        emulator.kill()
    return data


def test_the_check_finds_what_disagrees(tmp_path: Path, filled: Path) -> None:
    assert check_file(filled, tmp_path / "copy.db") == []
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("UPDATE objects SET profile='nobody' WHERE type='Visit'")
        connection.execute("UPDATE keys SET value='eve' WHERE key='_fullName'")
        connection.execute("UPDATE profiles SET sequence=(SELECT max(sequence) FROM objects)")
        connection.execute("DELETE FROM types WHERE name='Visit'")
        connection.commit()
        found = "\n".join(disagreements(connection))
    assert "objects: rows whose profile is not in profiles: 1" in found
    assert "objects: rows whose type is not in types: 1" in found
    assert "sequence numbers given out twice: 1" in found
    assert "standard index differs from their values: 1" in found
    assert "no domain" not in found


@pytest.mark.parametrize("table", ["types", "profiles", "keys", "objects"])
def test_the_check_finds_rows_of_no_domain(filled: Path, table: str) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute(f"UPDATE {table} SET domain=99")
        connection.commit()
        found = "\n".join(disagreements(connection))
    assert f"{table}: rows of no domain" in found
