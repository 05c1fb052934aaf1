"""Pages and their tokens: opaque, checked, and stable while others write."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import orjson

from emulator.customer_profiles.wire import BAD_REQUEST
from emulator.http import ServiceError

DEFAULT_PAGE: Final = 20

_SECRET: Final = secrets.token_bytes(32)
_DIGEST: Final = 16

Item = TypeVar("Item")


def page(
    items: Sequence[Item],
    position: Callable[[Item], Any],
    members: dict[str, Any],
    scope: str,
    default: int = DEFAULT_PAGE,
) -> tuple[Sequence[Item], str | None]:
    """(the page that the request asks for, token of the next one).

    items: sorted by `position`, which is unique. scope: what the token is good for, so that one
    of another request is refused. Raises: ServiceError for a token that was not given out.
    """
    token = members.get("NextToken")
    if token is not None:
        after = _open(token, scope)
        items = [item for item in items if position(item) > after]
    size = members.get("MaxResults", default)
    shown = items[:size]
    return shown, _seal(position(shown[-1]), scope) if len(items) > size else None


def _seal(after: Any, scope: str) -> str:
    text = orjson.dumps(after)
    return urlsafe_b64encode(_sign(text, scope) + text).decode()


def _open(token: str, scope: str) -> Any:
    try:
        raw = urlsafe_b64decode(token.encode())
        text = raw[_DIGEST:]
        if hmac.compare_digest(raw[:_DIGEST], _sign(text, scope)):
            return orjson.loads(text)
    except ValueError:
        pass
    raise ServiceError(BAD_REQUEST, "The NextToken is not one that this request was given.")


def _sign(text: bytes, scope: str) -> bytes:
    return hmac.digest(_SECRET, scope.encode() + b"\0" + text, hashlib.sha256)[:_DIGEST]
