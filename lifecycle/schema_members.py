"""The members of an object that a mapping reads, as properties of a JSON Schema."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from profiles import ContentType, Field, Identifier, ObjectType
from profiles.engine import MAX_VALUE_CHARACTERS, VALUE_LIMITS
from profiles.sources import parse
from profiles.standard import (
    ADDRESS_MEMBERS,
    ATTRIBUTES,
    ENGAGEMENT_PREFERENCES,
    PROFILE_ROOT,
    STRUCTURES,
)
from profiles.targets import parse_target

SCALARS: Final = ("string", "number", "boolean")
"""A profile's values are texts; numbers and booleans become texts."""

_EMPTY_WHEN_BLANK: Final = frozenset(ContentType) - {ContentType.STRING}
"""Content types in which white space alone is no value of a key."""

Schema = dict[str, Any]
Path = tuple[str, ...]


@dataclass
class Member:
    """A member of the object, as far as fields read it; the object itself is one too.

    kinds: what each field takes from it; {} where that has no type. uses: what becomes of it, in
    words.
    """

    members: dict[str, "Member"] = field(default_factory=dict)
    kinds: list[Schema] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    required: bool = False

    def at(self, path: Path) -> "Member":
        """The member at this path below, new if need be."""
        member = self
        for name in path:
            member = member.members.setdefault(name, Member())
        return member

    def require(self, path: Path) -> None:
        """The object must have something at this path."""
        for end in range(1, len(path) + 1):
            self.at(path[:end]).required = True

    def as_object(self) -> Schema:
        """The schema of an object with these members."""
        required = [name for name, member in self.members.items() if member.required]
        properties = {name: member.schema() for name, member in self.members.items()}
        schema: Schema = {"type": "object", "properties": properties}
        return schema | {"required": required} if required else schema

    def schema(self) -> Schema:
        """The schema of whatever all of the fields take from it."""
        kinds = [*self.kinds, *([self.as_object()] if self.members else [])]
        schema: Schema = {"description": ". ".join(self.uses)} if self.uses else {}
        for kind in kinds:
            schema |= kind
        if all("type" in kind for kind in kinds):
            types = [each for kind in kinds for each in _listed(kind["type"])]
            names = list(dict.fromkeys(types))
            schema["type"] = names[0] if len(names) == 1 else names
        else:
            schema.pop("type", None)
        if lengths := [kind["maxLength"] for kind in kinds if "maxLength" in kind]:
            schema["maxLength"] = min(lengths)
        return schema


def members_of(object_type: ObjectType) -> Member:
    """The object of this type, with every member that a field reads."""
    root = Member()
    for each in object_type.fields:
        source = parse(each.source)
        use = _use(each, object_type)
        for path in sorted(source.paths):
            member = root.at(path)
            member.kinds.append({} if source.path is None else _kind(each, object_type))
            if use:
                member.uses.append(use if source.path else f"{use}, by a template")
    # A template gives no type, but takes none away either.
    for member in _all(root):
        member.kinds = [kind for kind in member.kinds if kind] or member.kinds[:1]
    return root


def _kind(each: Field, object_type: ObjectType) -> Schema:
    """What a field takes from the member that its accessor names."""
    target = None if each.target is None else parse_target(each.target)
    of_profile = target is not None and target.root == PROFILE_ROOT
    if target is not None and of_profile and target.path[0] == ENGAGEMENT_PREFERENCES:
        return {}
    path = "" if target is None else ".".join(target.path)
    if of_profile and path in STRUCTURES:
        return _whole(path)
    schema: Schema = {"type": list(SCALARS)}
    names = {
        name
        for key in object_type.keys
        if {Identifier.UNIQUE, Identifier.PROFILE} & set(key.identifiers)
        for name in key.fields
    }
    if of_profile or each.name in names:
        schema["minLength"] = 1
    if of_profile:
        schema["maxLength"] = VALUE_LIMITS.get(path, MAX_VALUE_CHARACTERS)
    if each.name in names and each.content_type in _EMPTY_WHEN_BLANK:
        schema["pattern"] = r"\S"
    return schema


def _whole(path: str) -> Schema:
    """A JSON object that fills a structure of the profile, member by member."""
    value = {"type": list(SCALARS), "minLength": 1, "maxLength": MAX_VALUE_CHARACTERS}
    if path == ATTRIBUTES:
        return {"type": "object", "additionalProperties": value}
    return {"type": "object", "properties": dict.fromkeys(sorted(ADDRESS_MEMBERS), value)}


def _use(each: Field, object_type: ObjectType) -> str:
    parts = [] if each.target is None else [f"Becomes {each.target}"]
    for key in object_type.keys:
        if each.name in key.fields:
            identifiers = ", ".join(key.identifiers)
            parts.append(f"Key {key.name}{f' ({identifiers})' if identifiers else ''}")
    return ". ".join(parts)


def _all(member: Member) -> Iterable[Member]:
    yield member
    for inner in member.members.values():
        yield from _all(inner)


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types
