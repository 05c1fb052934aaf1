"""Answers leave in one piece, and prompt requests are answered at once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httptools
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from emulator.connections import EmulatorProtocol
from emulator.http import MAX_BODY_BYTES, Caller, Request, Response

REQUEST = b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}"


SECONDS = 20


class Recorder(asyncio.Transport):
    """A transport that keeps what is written to it, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = self.closed_by_server = False

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


class Application:
    """Answers `/prompt` at once and the rest by ASGI; keeps what it was asked."""

    def __init__(self) -> None:
        self.prompt_requests: list[Request] = []
        self.bodies: list[bytes] = []

    def prompt(self, url: bytes, headers: Mapping[bytes, bytes]) -> tuple[Caller, str] | None:
        assert all(name == name.lower() for name in headers)
        prompt = url.partition(b"?")[0] == b"/prompt"
        return (Caller("1" * 12, "us-east-1"), "profile") if prompt else None

    def answer(self, name: str, request: Request) -> Response:
        assert name == "profile"
        self.prompt_requests.append(request)
        return Response(201, b"at once: " + request.body[:10], [(b"x-kind", b"prompt")])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        self.bodies.append(body)
        await asyncio.sleep(0.001)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"all of it"})


def served(*pieces: bytes, keep_alive: float = 5) -> tuple[Application, Recorder, int]:
    """(application, transport, how many writes there were before anything else had a turn) of a
    connection on which the pieces arrive one after the other.
    """
    application = Application()

    async def run() -> tuple[Recorder, int]:
        config = uvicorn.Config(
            application,
            http=EmulatorProtocol,
            lifespan="off",
            proxy_headers=False,
            access_log=False,
            log_config=None,
            timeout_keep_alive=keep_alive,  # type: ignore[arg-type] # whole seconds are too long
        )
        config.load()
        transport = Recorder()
        state = ServerState()
        protocol = EmulatorProtocol(config, state, {})
        protocol.connection_made(transport)
        for piece in pieces:
            protocol.data_received(piece)
        at_once = len(transport.written)
        # However busy the machine is: one answer may start the next.
        while state.tasks:
            done, _ = await asyncio.wait(state.tasks, timeout=SECONDS)
            assert done
        await asyncio.sleep(0.02)
        transport.closed_by_server = transport.closed
        protocol.connection_lost(None)
        return transport, at_once

    transport, at_once = asyncio.run(run())
    return application, transport, at_once


def test_the_head_and_the_body_of_an_answer_leave_in_one_write() -> None:
    _, transport, _ = served(REQUEST)
    (answer,) = transport.written
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"all of it" in answer


def test_what_was_written_before_a_connection_closes_still_leaves() -> None:
    request = REQUEST.replace(b"host:", b"connection: close\r\nhost:")
    _, transport, _ = served(request)
    assert b"all of it" in b"".join(transport.written)
    assert transport.closed


