"""Random object types and versions, small enough to have much in common."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import strategies as st

from lifecycle.review.model import Snapshot, Version
from profiles import (
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    UNIQUE,
    ContentType,
    Field,
    Identifier,
    Key,
    ObjectType,
    ObjectTypeMapping,
)
from profiles.validation import check_domain, errors

MEMBERS = "pqrst"
STANDARD = ("AccountNumber", "EmailAddress", "PhoneNumber", "FirstName", "LastName")
TARGETS = (None, *(f"Attributes.{letter}" for letter in "ABCDE"), *STANDARD)
KEY_NAMES = ("k", "l", "m", "_account", "_email", "_phone", "_fullName")
ROLES: tuple[tuple[Identifier, ...], ...] = (
    (),
    (PROFILE,),
    (PROFILE, SECONDARY),
    (PROFILE, LOOKUP_ONLY),
    (PROFILE, NEW_ONLY),
)

# One choice among many is drawn much faster than many choices.
FIELDS = [
    Field(name, f"_source.{member}", target and f"_profile.{target}", content_type)
    for name, member, target, content_type in product("abcdef", MEMBERS, TARGETS, ContentType)
]
KEYS = list(product(KEY_NAMES, ROLES, ((0,), (1,), (2,), (0, 1), (1, 0))))
NUMBERS = (None, 1, 2)
OTHERS = [
    {
        "description": description,
        "allow_profile_creation": creates,
        "expiration_days": days,
        "source_priority": priority,
        "max_profile_object_count": count,
    }
    for description, creates, days, priority, count in product(
        ("one", "two"), (True, False), NUMBERS, NUMBERS, NUMBERS
    )
]


# Types of these have so little to choose from that they meet in keys and indexes.
CROWDED_FIELDS = [
    Field(name, f"_source.{member}", target and f"_profile.{target}")
    for name, member, target in product(
        "abc", "pq", (None, "Attributes.A", "AccountNumber", "EmailAddress")
    )
]
CROWDED_KEYS = list(product(("k", "_account", "_email"), ROLES, ((0,), (1,), (0, 1))))


@st.composite
def object_types(
    draw: st.DrawFn,
    name: str = "Crm",
    fields: Sequence[Field] = FIELDS,
    keys: Sequence[tuple[str, tuple[Identifier, ...], tuple[int, ...]]] = KEYS,
) -> ObjectType:
    """A type of this name; no two of its fields have one target."""
    rows = draw(
        st.lists(
            st.sampled_from(fields),
            min_size=1,
            max_size=5,
            unique_by=(lambda row: row.name, lambda row: row.target or row.name),
        )
    )
    entries = [
        Key(key_name, tuple(dict.fromkeys(rows[n % len(rows)].name for n in positions)), role)
        for key_name, role, positions in draw(
            st.lists(st.sampled_from(keys), min_size=1, max_size=4)
        )
    ]
    entries[0] = replace(entries[0], identifiers=(PROFILE, UNIQUE))
    own: dict[str, Any] = draw(st.sampled_from(OTHERS))
    return ObjectType(name=name, fields=tuple(rows), keys=in_one_order(tuple(entries)), **own)


@st.composite
def versions(draw: st.DrawFn) -> tuple[ObjectType, ...]:
    """The types of a domain, which validation need not accept."""
    names = draw(st.lists(st.sampled_from(("Crm", "Shop", "News")), max_size=3, unique=True))
    return tuple(draw(object_types(name)) for name in names)


def is_valid(types: tuple[ObjectType, ...]) -> bool:
    """Whether the service would take all of them."""
    return not errors(check_domain([ObjectTypeMapping(each) for each in types]))


crowded_versions = st.tuples(
    object_types("Crm", CROWDED_FIELDS, CROWDED_KEYS),
    object_types("News", CROWDED_FIELDS, CROWDED_KEYS),
).filter(is_valid)


def in_one_order(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """As they are deployed: the order of keys in a mapping means nothing."""
    return tuple(sorted(dict.fromkeys(keys), key=lambda key: key.name))


def shuffled(types: tuple[ObjectType, ...], chance: random.Random) -> tuple[ObjectType, ...]:
    """The same domain with everything in another order that has no meaning."""

    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(rows, len(rows)))

    return mixed(
        tuple(
            replace(
                each,
                fields=mixed(each.fields),
                keys=mixed(
                    tuple(replace(key, identifiers=mixed(key.identifiers)) for key in each.keys)
                ),
            )
            for each in types
        )
    )


def version_of(types: tuple[ObjectType, ...], examples: tuple[dict[str, Any], ...] = ()) -> Version:
    """A version of these types, each in a file of its own."""
    return Version(
        "v", tuple(Snapshot(each, f"mappings/{each.name}.py", examples) for each in types)
    )
