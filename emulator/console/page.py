"""How pages become answers: templates that escape whatever they are given, and headers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from emulator import look
from emulator.console import addresses
from emulator.console.json_text import laid_out
from emulator.http import Response

HERE: Final = Path(__file__).parent
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999, the last that a date can have."""


class NothingHereError(Exception):
    """What was asked for is not there (any more); the message says what may have become of it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it is given. refresh: seconds after which it loads anew, 0 for never."""

    template: str
    given: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    refresh: int = 0


class Pages:
    """Renders pages."""

    def __init__(self) -> None:
        self._environment = look.environment(HERE, finalize=_visible)
        self._environment.filters |= {
            "breakable": _breakable,
            "counted": counted,
            "moment": moment,
            "laid_out": laid_out,
            "thousands": "{:,}".format,
        }
        self._environment.globals |= {"to": addresses}

    def answer(self, page: Page) -> Response:
        """The page as an answer."""
        template = self._environment.get_template(page.template)
        text = template.render(refresh=page.refresh, **page.given)
        # Half of a surrogate pair is no character that a page could hold.
        body = text.encode("utf-8", "replace")
        return response(page.status, body, b"text/html; charset=utf-8")


def response(status: int, body: bytes, content_type: bytes) -> Response:
    """An answer with the headers of every answer of the console."""
    return Response(status, body, [(b"content-type", content_type), *_HEADERS])


def moment(at: float) -> Markup:
    """A time as people read it, and as programs do."""
    when = datetime.fromtimestamp(min(max(at, 0), _LAST_SECOND), UTC)
    text = f"{when:%Y-%m-%d %H:%M:%S}"
    return Markup('<time datetime="{}">{}</time>').format(when.isoformat(), text)


def counted(number: int, noun: str) -> str:
    """`1 object`, `2 objects`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_CONTROLS: Final = {
    **{code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"},
    0x7F: "\u2421",
}
"""Characters that a page cannot hold, or that would not show, to their pictures."""


def _visible(value: Any) -> Any:
    """What a template shows: text without characters that browsers drop or replace."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.translate(_CONTROLS)
    return value


def _breakable(text: str) -> Markup:
    """The text, which may go to the next line after dots and underscores."""
    return look.breakable(_visible(text))
