"""The local AWS's own endpoints below `/_emulator/`: health, state, requests, reset, faults, clock.

All answer JSON; a mistake is a 400 that names it. The console has the rest of the addresses.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit

import orjson

from emulator.clock import Clock, ClockError
from emulator.console import Console, is_console
from emulator.customer_profiles import CustomerProfiles
from emulator.faults import Faults, FaultsError
from emulator.http import Request, Response, ServiceError
from emulator.loopback import is_loopback
from emulator.request_log import LoggedRequest, RequestLog
from emulator.state_report import packages, state_report

_JSON: Final = (b"content-type", b"application/json")
_KNOWN: Final = (
    "Known here: GET /_emulator/health, /_emulator/state and /_emulator/requests;"
    " POST /_emulator/reset; GET, PUT and DELETE /_emulator/faults and /_emulator/clock"
)
_FOREIGN: Final = "Pages of other sites may not use this address."
_DEFAULT_REQUESTS: Final = 100
_MOST_REQUESTS: Final = 1_000


class Resettable(Protocol):
    """A part of the local AWS that can be emptied."""

    async def reset(self) -> None:
        """Empty it; done when it returns."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the endpoints show and change. emptied: what a reset empties, in this order."""

    customer_profiles: CustomerProfiles
    faults: Faults
    clock: Clock
    requests: RequestLog
    emptied: tuple[Resettable, ...]


class _BadQueryError(Exception):
    """The message names the parameter and the way out."""


class Control:
    """`GET health` tells that it runs, `GET state` what there is and where it is kept.

    `GET requests?limit=N&bodies=1` shows the last requests of our own services, the newest first.
    `POST reset` removes all domains and resources, and all that the backing emulator has;
    `POST reset?domain=NAME` one domain. Faults, clock and the Data API's databases stay.
    `PUT faults` takes `{"seed": N, "rules": [...], "pace": "aws", "searchDelayMilliseconds": N}`,
    `PUT clock` one of `{"offsetSeconds": N}`, `{"advanceSeconds": N}` and `{"frozenAt": N}`; `GET`
    shows what holds and `DELETE` ends it. A clock that passes the expiry of an object removes it.
    """

    def __init__(self, parts: Parts, console: Console) -> None:
        self._parts = parts
        self._console = console
        self._started = time.monotonic()
        self._endpoints: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("GET", "health"): self._health,
            ("GET", "state"): self._state,
            ("GET", "requests"): self._requests,
            ("POST", "reset"): self._reset,
            ("GET", "faults"): self._faults,
            ("PUT", "faults"): self._faults,
            ("DELETE", "faults"): self._faults,
            ("GET", "clock"): self._clock,
            ("PUT", "clock"): self._clock,
            ("DELETE", "clock"): self._clock,
        }

    async def handle(self, request: Request) -> Response:
        if is_console(request.path):
            return await self._console.handle(request)
        try:
            _check_site(request)
            name = request.path.removeprefix("/_emulator/")
            endpoint = self._endpoints.get((request.method, name), self._unknown)
            return await endpoint(request)
        except (FaultsError, ClockError, _BadQueryError) as error:
            return _response(400, {"Message": str(error)})
        except ServiceError as error:
            return _response(error.status, {"Message": error.message})

    async def _unknown(self, _: Request) -> Response:
        return _response(404, {"Message": _KNOWN})

    async def _health(self, request: Request) -> Response:
        _parameters(request)
        domains = self._parts.customer_profiles.domain_count()
        return _response(200, {"status": "ok", "versions": packages(), "domains": domains})

    async def _state(self, request: Request) -> Response:
        _parameters(request)
        parts = self._parts
        report = state_report(parts.customer_profiles, parts.requests, self._started)
        return _response(200, report)

    async def _requests(self, request: Request) -> Response:
        asked = _parameters(request, "limit", "bodies")
        limit = asked.get("limit", str(_DEFAULT_REQUESTS))
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit[:9]) <= _MOST_REQUESTS):
            raise _BadQueryError(f"limit: must be a number from 1 to {_MOST_REQUESTS}")
        if asked.get("bodies", "0") not in {"0", "1"}:
            raise _BadQueryError("bodies: must be 0 or 1")
        bodies = asked.get("bodies") == "1"
        newest = self._parts.requests.newest()
        shown = [_shown(each, bodies=bodies) for each, _ in zip(newest, range(int(limit)))]  # noqa: B905 - the shorter ends it
        return _response(200, {"total": self._parts.requests.total, "requests": shown})

    async def _reset(self, request: Request) -> Response:
        asked = _parameters(request, "domain")
        name = asked.get("domain")
        if name == "":
            raise _BadQueryError("domain: must name a domain; leave it out to reset everything")
        removed = self._parts.customer_profiles.reset(name)
        if name is not None and not removed:
            return _response(404, {"Message": f"There is no domain {name} in any account."})
        if name is None:
            for part in self._parts.emptied:
                await part.reset()
        return _response(200, {"domainsRemoved": removed})

    async def _faults(self, request: Request) -> Response:
        faults = self._parts.faults
        if request.method == "PUT":
            faults.set(request.body)
        elif request.method == "DELETE":
            faults.clear()
        if request.method != "GET":
            self._parts.customer_profiles.world.delay_search(faults.search_delay)
        return _response(200, faults.described())

    async def _clock(self, request: Request) -> Response:
        clock = self._parts.clock
        if request.method == "PUT":
            clock.set(request.body)
        elif request.method == "DELETE":
            clock.clear()
        if request.method != "GET":
            self._parts.customer_profiles.set_clock(clock.now)
        return _response(200, clock.described())


def _check_site(request: Request) -> None:
    """Raises: ServiceError for what a page of another site sends."""
    origin = request.header(b"origin")
    if origin and not is_loopback(urlsplit(origin).netloc):
        raise ServiceError("Forbidden", _FOREIGN, 403)


def _parameters(request: Request, *known: str) -> dict[str, str]:
    """The query, each name once. Raises: _BadQueryError."""
    given = parse_qs(request.query, keep_blank_values=True)
    for name, values in given.items():
        if name not in known:
            names = f"it takes {', '.join(known)}" if known else "it takes none"
            raise _BadQueryError(f"unknown query parameter {name}: {names}")
        if len(values) > 1:
            raise _BadQueryError(f"{name}: must be given once")
    return {name: value for name, (value,) in given.items()}


def _shown(logged: LoggedRequest, *, bodies: bool) -> dict[str, Any]:
    """status: null where no answer was sent."""
    request, response = logged.request, logged.response
    shown: dict[str, Any] = {
        "number": logged.number,
        "at": logged.at,
        "service": logged.service,
        "operation": logged.operation,
        "method": request.method,
        "path": request.path,
        "status": response.status or None,
        "milliseconds": round(logged.milliseconds, 3),
        "account": request.caller.account,
        "region": request.caller.region,
    }
    if bodies:
        shown["requestBody"] = request.body.decode(errors="replace")
        shown["responseBody"] = response.body.decode(errors="replace")
    return shown


def _response(status: int, body: dict[str, Any]) -> Response:
    return Response(status, orjson.dumps(body), [_JSON])
