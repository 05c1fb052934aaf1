"""A document that is not longer than it may be, and says what it leaves out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """heading: of the section that it stands in. noun: what it is, as (one, several), for the
    sentence that says what was left out. urgency: the higher, the later it is left out.
    """

    heading: str
    text: str
    noun: tuple[str, str]
    urgency: int


def bounded(head: str, parts: Sequence[Part], foot: str, most: int) -> tuple[str, str]:
    """(the document, what was left out: `2 findings, 1 sample`).

    most: bytes of all parts in UTF-8, with the head and the foot. The order of the parts stays;
    once one is left out, so are all that are not more urgent.
    """
    headings = dict.fromkeys(part.heading for part in parts)
    room = most - _size(head) - _size(foot) - sum(_size(heading) + 4 for heading in headings)
    kept: set[int] = set()
    for number in sorted(range(len(parts)), key=lambda n: (-parts[n].urgency, n)):
        room -= _size(parts[number].text) + 2
        if room < 0:
            break
        kept.add(number)
    left_out = Counter(part.noun for number, part in enumerate(parts) if number not in kept)
    blocks = [head, *_blocks([parts[n] for n in sorted(kept)]), foot]
    told = ", ".join(
        f"{number:,} {one if number == 1 else several}"
        for (one, several), number in left_out.items()
    )
    return "\n\n".join(filter(None, blocks)), told


def _blocks(parts: Sequence[Part]) -> Iterator[str]:
    heading = None
    for part in parts:
        if part.heading != heading:
            heading = part.heading
            yield heading
        yield part.text


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
