"""What the tests of several folders share: a real emulator process and clients for it."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

import mappings
from tests import postgres
from tests.programs import OWN, ROOT, SAMPLE

__all__ = ["ROOT"]

REGION = "us-east-1"
LIFECYCLE = Path(sys.executable).with_name("lifecycle")
END_SECONDS = 15

# The commands that tests start have the sample's mappings, as the tests themselves have.
_ELSEWHERE = os.environ.get("PYTHONPATH", "").split(os.pathsep)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SAMPLE), *_ELSEWHERE)))


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "write what is answered as the parity snapshots (docs/guides/parity-with-aws.md)"
    parser.addoption("--update-snapshots", action="store_true", help=text)


class Emulator:
    """A running `lifecycle emulator`: `url`, and the `process` itself."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url

    def client(self, service: str, account: str, region: str = REGION, **options: Any) -> Any:
        """A boto3 client that never retries, so that tests see every answer."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="local",
            config=Config(
                retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, **options
            ),
        )

    def stop(self) -> int:
        """End it with SIGTERM; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@contextmanager
def started(log: Path, *arguments: str) -> Iterator[Emulator]:
    """Start it on a free port; what it logs goes to the file `log`."""
    command = [str(LIFECYCLE), "emulator", "--port", "0", *arguments]
    with (
        log.open("a", encoding="utf-8") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready "), log.read_text(encoding="utf-8")
        emulator = Emulator(process, line.removeprefix("ready ").strip())
        try:
            yield emulator
        finally:
            emulator.stop()


@pytest.fixture
def own_mappings(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that holds whatever mappings a team keeps: `mappings.load` gives the team's."""
    monkeypatch.setattr(mappings, "load", partial(mappings.load, OWN))


@pytest.fixture(scope="session")
def start_emulator() -> Callable[..., Any]:
    """`with start_emulator(log_file, *arguments) as emulator:` for tests that need their own."""
    return started


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for all tests; it must end well, and must not have failed within."""
    log = tmp_path_factory.mktemp("emulator") / "log"
    with started(log) as running:
        yield running
        assert running.stop() == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The data source name of a real PostgreSQL, which ends with the tests."""
    with postgres.started() as dsn:
        yield dsn


@pytest.fixture
def account() -> str:
    """An account number of the test's own, so that it meets nobody else's resources."""
    return f"{secrets.randbelow(9 * 10**11) + 10**11:012d}"


@pytest.fixture
def customer_profiles(emulator: Emulator, account: str) -> Any:
    """A boto3 client of Customer Profiles in the test's own account."""
    return emulator.client("customer-profiles", account)


@pytest.fixture
def domain(customer_profiles: Any) -> str:
    """The name of a domain without object types."""
    name = f"customers-{secrets.token_hex(4)}"
    customer_profiles.create_domain(DomainName=name, DefaultExpirationDays=366)
    return name
