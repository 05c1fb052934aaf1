"""An object type on its way from elsewhere into a mapping module."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
