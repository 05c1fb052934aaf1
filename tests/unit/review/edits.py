"""Single edits of an object type, each with the category that its consequence calls for.

The categories are told here in the words of the service's rules, apart from the code that is
tested. They hold for a `plain` type: no index of the domain holds what its fields write.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lifecycle.review.model import Category
from profiles import (
    EMAIL_ADDRESS,
    PHONE_NUMBER,
    PROFILE,
    UNIQUE,
    ContentType,
    Field,
    Key,
    ObjectType,
)
from tests.unit.review.strategies import MEMBERS, NUMBERS, ROLES

IDENTITY, BACKFILL, FORWARD_ONLY = Category.IDENTITY, Category.BACKFILL, Category.FORWARD_ONLY
ADDITIVE, COSMETIC = Category.ADDITIVE, Category.COSMETIC
INFERRED = {EMAIL_ADDRESS, PHONE_NUMBER}

Edit = tuple[ObjectType, Category]


def plain(object_type: ObjectType) -> ObjectType:
    """The type with attributes of its own as targets, and every key once under its own name."""
    fields = tuple(
        replace(each, target=each.target and f"_profile.Attributes.{each.name.upper()}")
        for each in object_type.fields
    )
    contents = dict.fromkeys((each.fields, each.identifiers) for each in object_type.keys)
    keys = tuple(Key(f"k{n}", *content) for n, content in enumerate(contents))
    return replace(object_type, fields=fields, keys=keys)


def edits(object_type: ObjectType, chance: random.Random) -> Iterator[Edit]:
    """One edit of each kind, where the type has what it takes."""
    yield from _of_members(object_type, chance)
    yield from _of_fields(object_type, chance)
    yield from _of_keys(object_type, chance)


def _of_members(object_type: ObjectType, chance: random.Random) -> Iterator[Edit]:
    yield replace(object_type, name="Renamed"), IDENTITY
    yield replace(object_type, description="another"), COSMETIC
    creates = object_type.allow_profile_creation
    yield replace(object_type, allow_profile_creation=not creates), IDENTITY
    for member in ("expiration_days", "source_priority", "max_profile_object_count"):
        value = _other(chance, NUMBERS, getattr(object_type, member))
        yield replace(object_type, **{member: value}), FORWARD_ONLY
    for member in ("source_last_updated_timestamp_format", "encryption_key"):
        yield replace(object_type, **{member: "another"}), FORWARD_ONLY


def _of_fields(object_type: ObjectType, chance: random.Random) -> Iterator[Edit]:
    field = chance.choice(object_type.fields)
    matched = any(field.name in key.fields for key in object_type.keys if key.identifiers)
    in_a_key = any(field.name in key.fields for key in object_type.keys)
    inferred = field.content_type in INFERRED and object_type.allow_profile_creation

    def changed(**members: Any) -> ObjectType:
        return _with(object_type, field, replace(field, **members))

    keys = tuple(
        replace(key, fields=tuple("z" if name == field.name else name for name in key.fields))
        for key in object_type.keys
    )
    yield replace(changed(name="z"), keys=keys), COSMETIC

    source = _other(chance, [f"_source.{each}" for each in MEMBERS], field.source)
    if matched:
        yield changed(source=source), IDENTITY
    elif field.target or in_a_key:
        yield changed(source=source), BACKFILL
    else:
        yield changed(source=source), FORWARD_ONLY if inferred else COSMETIC

    if field.target is None:
        yield changed(target="_profile.Attributes.New"), ADDITIVE
    else:
        yield changed(target="_profile.Attributes.New"), BACKFILL
        yield changed(target=None), BACKFILL

    kind = _other(chance, list(ContentType), field.content_type)
    if in_a_key:
        yield changed(content_type=kind), IDENTITY if matched else BACKFILL
    else:
        infers = object_type.allow_profile_creation and {kind, field.content_type} & INFERRED
        yield changed(content_type=kind), FORWARD_ONLY if infers else COSMETIC

    kind = chance.choice(list(ContentType))
    infers = object_type.allow_profile_creation and kind in INFERRED
    new = Field("z", source, chance.choice((None, "_profile.Attributes.New")), kind)
    without = FORWARD_ONLY if infers else COSMETIC
    yield _with(object_type, None, new), ADDITIVE if new.target else without
    if not in_a_key:
        without = FORWARD_ONLY if inferred else COSMETIC
        yield _with(object_type, field, None), BACKFILL if field.target else without


def _of_keys(object_type: ObjectType, chance: random.Random) -> Iterator[Edit]:
    unique, *others = sorted(object_type.keys, key=lambda key: UNIQUE not in key.identifiers)
    names = [field.name for field in object_type.fields]
    yield _with(object_type, unique, replace(unique, identifiers=(PROFILE,))), IDENTITY
    for key in (unique, *others[:1]):
        category = IDENTITY if key.identifiers else BACKFILL
        yield _with(object_type, key, replace(key, name="z")), category
        if key.fields != (names[0],):
            yield _with(object_type, key, replace(key, fields=(names[0],))), category
        if key is not unique:
            yield _with(object_type, key, None), category
            role = _other(chance, ROLES, key.identifiers)
            yield _with(object_type, key, replace(key, identifiers=role)), IDENTITY
            moved = replace(key, identifiers=(*key.identifiers, UNIQUE))
            left = _with(object_type, unique, replace(unique, identifiers=(PROFILE,)))
            yield _with(left, key, moved), IDENTITY
    role = chance.choice(ROLES)
    new = Key("z", tuple(names[:2]), role)
    yield _with(object_type, None, new), IDENTITY if role else BACKFILL


def _with(object_type: ObjectType, old: Field | Key | None, new: Field | Key | None) -> ObjectType:
    """The type with a row replaced, removed or added."""
    rows: list[Field | Key] = [*object_type.fields, *object_type.keys]
    at = len(rows) if old is None else rows.index(old)
    rows[at : at + 1] = [] if new is None else [new]
    return replace(
        object_type,
        fields=tuple(each for each in rows if isinstance(each, Field)),
        keys=tuple(each for each in rows if isinstance(each, Key)),
    )


def _other(chance: random.Random, choices: Any, than: Any) -> Any:
    return chance.choice([each for each in choices if each != than])
