"""How soon the local AWS accepts requests, and how much memory it takes before it is used."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, ratio
from benchmarks.local_aws import LIFECYCLE
from toolchain import process

LOCAL_AWS = (LIFECYCLE, "emulator", "--port", "0")
ROUNDS = 9
SETTLING_SECONDS = 0.5
MEMORY = re.compile(r"^(Rss|Pss):\s+(\d+) kB$", re.MULTILINE)

EMPTY_HANDLER = """
import asyncio, socket, sys, uvicorn, uvloop
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("ready", flush=True)
async def answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"{}"})
listener = socket.create_server(("127.0.0.1", 0))
config = uvicorn.Config(answer, http="httptools", ws="none", lifespan="off", log_level="error")
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(Server(config).serve(sockets=[listener]))
"""
LEAST = (sys.executable, "-c", EMPTY_HANDLER)


def measure() -> list[Figure]:
    """From the start of the process to its ready line, and its memory once it is all loaded."""
    with tempfile.TemporaryDirectory() as folder:
        # As for users: what was imported once is compiled.
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        return [*_ready(environ), _memory(environ)]


def _ready(environ: Mapping[str, str]) -> list[Figure]:
    times: tuple[list[float], list[float]] = ([], [])
    for command in (LOCAL_AWS, LEAST) * (ROUNDS + 1):
        with _started(command, environ) as (_, seconds):
            times[command is LEAST].append(seconds)
    # The first start of each compiles.
    ours, least = times[0][1:], times[1][1:]
    how = f"median of {ROUNDS} starts, {min(ours):.2f} to {max(ours):.2f} s"
    beside = f"uvicorn with an empty handler: {statistics.median(least):.2f} s"
    return [
        Figure("emulator ready", statistics.median(ours), "s", 0.3, at_least=False, how=how),
        Figure(
            "emulator ready beside an empty handler",
            ratio(ours, least),
            "times",
            None,
            at_least=False,
            how=beside,
        ),
    ]


@contextmanager
def _started(
    command: Sequence[str | Path], environ: Mapping[str, str]
) -> Iterator[tuple[int, float]]:
    """(process id, seconds until it said that it was ready)."""
    begun = time.perf_counter()
    with process.started(command, environ=environ, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("ready")
        yield child.pid, time.perf_counter() - begun


def _memory(environ: Mapping[str, str]) -> Figure:
    """Resident once the backing services, which load after the start, are there too."""
    with _started(LOCAL_AWS, environ) as (pid, _):
        before, now = {}, _resident(pid)
        while before != now:
            time.sleep(SETTLING_SECONDS)
            before, now = now, _resident(pid)
    how = f"resident, of which proportional {now['Pss']:.1f} MiB; with the backing services loaded"
    return Figure("memory before first use", now["Rss"], "MiB", 60, at_least=False, how=how)


def _resident(pid: int) -> dict[str, float]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return {name: int(kib) / 1024 for name, kib in MEMORY.findall(text)}
