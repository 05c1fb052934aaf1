"""What keys and fields are for: their part in matching, searching and filling profiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NEW_ONLY,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    Field,
    Key,
    ObjectType,
)
from profiles.standard import PROFILE_ROOT, STANDARD_INDEXES

MODIFIERS: Final = frozenset({SECONDARY, LOOKUP_ONLY, NEW_ONLY})
"""Identifiers that refine a key and match nothing by themselves."""

_INFERRED: Final = {
    EMAIL_ADDRESS: f"{PROFILE_ROOT}.EmailAddress",
    PHONE_NUMBER: f"{PROFILE_ROOT}.PhoneNumber",
}
_INDEX_OF: Final = {
    f"{PROFILE_ROOT}.{path}": name
    for name, index in STANDARD_INDEXES.items()
    for path in index.paths
}


@dataclass(frozen=True, slots=True)
class Matching:
    """By what objects are matched anywhere in the domain; what any type stores there counts.

    keys: names of PROFILE keys. indexes: those of them under which the profile's own fields are
    found too, and not only values that the types' keys hold anyway.
    """

    keys: frozenset[str]
    indexes: frozenset[str]

    @classmethod
    def of(cls, object_types: Sequence[ObjectType]) -> "Matching":
        """That of the types of both versions: what counts in one counts."""
        keys = frozenset(
            key.name for each in object_types for key in each.keys if PROFILE in key.identifiers
        )
        indexes = {
            index
            for each in object_types
            for field in each.fields
            if (index := _INDEX_OF.get(field.target or "")) and not _holds(each, index, field)
        }
        return cls(keys, keys & indexes)

    def uses(self, key: Key) -> bool:
        """Whether the key takes part, be it for objects of another type."""
        if set(key.identifiers) - MODIFIERS:
            return True
        return key.name in self.keys and LOOKUP_ONLY not in key.identifiers


@dataclass(frozen=True, slots=True)
class Roles:
    """What the fields of one object type do."""

    object_type: ObjectType
    matching: Matching

    def matches(self, field: Field) -> bool:
        """Whether objects are matched by the field's value, through a key or an index."""
        return self.feeds_index(field) or any(
            field.name in key.fields and self.matching.uses(key) for key in self.object_type.keys
        )

    def is_searched(self, field: Field) -> bool:
        """Whether a key names the field."""
        return any(field.name in key.fields for key in self.object_type.keys)

    def feeds_index(self, field: Field) -> bool:
        """Whether the target feeds an index of the domain by which objects are matched."""
        return _INDEX_OF.get(field.target or "") in self.matching.indexes

    @property
    def feeds_any_index(self) -> bool:
        """Whether any field does."""
        return any(map(self.feeds_index, self.object_type.fields))

    def infers(self, field: Field) -> bool:
        """Whether the content type fills a profile that an object creates (aws-semantics 1.4)."""
        target = _INFERRED.get(field.content_type)
        return (
            self.object_type.allow_profile_creation
            and target is not None
            and all(each.target != target for each in self.object_type.fields)
        )


def _holds(object_type: ObjectType, index: str, field: Field) -> bool:
    """Whether a key of the type keeps every value that the field brings into the index."""
    standard = STANDARD_INDEXES[index]
    return field.content_type == standard.content_type and any(
        key.name == index
        and key.fields == (field.name,)
        and {LOOKUP_ONLY, NEW_ONLY}.isdisjoint(key.identifiers)
        for key in object_type.keys
    )
