"""A page as a tree, read strictly: a tag that is not closed, or closed twice, is an error."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "wbr", "br"})


@dataclass
class Element:
    """An element with its attributes, its children and texts in order."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """It and all below, in order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> list["Element"]:
        """All elements below with one of these tags."""
        return [each for each in self.walk() if each.tag in tags]

    def one(self, tag: str) -> "Element":
        """The only such element below."""
        (found,) = self.all(tag)
        return found

    @property
    def text(self) -> str:
        """All texts below, white space collapsed."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        joined = "".join(parts)
        edges = " " if self.tag in {"td", "th", "li", "p", "h1", "h2", "h3", "dt", "dd"} else ""
        return edges + " ".join(joined.split()) + edges if edges else joined


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("#root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        element = Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def close(self) -> None:
        super().close()
        assert self._open == [self.root], f"<{self._open[-1].tag}> is not closed"


def read(page: bytes) -> Element:
    """The root of a page."""
    reader = _Reader()
    reader.feed(page.decode())
    reader.close()
    return reader.root


def rows(page: Element, table: str) -> list[list[str]]:
    """The cells of the body of the table with this id."""
    (found,) = [each for each in page.all("table") if each.attributes.get("id") == table]
    return [
        [" ".join(cell.text.split()) for cell in row.all("th", "td")]
        for row in found.one("tbody").all("tr")
    ]
