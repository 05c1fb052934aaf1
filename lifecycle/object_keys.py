"""What the keys of a mapping find in an object: who it is about, and whether it can be taken."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from profiles import Key, ObjectTypeMapping
from profiles.engine import parse_object
from profiles.errors import MalformedObjectError
from profiles.matching import key_values
from profiles.plan import Record, make_plan
from profiles.sources import parse

MAX_CHARACTERS: Final = 256_000
"""Of an object's text (Customer Profiles API reference, PutProfileObject)."""


class ObjectKeys:
    """The keys of one object type, whose plan is `plan`."""

    def __init__(self, mapping: ObjectTypeMapping) -> None:
        self.plan = make_plan(mapping.object_type)
        self._sources = {field.name: field.source for field in mapping.object_type.fields}

    def unique(self, text: str) -> str | None:
        """The normalised value of the UNIQUE key of an object's text; None where it has none."""
        try:
            values = key_values(self.plan, parse_object(text))
        except MalformedObjectError:
            return None
        return None if self.plan.unique is None else values[self.plan.unique]

    def problem(self, text: str) -> str | None:
        """Why PutProfileObject would refuse it, without a value of it; None where it would not."""
        found = self.read(text)
        return found if isinstance(found, str) else None

    def read(self, text: str) -> tuple[Record, list[str | None]] | str:
        """(the object, the normalised value of each of the plan's keys), or its `problem`."""
        if len(text) > MAX_CHARACTERS:
            return f"it has more than {MAX_CHARACTERS:,} characters"
        plan = self.plan
        try:
            record = parse_object(text)
        except MalformedObjectError as error:
            return str(error).rstrip(".")
        values = key_values(plan, record)
        if plan.unique is not None and values[plan.unique] is None:
            return f"no value for the UNIQUE key {self._shown(plan.keys[plan.unique].key)}"
        profile_keys = plan.primary + plan.secondary
        if profile_keys and all(values[position] is None for position in profile_keys):
            shown = "; ".join(self._shown(plan.keys[position].key) for position in profile_keys)
            return f"no value for any PROFILE key: {shown}"
        return record, values

    def read_paths(self, text: str) -> frozenset[tuple[str, ...]]:
        """The paths that the mapping reads and at which the object's text has a value."""
        record = parse_object(text)
        paths = {path for source in self._sources.values() for path in parse(source).paths}
        return frozenset(path for path in paths if _has_value(record, path))

    def _shown(self, key: Key) -> str:
        return f"{key.name} ({', '.join(self._sources[name] for name in key.fields)})"


def by_type(mappings: Iterable[ObjectTypeMapping]) -> dict[str, ObjectKeys]:
    """The keys of every mapping, by object type."""
    return {mapping.object_type.name: ObjectKeys(mapping) for mapping in mappings}


def guess_type(text: str, types: Mapping[str, ObjectKeys]) -> str | None:
    """The object type whose mapping reads all that any other reads of the object, and more.

    None where there is no such mapping: an object that two could take equally well is not guessed.
    """
    read = {
        name: keys.read_paths(text) for name, keys in types.items() if keys.problem(text) is None
    }
    for name, paths in read.items():
        if all(others < paths for other, others in read.items() if other != name):
            return name
    return None


def _has_value(record: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(record, Mapping):
            return False
        record = record.get(name)
    return record not in (None, "", {}, [])
