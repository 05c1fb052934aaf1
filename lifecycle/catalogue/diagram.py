"""Where everything stands in the picture: fields of object types on the left, attributes right.

Pure geometry: a template draws it. Attributes stand as near as they can to what writes them, so
that lines stay short and cross little, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from lifecycle.catalogue.attributes import Attribute, Manner, Writer
from profiles import ObjectType
from profiles.sources import ROOT

ROW: Final = 26
HEAD: Final = 38
GAP: Final = 22
PADDING: Final = 8
MARGIN: Final = 2
CHARACTER: Final = 7.9
"""Width of a monospaced character of the size that the style gives the labels, generously."""
MAX_CHARACTERS: Final = 38
WIDTH: Final = 1040
"""Of the whole, if the labels leave room for the lines to be told apart."""
LINES: Final = (220, 440)
"""The least and the greatest width of the space between the columns."""
TIP: Final = 8
HUES: Final = 6
FAR: Final = 900
"""About a screen. Fields further apart that write one attribute get a label of it each, because
nobody can follow a longer line.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A field. y: the middle of its line. attribute: whether any attribute takes its value."""

    label: str
    full: str
    y: float
    writes: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An object type with its fields. middle: of the line of its name. hue: its colour's number."""

    name: str
    label: str
    middle: float
    y: float
    height: float
    hue: int
    rows: tuple[Row, ...]

    @property
    def fields(self) -> int:
        """How many there are."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Node:
    """An attribute. prefix, label: its name in two parts, the second says which it is.

    suffix: which one of several labels of the attribute it is, "" if there is one.
    """

    name: str
    prefix: str
    label: str
    suffix: str
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """From a field to an attribute. dashed: whether it writes there only sometimes."""

    path: str
    full: str
    hue: int
    dashed: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """The whole picture. left, right: where the columns end and begin. text: where labels begin,
    from the left edge and from `right`.
    """

    width: float
    height: float
    left: float
    right: float
    text: tuple[float, float]
    cards: tuple[Card, ...]
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]

    @property
    def repeated(self) -> bool:
        """Whether some attribute has several labels."""
        return any(node.suffix for node in self.nodes)


@dataclass(frozen=True, slots=True)
class _End:
    """Where a line begins: a field that writes an attribute."""

    writer: Writer
    y: float
    hue: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Fields that write one attribute and stand near each other.

    number: from 1 among the attribute's groups. of: how many it has.
    """

    attribute: Attribute
    ends: tuple[_End, ...]
    number: int
    of: int

    @property
    def wanted(self) -> float:
        """Where the attribute's label should stand: beside one of the fields."""
        return median_low([end.y for end in self.ends])


def diagram_of(object_types: Sequence[ObjectType], attributes: Sequence[Attribute]) -> Diagram:
    """The picture of these attributes and of all fields of these object types."""
    cards = _cards(object_types, attributes)
    groups = _groups(cards, object_types, attributes)
    heights = spread([group.wanted for group in groups])
    nodes = tuple(_node(group, y) for group, y in zip(groups, heights, strict=True))
    labels = [row.label for card in cards for row in card.rows]
    # A type's name is set in a wider face.
    widest = max([*map(len, labels), *(len(card.label) * 1.15 for card in cards)], default=0)
    text = (MARGIN + 2 * PADDING, PADDING)
    left = round(text[0] + widest * CHARACTER + 2 * PADDING)
    longest = max((len(node.prefix + node.label + node.suffix) for node in nodes), default=0)
    labels_width = longest * CHARACTER + text[1] + MARGIN
    right = left + round(min(max(WIDTH - left - labels_width, LINES[0]), LINES[1]))
    lines = tuple(
        _line(end, group, _curve(left, end.y, right - TIP, y))
        for group, y in zip(groups, heights, strict=True)
        for end in group.ends
    )
    ends = [card.y + card.height for card in cards] + [node.y + ROW / 2 for node in nodes]
    height = round(max(ends, default=0) + MARGIN)
    return Diagram(round(right + labels_width), height, left, right, text, cards, nodes, lines)


def _cards(object_types: Sequence[ObjectType], attributes: Sequence[Attribute]) -> tuple[Card, ...]:
    writing = {
        (writer.object_type.name, writer.field.name)
        for attribute in attributes
        for writer in attribute.writers
    }
    cards = []
    y: float = MARGIN
    for number, object_type in enumerate(object_types):
        rows = tuple(
            Row(
                _short(field.source.removeprefix(f"{ROOT}.")),
                field.source,
                y + HEAD + ROW * (position + 0.5),
                (object_type.name, field.name) in writing,
            )
            for position, field in enumerate(object_type.fields)
        )
        height = HEAD + ROW * len(rows) + PADDING
        name = object_type.name
        cards.append(Card(name, _short(name), y + HEAD / 2 + 2, y, height, number % HUES, rows))
        y += height + GAP
    return tuple(cards)


def _groups(
    cards: Sequence[Card], object_types: Sequence[ObjectType], attributes: Sequence[Attribute]
) -> list[_Group]:
    """The groups of all attributes, from top to bottom."""
    places = {
        (card.name, field.name): (row.y, card.hue)
        for card, object_type in zip(cards, object_types, strict=True)
        for row, field in zip(card.rows, object_type.fields, strict=True)
    }
    groups = []
    for attribute in attributes:
        ends = sorted(
            (
                _End(writer, *places[writer.object_type.name, writer.field.name])
                for writer in attribute.writers
                if writer.manner is not Manner.MEMBER
            ),
            key=lambda end: end.y,
        )
        near: list[list[_End]] = []
        for end in ends:
            if not near or end.y - near[-1][0].y > FAR:
                near.append([])
            near[-1].append(end)
        groups += [
            _Group(attribute, tuple(each), number, len(near)) for number, each in enumerate(near, 1)
        ]
    return sorted(groups, key=lambda group: group.wanted)


def spread(wanted: Sequence[float]) -> list[float]:
    """Heights a row or more apart, in all as near as can be to the wanted ones, which ascend.

    Without the rows between them they need only ascend: neighbours that do not share their mean.
    """
    blocks: list[tuple[float, int]] = []
    for position, height in enumerate(wanted):
        blocks.append((height - position * ROW, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (mean, count), (above, of_above) = blocks.pop(), blocks.pop()
            both = count + of_above
            blocks.append(((mean * count + above * of_above) / both, both))
    means = [mean for mean, count in blocks for _ in range(count)]
    top = MARGIN + ROW / 2
    return [round(max(mean, top) + position * ROW, 1) for position, mean in enumerate(means)]


def _node(group: _Group, y: float) -> Node:
    name, last = group.attribute.name, group.attribute.target.path[-1]
    prefix = name.removesuffix(last)
    label = _short(last, max(MAX_CHARACTERS - len(prefix), 12))
    suffix = "" if group.of == 1 else f" {group.number} of {group.of}"
    return Node(name, prefix, label, suffix, y)


def _line(end: _End, group: _Group, path: str) -> Line:
    writer = end.writer
    full = f"{writer.object_type.name}.{writer.field.name} → {group.attribute.name}"
    return Line(path, full, end.hue, writer.manner is Manner.INFERRED)


def _short(text: str, characters: int = MAX_CHARACTERS) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    bend = (to_x - x) / 2
    return f"M{x:g} {y:g}C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}"
