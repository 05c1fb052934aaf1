"""Connections whose answers leave in one piece.

uvicorn writes the head of an answer and its body apart. Between the two another thread may hold the
interpreter for milliseconds, and the Go client of the aws-native provider, seen with Go 1.26, now
and then closes a connection on which it has got a head alone: a deployment then fails with "use of
closed network connection".
"""

import asyncio
from collections.abc import Callable, Generator
from contextvars import copy_context
from types import coroutine
from typing import Any, cast

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
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
    """uvicorn's protocol over a transport that holds heads.

    A request that has arrived whole and that the application calls quick is answered at once: a
    task of its own would wait for the next turn of the event loop, and cost much of the answer.
    """

    _next: tuple[Any, Any] | None = None

    def connection_made(self, transport: Any) -> None:
        holding = _OneWrite(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", holding))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        while self._next is not None:
            cycle, app = self._next
            quick = app.is_quick(cycle.scope) and not self.expect_100_continue
            # Above the limit uvicorn stops reading until somebody asks for the body.
            if quick and cycle.more_body and len(cycle.body) <= HIGH_WATER_LIMIT:
                return
            self._next = None
            if quick and not cycle.more_body:
                self._answer(cycle, app)
            else:
                super()._start_asgi_task(cycle, app)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if self._next is not None or not hasattr(app, "is_quick"):
            super()._start_asgi_task(cycle, app)
        else:
            self._next = cycle, app

    def _answer(self, cycle: Any, app: Any) -> None:
        """Run the request as far as it goes without waiting, and the rest as a task."""
        context = copy_context()
        running = cycle.run_asgi(app)
        try:
            waits_for = context.run(running.send, None)
        except StopIteration:
            return
        task = self.loop.create_task(_rest(running, waits_for), context=context)
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)


async def _rest(running: Any, waits_for: Any) -> None:
    """The rest of a coroutine that has begun, from what it waits for."""
    await _go_on(running, waits_for)


@coroutine
def _go_on(running: Any, waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        thrown: BaseException | None = None
        try:
            yield waits_for
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the coroutine
            thrown = error
        try:
            waits_for = running.send(None) if thrown is None else running.throw(thrown)
        except StopIteration:
            return


def drop(send: Callable[..., Any]) -> None:
    """Close the connection of a request that has no answer yet, and will get none.

    send: the ASGI callable of that request, a method of uvicorn's own.
    """
    cycle = cast("Any", send).__self__
    # uvicorn answers 500 for whoever sends nothing, unless the client has gone.
    cycle.disconnected = True
    cycle.transport.abort()
