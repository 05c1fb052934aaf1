"""A domain with the mappings' types, files of rows, and the command as people run it."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import mappings
from profiles.requests import to_request
from tests.conftest import LIFECYCLE

TRIAL = "TrialSubscription"


@dataclass
class Loading:
    """The command in a folder of its own, against one domain."""

    folder: Path
    url: str
    domain: str
    client: Any

    def write(self, name: str, *rows: Any) -> Path:
        """A file of NDJSON; a text is a line as it stands."""
        path = self.folder / name
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    def command(self, *arguments: str) -> list[str]:
        """Its words; `--domain` is there already."""
        where = ("--domain", self.domain, "--endpoint", self.url, "--type", TRIAL)
        return [str(LIFECYCLE), "load", *arguments, *where]

    def run(
        self, *arguments: str, code: int = 0, given: bytes | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run it to its end, which must have this exit code."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            capture_output=True,
            input=given,
            timeout=120,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, out + err
        return subprocess.CompletedProcess(done.args, code, out, err)

    def load(self, *arguments: str, code: int = 0, **more: Any) -> dict[str, Any]:
        """Run it with --json; the answer."""
        answer = json.loads(self.run(*arguments, "--json", code=code, **more).stdout)
        assert isinstance(answer, dict)
        return answer

    def profile(self, number: str) -> dict[str, Any]:
        """The one profile of an account number."""
        found = self.client.search_profiles(
            DomainName=self.domain, KeyName="_account", Values=[number]
        )
        (item,) = found["Items"]
        return dict(item)

    def rejected(self) -> list[dict[str, Any]]:
        """The rows of the rejects file."""
        text = (self.folder / "rejected.ndjson").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def make_domain(client: Any, name: str) -> None:
    """A domain with the object types of the mappings."""
    client.create_domain(DomainName=name, DefaultExpirationDays=366)
    for each in mappings.load():
        client.put_profile_object_type(DomainName=name, **to_request(each.object_type))


@pytest.fixture
def loading(tmp_path: Path, emulator: Any, account: str, monkeypatch: Any) -> Loading:
    """The local AWS as the command sees it: it signs with the key `test`."""
    client = emulator.client("customer-profiles", "test")
    name = f"load-{account}"
    make_domain(client, name)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return Loading(tmp_path, emulator.url, name, client)


@pytest.fixture
def faulty(emulator: Any) -> Any:
    """`with faulty(rules):` the local AWS fails as the rules say."""

    @contextmanager
    def run(rules: list[dict[str, Any]], **more: Any) -> Iterator[None]:
        ask(emulator.url, "PUT", {"seed": 1, "rules": rules} | more)
        try:
            yield
        finally:
            ask(emulator.url, "DELETE", None)

    return run


def ask(url: str, method: str, body: Any) -> None:
    """`/_emulator/faults`."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    connection.request(method, "/_emulator/faults", None if body is None else json.dumps(body))
    assert connection.getresponse().status == 200
    connection.close()
