"""The object types of one version, as far as they can be replayed."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle.review.model import Version
from profiles import UNIQUE, ObjectType
from profiles.plan import make_plan

NO_UNIQUE_KEY = "its object type has no UNIQUE key"
NO_TYPE = "its object type is not there"


@dataclass(frozen=True, slots=True)
class Side:
    """types: those that take objects. refused: name of each other one to the reason."""

    types: tuple[ObjectType, ...]
    refused: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """Of all object types of the version."""
        return frozenset(each.name for each in self.types) | self.refused.keys()


def make_side(version: Version) -> Side:
    """What of a version can be replayed: validation may have found errors in it."""
    types: dict[str, ObjectType] = {}
    refused: dict[str, str] = {}
    for snapshot in version.snapshots:
        object_type = snapshot.object_type
        if not any(UNIQUE in key.identifiers for key in object_type.keys):
            refused[object_type.name] = NO_UNIQUE_KEY
            continue
        try:
            make_plan(object_type)
        except (ValueError, KeyError) as error:
            refused[object_type.name] = f"its object type is invalid: {error}"
            continue
        types[object_type.name] = object_type
    return Side(tuple(types.values()), refused)
