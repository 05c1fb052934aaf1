"""Where things stand in the picture: every line is there, and nothing stands on anything else."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.catalogue.attributes import attributes_of
from lifecycle.catalogue.diagram import (
    FAR,
    HUES,
    MARGIN,
    MAX_CHARACTERS,
    ROW,
    Diagram,
    diagram_of,
    spread,
)
from profiles import EMAIL_ADDRESS, Field, ObjectType
from tests.unit.catalogue.samples import attribute_field, object_type

TOP = MARGIN + ROW / 2


def drawn(*types: ObjectType) -> Diagram:
    """The picture of these types and all their attributes."""
    return diagram_of(types, attributes_of(types))


def ends(diagram: Diagram) -> list[tuple[float, float]]:
    """(height where it begins, height where it ends) of each line."""
    found = []
    for line in diagram.lines:
        numbers = [float(each) for each in re.findall(r"[\d.]+", line.path)]
        found.append((numbers[1], numbers[-1]))
    return found


def many(count: int, name: str = "Order") -> ObjectType:
    """A type with this many fields besides its account."""
    return object_type(name, [attribute_field(f"{name}{number}") for number in range(count)])


def test_every_field_that_writes_has_a_line_to_its_attribute() -> None:
    diagram = drawn(many(3), object_type("Refund", [attribute_field("status")]))
    assert [line.full for line in diagram.lines if "Refund" in line.full] == [
        "Refund.UserId → AccountNumber",
        "Refund.status → Attributes.status",
    ]
    assert len(diagram.lines) == 6
    fields = {row.y for card in diagram.cards for row in card.rows}
    nodes = {node.y for node in diagram.nodes}
    for start, end in ends(diagram):
        assert start in fields
        assert end in nodes


def test_a_field_of_its_own_attribute_has_a_straight_line() -> None:
    straight = [start == end for start, end in ends(drawn(many(5), many(5, "Refund")))]
    # All but one of the two account numbers, which share their attribute.
    assert straight.count(False) == 1


def test_labels_never_stand_on_each_other() -> None:
    fields = [Field(f"a{number}", "_source.a", "_profile.Attributes.same") for number in range(4)]
    diagram = drawn(object_type("A", fields), many(30, "B"), object_type("C", fields), many(2))
    heights = [node.y for node in diagram.nodes]
    assert heights == sorted(heights)
    assert min(below - above for above, below in pairwise(heights)) >= ROW - 0.2
    cards = [(card.y, card.y + card.height) for card in diagram.cards]
    assert all(above[1] < below[0] for above, below in pairwise(cards))


def test_nothing_stands_outside_of_the_picture() -> None:
    diagram = drawn(many(1), object_type("X" * 200, [attribute_field("y" * 200)]))
    assert diagram.right < diagram.width
    assert diagram.left < diagram.right
    assert all(card.y + card.height <= diagram.height for card in diagram.cards)
    assert all(TOP <= node.y <= diagram.height for node in diagram.nodes)


def test_long_names_are_shortened_and_said_in_full_elsewhere() -> None:
    name = "n" * 100
    diagram = drawn(object_type(name, [attribute_field(name)]))
    assert diagram.cards[0].label == "n" * (MAX_CHARACTERS - 1) + "…"
    assert diagram.cards[0].rows[1].full == f"_source.{name}"
    (node,) = [node for node in diagram.nodes if node.prefix]
    assert node.label.endswith("n…")
    assert node.name == f"Attributes.{name}"
    assert diagram.lines[1].full == f"{name}.{name} → Attributes.{name}"


def test_an_attribute_shows_which_part_of_its_name_tells_it_apart() -> None:
    diagram = drawn(object_type(fields=[attribute_field("x", "a.b")]))
    assert [(node.prefix, node.label) for node in diagram.nodes] == [
        ("", "AccountNumber"),
        ("Attributes.", "a.b"),
    ]


def test_fields_far_apart_get_a_label_of_their_attribute_each() -> None:
    rows = int(FAR / ROW) + 2
    diagram = drawn(many(rows, "Long"), object_type("Near"), object_type("Nearer"))
    labels = [(node.name, node.suffix) for node in diagram.nodes if node.name == "AccountNumber"]
    assert labels == [("AccountNumber", " 1 of 2"), ("AccountNumber", " 2 of 2")]
    assert diagram.repeated
    assert max(abs(end - start) for start, end in ends(diagram)) <= FAR


def test_fields_near_each_other_share_one_label() -> None:
    diagram = drawn(many(5), many(5, "Refund"))
    assert not diagram.repeated
    assert [node.name for node in diagram.nodes].count("AccountNumber") == 1


def test_a_value_that_is_only_inferred_has_a_dashed_line() -> None:
    diagram = drawn(object_type(fields=[Field("mail", "_source.mail", None, EMAIL_ADDRESS)]))
    assert [line.dashed for line in diagram.lines] == [False, True]


def test_a_field_that_writes_nothing_has_no_line() -> None:
    diagram = drawn(object_type(fields=[Field("note", "_source.note")]))
    assert [row.writes for row in diagram.cards[0].rows] == [True, False]
    assert len(diagram.lines) == 1


def test_members_of_a_whole_address_have_no_line_of_their_own() -> None:
    fields = [
        Field("home", "_source.home", "_profile.Address"),
        Field("city", "_source.city", "_profile.Address.City"),
    ]
    lines = [line.full for line in drawn(object_type(fields=fields)).lines]
    assert sorted(lines) == [
        "Order.UserId → AccountNumber",
        "Order.city → Address.City",
        "Order.home → Address",
    ]


def test_colours_begin_again_where_there_are_more_types_than_colours() -> None:
    diagram = drawn(*(object_type(f"T{number}") for number in range(HUES + 1)))
    assert [card.hue for card in diagram.cards] == [*range(HUES), 0]


def test_there_may_be_nothing_to_draw() -> None:
    diagram = drawn()
    assert (diagram.cards, diagram.nodes, diagram.lines) == ((), (), ())


@pytest.mark.parametrize(
    ("wanted", "heights"),
    [
        ([100, 200], [100, 200]),
        ([100, 100], [87, 113]),
        ([100, 100, 100], [74, 100, 126]),
        ([0, 0], [TOP, TOP + ROW]),
        ([100, 110, 500], [92, 118, 500]),
    ],
)
def test_heights_give_way_to_each_other_evenly(
    wanted: Sequence[float], heights: Sequence[float]
) -> None:
    assert spread(wanted) == heights


@given(st.lists(st.floats(TOP, 2000), max_size=40).map(sorted))
def test_heights_are_a_row_apart_and_stay_where_there_is_room(wanted: Sequence[float]) -> None:
    heights = spread(wanted)
    assert len(heights) == len(wanted)
    assert all(height >= TOP - 0.1 for height in heights)
    assert all(below - above >= ROW - 0.2 for above, below in pairwise(heights))
    if all(below - above >= ROW for above, below in pairwise(wanted)):
        assert heights == [pytest.approx(each, abs=0.1) for each in wanted]
