"""Samples of a replay as tables."""

from typing import Any

import pytest

from lifecycle.review.formats.samples import ADDED, CHANGED, LOST, SAME, Row, make_table
from lifecycle.review.replay_model import Kind
from tests.unit.review.reports import sample


def profile(**attributes: Any) -> dict[str, Any]:
    return {"AccountNumber": "1", "Attributes": attributes}


def test_who_it_is_comes_first_then_what_is_lost_changed_and_added() -> None:
    table = make_table(
        sample(
            before=(profile(B="old", C="gone", D="same"),),
            after=(profile(A="new", B="other", D="same"),),
            added=("Attributes.A",),
            changed=("Attributes.B",),
            lost=("Attributes.C",),
        )
    )
    assert table.title == "Changed: 1 profile (objects: 1 Crm)"
    assert table.columns == ("before", "after")
    assert table.rows == (
        Row(SAME, "AccountNumber", ("1", "1")),
        Row(LOST, "Attributes.C", ("gone", "(none)")),
        Row(CHANGED, "Attributes.B", ("old", "other")),
        Row(ADDED, "Attributes.A", ("(none)", "new")),
    )
    assert table.rest == "Not shown: 1 attribute that is the same."


def test_profiles_of_a_split_differ_where_their_columns_do() -> None:
    table = make_table(
        sample(
            Kind.SPLIT,
            before=(profile(A="1", B="2", C="3"),),
            after=(profile(A="1", C="3"), profile(B="2", C="3")),
            lost=(),
        )
    )
    assert table.title == "Split: 1 profile before, 2 after (objects: 1 Crm)"
    assert table.columns == ("before", "after 1", "after 2")
    assert table.rows[1:] == (
        Row(CHANGED, "Attributes.A", ("1", "1", "(none)")),
        Row(CHANGED, "Attributes.B", ("2", "(none)", "2")),
    )


@pytest.mark.parametrize(
    ("kind", "sides", "title", "mark"),
    [
        (Kind.VANISHED, {"after": ()}, "Vanished: 1 profile", LOST),
        (Kind.APPEARED, {"before": ()}, "Appeared: 1 profile", ADDED),
    ],
)
def test_a_profile_that_is_on_one_side_only_is_shown_whole(
    kind: Kind, sides: dict[str, Any], title: str, mark: str
) -> None:
    table = make_table(sample(kind, objects={}, lost=(), **sides))
    assert table.title == title
    assert len(table.columns) == 1
    assert "AccountNumber" in [row.path for row in table.rows]
    assert {row.mark for row in table.rows} == {mark}
    assert table.rest == ""


@pytest.mark.parametrize(
    ("before", "after", "columns"),
    [
        (5, 1, ("before 1", "before 2", "before 3", "after")),
        (1, 5, ("before", "after 1", "after 2", "after 3")),
        (5, 5, ("before 1", "before 2", "after 1", "after 2")),
        (3, 1, ("before 1", "before 2", "before 3", "after")),
    ],
)
def test_so_many_profiles_are_shown_as_fit_beside_each_other(
    before: int, after: int, columns: tuple[str, ...]
) -> None:
    table = make_table(
        sample(
            Kind.MERGED,
            before=tuple(profile(A=str(n)) for n in range(before)),
            after=tuple(profile(A=str(n)) for n in range(after)),
            profiles_before=before + 7,
            profiles_after=after,
            lost=(),
        )
    )
    assert table.title == f"Merged: {before + 7} profiles before, {after} after (objects: 1 Crm)"
    assert table.columns == columns
    hidden = before + 7 - sum(each.startswith("before") for each in columns)
    assert f"Not shown: {hidden} profiles before" in table.rest


def test_what_is_too_much_is_counted() -> None:
    names = [f"A{n:02}" for n in range(25)]
    table = make_table(
        sample(
            before=(profile(**dict.fromkeys(names, "1")),),
            after=(profile(),),
            lost=tuple(f"Attributes.{name}" for name in names),
        )
    )
    assert len(table.rows) == 20
    assert table.rest == "Not shown: 6 attributes that differ."


def test_what_is_no_text_is_shown_as_json_and_what_is_empty_as_such() -> None:
    table = make_table(
        sample(before=({"List": ["a", 1], "None": None},), after=({"List": []},), lost=("None",))
    )
    assert [row.cells for row in table.rows] == [("null", "(none)"), ('["a", 1]', "[]")]


def test_a_text_is_shown_on_one_line_without_anything_hidden() -> None:
    table = make_table(sample(before=({"A\nB": "\x1b[31m\u202e"},), after=({},), lost=("A\nB",)))
    assert table.rows == (Row(LOST, "A\\nB", ("\\x1b[31m\\u202e", "(none)")),)


def test_a_value_is_shown_as_long_as_it_is_of_use() -> None:
    table = make_table(sample(before=({"A": "x" * 301},), after=({"A": ""},), lost=("A",)))
    assert table.rows == (Row(LOST, "A", (f"{'x' * 297}...", "(empty)")),)
