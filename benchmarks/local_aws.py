"""A running local AWS, and a lean keep-alive client for it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from profiles import ObjectType
from profiles.requests import to_request
from toolchain import process

LIFECYCLE = Path(sys.executable).with_name("lifecycle")


class Client:
    """One connection. Requests are prepared bytes, so that the client costs next to nothing."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        assert where.hostname is not None
        self._socket = socket.create_connection((where.hostname, where.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> bytes:
        """The body of the answer, which has to be a 200."""
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65_536)
        head, _, body = answer.partition(b"\r\n\r\n")
        lower = head.lower()
        start = lower.index(b"content-length:") + len(b"content-length:")
        length = int(lower[start:].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._socket.recv(65_536)
        assert head.split(b" ", 2)[1] == b"200", body
        return body


def request(method: str, path: str, service: str, body: object, target: str = "") -> bytes:
    """A signed request as bytes; the local AWS looks at the scope of a signature alone."""
    content = orjson.dumps(body)
    json_1_0 = "application/x-amz-json-1.0" if target else "application/json"
    scope = f"test/20260101/us-east-1/{service}/aws4_request"
    head = [
        f"{method} {path} HTTP/1.1",
        "host: 127.0.0.1",
        f"content-type: {json_1_0}",
        f"content-length: {len(content)}",
        f"authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        *([f"x-amz-target: {target}"] if target else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


def object_type_body(object_type: ObjectType) -> dict[str, Any]:
    """The body of PutProfileObjectType, whose path has the name."""
    body = to_request(object_type)
    del body["ObjectTypeName"]
    return body


@contextmanager
def one_processor() -> Iterator[None]:
    """This process, and whoever it starts, on one processor.

    A request goes to and fro between two processes. Where the scheduler has put them, and whether a
    processor has to wake up first, changes its time by half; on one, it is the sum of all work.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running(*arguments: str) -> Iterator[tuple[str, float]]:
    """(URL, seconds from its start until it was ready) of a local AWS on a free port."""
    started = time.perf_counter()
    command = [LIFECYCLE, "emulator", "--port", "0", *arguments]
    with process.started(command, environ=os.environ, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        seconds = time.perf_counter() - started
        yield line.removeprefix("ready ").strip(), seconds
