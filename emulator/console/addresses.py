"""Where each page is. Whatever comes from a request or a store is quoted here, and only here."""

from typing import Final, Protocol
from urllib.parse import quote, urlencode

from emulator.customer_profiles.world import Domain

HOME: Final = "/_emulator/"
CONSOLE: Final = "/_emulator/console/"
OUTCOMES: Final = f"{CONSOLE}outcomes"
REQUESTS: Final = f"{CONSOLE}requests"


class Place(Protocol):
    """What names a domain beside its name."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str: ...


def domain(place: Place, name: str) -> str:
    return path("domains", place.account, place.region, name)


def object_type(of: Domain, name: str) -> str:
    return f"{domain(of.caller, of.name)}/types/{_quoted(name)}"


def profile(of: Domain, profile_id: str) -> str:
    return f"{domain(of.caller, of.name)}/profiles/{_quoted(profile_id)}"


def profile_object(of: Domain, type_name: str, unique_key: str) -> str:
    return f"{domain(of.caller, of.name)}/objects/{_quoted(type_name)}/{_quoted(unique_key)}"


def search(of: Domain, key: str, *values: str) -> str:
    return with_query(f"{domain(of.caller, of.name)}/search", key=key, value=list(values))


def outcome(number: int) -> str:
    return path("outcomes", str(number))


def outcomes_of(of: Domain) -> str:
    return with_query(OUTCOMES, account=of.caller.account, region=of.caller.region, domain=of.name)


def request(number: int) -> str:
    return path("requests", str(number))


def path(*parts: str) -> str:
    """A page of the console."""
    return CONSOLE + "/".join(map(_quoted, parts))


def with_query(address: str, **query: str | int | list[str]) -> str:
    """The address with those members of the query that have a value."""
    given = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(given, doseq=True, errors='replace')}" if given else address


def _quoted(part: str) -> str:
    return quote(part, safe="", errors="replace")
