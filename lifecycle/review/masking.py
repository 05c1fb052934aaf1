"""Customers' values as they may be shown: their length, and which of them are equal."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lifecycle.review.replay_model import Sample


class Mask:
    """One report's. Equal values get one number, in the order in which they first occur."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def samples(self, samples: Iterable[Sample]) -> tuple[Sample, ...]:
        """The samples with every value masked; the names of attributes stay."""
        return tuple(
            replace(
                sample,
                before=tuple(self.document(each) for each in sample.before),
                after=tuple(self.document(each) for each in sample.after),
            )
            for sample in samples
        )

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The same members with masked values."""
        return {name: self.value(value) for name, value in document.items()}

    def value(self, value: Any) -> Any:
        """`•••• (12 characters, #3)` for a text or number; what is nested stays nested."""
        if isinstance(value, Mapping):
            return self.document(value)
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        text = value if isinstance(value, str) else repr(value)
        number = self._numbers.setdefault(text, len(self._numbers) + 1)
        characters = "1 character" if len(text) == 1 else f"{len(text)} characters"
        return f"•••• ({characters}, #{number})"
