"""ministack's inner functions by name, for what corrects and extends it in our process.

We pin one release. A name that another release lacks ends the start, instead of leaving a
correction without effect.
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, Final

_ABSENT: Final = object()


class MissingPartError(Exception):
    """This release of ministack has no such name."""


def part(module: str, name: str) -> Any:
    """`ministack.<module>.<name>` as it stands now, our replacement included."""
    found = getattr(import_module(f"ministack.{module}"), name, _ABSENT)
    if found is _ABSENT:
        raise MissingPartError(f"ministack.{module} has no {name}: see the pinned release")
    return found


def replace(module: str, name: str, value: Any) -> None:
    """Put a value in the place of what ministack has there."""
    part(module, name)
    setattr(import_module(f"ministack.{module}"), name, value)


def wrap(module: str, name: str, around: Callable[[Any], Any]) -> None:
    """Put `around(original)` in the place of a function of ministack."""
    original = part(module, name)
    replace(module, name, wraps(original)(around(original)))


def wrap_entry(table: dict[str, Any], key: str, around: Callable[[Any], Any]) -> None:
    """The same for a function that ministack keeps in a table."""
    if key not in table:
        raise MissingPartError(f"ministack has no {key} in its table: see the pinned release")
    table[key] = wraps(table[key])(around(table[key]))
