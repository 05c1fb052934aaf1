"""What a setting may be: its form, its default and its meaning, said once for reader and page."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final


class _Missing:
    """Stands where a setting has no default."""


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(ABC):
    """A setting, by the name that it has in a stack's file.

    meaning: sentences for people. example: a value that would be right. default: what holds
    without it; MISSING if there has to be one.
    """

    name: str
    meaning: str
    example: str
    default: Any = MISSING

    @property
    @abstractmethod
    def form(self) -> str:
        """What a value must be, e.g. `a number, 1-14`."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Whether a value is of the form; value: as it stands in the file."""

    @property
    def needed(self) -> bool:
        """Whether there has to be a value."""
        return self.default is MISSING

    def arguments(self, path: str) -> str:
        """Of `pulumi config set`, so that the setting at this path has a right value."""
        return (
            f"{path} {self.example}" if path == self.name else f"--path '{path}' '{self.example}'"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean(Setting):
    """True or false."""

    @property
    def form(self) -> str:
        return "true or false"

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Setting):
    """A whole number. unit: such as `days`. among: the only ones there are, None for all."""

    least: int
    most: int
    unit: str = ""
    among: frozenset[int] | None = None

    @property
    def form(self) -> str:
        what = f"a number of {self.unit}" if self.unit else "a number"
        if self.among is not None:
            return f"{what}: {', '.join(map(str, sorted(self.among)))}"
        return f"{what}, {self.least}-{self.most}"

    def fits(self, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return self.least <= value <= self.most and (self.among is None or value in self.among)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Setting):
    """A text that the whole pattern fits. says: the pattern in words."""

    pattern: str
    says: str

    @property
    def form(self) -> str:
        return self.says

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Setting):
    """One of some words."""

    words: Sequence[str]

    @property
    def form(self) -> str:
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts(Setting):
    """A list of texts without repetition. pattern: of each. says: each in words."""

    pattern: str
    says: str

    @property
    def form(self) -> str:
        return f"a list of {self.says}, each once"

    def arguments(self, path: str) -> str:
        return f"--path '{path}[0]' {self.example}"

    def fits(self, value: Any) -> bool:
        return (
            isinstance(value, list)
            and all(isinstance(each, str) and re.fullmatch(self.pattern, each) for each in value)
            and len(set(value)) == len(value)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Map(Setting):
    """Texts by name. keys, values: patterns. most: how many there may be. says: all in words."""

    keys: str
    values: str
    most: int
    says: str

    @property
    def form(self) -> str:
        return self.says

    def arguments(self, path: str) -> str:
        return f"--path {path}.{self.example}"

    def fits(self, value: Any) -> bool:
        return (
            isinstance(value, dict)
            and len(value) <= self.most
            and all(re.fullmatch(self.keys, key) for key in value)
            and all(
                isinstance(each, str) and re.fullmatch(self.values, each) for each in value.values()
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Setting):
    """Settings below a name. repeated: a list of such groups."""

    members: Sequence[Setting]
    repeated: bool = False

    @property
    def form(self) -> str:
        return "a list of objects" if self.repeated else "an object"

    def arguments(self, path: str) -> str:
        return f"--path '{path}{'[0]' if self.repeated else ''}.NAME' VALUE"

    def fits(self, value: Any) -> bool:
        return isinstance(value, list if self.repeated else dict)
