"""What pages in a browser may do with the backing emulator, which of itself lets any page in.

A page of another site can send requests to this machine, and needs no key for it: a form that makes
a stack is enough to run code here. A browser says with `Origin` who asks, and nobody else sends it
(Fetch standard, "Origin header"). Pages of this machine are let in; others only into a bucket whose
CORS configuration allows them, as on AWS.

A page that somebody keeps in a bucket, under the path of our own address, has the origin of the
console. It is sandboxed: its scripts run, as a page of nobody (HTML standard, "Sandboxing").
"""

from collections.abc import MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from emulator.gateway import Application, Message, Receive, Send
from emulator.loopback import EVERYWHERE, FOREIGN, is_foreign, reach
from emulator.ministack_parts import part

SANDBOX: Final = (
    b"content-security-policy",
    b"sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads",
)
_CROSS_SITE: Final = b"cross-site"
_CORS: Final = b"access-control-"
_ALLOW_ORIGIN: Final = b"access-control-allow-origin"

Headers = list[tuple[bytes, bytes]]


class PagesApart:
    """The backing emulator, for pages of this machine and for whoever is no page."""

    def __init__(self, backing: Application) -> None:
        self._backing = backing

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != "http":
            await self._backing(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"")
        allowed: Headers = []
        if origin and is_foreign(origin):
            answer = _bucket_answer(scope, headers)
            if answer is None:
                await _refuse(send)
                return
            status, allowed, body = answer
            if scope["method"] == "OPTIONS":
                await _send(send, status, allowed, body)
                return
        elif headers.get(b"sec-fetch-site") == _CROSS_SITE and _is_operation(scope):
            # Of a picture or a link no origin is told.
            await _refuse(send)
            return
        shared = reach(headers.get(b"host", b"localhost")) == EVERYWHERE

        async def narrowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = _narrowed(message.get("headers", ()), origin, allowed)
                message = dict(message) | {"headers": answered + ([SANDBOX] if shared else [])}
            await send(message)

        await self._backing(scope, receive, narrowed)


def _narrowed(headers: Any, origin: bytes, allowed: Headers) -> Headers:
    """The headers, which open the answer to whoever asked, not to everybody."""
    kept = [(name, value) for name, value in headers if not name.lower().startswith(_CORS)]
    if allowed:
        return kept + allowed
    cors = [(name, value) for name, value in headers if name.lower().startswith(_CORS)]
    if not origin:
        return kept
    own = [
        (name, origin if name.lower() == _ALLOW_ORIGIN and value == b"*" else value)
        for name, value in cors
    ]
    return [*kept, *own, (b"vary", b"Origin")]


def _bucket_answer(
    scope: MutableMapping[str, Any], headers: dict[bytes, bytes]
) -> tuple[int, Headers, bytes] | None:
    """(status, headers, body) of S3 to a foreign page's preflight; of another request the headers
    that let it in. None where no bucket is asked, or its CORS configuration does not allow it.
    """
    method = scope["method"]
    form = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
    if _is_operation(scope) or b"x-amz-target" in headers or (method == "POST" and not form):
        return None
    target = part("app", "_s3_cors_target")(
        headers.get(b"host", b"localhost").decode("latin-1"), scope["path"]
    )
    if target is None:
        return None
    asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    if method == "OPTIONS":
        status, answered, body = part("services.s3", "cors_preflight")(*target, asked)
    else:
        answered = part("services.s3", "cors_response_headers")(target[0], method, asked)
        status, body = 200, b""
    if not answered:
        return None
    return status, [(n.lower().encode(), str(v).encode()) for n, v in answered.items()], body


def _is_operation(scope: MutableMapping[str, Any]) -> bool:
    """Whether the query names an operation, as query protocols let GET do."""
    return "Action" in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"x-amzn-errortype", b"AccessDeniedException"),
    ]
    await _send(send, 403, headers, orjson.dumps({"Message": FOREIGN}))


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    kept = [each for each in headers if each[0] != b"content-length"]
    kept.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": kept})
    await send({"type": "http.response.body", "body": body})
