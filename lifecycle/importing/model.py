"""An object type on its way from elsewhere into a mapping module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lifecycle.errors import CouldNotRunError
from profiles import ObjectType


@dataclass(frozen=True, slots=True)
class Imported:
    """where: it was found, for messages. examples: source records, where the source has some.

    left_out: what it has that the module cannot say, each as a sentence.
    """

    object_type: ObjectType
    where: str
    examples: tuple[Mapping[str, Any], ...] = ()
    left_out: tuple[str, ...] = ()


def as_mapping(value: Any, where: str) -> Mapping[str, Any]:
    """The value, or no members for null. Raises: CouldNotRunError if it is anything else."""
    if value is None or isinstance(value, Mapping):
        return value or {}
    raise CouldNotRunError(f"{where} must have members, not be {type(value).__name__}")


def as_list(value: Any, where: str) -> Sequence[Any]:
    """The value, or no items for null. Raises: CouldNotRunError if it is anything else."""
    if value is None or isinstance(value, list):
        return value or []
    raise CouldNotRunError(f"{where} must be a list, not {type(value).__name__}")
