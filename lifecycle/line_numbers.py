"""LineNumbers of lines, told briefly."""

from typing import Final

MAX_RANGES: Final = 200


class LineNumbers:
    """A growing set of numbers that come in order: `3-9, 12`. Few ranges are kept of many."""

    def __init__(self, *numbers: int) -> None:
        self._ranges: list[list[int]] = []
        self.count = 0
        for number in numbers:
            self.add(number)

    def add(self, number: int) -> None:
        """number: above all that were added."""
        self.count += 1
        if self._ranges and self._ranges[-1][1] == number - 1:
            self._ranges[-1][1] = number
        elif len(self._ranges) < MAX_RANGES:
            self._ranges.append([number, number])

    def __str__(self) -> str:
        shown = ", ".join(
            str(first) if first == last else f"{first}-{last}" for first, last in self._ranges
        )
        more = self.count - sum(last - first + 1 for first, last in self._ranges)
        return f"{shown} and {more} more" if more else shown
