"""What a local AWS that nobody has used yet has imported, and the memory that it takes."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., Any]

LAST_LOADED = "emulator.corrections"
"""Imported when the backing services, which load in the background, are there."""
LOADED_SECONDS = 60
SETTLED_SECONDS = 1
MEMORY_MIB = 60
NOT_NEEDED = """boto3 s3transfer botocore.session botocore.client botocore.credentials
    botocore.endpoint botocore.parsers cfnlint sympy networkx jinja2 psycopg pulumi rich
    pytest""".split()


@contextmanager
def idle(start: Start, log: Path, *arguments: str) -> Iterator[tuple[int, set[str]]]:
    """(process id, imported modules) of a local AWS after all that it does by itself."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPROFILEIMPORTTIME", "1")
        with start(log, *arguments) as emulator:
            last = time.monotonic() + LOADED_SECONDS
            while LAST_LOADED not in (modules := imported(log)):
                assert time.monotonic() < last, f"{LAST_LOADED} is not there"
                time.sleep(0.1)
            time.sleep(SETTLED_SECONDS)
            yield emulator.process.pid, modules | imported(log)


def imported(log: Path) -> set[str]:
    """The modules that Python says it has imported."""
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", log.read_text("utf-8"), re.MULTILINE))


def resident_mib(pid: int) -> float:
    kib = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert kib is not None
    return int(kib[1]) / 1024


def test_a_start_imports_no_boto3_and_nothing_else_that_only_some_requests_need(
    start_emulator: Start, tmp_path: Path
) -> None:
    with idle(start_emulator, tmp_path / "log") as (_, modules):
        assert {"emulator.server", "ministack.app", "botocore.model"} <= modules
        assert modules.isdisjoint(NOT_NEEDED)


@pytest.mark.parametrize("kept", [False, True])
def test_it_takes_less_than_60_mib_before_its_first_use(
    start_emulator: Start, tmp_path: Path, *, kept: bool
) -> None:
    arguments = ("--data", str(tmp_path / "state.sqlite3")) if kept else ()
    with idle(start_emulator, tmp_path / "log", *arguments) as (pid, _):
        assert resident_mib(pid) < MEMORY_MIB
