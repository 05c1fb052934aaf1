"""What a page can draw on: the worlds, the rings, and the query of its own address."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from emulator.console.page import NothingHereError
from emulator.customer_profiles.traces import Traces
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError
from emulator.request_log import RequestLog

_MOST_DIGITS: Final = 15


class Query:
    """The query of a page's address."""

    def __init__(self, text: str) -> None:
        self._values = parse_qs(text, errors="replace")

    def text(self, name: str) -> str:
        """The first value, "" if absent."""
        return self._values.get(name, [""])[0]

    def texts(self, name: str) -> list[str]:
        """All values but empty ones."""
        return self._values.get(name, [])

    def number(self, name: str) -> int:
        """A number above 0; 0 if it is absent, or no such number."""
        return whole_number(self.text(name))


@dataclass(frozen=True, slots=True)
class Context:
    """endpoint: the address under which the reader reached us, e.g. `http://127.0.0.1:4566`."""

    world: World
    traces: Traces
    requests: RequestLog
    query: Query
    endpoint: str

    def domain(self, account: str, region: str, name: str) -> Domain:
        """Raises: NothingHereError."""
        try:
            return self.world.domain(Caller(account, region), name)
        except ServiceError:
            raise NothingHereError(
                f"There is no domain {name} in account {account}, region {region}."
            ) from None


def whole_number(text: str) -> int:
    """The number that the text spells in digits; 0 for any other text."""
    sane = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if sane else 0
