"""Which failures of AWS may pass, and how often something is tried until they do."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Final

_PASSING_CODE: Final = re.compile("Throttl|TooManyRequests|^Internal|^ServiceUnavailable")
TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500


class PassingError(Exception):
    """Something that failed and may succeed when it is tried again."""


def passing_code(code: str) -> bool:
    """Whether an error code tells of throttling or of a failure of the service."""
    return _PASSING_CODE.search(code) is not None


def passing(error: BaseException) -> bool:
    """Throttling, failures of the service, and two writers of one profile, as in `lambdas`.

    Not connections that fail: the SDK has tried those again by itself.
    """
    answer: dict[str, Any] = getattr(error, "response", {})
    code = str(answer.get("Error", {}).get("Code", ""))
    text = str(answer.get("Error", {}).get("Message", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if passing_code(code) or status == TOO_MANY_REQUESTS or status >= SERVER_ERROR:
        return True
    return code == "BadRequestException" and is_concurrent(text)


def is_concurrent(text: str) -> bool:
    """Whether a message tells of two writers of one profile."""
    return "concurrent update" in text.lower()


def attempts(seconds: float) -> Iterator[AbstractContextManager[object]]:
    """Tries, with growing pauses, for about as long; each is a context that swallows its failure.

    The last one does not. Tried again are PassingError and what `passing` says.
    """
    import stamina  # noqa: PLC0415 - help needs none of it

    # Its log lines would stand between ours.
    stamina.instrumentation.set_on_retry_hooks(())
    return iter(
        stamina.retry_context(
            on=lambda error: isinstance(error, PassingError) or passing(error),
            attempts=None,
            timeout=seconds,
        )
    )
