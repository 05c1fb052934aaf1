"""Cutting a large file into parts that have nothing to do with each other.

First every object is read and its numbers (`key_links`) are noted; numbers of one object, and so
all objects that are connected by any chain of shared numbers, form one component. Then the file is
read again, and each line goes to the bucket of its object's component, in the order of the file.

Memory: eight bytes for each line, and some 150 bytes for each key value that shares an object with
another one (where all types have a single key there is none); nothing of the objects. A bucket
holds about as many objects as was asked for; only a component that is larger makes a larger one,
since what is connected cannot be cut.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

from lifecycle.errors import CouldNotRunError
from lifecycle.object_file import MAX_ENTRY
from lifecycle.review.key_links import KeyLinks
from lifecycle.review.object_sources import LineError, ObjectLines, parse_line, read_lines
from lifecycle.review.replay_model import MAX_BAD_LINES, BadLine
from lifecycle.review.sides import Side

NO_OBJECT: Final = 0
"""The number, and the bucket, of a line without an object."""

_HELD: Final = 16 << 20
"""Bytes of lines that are held before they are written to their buckets."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, from the beginning of a line to the end of one."""

    lines: ObjectLines
    start: int
    size: int


@dataclass(slots=True)
class Linked:
    """What a piece tells of its objects.

    numbers: of each line, one number of its object. links: pairs of connected numbers, flat.
    bad_lines: (number of the line in the piece, problem) of the first ones.
    """

    numbers: "array[int]"
    links: "array[int]"
    bad_lines: list[tuple[int, str]]
    bad_count: int

    @property
    def objects(self) -> int:
        """How many there are in the piece."""
        return len(self.numbers) - self.numbers.count(NO_OBJECT)


class Components:
    """Numbers that are connected (a union-find)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def link(self, one: int, other: int) -> None:
        """Connect the two, and all that each is connected with."""
        one, other = self.find(one), self.find(other)
        if one != other:
            # The smaller stays on top, so that the order of linking changes nothing.
            if other < one:
                one, other = other, one
            self._above[other] = one

    def find(self, number: int) -> int:
        """The number that stands for all that this one is connected with."""
        above = self._above
        top = number
        while (next_one := above.get(top)) is not None:
            top = next_one
        while number != top:
            above[number], number = top, above[number]
        return top

    def pairs(self) -> Iterator[int]:
        """Pairs that connect the same numbers, flat."""
        for number in list(self._above):
            yield number
            yield self.find(number)


def cut(lines: ObjectLines, size: int) -> list[Piece]:
    """Pieces of about this size."""
    pieces = []
    with lines.path.open("rb") as file:
        start = 0
        while start < lines.size:
            file.seek(min(start + size, lines.size))
            while (rest := file.readline(MAX_ENTRY)) and not rest.endswith(b"\n"):
                pass
            end = min(file.tell(), lines.size)
            pieces.append(Piece(lines, start, end - start))
            start = end
    return pieces


def link(piece: Piece, sides: Sequence[Side]) -> Linked:
    """Read a piece and note which of its objects are connected."""
    links = KeyLinks(*(side.types for side in sides))
    types = {name for side in sides for name in side.names}
    components = Components()
    found = Linked(array("I"), array("I"), [], 0)
    note, read = found.numbers.append, links.numbers
    for count, line in enumerate(_read(piece), 1):
        if line == b"":
            note(NO_OBJECT)
            continue
        try:
            name, record = parse_line(line, piece.lines.object_type, types)
        except LineError as error:
            note(NO_OBJECT)
            found.bad_count += 1
            if found.bad_count <= MAX_BAD_LINES:
                found.bad_lines.append((count, str(error)))
            continue
        numbers = read(name, record)
        if not numbers:
            # It meets no other object, and may be anywhere.
            note(crc32(line or b"") or 1)
            continue
        first = numbers[0]
        note(first)
        for number in numbers:
            if number != first:
                components.link(first, number)
    found.links.extend(components.pairs())
    return found


def bad_lines(pieces: Sequence[Piece], linked: Sequence[Linked]) -> list[BadLine]:
    """The first bad lines of the pieces, by the line numbers of their files."""
    found: list[BadLine] = []
    above = 0
    for piece, each in zip(pieces, linked, strict=True):
        if piece.start == 0:
            above = 0
        found += [BadLine(piece.lines.name, above + n, problem) for n, problem in each.bad_lines]
        above += len(each.numbers)
    return found[:MAX_BAD_LINES]


def assign(linked: Iterable[Linked], count: int) -> "Iterator[array[int]]":
    """For each piece, the bucket of every line: 1 to count, NO_OBJECT for lines without one."""
    components = Components()
    linked = list(linked)
    for each in linked:
        links = iter(each.links)
        for one, other in zip(links, links, strict=True):
            components.link(one, other)
    find = components.find
    for each in linked:
        yield array("I", [n and 1 + find(n) % count for n in each.numbers])


def spill(
    pieces: Sequence[Piece], buckets: Sequence["array[int]"], folder: Path, name: str
) -> dict[int, int]:
    """Write the lines of consecutive pieces to the files `<bucket>/<name>`; the bytes of each."""
    held: dict[int, list[bytes]] = {}
    written: dict[int, int] = {}
    size = 0
    for piece, numbers in zip(pieces, buckets, strict=True):
        count = 0
        for line, bucket in zip(_read(piece), numbers, strict=False):
            count += 1
            if bucket == NO_OBJECT or line is None:
                continue
            held.setdefault(bucket, []).append(line)
            size += len(line)
            if size > _HELD:
                _write(held, folder, name, written)
                size = 0
        if count < len(numbers):
            raise CouldNotRunError(f"{piece.lines.name} changed while it was read")
    _write(held, folder, name, written)
    return written


def _write(held: dict[int, list[bytes]], folder: Path, name: str, written: dict[int, int]) -> None:
    for bucket, lines in held.items():
        lines.append(b"")
        text = b"\n".join(lines)
        place = folder / str(bucket)
        place.mkdir(exist_ok=True)
        with (place / name).open("ab") as file:
            file.write(text)
        written[bucket] = written.get(bucket, 0) + len(text)
    held.clear()


def _read(piece: Piece) -> Iterator[bytes | None]:
    with piece.lines.path.open("rb") as file:
        file.seek(piece.start)
        yield from read_lines(file, piece.size)
