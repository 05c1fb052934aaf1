"""Connections whose answers leave in one piece.

uvicorn writes the head of an answer and its body apart. Between the two another thread may hold the
interpreter for milliseconds, and the Go client of the aws-native provider, seen with Go 1.26, now
and then closes a connection on which it has got a head alone: a deployment then fails with "use of
closed network connection".
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _OneWrite:
    """A transport that writes what one turn of the event loop gives it at once."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a transport that gathers writes."""

    def connection_made(self, transport: Any) -> None:
        gathering = _OneWrite(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", gathering))


def drop(send: Callable[..., Any]) -> None:
    """Close the connection of a request that has no answer yet, and will get none.

    send: the ASGI callable of that request, a method of uvicorn's own.
    """
    cycle = cast("Any", send).__self__
    # uvicorn answers 500 for whoever sends nothing, unless the client has gone.
    cycle.disconnected = True
    cycle.transport.abort()
