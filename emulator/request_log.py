"""The last requests of our own services: kept as they came, looked into only when somebody asks.

Keeping one costs well under a microsecond: nothing is copied, parsed or formatted on the way.
"""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from emulator.http import Caller, Request, Response, ServiceError
from emulator.operations import PROTOCOLS

MOST_REQUESTS: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of the bodies of large requests together."""
LARGE: Final = 8 * 1024
"""Bytes of request and response body above which they are counted."""

_FIRST_ERROR: Final = 400

_BY_TARGET: Final = "cloudcontrolapi"
"""The service whose operation stands in a header."""

_Headers = list[tuple[bytes, bytes]]
_Kept = tuple[str, str, str, str, _Headers | None, bytes, Caller, int, bytes, float, float]
"""(service, method, path, query, headers, body, caller, status, answer, start, duration)."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and its answer.

    number: 1 for the first since the start. service: as the gateway knows it, e.g. `profile`.
    at: when it came, epoch seconds. Of headers only those are kept that name an operation, and a
    signature may be among them: never show them.
    """

    number: int
    service: str
    request: Request
    response: Response
    at: float
    milliseconds: float

    @property
    def failed(self) -> bool:
        """Whether it was refused, or got no answer at all."""
        return not 0 < self.response.status < _FIRST_ERROR

    @property
    def operation(self) -> str:
        """Name of the operation, "" for a request that is none."""
        try:
            return PROTOCOLS[self.service].operation(self.request)
        except ServiceError:
            return ""


class RequestLog:
    """A ring of requests, bounded by their number and by the bytes of the large ones."""

    def __init__(self, most: int = MOST_REQUESTS, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: deque[_Kept] = deque(maxlen=most)
        self._total = 0
        self._epoch = time.time() - time.perf_counter()

    def add(self, service: str, request: Request, response: Response, started: float) -> None:
        """Keep a request that was answered just now, unless it was for none of our services ("").

        started: `time.perf_counter()` before.
        """
        if not service:
            return
        body, answer = request.body, response.body
        # What is not kept is freed while it is still in the processor's cache: to keep whole
        # requests costs several times as much.
        self._kept.append(
            (
                service,
                request.method,
                request.path,
                request.query,
                request.headers if service == _BY_TARGET else None,
                body,
                request.caller,
                response.status,
                answer,
                started,
                time.perf_counter() - started,
            )
        )
        self._total += 1
        if len(body) + len(answer) > LARGE:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the oldest until the large ones together are no larger than they may be."""
        kept = self._kept
        size = sum(_large(each) for each in kept)
        while size > self._most_bytes:
            size -= _large(kept.popleft())

    @property
    def total(self) -> int:
        """How many requests there were since the start, kept or not."""
        return self._total

    def __len__(self) -> int:
        return len(self._kept)

    def newest(self) -> Iterator[LoggedRequest]:
        """All that are kept, the newest first."""
        for back, kept in enumerate(reversed(self._kept)):
            yield self._entry(self._total - back, kept)

    def find(self, number: int) -> LoggedRequest | None:
        """The request of this number; None when it is not kept, or there was none."""
        back = self._total - number
        return self._entry(number, self._kept[-1 - back]) if 0 <= back < len(self) else None

    def clear(self) -> None:
        """Forget all requests; numbers go on."""
        self._kept.clear()

    def _entry(self, number: int, kept: _Kept) -> LoggedRequest:
        service, method, path, query, headers, body, caller, status, answer, started, taken = kept
        request = Request(method, path, query, headers or [], body, caller)
        response, at = Response(status, answer, []), self._epoch + started
        return LoggedRequest(number, service, request, response, at, taken * 1000)


def _large(kept: _Kept) -> int:
    """The bytes of the bodies, 0 when they are not large."""
    size = len(kept[5]) + len(kept[8])
    return size if size > LARGE else 0
