"""Which page a request asks for; what is refused before any page is made."""

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from emulator import look
from emulator.console import domain_pages, outcome_pages, profile_pages, request_pages
from emulator.console.addresses import CONSOLE, HOME
from emulator.console.context import Context, Query
from emulator.console.page import HERE, NothingHereError, Page, Pages, response
from emulator.customer_profiles import CustomerProfiles
from emulator.http import Request, Response
from emulator.request_log import RequestLog

_TEXT: Final = b"text/plain; charset=utf-8"
_ASSETS: Final = {"style.css": b"text/css; charset=utf-8", "icon.svg": b"image/svg+xml"}
_PLACE: Final = 3
"""A domain's account, region and name."""

_PAGES: Final[dict[tuple[str, int], Callable[..., Page]]] = {
    ("outcomes", 0): outcome_pages.outcomes,
    ("outcomes", 1): outcome_pages.outcome,
    ("requests", 0): request_pages.requests,
    ("requests", 1): request_pages.request,
}
"""By the first part of the path, and the number of parts after it, which the page is given."""

_DOMAIN_PAGES: Final[dict[tuple[str, int], Callable[..., Page]]] = {
    ("", 0): domain_pages.domain,
    ("search", 0): domain_pages.search_results,
    ("types", 1): domain_pages.object_type,
    ("profiles", 1): profile_pages.profile,
    ("objects", 2): profile_pages.profile_object,
}
"""The same below a domain."""


class Site:
    """All pages of the console."""

    def __init__(self, customer_profiles: CustomerProfiles, requests: RequestLog) -> None:
        self._customer_profiles = customer_profiles
        self._requests = requests
        self._pages = Pages()

    def answer(self, request: Request) -> Response:
        """A page, a part of one, or a refusal."""
        if request.method not in {"GET", "HEAD"}:
            refused = response(405, b"The console is for reading: GET or HEAD.", _TEXT)
            refused.headers.append((b"allow", b"GET, HEAD"))
            return refused
        asset = request.path.removeprefix(CONSOLE)
        if asset in _ASSETS:
            return response(200, look.asset(HERE, asset), _ASSETS[asset])
        context = Context(
            self._customer_profiles.world,
            self._customer_profiles.traces,
            self._requests,
            Query(request.query),
            f"http://{request.header(b'host')}",
        )
        try:
            page = _page(context, request.path)
        except NothingHereError as error:
            page = Page("nothing.html", {"text": str(error)}, 404)
        return self._pages.answer(page)


def _page(context: Context, path: str) -> Page:
    """Raises: NothingHereError."""
    if path == HOME:
        return domain_pages.overview(context)
    kind, *rest = [
        unquote(part, errors="replace") for part in path.removeprefix(CONSOLE).split("/")
    ]
    if kind == "domains" and len(rest) >= _PLACE:
        domain = context.domain(*rest[:_PLACE])
        within, *names = rest[_PLACE:] or [""]
        of_domain = _DOMAIN_PAGES.get((within, len(names)))
        if of_domain is not None:
            return of_domain(context, domain, *names)
    page = _PAGES.get((kind, len(rest)))
    if page is None:
        raise NothingHereError("The console has no page at this address.")
    return page(context, *rest)