def request(path: bytes, body: bytes, *headers: bytes) -> bytes:
    lines = [
        b"POST %b HTTP/1.1" % path,
        b"Host: 127.0.0.1",
        *headers,
        b"content-length: %d" % len(body),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def test_a_prompt_request_is_answered_before_anything_else_has_a_turn() -> None:
    application, transport, at_once = served(request(b"/prompt?max-results=5", b"{}"))
    assert at_once == 1
    assert transport.written == [
        b"HTTP/1.1 201 Created\r\nx-kind: prompt\r\ncontent-length: 11\r\n\r\nat once: {}"
    ]
    (asked,) = application.prompt_requests
    assert (asked.method, asked.path, asked.query) == ("POST", "/prompt", "max-results=5")
    assert asked.header(b"host") == "127.0.0.1"
    assert asked.caller.account == "1" * 12


def test_a_prompt_request_whose_body_comes_later_waits_for_it() -> None:
    whole = request(b"/prompt", b"0123456789")
    application, transport, at_once = served(whole[:-10], whole[-10:-5], whole[-5:])
    assert at_once == len(transport.written) == 1
    assert [each.body for each in application.prompt_requests] == [b"0123456789"]


def test_a_body_in_chunks_is_put_together() -> None:
    head = b"POST /prompt HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    application, _, at_once = served(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert at_once == 1
    assert [each.body for each in application.prompt_requests] == [b"abcde"]


def test_of_a_body_that_is_too_large_no_more_is_kept_than_shows_it() -> None:
    whole = request(b"/prompt", b"x" * (MAX_BODY_BYTES + 900_000))
    pieces = [whole[first : first + 65_536] for first in range(0, len(whole), 65_536)]
    application, transport, _ = served(*pieces)
    (asked,) = application.prompt_requests
    assert MAX_BODY_BYTES < len(asked.body) <= MAX_BODY_BYTES + 65_536
    assert len(transport.written) == 1


def test_other_requests_get_a_task_of_their_own() -> None:
    application, transport, at_once = served(request(b"/other", b"{}"))
    assert at_once == 0
    assert application.bodies == [b"{}"]
    assert b"all of it" in transport.written[0]


@pytest.mark.parametrize(
    "unusual",
    [
        request(b"/prompt", b"{}", b"connection: close"),
        request(b"/prompt", b"{}", b"expect: 100-continue"),
        request(b"/prompt", b"{}").replace(b"HTTP/1.1", b"HTTP/1.0"),
        request(b"http://127.0.0.1/prompt", b"{}"),
        request(b"/prompt#part", b"{}"),
        request(b"/prompt", b"{}").replace(b"POST", b"HEAD"),
    ],
    ids=["last of its connection", "expects 100", "HTTP/1.0", "whole URL", "fragment", "HEAD"],
)
def test_what_is_unusual_about_a_request_is_left_to_uvicorn(unusual: bytes) -> None:
    application, transport, _ = served(unusual)
    assert not application.prompt_requests
    assert application.bodies == [b"{}"]
    assert b"200 OK" in b"".join(transport.written)


def test_requests_in_one_piece_are_answered_in_their_order() -> None:
    pieces = [request(b"/prompt", b"1"), request(b"/other", b"2"), request(b"/prompt", b"3")]
    application, transport, at_once = served(b"".join(pieces))
    answers = b"".join(transport.written)
    assert at_once == 1
    # Behind an answer that is still to come a prompt request has to wait in line.
    assert [each.body for each in application.prompt_requests] == [b"1"]
    assert application.bodies == [b"2", b"3"]
    assert answers.startswith(b"HTTP/1.1 201 Created")
    assert answers.count(b"all of it") == 2


def test_a_connection_on_which_no_request_comes_for_long_is_closed() -> None:
    _, idle, _ = served(request(b"/prompt", b"{}"), keep_alive=0.005)
    assert idle.closed_by_server
    _, kept, _ = served(request(b"/prompt", b"{}"))
    assert not kept.closed_by_server


def test_a_connection_that_waits_for_a_slow_answer_is_not_closed() -> None:
    _, transport, _ = served(request(b"/other", b"{}"), keep_alive=0.0005)
    assert b"all of it" in b"".join(transport.written)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), min_size=1, max_size=5), st.data()
)
def test_however_requests_are_cut_into_pieces_each_is_answered_once_and_in_order(
    wanted: list[tuple[bool, bytes]], data: st.DataObject
) -> None:
    whole = b"".join(request(b"/prompt" if p else b"/other", body) for p, body in wanted)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    application, transport, _ = served(*pieces)
    asked = [each.body for each in application.prompt_requests] + application.bodies
    assert sorted(asked) == sorted(body for _, body in wanted)
    assert Answers(b"".join(transport.written)).count == len(wanted)


class Answers:
    """How many whole answers a stream of bytes holds; a broken one raises."""

    def __init__(self, stream: bytes) -> None:
        self.count = 0
        httptools.HttpResponseParser(self).feed_data(stream)

    def on_message_complete(self) -> None:
        self.count += 1
