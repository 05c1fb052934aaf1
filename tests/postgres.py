"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on loopback only."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

SUPERUSER = "postgres"
START_SECONDS = 60
END_SECONDS = 30
MISSING = (
    "the tests need PostgreSQL's programs: tests/install_packages postgresql installs Debian's,"
    " or put initdb and postgres on PATH"
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
"""Nothing that it holds has to survive a power cut."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`, the newest of Debian's or the one on PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda found: float(found.parts[-3]),
    )
    found = str(debian[-1]) if debian else shutil.which("initdb")
    assert found is not None, MISSING
    return Path(found).resolve().parent


@contextmanager
def started() -> Iterator[str]:
    """Its data source name, with the maintenance database. It is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-postgres-"))
    try:
        who = _owner(folder)
        cluster = folder / "cluster"
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [programs() / "initdb", f"--username={SUPERUSER}", *options, cluster],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **who,
        )
        with _serving(cluster, who) as dsn:
            yield dsn
    finally:
        shutil.rmtree(folder)


@contextmanager
def _serving(cluster: Path, who: dict[str, Any]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = cluster / "log"
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [programs() / "postgres", "-D", cluster, "-p", str(port), *settings]
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(command, stdout=said, stderr=said, cwd=cluster, **who) as server,
    ):
        try:
            dsn = f"postgresql://{SUPERUSER}@127.0.0.1:{port}/postgres"
            _wait(dsn, server, log)
            yield dsn
        finally:
            # Fast: open sessions are ended, not waited for.
            server.send_signal(signal.SIGINT)
            server.wait(END_SECONDS)


def _wait(dsn: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until it takes connections."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        else:
            return


def _owner(folder: Path) -> dict[str, Any]:
    """As whom its programs run: they refuse root, for whom Debian's user stands in."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, SUPERUSER, SUPERUSER)
    return {"user": SUPERUSER, "group": SUPERUSER, "extra_groups": []}
