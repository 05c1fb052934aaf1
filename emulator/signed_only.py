"""Nothing without a valid signature: what stands in front of everything off loopback.

Signature Version 4 as AWS checks it (IAM user guide, "AWS Signature Version 4 for API requests"):
the key, the time, that what decides is signed, the hash of the body, the signature. The arithmetic
is ministack's own.
"""

import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs

from emulator.access_key import AccessKey
from emulator.gateway import Application, Message, Receive, Send
from emulator.http import Response
from emulator.ministack_parts import part
from emulator.unauthenticated import AuthenticationError, unauthenticated

MAX_BYTES: Final = 128 * 1024 * 1024
"""Of a body, which is held until its signature has been checked."""

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_HASHED: Final = "x-amz-content-sha256"
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"
_SIGNED_CHUNKS: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
_LONGEST_SECONDS: Final = 7 * 24 * 3600
_AHEAD: Final = timedelta(minutes=15)
_UNKNOWN_KEY: Final = "The security token included in the request is invalid."


class _Refused(Exception):  # noqa: N818 - as it reads where it is raised
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.error = AuthenticationError(code, message)


@dataclass(frozen=True, slots=True)
class _Signed:
    """A request whose signature says what it is for. signature: ministack's, in its parts."""

    signature: Any
    headers: dict[str, str]
    query: dict[str, list[str]]
    presigned: bool

    @property
    def is_s3(self) -> bool:
        return bool(self.signature.service == "s3")


class SignedOnly:
    """The application behind a check of every request's signature.

    key: the only one that may sign. loaded: awaits ministack, whose parts check and refuse.
    """

    def __init__(
        self, application: Application, key: AccessKey, loaded: Callable[[], Awaitable[object]]
    ) -> None:
        self._application = application
        self._key = key
        self._loaded = loaded

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI entry for HTTP requests; there are no others."""
        if scope["type"] != "http":
            return
        await self._loaded()
        headers = _joined(scope["headers"])
        try:
            signed = _signed(scope, headers)
            self._check_before_the_body(signed)
            body = await _whole(receive)
            if body is None:
                return
            self._check(scope, signed, body)
        except _Refused as refused:
            service = _service(headers)
            response = unauthenticated(service, "", refused.error, headers)
            await _answer(scope, send, response)
            return
        await self._application(scope, _replayed(body, receive), send)

    def _check_before_the_body(self, signed: _Signed) -> None:
        """What costs a stranger no memory of ours. Raises: _Refused."""
        signature = signed.signature
        if signature.access_key_id not in self._key.ids or signature.region_set is not None:
            raise _Refused("UnrecognizedClientException", _UNKNOWN_KEY)
        _check_time(signed)
        names = set(signature.signed_headers.lower().split(";"))
        deciding = {"host"} | {name for name in signed.headers if name.startswith("x-amz-")}
        if not signed.presigned and "x-amz-date" not in signed.headers:
            deciding.add("date")
        if not deciding <= names:
            missing = ", ".join(sorted(deciding - names))
            text = f"There were headers present in the request which were not signed: {missing}"
            raise _Refused("SignatureDoesNotMatch", text)

    def _check(self, scope: MutableMapping[str, Any], signed: _Signed, body: bytes) -> None:
        """Raises: _Refused."""
        declared = signed.headers.get(_HASHED, "")
        # A presigned URL of S3 signs no body, as AWS has it.
        if declared and not (signed.presigned and signed.is_s3 and declared == _UNSIGNED):
            _check_hash(declared, body)
        raw_path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        failure = part("core.sigv4", "header_signature_failure")(
            signed.signature,
            self._key.secret,
            scope["method"],
            raw_path.decode("latin-1"),
            signed.query,
            signed.headers,
            body,
            presigned=signed.presigned,
        )
        if failure is not None:
            raise _Refused(*failure)


def _signed(scope: MutableMapping[str, Any], headers: dict[str, str]) -> _Signed:
    """Raises: _Refused for a request that is not signed, or with another algorithm."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    authorization = headers.get("authorization", "")
    if authorization.startswith(_ALGORITHM):
        signature, presigned = part("core.sigv4", "parse_header_signature")(headers), False
    elif query.get("X-Amz-Algorithm") == [_ALGORITHM] and not authorization:
        signature, presigned = part("core.sigv4", "parse_query_signature")(query), True
    else:
        text = "Request is missing Authentication Token"
        raise _Refused("MissingAuthenticationToken", text)
    if isinstance(signature, tuple):
        raise _Refused(*signature)
    return _Signed(signature, headers, query, presigned)


def _check_time(signed: _Signed) -> None:
    """Raises: _Refused for what was signed too long ago, too far ahead, or at no time at all."""
    date = signed.signature.amz_date
    try:
        at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        text = "Date must be in ISO-8601 'basic format': YYYYMMDD'T'HHMMSS'Z'"
        raise _Refused("IncompleteSignature", text) from None
    if not signed.presigned:
        skewed = part("core.sigv4", "request_time_failure")(signed.signature)
        if skewed is not None:
            raise _Refused(*skewed)
        return
    (seconds,) = signed.query.get("X-Amz-Expires", [""])[:1]
    sane = seconds.isascii() and seconds.isdigit() and len(seconds) < len(str(_LONGEST_SECONDS)) + 1
    if not sane or not 0 < int(seconds) <= _LONGEST_SECONDS:
        text = f"X-Amz-Expires must be a number of seconds from 1 to {_LONGEST_SECONDS}"
        raise _Refused("IncompleteSignature", text)
    now = datetime.now(UTC)
    if at > now + _AHEAD:
        raise _Refused("RequestTimeTooSkewed", f"Signature not yet current: {date}")
    if now > at + timedelta(seconds=int(seconds)):
        raise _Refused("RequestTimeTooSkewed", "Request has expired")


def _check_hash(declared: str, body: bytes) -> None:
    """Raises: _Refused for a body that is not the one that was signed.

    Signed chunks are checked with the signature. A body that is not signed at all is for
    connections that nobody can change, which plain HTTP is not.
    """
    if declared.startswith(_SIGNED_CHUNKS):
        return
    if declared != hashlib.sha256(body).hexdigest():
        text = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise _Refused("SignatureDoesNotMatch", text)


def _service(headers: dict[str, str]) -> str:
    """The service that a refused request was signed for, "" if it says none."""
    scope = headers.get("authorization", "").partition("Credential=")[2].partition(",")[0]
    parts = scope.split("/")
    return parts[-2] if len(parts) > 2 else ""  # noqa: PLR2004 - .../service/aws4_request


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """By name; one that comes on several lines is signed with a comma between."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        value = part("core.sigv4", "decode_header_value")(raw_value)
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


async def _whole(receive: Receive) -> bytes | None:
    """The body; None when the client left. Raises: _Refused for one that is too large."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > MAX_BYTES:
            raise _Refused("RequestEntityTooLarge", f"A body has at most {MAX_BYTES} bytes.")
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once, and then what comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(scope: MutableMapping[str, Any], send: Send, response: Response) -> None:
    """The refusal, after which the connection ends: the rest of a body is not read."""
    body = b"" if scope["method"] == "HEAD" else response.body
    closing = [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    headers = [each for each in response.headers if each[0] != b"content-length"] + closing
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
