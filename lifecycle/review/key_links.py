"""Which objects may ever meet in matching, told from each object alone.

For every object this gives numbers, and two objects of which one can influence what becomes of the
other are connected by objects that share numbers. What the engine looks up, and what it could find:

* PROFILE keys, by name and normalised value, under the key's own form and under that of the
  domain's index of the name (`_email` and the like), where they differ. What is found under a name
  was bound by a key of this name of any type, whatever its identifiers, or by the index over the
  standard profile's fields, or by that over a standard object's. So all of these count for every
  name that any PROFILE key has; no other name is ever looked up.
* `_fullName` is joined from fields that several objects may have written. Each word counts by
  itself: what is found for a name has no other words than the objects that wrote its parts.
* The object of the same type with the same UNIQUE value, which is replaced.
* Standard objects of the same kind, by the keys that carry its identifier and by its indexes.

Ids that the service makes (`_profileId`, `_assetId`, ...) are not in any object: a replay makes
them up. The numbers have 32 bits. Unequal values may share one, and values of one version share
numbers with equal values of the other: that connects more than is needed, which does no harm.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

from profiles import ContentType, ObjectType
from profiles.content import NORMALISERS, Normaliser
from profiles.indexes import FULL_NAME
from profiles.plan import PROFILE_ID_KEY, KeyPlan, Plan, make_plan
from profiles.sources import as_text, parse
from profiles.standard import PROFILE_ROOT, STANDARD_INDEXES, STANDARD_OBJECTS
from profiles.targets import parse_target

Record = Mapping[str, Any]
_Read = Callable[[Record], Any]
_Row = tuple[str | None, _Read, Normaliser | None, int]
"""(member or None, reader, normaliser, start of the number)."""
_Parts = tuple[tuple[str, ContentType], ...]
"""(source, content type) of each field that a value is made of."""


class KeyLinks:
    """For the object types of several versions together."""

    def __init__(self, *versions: Iterable[ObjectType]) -> None:
        rules: dict[str, _Rules] = {}
        for types in versions:
            plans = [make_plan(each) for each in types]
            looked_up = {
                plan.keys[position].name
                for plan in plans
                for position in (*plan.primary, *plan.secondary)
            } - {PROFILE_ID_KEY}
            for plan in plans:
                rules.setdefault(plan.name, _Rules()).add(plan, looked_up)
        self._rows = {name: list(each.rows.values()) for name, each in rules.items()}
        self._words = {name: list(each.words.values()) for name, each in rules.items()}

    def numbers(self, object_type: str, record: Record) -> list[int]:
        """Of one object; none is 0. Empty for an object that no key could take."""
        found = []
        for member, read, normalise, start in self._rows.get(object_type, ()):
            value = read(record) if member is None else record.get(member)
            if value.__class__ is not str:
                value = as_text(value)
            if value and normalise is not None:
                value = normalise(value)
            if value:
                found.append(crc32(value.encode(), start) or 1)
        for _, read, normalise, start in self._words.get(object_type, ()):
            value = as_text(read(record)) or ""
            for word in (value if normalise is None else normalise(value)).split():
                found.append(crc32(word.encode(), start) or 1)  # noqa: PERF401 - as above
        return found


class _Rules:
    """One object type's rows, each once, however many keys, targets and versions give it."""

    def __init__(self) -> None:
        self.rows: dict[tuple[_Parts, str], _Row] = {}
        self.words: dict[tuple[_Parts, str], _Row] = {}

    def add(self, plan: Plan, looked_up: set[str]) -> None:
        # Of fields with one name, which an invalid version may have, the plan reads the last.
        fields = {entry.name: entry for entry in plan.object_type.fields}
        matching = {*plan.primary, *plan.secondary}
        for position, key in enumerate(plan.keys):
            parts = tuple((fields[n].source, fields[n].content_type) for n in key.key.fields)
            for name in _names(plan, position, looked_up):
                self._add_key(name, parts, key)
            if position not in matching or key.name not in STANDARD_INDEXES:
                continue
            if key.name == FULL_NAME:
                self._add_words(parts, key.value)
            if len(parts) == 1:
                content_type = STANDARD_INDEXES[key.name].content_type
                self._add_field(f"key {key.name}", parts[0][0], content_type)
                if key.name == FULL_NAME:
                    self._add_words(((parts[0][0], content_type),))
        for entry in plan.object_type.fields:
            if entry.target is not None:
                self._add_target(fields[entry.name].source, entry.target, looked_up)

    def _add_target(self, source: str, text: str, looked_up: set[str]) -> None:
        target = parse_target(text)
        path = ".".join(target.path)
        if target.root == PROFILE_ROOT:
            for name, index in STANDARD_INDEXES.items():
                if name in looked_up and path in index.paths:
                    if name == FULL_NAME:
                        self._add_words(((source, index.content_type),))
                    else:
                        self._add_field(f"key {name}", source, index.content_type)
            return
        for name, indexed in STANDARD_OBJECTS[target.root].indexes:
            if indexed == path:
                self._add_field(f"standard {target.root} {name}", source, ContentType.STRING)
                if name in looked_up:
                    self._add_field(f"key {name}", source, ContentType.STRING)

    def _add_key(self, name: str, parts: _Parts, key: KeyPlan) -> None:
        if len(parts) == 1:
            self._add_field(name, *parts[0])
        else:
            self.rows.setdefault((parts, name), (None, key.value, None, _start(name)))

    def _add_field(self, name: str, source: str, content_type: ContentType) -> None:
        parsed = parse(source)
        path = parsed.path
        member = path[0] if path is not None and len(path) == 1 else None
        row = (member, parsed.evaluate, NORMALISERS[content_type], _start(name))
        self.rows.setdefault((((source, content_type),), name), row)

    def _add_words(self, parts: _Parts, read: _Read | None = None) -> None:
        name = f"word of {FULL_NAME}"
        normalise = NORMALISERS[parts[0][1]] if read is None else None
        read = parse(parts[0][0]).evaluate if read is None else read
        self.words.setdefault((parts, name), (None, read, normalise, _start(name)))


def _names(plan: Plan, position: int, looked_up: set[str]) -> Iterator[str]:
    """What the values of a key are looked up as, or found under."""
    key = plan.keys[position]
    if key.name in looked_up:
        yield f"key {key.name}"
    elif position == plan.unique:
        # Where the name is looked up, objects with one UNIQUE value share that number already.
        yield f"object {plan.name}"
    for standard in plan.standards:
        if position in standard.keys:
            yield f"standard {standard.root} {key.name}"


def _start(name: str) -> int:
    return crc32(f"{name}\0".encode())
