"""The console at `/_emulator/`: what an agent would see, and why, as pages to read."""

from typing import TYPE_CHECKING, Final

from emulator.customer_profiles import CustomerProfiles
from emulator.http import Request, Response
from emulator.request_log import RequestLog

if TYPE_CHECKING:
    from emulator.console.site import Site

ROOT: Final = "/_emulator/"
PREFIX: Final = "/_emulator/console/"


def is_console(path: str) -> bool:
    """Whether the console answers requests of this path."""
    return path == ROOT or path.startswith(PREFIX)


class Console:
    """The service behind `is_console`. Nothing of it is loaded before its first request."""

    def __init__(self, customer_profiles: CustomerProfiles, requests: RequestLog) -> None:
        self._customer_profiles = customer_profiles
        self._requests = requests
        self._site: Site | None = None

    async def handle(self, request: Request) -> Response:
        """The page that is asked for."""
        if self._site is None:
            from emulator.console.site import Site  # noqa: PLC0415 - templates are not for start-up

            self._site = Site(self._customer_profiles, self._requests)
        return self._site.answer(request)
