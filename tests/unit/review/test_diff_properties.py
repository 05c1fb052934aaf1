"""What holds of every two versions, whatever is in them."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lifecycle.review.diff import compare
from lifecycle.review.model import Category, Change
from lifecycle.review.rules import TYPE_RENAMED
from profiles import ObjectType
from profiles.documents import document
from profiles.engine import Engine
from profiles.errors import MissingKeyError
from profiles.memory import MemoryStore
from tests.unit.review.edits import edits, plain
from tests.unit.review.strategies import (
    crowded_versions,
    in_one_order,
    is_valid,
    object_types,
    shuffled,
    version_of,
    versions,
)

MIRRORS = {
    "TYPE_ADDED": "TYPE_REMOVED",
    "PROFILE_CREATION_ON": "PROFILE_CREATION_OFF",
    "EXPIRY_SHORTENED": "EXPIRY_LENGTHENED",
    "FIELD_ADDED": "FIELD_REMOVED",
    "FIELD_TARGET_ADDED": "FIELD_TARGET_REMOVED",
    "FIELD_WITHOUT_TARGET_ADDED": "FIELD_WITHOUT_TARGET_REMOVED",
    "KEY_UNIQUE_ADDED": "KEY_UNIQUE_REMOVED",
    "KEY_PROFILE_ADDED": "KEY_PROFILE_REMOVED",
    "MATCHING_KEY_ADDED": "MATCHING_KEY_REMOVED",
    "SEARCH_KEY_ADDED": "SEARCH_KEY_REMOVED",
}
MIRRORS |= {other: one for one, other in MIRRORS.items()}
RENAMED = ("FIELD_RENAMED", "KEY_RENAMED", "KEY_UNIQUE_MOVED")

records = st.lists(
    st.dictionaries(st.sampled_from("pq"), st.sampled_from(("", "1", "2")), min_size=1), max_size=8
)
seeds = st.integers(min_value=0, max_value=2**32).map(random.Random)
Types = tuple[ObjectType, ...]
Record = dict[str, str]


@dataclass
class Replayed:
    """groups: for each object put its profile, numbered in order; documents: the profiles."""

    groups: list[int | str]
    documents: list[dict[str, Any]]


def replayed(
    types: Types, names: list[str], put: list[Record], later: Types = (), at: int = 0
) -> Replayed:
    """What the engine makes of the objects; from the one at `at` on, of later types if given."""
    numbers = count(1)
    store = MemoryStore()
    engine = Engine(store, new_id=lambda: f"{next(numbers):032x}", clock=lambda: 0.0)
    groups: list[int | str] = []
    order: dict[str, int] = {}
    declared = {0: types, at: later or types}
    for position, (name, record) in enumerate(zip(names, put, strict=True)):
        for each in declared.get(position, ()):
            engine.put_type(replace(each, keys=in_one_order(each.keys)))
        try:
            found = engine.put(name, json.dumps(record)).profile_id
        except MissingKeyError:
            groups.append("no key")
            continue
        groups.append("rejected" if found is None else order.setdefault(found, len(order)))
    profiles = [store.profile(each) for each in store.profile_ids()]
    documents = [document(each) for each in profiles if each is not None]
    return Replayed(groups, [{**each, "ProfileId": ""} for each in documents])


def each_edited(types: Types, chance: random.Random) -> Iterator[Types]:
    """The types with each edit of each."""
    for position, object_type in enumerate(types):
        for new, _ in edits(object_type, chance):
            yield (*types[:position], new, *types[position + 1 :])


def edited(types: Types, chance: random.Random) -> Types:
    """The types after a few edits."""
    for _ in range(chance.randint(1, 3)):
        types = chance.choice([types, *each_edited(types, chance)])
    return types


Told = tuple[str, str, str, str | None, str | None]
"""(rule, object type, subject, before, after)."""


def told(changes: tuple[Change, ...]) -> "Counter[Told]":
    """The changes but for collisions: one that ends is no change.

    A type in which a row is renamed has rows of one name that are not the same: only their kind.
    """
    renamed = {each.object_type for each in changes if each.rule.id.endswith(RENAMED)}
    return Counter(
        (
            each.rule.id,
            each.object_type,
            each.subject.partition(" ")[0] if each.object_type in renamed else each.subject,
            each.before,
            each.after,
        )
        for each in changes
        if each.rule.id != "TARGET_COLLISION"
    )


def mirrored(changes: tuple[Change, ...]) -> "Counter[Told]":
    """The same changes as they are told the other way round."""
    old_names = {each.object_type: each.before for each in changes if each.rule is TYPE_RENAMED}
    return Counter(
        {
            (MIRRORS.get(rule, rule), old_names.get(name) or name, subject, after, before): number
            for (rule, name, subject, before, after), number in told(changes).items()
        }
    )


@given(versions(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_a_version_against_itself_in_any_order_has_no_change(
    types: Types, chance: random.Random
) -> None:
    old = version_of(types, ({"id": 1}, {"id": 2}))
    new = version_of(shuffled(types, chance), ({"id": 2}, {"id": 1}))
    assert compare(old, new) == compare(new, old) == ()


@given(versions(), versions(), seeds)
@settings(deadline=None, max_examples=60)
def test_the_changes_back_are_the_mirror_of_the_changes_there(
    one: Types, other: Types, chance: random.Random
) -> None:
    for another in (other, edited(one, chance)):
        there = compare(version_of(one), version_of(another))
        back = compare(version_of(another), version_of(one))
        assert told(back) == mirrored(there)


@given(object_types(), versions(), seeds)
@settings(deadline=None, max_examples=60)
def test_every_single_edit_is_one_change_of_the_right_category_and_of_that_type_alone(
    object_type: ObjectType, domain: Types, chance: random.Random
) -> None:
    others = tuple(each for each in domain if each.name != object_type.name)
    old = plain(object_type)
    assume(is_valid((old,)))
    for new, category in edits(old, chance):
        (change,) = compare(version_of((old,)), version_of((new,)))
        assert (change.object_type, change.category) == (new.name, category), change
        beside = compare(version_of((*others, old)), version_of((new, *others)))
        assert {each.object_type for each in beside if each.rule.id != "TARGET_COLLISION"} == {
            new.name
        }


@given(crowded_versions, seeds, records)
@settings(deadline=None, max_examples=60)
def test_objects_meet_in_the_same_profiles_unless_a_change_is_of_identity(
    old: Types, chance: random.Random, put: list[Record]
) -> None:
    names = [chance.choice(old).name for _ in put]
    before = replayed(old, names, put)
    for new in each_edited(old, chance):
        changes = compare(version_of(old), version_of(new))
        worst = max((each.category for each in changes), default=Category.COSMETIC)
        if worst is Category.IDENTITY:
            continue
        # What was put before the change meets what comes after it, as in a domain.
        for at in (0, len(put) // 2):
            after = replayed(old, names, put, new, at)
            assert before.groups == after.groups, changes
            if worst is Category.COSMETIC:
                assert before.documents == after.documents, changes
