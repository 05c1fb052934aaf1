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


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a transport that holds heads."""

    def connection_made(self, transport: Any) -> None:
        holding = _OneWrite(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", holding))


def drop(send: Callable[..., Any]) -> None:
    """Close the connection of a request that has no answer yet, and will get none.

    send: the ASGI callable of that request, a method of uvicorn's own.
    """
    cycle = cast("Any", send).__self__
    # uvicorn answers 500 for whoever sends nothing, unless the client has gone.
    cycle.disconnected = True
    cycle.transport.abort()
