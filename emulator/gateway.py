"""The one port: picks the service of a request by the scope that it was signed for.

A SigV4 credential scope is `ACCESS_KEY/DATE/REGION/SERVICE/aws4_request`. Cloud Control is also
known by its target header, because provider releases sign it under different names.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

import orjson

from emulator.connections import drop
from emulator.faults import DroppedError, Faults
from emulator.http import MAX_BODY_BYTES, Caller, PromptService, Request, Response, Service
from emulator.loopback import EVERYWHERE, FOREIGN, MISDIRECTED, NOWHERE, Reaches, is_foreign
from emulator.request_log import RequestLog

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

DEFAULT_ACCOUNT: Final = "000000000000"
"""The account of access keys that are not themselves an account number (ministack's rule)."""

NO_ANSWER: Final = 0
"""The status of a response that is not to be sent: the connection is closed instead."""

CONTROL_PREFIX: Final = "/_emulator/"
_CONTROL_START: Final = CONTROL_PREFIX.encode()

_NO_HOST: Final = b"localhost"
"""Of a request without Host, which no browser sends."""

_CLOUD_CONTROL_TARGET: Final = b"CloudApiService."
_CLOUD_CONTROL_NAMES: Final = frozenset({"cloudcontrolapi", "cloudapiservice"})
_ACCOUNT_DIGITS: Final = 12
_JSON: Final = (b"content-type", b"application/json")

# The request stays out of the log: it can hold a customer's data.
_UNEXPECTED: Final = "unexpected error in %s"

log = logging.getLogger("emulator")


class Guard(Protocol):
    """Decides who may call a service."""

    async def refusal(self, service: str, request: Request) -> Response | None:
        """The answer to whoever may not; otherwise None, and the request has its caller."""


class _HungUpError(Exception):
    """The client left before it had sent the whole request."""


class _Misdirected:
    """What stands in the place of every service for a Host that is not ours."""

    async def handle(self, _: Request) -> Response:
        return _refusal(403, "AccessDeniedException", MISDIRECTED)


_MISDIRECTED: Final = _Misdirected()


class Gateway:
    """The ASGI application in front of our services, and of the backing emulator for the rest."""

    def __init__(
        self,
        services: dict[str, Service],
        backing: Application,
        control: Service,
        faults: Faults | None = None,
        guard: Guard | None = None,
        requests: RequestLog | None = None,
        prompts: Mapping[str, PromptService] | None = None,
        reaches: Reaches | None = None,
        *,
        any_origin: bool = False,
    ) -> None:
        """services: by signing name, Cloud Control as `cloudcontrolapi`. prompts: those of them
        that never wait.

        faults and guard stand in front of `services`; ministack enforces IAM itself.
        requests: keeps what they were asked and answered. reaches: what each Host may ask.
        any_origin: let pages of other sites ask our services, because something else keeps them
        out. `control` sees to pages itself, and `backing` is to.
        """
        self._services = services
        self._backing = backing
        self._control = control
        self._faults = Faults() if faults is None else faults
        self._guard = guard
        self._requests = RequestLog() if requests is None else requests
        self._prompts = {} if prompts is None else prompts
        self._reaches = Reaches() if reaches is None else reaches
        self._any_origin = any_origin
        self._scopes: dict[str, tuple[Caller, str]] = {}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI entry for HTTP requests."""
        if scope["type"] != "http":
            await self._backing(scope, receive, send)
            return
        authorization = target = b""
        host = _NO_HOST
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"authorization":
                authorization = value
            elif name == b"x-amz-target":
                target = value
        caller, signed_for = self._scope(authorization, scope["query_string"])
        name, service = self._picked(scope["path"], target, signed_for, self._reaches[host])
        if service is None:
            await self._backing(scope, receive, send)
            return
        try:
            body = await _body(receive)
        except _HungUpError:
            return
        if body is None:
            response = _too_large()
        else:
            raw_path = scope.get("raw_path") or scope["path"].encode()
            request = Request(
                scope["method"],
                raw_path.partition(b"?")[0].decode("latin-1"),
                scope["query_string"].decode("latin-1"),
                scope["headers"],
                body,
                caller,
            )
            started = time.perf_counter()
            response = await self._answer(name, service, request)
            self._requests.add(name, request, response, started)
            if response.status == NO_ANSWER:
                drop(send)
                return
        body = response.body if scope["method"] != "HEAD" else b""
        response.headers.append((b"content-length", b"%d" % len(body)))
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": response.headers,
            }
        )
        await send({"type": "http.response.body", "body": body})

    def prompt(self, url: bytes, headers: Mapping[bytes, bytes]) -> tuple[Caller, str] | None:
        """(caller, service) of a request to a service that never waits. See EmulatorProtocol."""
        if (
            self._guard is not None
            or self._faults.active
            or b"x-amz-target" in headers
            or b"origin" in headers
            or url.startswith(_CONTROL_START)
            or self._reaches[headers.get(b"host", _NO_HOST)] == NOWHERE
        ):
            return None
        scope = self._scope(headers.get(b"authorization", b""), b"")
        return scope if scope[1] in self._prompts else None

    def answer(self, name: str, request: Request) -> Response:
        """The answer of a service that never waits."""
        if len(request.body) > MAX_BODY_BYTES:
            return _too_large()
        started = time.perf_counter()
        service = self._prompts[name]
        try:
            response = service.answer(request)
        except Exception:
            log.exception(_UNEXPECTED, type(service).__name__)
            response = _failure()
        self._requests.add(name, request, response, started)
        return response

    def _picked(
        self, path: str, target: bytes, signed_for: str, reach: int
    ) -> tuple[str, Service | None]:
        """(name, service) of ours; "" for our own endpoints, None for what is the backing's."""
        is_control = path.startswith(CONTROL_PREFIX)
        if reach != EVERYWHERE and (reach == NOWHERE or is_control):
            return "", _MISDIRECTED
        if is_control:
            return "", self._control
        if target.startswith(_CLOUD_CONTROL_TARGET) or signed_for in _CLOUD_CONTROL_NAMES:
            return "cloudcontrolapi", self._services.get("cloudcontrolapi")
        return signed_for, self._services.get(signed_for)

    async def _answer(self, name: str, service: Service, request: Request) -> Response:
        try:
            if name and not self._any_origin:
                origin = request.header(b"origin")
                if origin and is_foreign(origin.encode("latin-1")):
                    return _refusal(403, "AccessDeniedException", FOREIGN)
            # Neither costs a request anything while it is off.
            if name and (self._guard is not None or self._faults.active):
                refused = await self._refusal(name, request)
                if refused is not None:
                    return refused
            return await service.handle(request)
        except DroppedError as dropped:
            if dropped.worked:
                await service.handle(request)
            return Response(NO_ANSWER, b"", [])
        except Exception:
            log.exception(_UNEXPECTED, type(service).__name__)
            return _failure()

    async def _refusal(self, name: str, request: Request) -> Response | None:
        """What guard or faults answer in a service's place; None when it is asked itself."""
        refused = None if self._guard is None else await self._guard.refusal(name, request)
        if refused is None and self._faults.active:
            refused = await self._faults.strike(name, request)
        return refused

    def _scope(self, authorization: bytes, query: bytes) -> tuple[Caller, str]:
        """(caller, service the request was signed for, "" if unsigned)."""
        if authorization:
            text = authorization.decode("latin-1")
            start = text.find("Credential=") + len("Credential=")
            credential = text[start : text.find(",", start)] if start > len("Credential=") else ""
        elif b"X-Amz-Credential=" in query:
            credential = parse_qs(query.decode("latin-1")).get("X-Amz-Credential", [""])[0]
        else:
            credential = ""
        known = self._scopes.get(credential)
        if known is None:
            known = _parse_credential(credential)
            if len(self._scopes) > 1000:  # noqa: PLR2004 - only as a bound on memory
                self._scopes.clear()
            self._scopes[credential] = known
        return known


def _parse_credential(credential: str) -> tuple[Caller, str]:
    parts = credential.strip().split("/")
    if len(parts) < 5:  # noqa: PLR2004 - key, date, region, service, terminator
        return Caller(DEFAULT_ACCOUNT, "us-east-1"), ""
    key, region, service = parts[0], parts[-3], parts[-2]
    return Caller(account_of(key), region), service


def account_of(key: str) -> str:
    """The account of an access key: the key itself if it is an account number."""
    is_account = len(key) == _ACCOUNT_DIGITS and key.isascii() and key.isdigit()
    return key if is_account else DEFAULT_ACCOUNT


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than any that we take. Raises: _HungUpError."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUpError
        part: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size <= MAX_BODY_BYTES:
            parts.append(part)
    return b"".join(parts) if size <= MAX_BODY_BYTES else None


def _too_large() -> Response:
    return _refusal(413, "RequestEntityTooLargeException", "The request is too large.")


def _failure() -> Response:
    return _refusal(500, "InternalServerException", "An internal error of the local AWS.")


def _refusal(status: int, code: str, message: str) -> Response:
    headers = [_JSON, (b"x-amzn-errortype", code.encode())]
    return Response(status, orjson.dumps({"Message": message}), headers)
