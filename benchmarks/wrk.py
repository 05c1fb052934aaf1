"""Sixteen connections kept alive, from a client that is not the bottleneck: Debian's wrk.

PutProfileObject and SearchProfiles beside DynamoDB's PutItem and GetItem, of the backing emulator
and of moto_server, whose release uv fetches for the measurement alone.
"""

import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, ratio
from benchmarks.local_aws import Client, running
from benchmarks.requests import Workload, dynamodb_table, workload

MOTO: Final = "moto[server,dynamodb]==5.2.5"
CONNECTIONS: Final = 16
SECONDS: Final = 2
ROUNDS: Final = 5
_START_SECONDS: Final = 120

Rate = Callable[[], float]
"""Runs wrk once: requests per second."""


def measure() -> list[Figure]:
    """In turns, round by round."""
    if shutil.which("wrk") is None:
        print("wrk is not there: tests/install_packages wrk", file=sys.stderr)
        return []
    with running() as (url, _), _moto() as moto, tempfile.TemporaryDirectory() as folder:
        requests = workload(Client(url), Client(url))
        _fill_moto(moto, requests)
        place = Path(folder)
        wrk = {
            "put": _wrk(url, requests.puts, place / "put.lua"),
            "search": _wrk(url, requests.searches, place / "search.lua"),
            "put item": _wrk(url, requests.put_items, place / "item.lua"),
            "get item": _wrk(url, requests.get_items, place / "get.lua"),
            "moto put item": _wrk(moto, requests.put_items, place / "moto-item.lua"),
            "moto get item": _wrk(moto, requests.get_items, place / "moto-get.lua"),
        }
        rates = _in_turns(wrk)
    return [
        _figure("PutProfileObject beside the backing PutItem", rates, "put", "put item", 2.5),
        _figure("SearchProfiles beside the backing GetItem", rates, "search", "get item", 2.5),
        _figure("PutProfileObject beside moto's PutItem", rates, "put", "moto put item", 10),
        _figure("SearchProfiles beside moto's GetItem", rates, "search", "moto get item", 10),
    ]


def _in_turns(wrk: dict[str, Rate]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in wrk}
    for _ in range(ROUNDS):
        for name, rate in wrk.items():
            rates[name].append(rate())
    return rates


def _figure(
    name: str, rates: dict[str, list[float]], ours: str, theirs: str, target: float
) -> Figure:
    medians = [statistics.median(rates[each]) for each in (ours, theirs)]
    how = f"{medians[0]:,.0f} beside {medians[1]:,.0f} requests/s, {ROUNDS} rounds, wrk"
    value = ratio(rates[ours], rates[theirs])
    return Figure(name, value, "times", target, at_least=True, how=how)


def _wrk(url: str, requests: Sequence[bytes], script: Path) -> Rate:
    # A Lua string takes the same escapes as JSON where a request holds no other than ASCII.
    texts = ",\n".join(json.dumps(each.decode("ascii")) for each in requests)
    script.write_text(
        f"local all = {{{texts}}}\nlocal at = 0\n"
        "request = function() at = at % #all + 1; return all[at] end\n",
        encoding="ascii",
    )
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), url]

    def rate() -> float:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "Non-2xx" not in done.stdout, done.stdout
        found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
        assert found is not None, done.stdout
        return float(found[1])

    return rate


@contextmanager
def _moto() -> Iterator[str]:
    """The URL of a running moto_server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uv = Path(sys.executable).with_name("uv")
    arguments = ["--quiet", "tool", "run", "--from", MOTO, "moto_server", "-p", str(port)]
    # uv passes signals on to what it runs.
    with subprocess.Popen(
        [uv, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < end, "moto_server does not start"
            time.sleep(0.1)
        else:
            return


def _fill_moto(url: str, requests: Workload) -> None:
    # Its server closes a connection after every answer.
    for each in (dynamodb_table(), *requests.put_items):
        Client(url).send(each)
