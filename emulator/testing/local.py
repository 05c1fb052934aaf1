"""A local AWS for as long as a block runs."""

import http.client
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
_SECRET: Final = "local"  # noqa: S105 - the local AWS knows no other for an account number
_LOOPBACK: Final = "127.0.0.1"
_READY: Final = "ready "
_TAIL_LINES: Final = 20
_START_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 30
_END_SECONDS: Final = 10


class StartError(Exception):
    """The local AWS did not start; the message ends with what it said last."""


class LocalAws:
    """A running local AWS. url: the endpoint of all its services."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str, account: str = ACCOUNT, region: str = REGION) -> Any:
        """A boto3 client in the account's name, which never retries: a test sees every answer."""
        import boto3  # noqa: PLC0415 - half a second, and not everybody needs it
        from botocore.config import Config  # noqa: PLC0415

        # Its type has an overload for each service, which is for callers that name one.
        session: Any = boto3.Session(account, _SECRET, region_name=region)
        config = Config(retries={"total_max_attempts": 1}, proxies={})
        return session.client(service, endpoint_url=self.url, config=config)

    def environment(self, account: str = ACCOUNT, region: str = REGION) -> dict[str, str]:
        """A subprocess's whole environment: this one, with the local AWS for every AWS SDK.

        None of the caller's own AWS settings are in it, so that nothing reaches the real AWS.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        around = {
            name: ",".join(filter(None, (kept.get(name), _LOOPBACK)))
            for name in ("NO_PROXY", "no_proxy")
        }
        return {
            **kept,
            **around,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def reset(self) -> None:
        """Remove every domain and resource of every account."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=_ANSWER_SECONDS)
        try:
            connection.request("POST", "/_emulator/reset")
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the local AWS could not be reset: {text}")


@contextmanager
def local_aws(
    data: Path | None = None, *, iam: bool = False, start_seconds: float = _START_SECONDS
) -> Iterator[LocalAws]:
    """Start a local AWS on a free port; it ends with the block, or with this process.

    data: file that keeps its state, None for memory only. iam: verify signatures and enforce
    policies. start_seconds: how long its start may take.
    Raises: StartError.
    """
    # Without -P a module of the tests' folder could stand in for one that the local AWS imports.
    command = [sys.executable, "-P", "-m", "emulator.testing.process"]
    command += [] if data is None else ["--data", str(data)]
    command += ["--iam"] if iam else []
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # Ctrl-C is for the tests; what they do while they end may still need the local AWS.
            start_new_session=True,
        ) as process,
    ):
        try:
            yield LocalAws(_address(process, log, start_seconds))
        finally:
            _end(process)


def _address(process: subprocess.Popen[bytes], log: IO[bytes], seconds: float) -> str:
    assert process.stdout is not None  # noqa: S101 - for the type checker
    too_late = threading.Event()

    def give_up() -> None:
        too_late.set()
        process.kill()

    timer = threading.Timer(seconds, give_up)
    timer.start()
    try:
        line = process.stdout.readline().decode()
    finally:
        timer.cancel()
    if line.startswith(_READY):
        return line.removeprefix(_READY).strip()
    _end(process)
    log.seek(0)
    tail = log.read().decode(errors="replace").splitlines()[-_TAIL_LINES:]
    reason = f"was not ready within {seconds:g} s" if too_late.is_set() else "did not start"
    raise StartError("\n".join((f"the local AWS {reason}; it said:", *(tail or ["(nothing)"]))))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
