"""The example objects through the engine: the profiles they give, and who last wrote each value."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from lifecycle.catalogue.attributes import reading_order
from profiles import ObjectType, ObjectTypeMapping
from profiles.engine import Engine
from profiles.errors import MalformedObjectError, MissingKeyError
from profiles.memory import MemoryStore
from profiles.sources import as_text, parse
from profiles.standard import STANDARD_OBJECTS
from profiles.store import Profile, StandardObject, Writer
from profiles.targets import parse_target


@dataclass(frozen=True, slots=True)
class Example:
    """An example object. number: from 1 within its object type. of: how many that has."""

    object_type: str
    number: int
    of: int
    record: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The record as people read it."""
        return json.dumps(self.record, indent=2, ensure_ascii=False)

    @property
    def name(self) -> str:
        """`TrialSubscription`, or `TrialSubscription 2` where its type has several."""
        return self.object_type if self.of == 1 else f"{self.object_type} {self.number}"


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one example. explanation: sentences, without the values it wrote."""

    example: Example
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a profile. name: the attribute's. writer: the example that last wrote it.

    number: which one of several assets, orders, ... it belongs to; 0 if there are not several.
    """

    name: str
    text: str
    writer: Example
    number: int = 0


@dataclass(frozen=True, slots=True)
class MergedProfile:
    """One profile that the examples gave; examples: those that are in it."""

    values: tuple[Value, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """All examples of a run in the order in which they were put, and the profiles they gave."""

    steps: tuple[Step, ...]
    profiles: tuple[MergedProfile, ...]


def examples_of(mapping: ObjectTypeMapping) -> tuple[Example, ...]:
    """The examples of one mapping."""
    name, of = mapping.object_type.name, len(mapping.examples)
    return tuple(
        Example(name, number, of, record) for number, record in enumerate(mapping.examples, 1)
    )


def replay(mappings: Sequence[ObjectTypeMapping], examples: Iterable[Example]) -> Replay:
    """Put the examples, in this order, into an empty domain with the mappings' object types."""
    return _Replay(mappings).of(examples)


class _Store(MemoryStore):
    """A store that notes the standard objects which an object writes."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: list[StandardObject] = []

    def save_standard_object(self, standard: StandardObject) -> None:
        super().save_standard_object(standard)
        self.saved.append(standard)


class _Replay:
    def __init__(self, mappings: Sequence[ObjectTypeMapping]) -> None:
        # Neither the clock nor chance may show: the same mappings give the same pages.
        ids = count(1)
        self._store = _Store()
        self._engine = Engine(self._store, clock=lambda: 0.0, new_id=lambda: f"{next(ids):032x}")
        self._types = {mapping.object_type.name: mapping.object_type for mapping in mappings}
        for object_type in self._types.values():
            self._engine.put_type(object_type)
        # The last sequence number of each example, ascending, and the examples in that order.
        self._ends: list[int] = []
        self._put_examples: list[Example] = []
        # (id of a standard object, path) to who last wrote there.
        self._writers: dict[tuple[str, str], Example] = {}
        self._members: dict[str, list[Example]] = {}

    def of(self, examples: Iterable[Example]) -> Replay:
        steps = tuple(Step(example, self._put(example)) for example in examples)
        found = (self._store.profile(profile_id) for profile_id in self._store.profile_ids())
        profiles = tuple(self._merged(profile) for profile in found if profile is not None)
        return Replay(steps, profiles)

    def _put(self, example: Example) -> tuple[str, ...]:
        self._store.saved.clear()
        if self._types[example.object_type].template_id is not None:
            return ("not put: its fields and keys are those of a template, which the service has",)
        try:
            outcome = self._engine.put(example.object_type, json.dumps(example.record))
        except (MalformedObjectError, MissingKeyError) as error:
            return (f"refused: {error}",)
        self._ends.append(self._store.next_sequence())
        self._put_examples.append(example)
        if outcome.profile_id is not None:
            self._members.setdefault(outcome.profile_id, []).append(example)
            for standard in self._store.saved:
                for path in _written(self._types[example.object_type], example, standard.root):
                    self._writers[standard.id, path] = example
        wrote = {f"wrote {path}" for path in outcome.written}
        return tuple(line for line in outcome.explain() if line not in wrote)

    def _merged(self, profile: Profile) -> MergedProfile:
        values = [
            Value(path, _text(value), self._who(profile.writers[path]))
            for path, value in sorted(profile.values.items(), key=_by_name)
        ]
        for root in STANDARD_OBJECTS:
            standards = list(self._store.standard_objects(profile.id, root))
            for number, standard in enumerate(standards, 1):
                values += [
                    Value(
                        f"{root}.{path}",
                        _text(value),
                        self._writers[standard.id, path],
                        number if len(standards) > 1 else 0,
                    )
                    for path, value in sorted(standard.values.items(), key=_by_name)
                ]
        return MergedProfile(tuple(values), tuple(self._members[profile.id]))

    def _who(self, writer: Writer) -> Example:
        *_, sequence = writer
        return self._put_examples[bisect_left(self._ends, sequence)]


def _written(object_type: ObjectType, example: Example, root: str) -> Iterable[str]:
    """The paths that an object writes into a standard object of this root."""
    for field in object_type.fields:
        target = None if field.target is None else parse_target(field.target)
        if target is not None and target.root == root:
            path, raw = ".".join(target.path), parse(field.source).evaluate(example.record)
            if isinstance(raw, dict):
                yield from (f"{path}.{name}" for name, inner in raw.items() if as_text(inner))
            elif as_text(raw):
                yield path


def _by_name(item: tuple[str, Any]) -> Any:
    return reading_order(item[0])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
