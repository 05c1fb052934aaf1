"""Answers leave in one piece."""

import asyncio
from typing import Any

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
