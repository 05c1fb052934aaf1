"""A page of another site whose name resolves to this machine gets nothing (DNS rebinding)."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.loopback import EVERYWHERE, MISDIRECTED, NOWHERE, SERVICES, Reaches, reach

OURS = ("127.0.0.1", "127.0.0.1:4566", "127.0.0.2", "localhost", "LOCALHOST:1", "[::1]", "[::1]:80")
BELOW = (
    "bucket.localhost:4566",
    "bucket.s3.localhost",
    "my.dotted-bucket.s3.us-east-1.localhost:4566",
    "bucket.127.0.0.1:4566",
    "abc.execute-api.127.0.0.1:4566",
    "abc.lambda-url.us-east-1.localhost",
)
FOREIGN = (
    "evil.example",
    "evil.example:4566",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evillocalhost",
    "localhost.",
    "localhost@evil.example",
    "localhost:4566@evil.example",
    ".localhost",
    "10.0.0.1",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "128.0.0.1",
    "[::2]",
    "s3.us-east-1.amazonaws.com",
    "127.0.0.1 ",
    "127.0.0.1:x",
    "a,127.0.0.1",
    "",
)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        *((each, EVERYWHERE) for each in OURS),
        *((each, SERVICES) for each in BELOW),
        *((each, NOWHERE) for each in FOREIGN),
    ],
)
def test_only_names_that_nobody_else_can_have_are_ours(host: str, found: int) -> None:
    assert reach(host.encode()) == found


@given(host=st.binary(max_size=60))
def test_whatever_stands_in_host_is_ours_only_if_it_ends_like_ours(host: bytes) -> None:
    text = host.decode("latin-1").lower().rpartition(":")[0] or host.decode("latin-1").lower()
    ours = text.endswith(("localhost", "[::1]")) or text.rpartition(".")[2].isdigit()
    assert ours or reach(host) == NOWHERE


def test_endless_hosts_take_no_endless_memory() -> None:
    asked: list[bytes] = []

    def count(host: bytes) -> int:
        asked.append(host)
        return reach(host)

    reaches = Reaches(count)
    for _ in range(3):
        assert reaches[b"localhost"] == EVERYWHERE
    assert asked == [b"localhost"]
    for number in range(5_000):
        assert reaches[b"host-%d" % number] == NOWHERE
    assert len(reaches) == 1_000


# Over the network

Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(emulator: Any) -> Iterator[Ask]:
    """`ask(host, path, service)`: (status, body) of a GET on a connection of its own."""
    place = urlsplit(emulator.url)
    connections: list[http.client.HTTPConnection] = []

    def send(host: str, path: str, service: str = "", key: str = "111122223333") -> tuple[int, str]:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        connections.append(connection)
        headers = {"Host": host}
        if service:
            scope = f"{key}/20260101/us-east-1/{service}/aws4_request"
            headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    yield send
    for connection in connections:
        connection.close()


PLACES = [
    ("/domains", "profile"),
    ("/", "cloudcontrolapi"),
    ("/Execute", "rds-data"),
    ("/", "s3"),
    ("/", "sqs"),
    ("/_ministack/health", ""),
    ("/_emulator/", ""),
    ("/_emulator/state", ""),
    ("/_emulator/console/requests", ""),
]


@pytest.mark.parametrize(("path", "service"), PLACES)
@pytest.mark.parametrize("host", ["evil.example:4566", "127.0.0.1.evil.example", "localhost."])
def test_a_foreign_name_is_refused_by_every_service_page_and_endpoint(
    ask: Ask, host: str, path: str, service: str
) -> None:
    status, body = ask(host, path, service)
    assert status == 403
    assert json.loads(body) == {"Message": MISDIRECTED}


@pytest.mark.parametrize("path", ["/_emulator/", "/_emulator/state", "/_emulator/faults"])
def test_a_page_in_a_bucket_does_not_share_its_name_with_our_own_pages(ask: Ask, path: str) -> None:
    assert ask("bucket.localhost:4566", path)[0] == 403
    assert ask("localhost:4566", path)[0] == 200


def test_a_bucket_answers_to_its_own_name(emulator: Any, account: str, ask: Ask) -> None:
    name = f"pages-{account}"
    store = emulator.client("s3", account, s3={"addressing_style": "path"})
    store.create_bucket(Bucket=name)
    store.put_object(Bucket=name, Key="a", Body=b"content")
    assert ask(f"{name}.s3.localhost:4566", "/a", "s3", account) == (200, "content")


def test_a_service_answers_to_names_below_localhost(ask: Ask) -> None:
    assert ask("profile.localhost", "/domains", "profile")[0] == 200
