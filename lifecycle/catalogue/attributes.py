"""The attributes of a profile, seen from their side: who writes each, and which keys find it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from profiles import ContentType, Field, Identifier, ObjectType
from profiles.indexes import FULL_NAME
from profiles.plan import LOWEST_RANK
from profiles.standard import (
    ATTRIBUTES,
    PROFILE_ROOT,
    STANDARD_INDEXES,
    STANDARD_OBJECTS,
)
from profiles.targets import Target, parse_target

UNRETURNED: Final = "SourceLastUpdatedTimestamp"
"""The service takes it and no read operation returns it (aws-semantics 2.4)."""

_INFERRED: Final = {
    ContentType.EMAIL_ADDRESS: Target(PROFILE_ROOT, ("EmailAddress",)),
    ContentType.PHONE_NUMBER: Target(PROFILE_ROOT, ("PhoneNumber",)),
}
"""What a field of such a content type fills beside its target (admin guide, Profile matching)."""


class Manner(StrEnum):
    """How a field's value comes into an attribute."""

    DIRECT = "always"
    MEMBER = "as a member of a whole object"
    INFERRED = "only when its object creates the profile"


@dataclass(frozen=True, slots=True)
class Writer:
    """A field that writes an attribute.

    place: position in order of priority, from 1; equal priorities share it.
    """

    object_type: ObjectType
    field: Field
    manner: Manner
    place: int = 0


@dataclass(frozen=True, slots=True)
class SearchKey:
    """A search key under which the attribute's value finds its profile.

    others: fields (of a key) or attributes (of the service's index) whose values belong to it too.
    only_new: whether it is kept only by an object that creates the profile.
    keepers: names of the object types that keep the value there. standard: whether the service
    itself keeps it, too.
    """

    name: str
    others: tuple[str, ...]
    only_new: bool
    keepers: tuple[str, ...]
    standard: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a profile, or of another standard object.

    name: as a profile's reader knows it, e.g. `EmailAddress`, `Attributes.TrialStatus`,
    `_asset.AssetName`.
    """

    name: str
    target: Target
    writers: tuple[Writer, ...]
    search_keys: tuple[SearchKey, ...]

    @property
    def accessor(self) -> str:
        """The accessor as mappings write it."""
        return ".".join((self.target.root, *self.target.path))

    @property
    def returned(self) -> bool:
        """Whether any read operation shows it."""
        return self.target.path[-1] != UNRETURNED


def name_of(target: Target) -> str:
    """The attribute's name: its accessor, without `_profile`."""
    root = () if target.root == PROFILE_ROOT else (target.root,)
    return ".".join((*root, *target.path))


def reading_order(name: str) -> tuple[bool, bool, list[tuple[int, str]], str]:
    """Sorts attributes: standard ones first, then `Attributes.`, then those of other objects.

    Among these without regard to capitals, and `Line2` before `Line10`.
    """
    parts = re.findall(r"(\d+)|(\D+)", name.casefold())
    natural = [(int(digits or 0), text) for digits, text in parts]
    return name.startswith("_"), name.startswith(f"{ATTRIBUTES}."), natural, name


def attributes_of(object_types: Sequence[ObjectType]) -> tuple[Attribute, ...]:
    """Every attribute that a field writes: standard ones, `Attributes.`, then other objects'."""
    writers: dict[Target, list[Writer]] = {}
    for object_type in object_types:
        for target, writer in _written(object_type):
            writers.setdefault(target, []).append(writer)
    return tuple(
        Attribute(
            name_of(target),
            target,
            _in_order([*own, *_of_wholes(target, writers)]),
            _search_keys(target, own),
        )
        for target, own in sorted(writers.items(), key=lambda item: reading_order(name_of(item[0])))
    )


def _written(object_type: ObjectType) -> Iterable[tuple[Target, Writer]]:
    targets = [
        (parse_target(field.target), field)
        for field in object_type.fields
        if field.target is not None
    ]
    for target, field in targets:
        yield target, Writer(object_type, field, Manner.DIRECT)
    targeted = {target for target, _ in targets}
    for field in object_type.fields:
        inferred = _INFERRED.get(field.content_type)
        if inferred is not None and inferred not in targeted:
            yield inferred, Writer(object_type, field, Manner.INFERRED)


def _of_wholes(target: Target, writers: Mapping[Target, list[Writer]]) -> Iterable[Writer]:
    """Those who write a whole of which the attribute is a part: `Address` for `Address.City`."""
    for end in range(1, len(target.path)):
        for writer in writers.get(Target(target.root, target.path[:end]), ()):
            yield replace(writer, manner=Manner.MEMBER)


def _in_order(writers: list[Writer]) -> tuple[Writer, ...]:
    def rank(writer: Writer) -> int:
        return writer.object_type.source_priority or LOWEST_RANK

    places = {each: place for place, each in enumerate(sorted({*map(rank, writers)}), 1)}
    ordered = sorted(writers, key=rank)
    return tuple(replace(each, place=places[rank(each)]) for each in ordered)


def _search_keys(target: Target, writers: Sequence[Writer]) -> tuple[SearchKey, ...]:
    """The keys of those who write it, and those that the service keeps over standard objects."""
    # (name, others, only_new) to those who keep it that way, None for the service.
    keepers: dict[tuple[str, tuple[str, ...], bool], list[str | None]] = {}
    for writer in writers:
        name = writer.field.name
        for key in writer.object_type.keys:
            if name in key.fields and Identifier.LOOKUP_ONLY not in key.identifiers:
                others = tuple(each for each in key.fields if each != name)
                way = (key.name, others, Identifier.NEW_ONLY in key.identifiers)
                keepers.setdefault(way, []).append(writer.object_type.name)
    # Values that are only inferred are profile fields, but not in the service's indexes.
    if any(writer.manner is Manner.DIRECT for writer in writers):
        for index, others in _indexes(target):
            keepers.setdefault((index, others, False), []).append(None)
    return tuple(
        SearchKey(*way, tuple(dict.fromkeys(each for each in names if each)), None in names)
        for way, names in keepers.items()
    )


def _indexes(target: Target) -> Iterable[tuple[str, tuple[str, ...]]]:
    """(index of the service, other attributes whose values belong to it)."""
    path = ".".join(target.path)
    if target.root != PROFILE_ROOT:
        for name, indexed in STANDARD_OBJECTS[target.root].indexes:
            if indexed == path:
                yield name, ()
        return
    for name, index in STANDARD_INDEXES.items():
        if path in index.paths:
            joined = name == FULL_NAME
            yield name, tuple(each for each in index.paths if joined and each != path)
