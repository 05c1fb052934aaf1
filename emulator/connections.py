"""Connections whose answers leave in one piece.

uvicorn writes the head of an answer and its body apart. Between the two another thread may hold the
interpreter for milliseconds, and of a head alone clients in Go may close the connection: see
`go_clients`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from emulator.http import MAX_BODY_BYTES, Caller, Request, Response


class _OneWrite:
    """A transport that holds the head of an answer until its body comes.

    A head that stays alone leaves at the next turn of the event loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._head: bytes | None = None
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head is None:
            self._head = data
            self._call_soon(self._flush)
        else:
            data = self._head + data
            self._head = None
            self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head is not None:
            data, self._head = self._head, None
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class PromptApplication(Protocol):
    """An ASGI application that answers some requests without ever waiting."""

    def prompt(self, url: bytes, headers: Mapping[bytes, bytes]) -> tuple[Caller, str] | None:
        """(caller, service) of a request that is answered without waiting; None for others."""

    def answer(self, name: str, request: Request) -> Response:
        """The answer of that service, an error of ours included."""


class EmulatorProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a transport that holds heads, with a short way for prompt requests.

    A request that the application answers without waiting needs no ASGI messages, no task and no
    next turn of the event loop, which together cost more than most of our answers. Whatever is
    unusual about a request or its connection takes uvicorn's way.
    """

    _prompt: tuple[Caller, str] | None = None
    _body: bytes = b""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # What stands in front of ours, to check signatures, has no short way.
        self._application = (
            cast("PromptApplication", self.app) if hasattr(self.app, "prompt") else None
        )
        self._last_prompt = 0.0
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        self._write = transport.write
        super().connection_made(cast("asyncio.Transport", _OneWrite(transport, self.loop)))
        self._idle = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._idle is not None:
            self._idle.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        # What uvicorn prepares here is made when it turns out to be needed.
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        self._prompt = self._prompt_request()
        if self._prompt is not None:
            self._body = b""
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._prompt is None:
            super().on_body(body)
        elif len(self._body) <= MAX_BODY_BYTES:
            self._body += body

    def on_message_complete(self) -> None:
        if self._prompt is None or self._application is None:
            super().on_message_complete()
            return
        caller, name = self._prompt
        path, _, query = self.url.decode("ascii").partition("?")
        method = self.parser.get_method().decode("ascii")
        request = Request(method, path, query, self.headers, self._body, caller)
        response = self._application.answer(name, request)
        self._prompt, self._body = None, b""
        self.server_state.total_requests += 1
        self._last_prompt = self.loop.time()
        self._write(_serialised(response))

    def _prompt_request(self) -> tuple[Caller, str] | None:
        if (
            self._application is None
            or (self.cycle is not None and not self.cycle.response_complete)
            or self.flow.write_paused
            or self.expect_100_continue
            or not self.parser.should_keep_alive()
            or self.parser.should_upgrade()
            or self.parser.get_http_version() != "1.1"
            or self.parser.get_method() == b"HEAD"
            or not self.url.startswith(b"/")
            or b"#" in self.url
            or not self.url.isascii()
        ):
            return None
        return self._application.prompt(self.url, dict(self.headers))

    def _close_if_idle(self) -> None:
        """Close a connection on which no prompt request came for long.

        One timer that looks back costs less than one for every request.
        """
        left = self._last_prompt + self.timeout_keep_alive - self.loop.time()
        pending = self.cycle is not None and not self.cycle.response_complete
        if pending or self.timeout_keep_alive_task is not None:
            left = self.timeout_keep_alive  # uvicorn sees to it
        if left <= 0:
            self.transport.close()
        else:
            self._idle = self.loop.call_later(left, self._close_if_idle)


def _serialised(response: Response) -> bytes:
    parts = [STATUS_LINE[response.status]]
    parts += [b"%b: %b\r\n" % header for header in response.headers]
    parts.append(b"content-length: %d\r\n\r\n" % len(response.body))
    parts.append(response.body)
    return b"".join(parts)


def drop(send: Callable[..., Any]) -> None:
    """Close the connection of a request that has no answer yet, and will get none.

    send: the ASGI callable of that request, a method of uvicorn's own.
    """
    cycle = cast("Any", send).__self__
    # uvicorn answers 500 for whoever sends nothing, unless the client has gone.
    cycle.disconnected = True
    cycle.transport.abort()
