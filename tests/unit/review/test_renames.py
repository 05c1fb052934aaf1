"""Which row continues which: renames are recognised, and what only looks alike is not."""

from dataclasses import replace

import pytest

from lifecycle.review.model import Snapshot
from lifecycle.review.renames import field_names, pair_fields, pair_keys, pair_types
from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType
from tests.unit.review.tables import CRM, CRM_ID, ID, PLAN, TIER, crm

A = Field("a", "_source.a", "_profile.Attributes.A")
B = Field("b", "_source.b", "_profile.Attributes.B")


def typed(*rows: Field | Key, name: str = "Crm") -> ObjectType:
    """A type of these rows alone."""
    fields = tuple(row for row in rows if isinstance(row, Field))
    return ObjectType(name, name, fields, tuple(row for row in rows if isinstance(row, Key)))


def fields(old: ObjectType, new: ObjectType) -> set[str]:
    """`old name > new name` of each pair."""
    return {
        f"{before.name if before else ''} > {after.name if after else ''}"
        for before, after in pair_fields(old, new)
    }


def keys(old: ObjectType, new: ObjectType) -> set[str]:
    """`old name(fields) > new name(fields)` of each pair."""
    pairs = pair_keys(old, new, field_names(pair_fields(old, new)))
    return {
        " > ".join("" if key is None else f"{key.name}({', '.join(key.fields)})" for key in pair)
        for pair in pairs
    }


def types(old: tuple[ObjectType, ...], new: tuple[ObjectType, ...]) -> set[str]:
    """`old name > new name` of each pair."""
    pairs = pair_types([Snapshot(each) for each in old], [Snapshot(each) for each in new])
    return {
        " > ".join("" if each is None else each.object_type.name for each in pair) for pair in pairs
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((A, B), (B, A), {"a > a", "b > b"}),
        ((A,), (replace(A, name="z"),), {"a > z"}),
        # Everything but one member says that it is the same field.
        ((A,), (replace(A, name="z", source="_source.z"),), {"a > z"}),
        ((A,), (replace(A, name="z", target="_profile.Attributes.Z"),), {"a > z"}),
        ((A,), (replace(A, name="z", content_type=EMAIL_ADDRESS),), {"a > z"}),
        ((A,), (B,), {"a > ", " > b"}),
        # The name decides between fields that changed otherwise.
        ((A, B), (replace(A, source="_source.b"), B), {"a > a", "b > b"}),
        ((A, B), (replace(A, target=B.target), replace(B, target=A.target)), {"a > a", "b > b"}),
        # Two fields that swap their names are two renames, and change nothing else.
        ((A, B), (replace(A, name="b"), replace(B, name="a")), {"a > b", "b > a"}),
        # Where two could be the one, neither is.
        ((A,), (replace(A, name="y"), replace(A, name="z")), {"a > ", " > y", " > z"}),
    ],
)
def test_a_field_is_continued_by_what_is_surely_the_same(
    old: tuple[Field, ...], new: tuple[Field, ...], expected: set[str]
) -> None:
    assert fields(typed(*old), typed(*new)) == expected


def test_of_two_fields_with_one_name_the_last_stands() -> None:
    assert fields(typed(A, replace(B, name="a")), typed(replace(B, name="z"))) == {"a > z"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Key("k", ("a",)), Key("k", ("a",)), {"k(a) > k(a)"}),
        (Key("k", ("a",)), Key("z", ("a",)), {"k(a) > z(a)"}),
        (Key("k", ("a",)), Key("k", ("b",)), {"k(a) > k(b)"}),
        (Key("k", ("a",)), Key("k", ("b",), (PROFILE,)), {"k(a) > k(b)"}),
        (Key("k", ("a",)), Key("z", ("b",)), {"k(a) > ", " > z(b)"}),
        (Key("k", ("a",)), Key("z", ("a",), (PROFILE,)), {"k(a) > ", " > z(a)"}),
    ],
)
def test_a_key_is_continued_under_its_name_or_with_the_same_content(
    old: Key, new: Key, expected: set[str]
) -> None:
    assert keys(typed(A, B, old), typed(A, B, new)) == expected


def test_a_key_follows_the_fields_that_are_renamed() -> None:
    old = typed(A, B, Key("k", ("a", "b")))
    new = typed(replace(A, name="z"), B, Key("k", ("z", "b")))
    assert keys(old, new) == {"k(a, b) > k(z, b)"}
    assert field_names(pair_fields(old, new)) == {"a": "z", "b": "b"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            (Key("k", ("a",), (PROFILE,)), Key("k", ("b",), (UNIQUE,))),
            (Key("k", ("a", "b"), (UNIQUE,)), Key("k", ("a",))),
            {"k(a) > k(a)", "k(b) > k(a, b)"},
        ),
        (
            (Key("k", ("a",), (PROFILE,)), Key("k", ("b",))),
            (Key("k", ("b", "a")), Key("k", ("a", "b"), (PROFILE,))),
            {"k(a) > k(a, b)", "k(b) > k(b, a)"},
        ),
        (
            (Key("k", ("a",)), Key("k", ("b",))),
            (Key("k", ("a", "b")),),
            {"k(a) > ", "k(b) > ", " > k(a, b)"},
        ),
    ],
)
def test_entries_under_one_name_belong_together_by_their_fields_or_identifiers(
    old: tuple[Key, ...], new: tuple[Key, ...], expected: set[str]
) -> None:
    assert keys(typed(A, B, *old), typed(A, B, *new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((CRM,), (CRM,), {"Crm > Crm"}),
        ((CRM,), (crm(name="Sales"),), {"Crm > Sales"}),
        ((CRM,), (crm(name="Sales", description="Sales", expiration_days=1),), {"Crm > Sales"}),
        ((CRM,), (crm(name="Sales", without=(TIER,)),), {"Crm > Sales"}),
        # Less than half of the rows that are its own.
        ((CRM,), (crm(name="Sales", without=(TIER, PLAN)),), {"Crm > ", " > Sales"}),
        # A type that is still there has not become another.
        ((CRM,), (CRM, crm(name="Sales")), {"Crm > Crm", " > Sales"}),
    ],
)
def test_a_type_with_most_of_its_rows_is_the_same_under_another_name(
    old: tuple[ObjectType, ...], new: tuple[ObjectType, ...], expected: set[str]
) -> None:
    assert types(old, new) == expected


def test_types_that_share_only_the_customers_key_are_not_the_same() -> None:
    assert types((typed(ID, A, CRM_ID),), (typed(ID, B, CRM_ID, name="Shop"),)) == {
        "Crm > ",
        " > Shop",
    }


def test_types_that_have_nothing_but_the_customers_key_are_the_same() -> None:
    assert types((typed(ID, CRM_ID),), (typed(ID, CRM_ID, name="Shop"),)) == {"Crm > Shop"}


def test_of_two_candidates_the_one_that_kept_more_rows_is_the_type() -> None:
    less = crm(name="Alpha", without=(TIER,))
    assert types((CRM,), (less, crm(name="Beta"))) == {"Crm > Beta", " > Alpha"}


def test_types_of_one_template_are_the_same() -> None:
    old = ObjectType("Contact", "Contacts", template_id="CTR")
    assert types((old,), (replace(old, name="Call"),)) == {"Contact > Call"}
    assert types((old,), (replace(old, name="Call", template_id="X"),)) == {"Contact > ", " > Call"}
