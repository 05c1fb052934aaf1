"""A profile as the API shows it and as the engine keeps it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.documents import document, flatten, nested
from profiles.store import Profile

NAMES = st.text(min_size=1, max_size=5)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "FirstName": NAMES,
        "EmailAddress": st.just(""),
        "Address": st.dictionaries(st.sampled_from(["City", "State"]), NAMES, min_size=1),
        "Attributes": st.dictionaries(NAMES, NAMES, min_size=1),
        "EngagementPreferences": st.just({"Email": [{"KeyName": "_email"}]}),
    },
)


@given(DOCUMENTS)
def test_a_document_comes_back_from_its_paths(shown: dict[str, Any]) -> None:
    assert nested(flatten(shown)) == shown


def test_null_members_are_left_out_and_empty_text_stays() -> None:
    shown = {"FirstName": None, "LastName": "", "Address": {"City": None, "State": ""}}
    assert flatten(shown) == {"LastName": "", "Address.State": ""}


def test_a_dot_in_the_name_of_an_attribute_starts_no_further_structure() -> None:
    assert nested({"Attributes.plan.name": "Pro"}) == {"Attributes": {"plan.name": "Pro"}}


@pytest.mark.parametrize("paths", [("Seat", "Seat.Class"), ("Seat.Class", "Seat")])
def test_a_field_written_whole_and_by_its_members_shows_its_members(paths: list[str]) -> None:
    assert nested(dict.fromkeys(paths, "A")) == {"Seat": {"Class": "A"}}


def test_a_profile_shows_its_id_and_only_what_has_a_value() -> None:
    profile = Profile("a" * 32, 1, {"FirstName": "Ann", "Address.City": "Oslo"})
    assert document(profile) == {
        "ProfileId": "a" * 32,
        "FirstName": "Ann",
        "Address": {"City": "Oslo"},
    }


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"GenderString": "Female"}, {"Gender": "FEMALE", "GenderString": "Female"}),
        ({"GenderString": "diverse"}, {"GenderString": "diverse"}),
        ({"PartyTypeString": "business"}, {"PartyType": "BUSINESS", "PartyTypeString": "business"}),
        ({"PartyTypeString": "club"}, {"PartyTypeString": "club"}),
    ],
)
def test_an_enumeration_that_was_given_up_shows_its_members_only(
    values: dict[str, str], shown: dict[str, str]
) -> None:
    assert document(Profile("a" * 32, 1, dict(values))) == {"ProfileId": "a" * 32} | shown


@pytest.mark.parametrize(
    ("shown", "values"),
    [
        ({"Gender": "MALE"}, {"GenderString": "MALE"}),
        ({"Gender": "MALE", "GenderString": "male"}, {"GenderString": "male"}),
        ({"Gender": "MALE", "GenderString": ""}, {"GenderString": "MALE"}),
        ({"GenderString": ""}, {"GenderString": ""}),
        ({"PartyType": None, "PartyTypeString": "club"}, {"PartyTypeString": "club"}),
    ],
)
def test_both_spellings_of_an_enumeration_are_kept_as_one_text(
    shown: dict[str, Any], values: dict[str, str]
) -> None:
    assert flatten(shown) == values


def test_showing_a_profile_changes_nothing_in_it() -> None:
    profile = Profile("a" * 32, 1, {"GenderString": "Male", "Attributes.Tier": "gold"})
    document(profile)["Attributes"]["Tier"] = "silver"
    assert profile.values == {"GenderString": "Male", "Attributes.Tier": "gold"}
