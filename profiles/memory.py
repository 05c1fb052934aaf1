"""The store in dictionaries: for verify, review's replay and tests."""

from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter
from typing import Final

from profiles.store import (
    STANDARD_INDEX,
    KeyValue,
    Profile,
    StandardObject,
    StoredObject,
)

_NONE: Final[dict[str, set[str]]] = {}


class MemoryStore:
    """A `profiles.store.Store` that lives as long as the process."""

    def __init__(self) -> None:
        self._sequence = 0
        self._profiles: dict[str, Profile] = {}
        # (key, value) -> profile id -> origins; and the same facts by profile.
        self._index: dict[KeyValue, dict[str, set[str]]] = {}
        self._bound: dict[str, dict[KeyValue, set[str]]] = {}
        # What STANDARD_INDEX last bound, so that no other key value has to be looked at again.
        self._of_standard: dict[str, set[KeyValue]] = {}
        self._objects: dict[str, dict[str, StoredObject]] = {}
        self._by_profile: dict[str, dict[str, dict[str, StoredObject]]] = {}
        self._standard: dict[tuple[str, str], StandardObject] = {}
        self._standard_index: dict[tuple[str, str, str], dict[str, None]] = {}

    def next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    # Profiles

    def profile(self, profile_id: str) -> Profile | None:
        return self._profiles.get(profile_id)

    def save_profile(self, profile: Profile) -> None:
        self._profiles[profile.id] = profile

    def remove_profile(self, profile_id: str) -> None:
        self._profiles.pop(profile_id, None)
        for key, value in list(self._bound.get(profile_id, ())):
            self.remove_key_value(profile_id, key, value)
        self._bound.pop(profile_id, None)
        self._of_standard.pop(profile_id, None)
        for by_value in list(self._by_profile.get(profile_id, {}).values()):
            for stored in list(by_value.values()):
                self.remove_object(stored)
        self._by_profile.pop(profile_id, None)
        for place, standard in list(self._standard.items()):
            if standard.profile_id == profile_id:
                del self._standard[place]
                for (root, _, _), ids in self._standard_index.items():
                    if root == place[0]:
                        ids.pop(place[1], None)

    def profile_ids(self) -> Iterable[str]:
        return list(self._profiles)

    def profile_count(self) -> int:
        return len(self._profiles)

    # Key values

    def profiles_with(self, key: str, value: str) -> Collection[str]:
        return self._index.get((key, value), _NONE)

    def origins_with(self, key: str, value: str) -> Mapping[str, Collection[str]]:
        return self._index.get((key, value), _NONE)

    def add_key_value(self, profile_id: str, key: str, value: str, origin: str) -> None:
        place = (key, value)
        holders = self._index.get(place)
        if holders is None:
            holders = self._index[place] = {}
        origins = holders.get(profile_id)
        if origins is None:
            origins = holders[profile_id] = {origin}
            self._bound.setdefault(profile_id, {})[place] = origins
        elif origin not in origins:
            origins.add(origin)

    def remove_key_value(self, profile_id: str, key: str, value: str) -> bool:
        place = (key, value)
        bound = self._bound.get(profile_id, {})
        if place not in bound:
            return False
        del bound[place]
        holders = self._index[place]
        del holders[profile_id]
        if not holders:
            del self._index[place]
        return True

    def set_standard_index(self, profile_id: str, entries: Collection[KeyValue]) -> None:
        bound = self._bound.get(profile_id, {})
        for place in self._of_standard.get(profile_id, set()).difference(entries):
            if STANDARD_INDEX in bound.get(place, ()):
                self._drop_origin(profile_id, place, STANDARD_INDEX)
        self._of_standard[profile_id] = set(entries)
        for key, value in entries:
            self.add_key_value(profile_id, key, value, STANDARD_INDEX)

    def key_values(self, profile_id: str) -> Collection[tuple[str, str, str]]:
        return [
            (key, value, origin)
            for (key, value), origins in self._bound.get(profile_id, {}).items()
            for origin in sorted(origins)
        ]

    def remove_origin(self, origin: str) -> None:
        for profile_id, bound in self._bound.items():
            for place, origins in list(bound.items()):
                if origin in origins:
                    self._drop_origin(profile_id, place, origin)

    def _drop_origin(self, profile_id: str, place: KeyValue, origin: str) -> None:
        origins = self._bound[profile_id][place]
        origins.discard(origin)
        if not origins:
            self.remove_key_value(profile_id, *place)

    # Profile objects

    def object(self, object_type: str, unique_value: str) -> StoredObject | None:
        by_value = self._objects.get(object_type)
        return None if by_value is None else by_value.get(unique_value)

    def object_by_key(self, object_type: str, unique_key: str) -> StoredObject | None:
        for stored in self._objects.get(object_type, {}).values():
            if stored.unique_key == unique_key:
                return stored
        return None

    def save_object(self, stored: StoredObject) -> None:
        by_value = self._objects.get(stored.object_type)
        if by_value is None:
            by_value = self._objects[stored.object_type] = {}
        by_value[stored.unique_value] = stored
        types = self._by_profile.get(stored.profile_id)
        if types is None:
            types = self._by_profile[stored.profile_id] = {}
        of_type = types.get(stored.object_type)
        if of_type is None:
            of_type = types[stored.object_type] = {}
        of_type[stored.unique_value] = stored

    def replace_object(
        self, stored: StoredObject, text: str, expires: float, ingested: float
    ) -> int:
        sequence = self._sequence = self._sequence + 1
        stored.text, stored.sequence = text, sequence
        stored.expires, stored.ingested = expires, ingested
        return sequence

    def remove_object(self, stored: StoredObject) -> None:
        self._objects.get(stored.object_type, {}).pop(stored.unique_value, None)
        of_type = self._by_profile.get(stored.profile_id, {}).get(stored.object_type, {})
        of_type.pop(stored.unique_value, None)

    def objects(self, profile_id: str, object_type: str) -> Iterable[StoredObject]:
        of_type = self._by_profile.get(profile_id, {}).get(object_type, {})
        return sorted(of_type.values(), key=lambda stored: stored.sequence)

    def object_counts(self, profile_id: str) -> Mapping[str, int]:
        types = self._by_profile.get(profile_id, {})
        return {name: len(of_type) for name, of_type in types.items() if of_type}

    def oldest_object(self, profile_id: str, object_type: str) -> StoredObject | None:
        of_type = self._by_profile.get(profile_id, {}).get(object_type, {})
        return min(of_type.values(), key=attrgetter("sequence"), default=None)

    def remove_objects_of_type(self, object_type: str) -> None:
        for stored in self._objects.pop(object_type, {}).values():
            del self._by_profile[stored.profile_id][object_type][stored.unique_value]

    def profiles_written_by(self, object_type: str) -> Iterable[str]:
        return [
            profile.id
            for profile in self._profiles.values()
            if any(writer[0] == object_type for writer in profile.writers.values())
        ]

    def remove_expired(self, now: float) -> None:
        for by_value in list(self._objects.values()):
            for stored in list(by_value.values()):
                if stored.expires <= now:
                    self.remove_object(stored)

    def totals(self) -> tuple[int, int]:
        sizes = [stored.size for by_value in self._objects.values() for stored in by_value.values()]
        return len(sizes), sum(sizes)

    # Standard objects

    def standard_objects_with(self, root: str, key: str, value: str) -> Collection[str]:
        return self._standard_index.get((root, key, value), ())

    def standard_object(self, root: str, object_id: str) -> StandardObject | None:
        return self._standard.get((root, object_id))

    def save_standard_object(self, standard: StandardObject) -> None:
        self._standard[standard.root, standard.id] = standard

    def add_standard_key(self, root: str, object_id: str, key: str, value: str) -> None:
        self._standard_index.setdefault((root, key, value), {})[object_id] = None

    def standard_objects(self, profile_id: str, root: str) -> Iterable[StandardObject]:
        return sorted(
            (
                standard
                for (kind, _), standard in self._standard.items()
                if kind == root and standard.profile_id == profile_id
            ),
            key=lambda standard: standard.sequence,
        )

    # Merging profiles

    def move_contents(self, from_profile: str, to_profile: str) -> None:
        for by_value in list(self._by_profile.get(from_profile, {}).values()):
            for stored in list(by_value.values()):
                self.remove_object(stored)
                stored.profile_id = to_profile
                self.save_object(stored)
        for standard in self._standard.values():
            if standard.profile_id == from_profile:
                standard.profile_id = to_profile
        for (key, value), origins in list(self._bound.get(from_profile, {}).items()):
            for origin in origins - {STANDARD_INDEX}:
                self.add_key_value(to_profile, key, value, origin)
            self.remove_key_value(from_profile, key, value)
