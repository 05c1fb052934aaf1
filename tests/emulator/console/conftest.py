"""The console as a reader without scripts gets it: pages, their words, tables and links."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

REGION = "us-east-1"


_INLINE = {"a", "bdi", "code", "span", "time", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.listings: list[str] = []
        self._rows: list[list[str]] | None = None
        self._in: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
        elif tag == "table":
            self._rows = self.tables.setdefault(given["id"] or "", [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append("")
        elif tag == "pre":
            self.listings.append("")
        self._in.append(tag)
        if tag not in _INLINE:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass
        if tag == "table":
            self._rows = None

    def handle_data(self, data: str) -> None:
        if "style" in self._in or "script" in self._in:
            return
        self.words.append(data)
        if "pre" in self._in:
            self.listings[-1] += data
        if self._rows and self._rows[-1] and ("td" in self._in or "th" in self._in):
            self._rows[-1][-1] += data


@dataclass
class Shown:
    """An answer of the console. tables: rows of cells by id, without the head."""

    status: int
    headers: dict[str, str]
    html: str
    text: str = ""
    links: list[str] = field(default_factory=list)
    listings: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reader = _Reader()
        reader.feed(self.html)
        self.text = " ".join("".join(reader.words).split())
        self.links, self.listings = reader.links, reader.listings
        self.tables = {
            name: [[" ".join(cell.split()) for cell in row] for row in rows[1:]]
            for name, rows in reader.tables.items()
        }

    def link(self, part: str) -> str:
        """The first link whose address has this in it."""
        return next(address for address in self.links if part in address)


Read = Callable[..., Shown]


@pytest.fixture(scope="session")
def ask(emulator: Any) -> Callable[..., Shown]:
    """`ask(method, path, headers)`: any request to the console."""
    place = urlsplit(emulator.url)

    def run(method: str, path: str, headers: dict[str, str] | None = None) -> Shown:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        given = {name.lower(): value for name, value in response.getheaders()}
        return Shown(response.status, given, body)

    return run


@pytest.fixture(scope="session")
def read(ask: Callable[..., Shown]) -> Read:
    """`read(path, **query)`: a page, which must be there; `status` for one that must not."""

    def run(path: str = "", status: int = 200, **query: str) -> Shown:
        address = path if path.startswith("/") else f"/_emulator/console/{path}"
        shown = ask("GET", f"{address}?{urlencode(query)}" if query else address)
        assert shown.status == status, shown.text
        return shown

    return run


@pytest.fixture
def home(account: str, people: Any) -> str:
    """The path of the test's own domain, which has the object type Person."""
    return f"domains/{account}/{REGION}/{people.name}"
