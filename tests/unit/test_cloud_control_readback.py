"""How what a service answers becomes a model that changes only when something changed."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.cloud_control.readback.live import Live, alike, flag, merged, number, tag_list

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["Name", "Size", "Policy", "Tags", "Enabled"])
MODELS = st.dictionaries(NAMES, VALUES.filter(lambda value: value is not None), max_size=3)
EMPTY: list[Any] = ["", [], {}]


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same with lists and members in another order."""
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance) for name in names}
    if isinstance(value, list):
        items = [shuffled(each, chance) for each in value]
        chance.shuffle(items)
        return items
    return value


@settings(deadline=None, max_examples=50)
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_lists_and_members_means_nothing(value: Any, chance: random.Random) -> None:
    assert alike(value, shuffled(value, chance))


@settings(deadline=None, max_examples=50)
@given(VALUES, VALUES)
def test_what_is_alike_is_so_both_ways(one: Any, other: Any) -> None:
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (30, "30"),
        (30, 30.0),
        (True, "true"),
        (False, "false"),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"Version": "2012-10-17"}, '{ "Version":"2012-10-17" }'),
        (["a", "b"], '["b", "a"]'),
        ({"inner": '{"count": 3}'}, {"inner": {"count": "3"}}),
        ("[unfinished", "[unfinished"),
    ],
)
def test_numbers_booleans_and_documents_may_be_text(one: Any, other: Any) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (30, 31),
        (30, 30.5),
        (True, 1),
        (False, None),
        (None, ""),
        ("a", "A"),
        (["a"], ["a", "a"]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
        ("{unfinished", "{ unfinished"),
        ([], {}),
    ],
)
def test_what_means_something_else_is_not_alike(one: Any, other: Any) -> None:
    assert not alike(one, other)


@settings(deadline=None, max_examples=50)
@given(MODELS)
def test_a_model_that_is_there_as_asked_reads_as_asked(asked: dict[str, Any]) -> None:
    assert merged(asked, Live(dict(asked))) == asked


@settings(deadline=None, max_examples=50)
@given(MODELS, MODELS, MODELS)
def test_reading_twice_reads_the_same(
    asked: dict[str, Any], values: dict[str, Any], defaults: dict[str, Any]
) -> None:
    live = Live(values, defaults)
    once = merged(asked, live)
    assert merged(once, live) == once


@settings(deadline=None, max_examples=50)
@given(MODELS, MODELS, MODELS)
def test_reading_changes_neither_what_was_asked_nor_what_was_told(
    asked: dict[str, Any], values: dict[str, Any], defaults: dict[str, Any]
) -> None:
    before = repr((asked, values, defaults))
    merged(asked, Live(values, defaults))
    assert repr((asked, values, defaults)) == before


@settings(deadline=None, max_examples=50)
@given(MODELS, MODELS, MODELS)
def test_what_is_read_means_what_was_told_but_for_what_the_service_sets_itself(
    asked: dict[str, Any], values: dict[str, Any], defaults: dict[str, Any]
) -> None:
    model = merged(asked, Live(values, defaults))
    for name, value in values.items():
        if name in model:
            assert alike(model[name], value)
        else:
            assert name not in asked
            assert value in EMPTY or alike(value, defaults.get(name))
    for name in asked.keys() - values.keys():
        assert model[name] == asked[name]


def test_a_value_keeps_the_form_in_which_it_was_asked_for() -> None:
    asked = {"Size": "30", "Policy": '{"a": [1, 2]}', "Tags": ["b", "a"]}
    assert merged(asked, Live({"Size": 30, "Policy": {"a": [2, 1]}, "Tags": ["a", "b"]})) == asked


def test_a_document_that_was_asked_for_as_text_is_told_as_text() -> None:
    shown = merged({"Policy": '{"a": 1}'}, Live({"Policy": {"a": 2}}))
    assert shown == {"Policy": '{"a":2}'}
    assert merged({"Policy": {"a": 1}}, Live({"Policy": {"a": 2}})) == {"Policy": {"a": 2}}


def test_what_is_not_set_any_more_goes() -> None:
    assert merged({"Name": "a", "Size": 7}, Live({"Size": None})) == {"Name": "a"}


def test_what_was_asked_for_as_the_default_or_as_nothing_stays() -> None:
    asked = {"Size": 30, "Tags": [], "Name": ""}
    assert merged(asked, Live({"Size": None, "Tags": None, "Name": None}, {"Size": 30})) == asked


def test_a_default_that_was_not_asked_for_does_not_show_and_another_value_does() -> None:
    assert merged({}, Live({"Size": 30, "Enabled": True}, {"Size": 30, "Enabled": False})) == {
        "Enabled": True
    }


def test_a_default_shows_where_something_else_was_asked_for() -> None:
    assert merged({"Size": 60}, Live({"Size": 30}, {"Size": 30})) == {"Size": 30}


@pytest.mark.parametrize("nothing", [None, *EMPTY])
def test_nothing_does_not_show(nothing: Any) -> None:
    assert merged({}, Live({"Name": nothing})) == {}


def test_numbers_and_flags_are_read_from_text() -> None:
    assert (number("30"), number(None)) == (30, None)
    assert (flag("true"), flag("false"), flag(None)) == (True, False, None)


def test_tags_are_sorted_and_those_of_cloudformation_are_not_ours() -> None:
    tags = {"b": "2", "aws:cloudformation:stack-name": "x", "a": "1"}
    assert tag_list(tags) == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert tag_list({"aws:cloudformation:stack-name": "x"}) is None
