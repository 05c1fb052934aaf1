"""What the engine remembers about one domain, and the interface through which it remembers it.

`profiles.memory` keeps it in dictionaries; the local AWS keeps it in SQLite. A store holds facts
and indexes and knows no rule.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

Writer = tuple[str, str, int, int]
"""Who wrote a value: (object type or MANUAL, ProfileObjectUniqueKey, rank, sequence number).

The lower the rank, the stronger the source. A plain tuple: one is made for every object put.
"""

NO_RANK: Final = 1 << 40
"""In place of a rank where nobody has written: every rank is stronger."""

MANUAL: Final = ""
"""The writer's name for CreateProfile, UpdateProfile and MergeProfiles."""

ADDED_KEY: Final = "+"
"""Origin of a key value that AddProfileKey bound."""

STANDARD_INDEX: Final = "*"
"""Origin of a key value that follows from the profile's own standard fields."""


@dataclass(slots=True)
class Profile:
    """A customer's profile as stored.

    id: 32 lower-case hexadecimal digits. sequence: position in order of creation.
    values: standard field path to value, e.g. `EmailAddress`, `Address.City`,
        `Attributes.TrialStatus`; what follows `Attributes.` is the attribute's whole name.
    writers: who last wrote each of these.
    strongest: the lowest rank among the writers, so that most merges need no comparison.
    inferred: paths filled because an ingestion created the profile (they are not indexed).
    """

    id: str
    sequence: int
    values: dict[str, Any] = field(default_factory=dict)
    writers: dict[str, Writer] = field(default_factory=dict)
    strongest: int = NO_RANK
    inferred: set[str] = field(default_factory=set)


@dataclass(slots=True)
class StoredObject:
    """A profile object, kept word for word.

    unique_value: normalised value of the UNIQUE key. unique_key: its ProfileObjectUniqueKey.
    text: the JSON text as it was put. expires, ingested: epoch seconds.
    """

    object_type: str
    unique_value: str
    unique_key: str
    profile_id: str
    text: str
    sequence: int
    expires: float
    ingested: float

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return size_of(self.text)


def size_of(text: str) -> int:
    """Bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


@dataclass(slots=True)
class StandardObject:
    """A standard object other than the profile (an asset, an order, ...), which accumulates values.

    root: its accessor root, e.g. `_asset`. values: field path to value, as in a profile.
    """

    root: str
    id: str
    profile_id: str
    object_type: str
    sequence: int
    values: dict[str, Any] = field(default_factory=dict)


KeyValue = tuple[str, str]
"""(key name, normalised value)."""


class Store(Protocol):
    """Facts of one domain. Methods that take an id of something unknown do nothing."""

    def next_sequence(self) -> int:
        """A number greater than any given out before."""

    # Profiles

    def profile(self, profile_id: str) -> Profile | None:
        """The profile with this id. Change it only together with `save_profile`."""

    def save_profile(self, profile: Profile) -> None:
        """Add the profile, or keep what was changed in it."""

    def remove_profile(self, profile_id: str) -> None:
        """Remove the profile with its key values, objects and standard objects."""

    def profile_ids(self) -> Iterable[str]:
        """All profiles in order of creation."""

    def profile_count(self) -> int:
        """How many profiles there are."""

    # Key values

    def profiles_with(self, key: str, value: str) -> Collection[str]:
        """Ids of the profiles which hold this normalised value under this key name."""

    def origins_with(self, key: str, value: str) -> Mapping[str, Collection[str]]:
        """The same ids, each with the origins that bound the value to it."""

    def add_key_value(self, profile_id: str, key: str, value: str, origin: str) -> None:
        """Bind the value to the profile; once per origin, however often it is called."""

    def remove_key_value(self, profile_id: str, key: str, value: str) -> bool:
        """Unbind the value whatever its origin; whether it was bound."""

    def set_standard_index(self, profile_id: str, entries: Collection[KeyValue]) -> None:
        """Make these the profile's only key values of origin STANDARD_INDEX."""

    def key_values(self, profile_id: str) -> Collection[tuple[str, str, str]]:
        """(key, value, origin) of everything bound to the profile."""

    def remove_origin(self, origin: str) -> None:
        """Unbind every key value of this origin, in all profiles."""

    # Profile objects

    def object(self, object_type: str, unique_value: str) -> StoredObject | None:
        """The object with this UNIQUE value."""

    def object_by_key(self, object_type: str, unique_key: str) -> StoredObject | None:
        """The object with this ProfileObjectUniqueKey."""

    def save_object(self, stored: StoredObject) -> None:
        """Add an object; there is none with its object type and UNIQUE value."""

    def replace_object(
        self, stored: StoredObject, text: str, expires: float, ingested: float
    ) -> int:
        """Give an object that stays where it is a new text, and the sequence number returned."""

    def remove_object(self, stored: StoredObject) -> None:
        """Remove the object."""

    def objects(self, profile_id: str, object_type: str) -> Iterable[StoredObject]:
        """The profile's objects of one type, oldest first."""

    def object_counts(self, profile_id: str) -> Mapping[str, int]:
        """How many objects of each type the profile has."""

    def oldest_object(self, profile_id: str, object_type: str) -> StoredObject | None:
        """The profile's object of this type with the lowest sequence number."""

    def remove_objects_of_type(self, object_type: str) -> None:
        """Remove every object of this type, in all profiles."""

    def profiles_written_by(self, object_type: str) -> Iterable[str]:
        """Ids of the profiles in which this object type last wrote a value."""

    def remove_expired(self, now: float) -> None:
        """Remove the objects whose time has come."""

    def totals(self) -> tuple[int, int]:
        """(number of objects, bytes in them)."""

    # Standard objects

    def standard_objects_with(self, root: str, key: str, value: str) -> Collection[str]:
        """Ids of the standard objects which hold this normalised value under this key name."""

    def standard_object(self, root: str, object_id: str) -> StandardObject | None:
        """The standard object with this id."""

    def save_standard_object(self, standard: StandardObject) -> None:
        """Add the standard object, or keep what was changed in it."""

    def add_standard_key(self, root: str, object_id: str, key: str, value: str) -> None:
        """Bind the value to the standard object."""

    def standard_objects(self, profile_id: str, root: str) -> Iterable[StandardObject]:
        """The profile's standard objects of one kind, oldest first."""

    # Merging profiles

    def move_contents(self, from_profile: str, to_profile: str) -> None:
        """Hand over objects, standard objects and key values (but the standard index)."""
