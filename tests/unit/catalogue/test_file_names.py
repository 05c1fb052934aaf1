"""A file name for anything, safe on every file system."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.catalogue.file_names import file_names


def test_a_plain_name_is_its_own_file_name() -> None:
    names = ["TrialSubscription", "Attributes.TrialStatus", "a_b-c.d"]
    assert file_names(names) == {name: name for name in names}


def test_the_root_of_a_standard_object_loses_its_underscore() -> None:
    assert file_names(["_asset.SerialNumber"]) == {"_asset.SerialNumber": "asset.SerialNumber"}


@pytest.mark.parametrize("name", ["CON", "nul", "Com1", "aux.txt", "LPT9"])
def test_a_device_of_windows_gets_another_name(name: str) -> None:
    stem = file_names([name])[name]
    assert stem.partition(".")[0].upper() != name.partition(".")[0].upper()


def test_names_that_differ_only_in_capitals_get_files_that_differ_in_more() -> None:
    stems = file_names(["Order", "order", "Refund"])
    assert stems["Refund"] == "Refund"
    assert stems["Order"].casefold() != stems["order"].casefold()


def test_a_name_without_any_safe_character_gets_one() -> None:
    assert re.fullmatch(r"page-[0-9a-f]{10}", file_names(["/../"])["/../"])


def test_a_name_keeps_its_file_whatever_else_there_is() -> None:
    alone = file_names(["Attributes.Größe"])
    together = file_names(["Attributes.Größe", "Order", "Attributes.größer"])
    assert together["Attributes.Größe"] == alone["Attributes.Größe"]


@given(st.lists(st.text(max_size=120) | st.sampled_from(["con", "CON", "_a", "a", "A", "-a"])))
def test_no_two_names_share_a_file_and_every_file_name_is_safe(names: list[str]) -> None:
    stems = file_names(names)
    assert stems.keys() == set(names)
    assert len({stem.casefold() for stem in stems.values()}) == len(stems)
    for stem in stems.values():
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", stem)
        assert len(stem) <= 91


@given(st.text(alphabet=st.characters(categories=["Cs"]), min_size=1, max_size=3))
def test_half_of_a_surrogate_pair_does_no_harm(name: str) -> None:
    assert file_names([name])[name].startswith("page-")
