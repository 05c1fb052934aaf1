"""Answers leave in one piece."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from emulator.connections import OneWriteProtocol

REQUEST = b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}"


class Recorder(asyncio.Transport):
    """A transport that keeps what is written to it, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.written.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - its signature
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - ASGI
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"all of it"})


async def answered(request: bytes) -> Recorder:
    config = uvicorn.Config(application, http=OneWriteProtocol, lifespan="off", log_config=None)
    config.load()
    transport = Recorder()
    protocol = OneWriteProtocol(config, ServerState(), {})
    protocol.connection_made(transport)
    protocol.data_received(request)
    for _ in range(10):
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    return transport


def test_the_head_and_the_body_of_an_answer_leave_in_one_write() -> None:
    transport = asyncio.run(answered(REQUEST))
    (answer,) = transport.written
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"all of it" in answer


def test_what_was_written_before_a_connection_closes_still_leaves() -> None:
    request = REQUEST.replace(b"host:", b"connection: close\r\nhost:")
    transport = asyncio.run(answered(request))
    assert b"all of it" in b"".join(transport.written)
    assert transport.closed


class Quick:
    """An application whose requests are quick; `wait` is awaited before each answer."""

    def __init__(self, wait: Callable[[], Awaitable[object]] | None = None) -> None:
        self.wait = wait
        self.tasks: list[asyncio.Task[Any] | None] = []
        self.bodies: list[bytes] = []

    def is_quick(self, scope: Any) -> bool:
        return bool(scope["path"] == "/quick")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.tasks.append(asyncio.current_task())
        MARK.set(scope["path"])
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        self.bodies.append(body)
        if self.wait is not None:
            await self.wait()
        length = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": b"done"})


MARK: ContextVar[str] = ContextVar("mark", default="")


def served(application: Quick, *pieces: bytes, turns: int = 20) -> tuple[Recorder, int]:
    """What is written when the pieces arrive one after the other; how much of it at once."""

    async def run() -> tuple[Recorder, int]:
        config = uvicorn.Config(
            application, http=OneWriteProtocol, lifespan="off", proxy_headers=False, log_config=None
        )
        config.load()
        transport = Recorder()
        protocol = OneWriteProtocol(config, ServerState(), {})
        protocol.connection_made(transport)
        for piece in pieces:
            protocol.data_received(piece)
        at_once = len(transport.written)
        for _ in range(turns):
            await asyncio.sleep(0.001)
        assert MARK.get() == ""
        protocol.connection_lost(None)
        return transport, at_once

    return asyncio.run(run())


def request(path: bytes, body: bytes) -> bytes:
    head = b"POST %b HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: %d\r\n\r\n"
    return head % (path, len(body)) + body


def test_a_quick_request_is_answered_before_anything_else_has_a_turn() -> None:
    application = Quick()
    transport, at_once = served(application, request(b"/quick", b"{}"))
    assert at_once == 1
    assert transport.written[0].endswith(b"done")
    assert application.bodies == [b"{}"]


def test_a_quick_request_whose_body_comes_later_waits_for_it() -> None:
    application = Quick()
    whole = request(b"/quick", b"0123456789")
    transport, at_once = served(application, whole[:-10], whole[-10:-5], whole[-5:])
    assert at_once == 1
    assert application.bodies == [b"0123456789"]
    assert len(transport.written) == 1


def test_a_large_body_of_a_quick_request_arrives_whole() -> None:
    application = Quick()
    whole = request(b"/quick", b"x" * 200_000)
    pieces = [whole[first : first + 30_000] for first in range(0, len(whole), 30_000)]
    transport, _ = served(application, *pieces)
    assert application.bodies == [b"x" * 200_000]
    assert len(transport.written) == 1


def test_other_requests_get_a_task_of_their_own() -> None:
    application = Quick()
    transport, at_once = served(application, request(b"/other", b"{}"))
    assert at_once == 0
    assert transport.written[0].endswith(b"done")
    assert application.tasks[0] is not None


def test_a_quick_request_that_has_to_wait_goes_on_later() -> None:
    transport, at_once = served(
        Quick(lambda: asyncio.sleep(0.002)), request(b"/quick", b"{}"), turns=40
    )
    assert at_once == 0
    assert transport.written[0].endswith(b"done")


def test_an_error_after_waiting_is_an_answer_too(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        await asyncio.sleep(0.001)
        raise ValueError

    with caplog.at_level(logging.CRITICAL, "uvicorn.error"):
        transport, _ = served(Quick(fail), request(b"/quick", b"{}"), turns=40)
    assert transport.written[0].startswith(b"HTTP/1.1 500 ")


def test_quick_requests_in_one_piece_are_answered_in_order() -> None:
    application = Quick()
    both = request(b"/quick", b"first") + request(b"/quick", b"second")
    transport, _ = served(application, both)
    assert application.bodies == [b"first", b"second"]
    assert b"".join(transport.written).count(b"done") == 2
