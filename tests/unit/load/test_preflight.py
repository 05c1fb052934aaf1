"""What a preflight tells, by whichever way it came to know it."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import mappings
from lifecycle.load import preflight as preflights
from lifecycle.load.preflight import Preflight, replay
from lifecycle.object_keys import ObjectKeys
from profiles import (
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    UNIQUE,
    ContentType,
    Field,
    Key,
    ObjectType,
    ObjectTypeMapping,
)
from profiles.engine import MAX_OBJECTS_PER_PROFILE
from profiles.errors import MissingKeyError
from profiles.plan import make_plan
from profiles.rehearsal import Rehearsal, can_rehearse
from tests.unit.review.strategies import CROWDED_FIELDS, CROWDED_KEYS, object_types

# So few that rows meet.
VALUES: st.SearchStrategy[Any] = st.sampled_from(["a", "A", "b", "c", "1", 1, ""])
RECORDS = st.lists(
    st.tuples(*[VALUES] * 5).map(lambda values: dict(zip("pqrst", values, strict=True))),
    min_size=2,
    max_size=20,
)
TYPES = object_types() | object_types("Crm", CROWDED_FIELDS, CROWDED_KEYS)
CREATING = TYPES.map(lambda each: replace(each, allow_profile_creation=True))


def by_the_engine(path: Path, object_type: ObjectType) -> Preflight:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preflights, "can_rehearse", lambda _: False)
        return replay(path, object_type)


def taken(object_type: ObjectType, records: list[dict[str, Any]]) -> list[str]:
    """The objects that a load would stage."""
    keys = ObjectKeys(ObjectTypeMapping(object_type))
    return [text for record in records if keys.problem(text := json.dumps(record)) is None]


def both(object_type: ObjectType, texts: list[str]) -> tuple[Preflight, Preflight]:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(preflights, "SUSPICIOUS_ROWS", 3)
        patch.setattr(preflights, "OBJECTS_PER_METERED_PROFILE", 1)
        path = Path(folder, "rows")
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return replay(path, object_type), by_the_engine(path, object_type)


def crm(*keys: Key, fields: tuple[Field, ...] = (), **more: Any) -> ObjectType:
    rows = (Field("id", "_source.id"), Field("mail", "_source.mail"), *fields)
    return ObjectType(name="Crm", description="Customers", fields=rows, keys=keys, **more)


@given(TYPES | CREATING, RECORDS)
@settings(max_examples=1_000, deadline=None)
def test_a_preflight_tells_what_the_engine_makes_of_the_rows(
    object_type: ObjectType, records: list[dict[str, Any]]
) -> None:
    texts = taken(object_type, records)
    told, made = both(object_type, texts)
    assert told == made
    rehearsed = can_rehearse(make_plan(object_type))
    event(f"rehearsed: {rehearsed}, rows: {bool(texts)}, profiles: {min(made.profiles, 3)}")


@pytest.mark.parametrize("mapping", mappings.load(), ids=lambda each: each.object_type.name)
def test_this_repository_s_mappings_need_no_engine(mapping: ObjectTypeMapping) -> None:
    assert can_rehearse(make_plan(mapping.object_type))


ID = Key("id", ("id",), (PROFILE, UNIQUE))


@pytest.mark.parametrize("more", [(), (LOOKUP_ONLY,), (NEW_ONLY,)], ids=str)
@pytest.mark.parametrize("creates", [True, False])
def test_rows_that_move_between_customers_or_fit_several_are_told_too(
    *, creates: bool, more: tuple[Any, ...]
) -> None:
    mail = Key("mail", ("mail",), (PROFILE, *more))
    object_type = crm(
        Key("id", ("id",), (UNIQUE,)),
        Key("other", ("other",), (PROFILE,)),
        mail,
        fields=(Field("other", "_source.other"),),
        allow_profile_creation=creates,
    )
    told, made = both(
        object_type,
        [
            '{"id": 1, "mail": "a", "other": "x"}',
            '{"id": 2, "mail": "b", "other": "y"}',
            '{"id": 1, "mail": "b"}',
            '{"id": 3, "mail": "a", "other": "y"}',
            '{"id": 4, "mail": "a"}',
            '{"id": 5, "mail": "c"}',
        ],
    )
    assert told == made
    assert can_rehearse(make_plan(object_type))
    assert (made.profiles > 1) is creates
    assert bool(made.rejected) is not creates


@pytest.mark.parametrize("count", [MAX_OBJECTS_PER_PROFILE, MAX_OBJECTS_PER_PROFILE + 200])
def test_a_customer_with_more_objects_than_may_be_is_told_as_the_engine_has_it(count: int) -> None:
    object_type = crm(
        Key("id", ("id",), (UNIQUE,)),
        Key("mail", ("mail",), (PROFILE,)),
        allow_profile_creation=True,
    )
    told, made = both(object_type, [f'{{"id": {at}, "mail": "a"}}' for at in range(count)])
    assert told == made
    assert (made.profiles, made.metered) == (1, MAX_OBJECTS_PER_PROFILE)
    assert made.suspicious == [("mail", count)]


NAME, NUMBER = ContentType.NAME, ContentType.NUMBER


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        ([Key("_profileId", ("id",), (PROFILE, LOOKUP_ONLY))], []),
        ([Key("_phone", ("mail",), (PROFILE,))], []),
        (
            [Key("_account", ("mail",), (PROFILE,))],
            [Field("post", "_source.post", "_profile.AccountNumber")],
        ),
        (
            [Key("_account", ("post",), (PROFILE, LOOKUP_ONLY))],
            [Field("post", "_source.post", "_profile.AccountNumber")],
        ),
        (
            [Key("_account", ("mail",), (PROFILE,)), Key("_account", ("post",))],
            [Field("post", "_source.post", "_profile.AccountNumber", NUMBER)],
        ),
        (
            [Key("_fullName", ("first",), (PROFILE,)), Key("_fullName", ("last",), (PROFILE,))],
            [
                Field("first", "_source.mail", "_profile.FirstName", NAME),
                Field("last", "_source.post", "_profile.LastName", NAME),
            ],
        ),
        ([], [Field("asset", "_source.asset", "_asset.AssetName")]),
    ],
    ids=[
        "an id of the service",
        "two forms",
        "fed by another field",
        "not stored by the key",
        "stored in another form",
        "joined",
        "standard objects",
    ],
)
def test_what_cannot_be_told_by_keys_alone_is_left_to_the_engine(
    keys: list[Key], fields: list[Field]
) -> None:
    object_type = crm(ID, *keys, fields=tuple(fields), allow_profile_creation=True)
    assert not can_rehearse(make_plan(object_type))
    told, made = both(object_type, ['{"id": "1", "mail": "a", "asset": "x", "post": "1"}'] * 3)
    assert told == made
    assert made.rows == 3


@pytest.mark.parametrize("record", [b"{}", b'{"id": 1}', b'{"mail": "a"}'])
def test_a_row_without_a_key_is_refused_by_a_rehearsal_as_by_the_engine(record: bytes) -> None:
    object_type = crm(
        Key("id", ("id",), (UNIQUE,)),
        Key("mail", ("mail",), (PROFILE,)),
        allow_profile_creation=True,
    )
    with pytest.raises(MissingKeyError):
        Rehearsal(make_plan(object_type)).run([record])


def test_an_attribute_is_empty_only_if_it_is_in_every_bucket() -> None:
    one, other = Preflight(empty={"A", "B"}), Preflight(empty={"B", "C"})
    one.merge(other)
    assert one.empty == {"B"}
