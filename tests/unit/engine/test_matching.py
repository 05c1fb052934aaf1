"""Which profile an object joins (aws-semantics 1.4, 1.5, 2.1 and 2.2)."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    Field,
    Key,
)
from profiles.engine import AMBIGUOUS, NO_PROFILE
from profiles.outcome import Verdict
from tests.unit.engine.crm import BY_EMAIL, BY_PHONE, BY_PHONE_SECOND, crm

StartDomain = Callable[..., Any]


# Passes over the keys


def test_an_object_whose_key_finds_one_profile_joins_it(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL))
    first = domain.put("Crm", id="1", email="ann@example.com")
    second = domain.put("Crm", id="2", email="ann@example.com")
    assert first.verdict is Verdict.CREATED
    assert (second.verdict, second.matched_by) == (Verdict.ATTACHED, "_email")
    assert second.profile_id == first.profile_id


def test_an_object_that_matches_no_profile_starts_a_new_one(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL))
    first = domain.put("Crm", id="1", email="ann@example.com")
    second = domain.put("Crm", id="2", email="bob@example.com")
    assert second.verdict is Verdict.CREATED
    assert second.profile_id != first.profile_id


@pytest.mark.parametrize("order", [(BY_EMAIL, BY_PHONE), (BY_PHONE, BY_EMAIL)])
def test_the_first_key_of_the_type_that_finds_one_profile_decides(
    start_domain: StartDomain, order: tuple[Key, ...]
) -> None:
    domain = start_domain(crm(*order))
    profiles = {
        "_email": domain.put("Crm", id="1", email="ann@example.com").profile_id,
        "_phone": domain.put("Crm", id="2", phone="206 345 7890").profile_id,
    }
    third = domain.put("Crm", id="3", email="ann@example.com", phone="206 345 7890")
    assert third.matched_by == order[0].name
    assert third.profile_id == profiles[order[0].name]
    # The two are not merged, but both now hold the second key's value.
    assert domain.store.profile_count() == 2


def test_a_key_that_finds_nothing_leaves_it_to_the_next_key(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL, BY_PHONE))
    first = domain.put("Crm", id="1", phone="206 345 7890")
    second = domain.put("Crm", id="2", email="new@example.com", phone="206 345 7890")
    assert (second.profile_id, second.matched_by) == (first.profile_id, "_phone")


def share_a_phone(domain: Any) -> list[str]:
    """Ids of two profiles that hold one phone number."""
    for number in "12":
        domain.put("Other", id=f"o{number}", email=f"{number}@example.com", phone="206 345 7890")
    found: list[str] = domain.ids("_phone", "2063457890")
    assert len(found) == 2
    return found


SHARED_PHONES = crm(BY_EMAIL, Key("_phone", ("phone",)), name="Other")


def test_a_key_that_finds_two_profiles_is_thrown_away_and_the_next_decides(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(SHARED_PHONES, crm(BY_PHONE, BY_EMAIL))
    one, two = share_a_phone(domain)
    outcome = domain.put("Crm", id="1", phone="2063457890", email="2@example.com")
    assert (outcome.profile_id, outcome.matched_by) == (two, "_email")
    assert outcome.profile_id != one


def test_an_object_all_of_whose_keys_match_two_profiles_starts_a_new_one(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(SHARED_PHONES, crm(BY_PHONE))
    shared = share_a_phone(domain)
    outcome = domain.put("Crm", id="1", phone="2063457890")
    assert outcome.verdict is Verdict.CREATED
    assert outcome.profile_id not in shared
    assert domain.ids("_phone", "2063457890") == [*shared, outcome.profile_id]


def test_without_profile_creation_such_an_object_is_rejected_with_the_text_of_the_service(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(SHARED_PHONES, crm(BY_PHONE, creates=False))
    share_a_phone(domain)
    outcome = domain.put("Crm", id="1", phone="2063457890")
    assert (outcome.verdict, outcome.profile_id) == (Verdict.REJECTED, None)
    assert outcome.reason == AMBIGUOUS
    assert AMBIGUOUS == "All keys of this object are binding to more than one profiles"


def test_that_text_is_not_used_when_one_of_the_keys_found_no_profile_at_all(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(SHARED_PHONES, crm(BY_PHONE, BY_EMAIL, creates=False))
    share_a_phone(domain)
    outcome = domain.put("Crm", id="1", phone="2063457890", email="nobody@example.com")
    assert outcome.reason == NO_PROFILE


def test_without_profile_creation_an_object_that_matches_nothing_is_rejected_and_leaves_no_trace(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL, creates=False))
    outcome = domain.put("Crm", id="1", email="ann@example.com", tier="gold")
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, NO_PROFILE)
    assert outcome.unique_key
    assert domain.store.profile_count() == 0
    assert domain.store.totals() == (0, 0)
    assert domain.find("_email", "ann@example.com") == []
    assert domain.find("crmId", "1") == []


def test_without_profile_creation_an_object_that_matches_joins_the_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(SHARED_PHONES, crm(BY_EMAIL, creates=False))
    first = domain.put("Other", id="1", email="ann@example.com")
    second = domain.put("Crm", id="1", email="ann@example.com")
    assert second.profile_id == first.profile_id


def test_two_entries_under_one_key_name_are_tried_one_after_the_other(
    start_domain: StartDomain,
) -> None:
    work = Field("work", "_source.work", None, EMAIL_ADDRESS)
    entries = (BY_EMAIL, Key("_email", ("work",), (PROFILE,)))
    domain = start_domain(crm(*entries, fields=(work,)))
    first = domain.put("Crm", id="1", email="ann@example.com")
    second = domain.put("Crm", id="2", email="ann@home.example", work="ann@example.com")
    assert second.profile_id == first.profile_id
    assert domain.ids("_email", "ann@home.example") == [first.profile_id]


# Standard identifiers


def test_a_secondary_key_decides_only_after_all_primary_keys_failed(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_PHONE_SECOND, BY_EMAIL))
    by_phone = domain.put("Crm", id="1", email="ann@example.com", phone="2063457890").profile_id
    by_email = domain.put("Crm", id="2", email="bob@example.com", phone="5551234567").profile_id
    both = domain.put("Crm", id="3", phone="2063457890", email="bob@example.com")
    assert (both.profile_id, both.matched_by) == (by_email, "_email")
    alone = domain.put("Crm", id="4", phone="5551234567", email="new@example.com")
    assert (alone.profile_id, alone.matched_by) == (by_email, "_phone")
    assert by_phone != by_email


def test_a_lookup_only_key_takes_part_in_the_primary_pass_and_is_not_stored(
    start_domain: StartDomain,
) -> None:
    lookup = Key("_phone", ("phone",), (PROFILE, LOOKUP_ONLY))
    domain = start_domain(SHARED_PHONES, crm(lookup, BY_EMAIL))
    first = domain.put("Other", id="1", email="ann@example.com", phone="2063457890")
    found = domain.put("Crm", id="1", phone="2063457890", email="other@example.com")
    assert (found.profile_id, found.matched_by) == (first.profile_id, "_phone")
    created = domain.put("Crm", id="2", phone="5551234567", email="bob@example.com")
    assert created.verdict is Verdict.CREATED
    assert domain.find("_phone", "5551234567") == []


def test_a_new_only_key_is_stored_by_the_object_that_creates_the_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL, Key("_phone", ("phone",), (PROFILE, NEW_ONLY))))
    created = domain.put("Crm", id="1", email="ann@example.com", phone="2063457890")
    assert domain.ids("_phone", "2063457890") == [created.profile_id]
    matched = domain.put("Crm", id="2", phone="2063457890")
    assert (matched.profile_id, matched.matched_by) == (created.profile_id, "_phone")


def test_a_new_only_key_is_not_stored_by_an_object_that_joins_a_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL, Key("_phone", ("phone",), (PROFILE, NEW_ONLY))))
    domain.put("Crm", id="1", email="ann@example.com")
    joined = domain.put("Crm", id="2", email="ann@example.com", phone="2063457890")
    assert joined.verdict is Verdict.ATTACHED
    assert domain.find("_phone", "2063457890") == []


def test_a_key_without_identifier_is_searchable_but_matches_nothing(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL, Key("_phone", ("phone",))))
    first = domain.put("Crm", id="1", email="ann@example.com", phone="2063457890")
    second = domain.put("Crm", id="2", email="bob@example.com", phone="2063457890")
    assert second.verdict is Verdict.CREATED
    assert domain.ids("_phone", "2063457890") == [first.profile_id, second.profile_id]


def test_the_unique_key_plays_no_part_in_finding_the_profile(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL))
    ids = [domain.put("Crm", id="u", email=f"{n}@example.com").profile_id for n in range(40)]
    assert len(set(ids)) == 40
    for number, profile_id in enumerate(ids):
        assert domain.ids("_email", f"{number}@example.com") == [profile_id]
    assert domain.ids("crmId", "u") == ids


def test_the_profile_id_key_finds_the_profile_by_the_id_that_the_service_made(
    start_domain: StartDomain,
) -> None:
    own = Field("own", "_source.own")
    key = Key("_profileId", ("own",), (PROFILE, LOOKUP_ONLY))
    domain = start_domain(crm(key, BY_EMAIL, fields=(own,)))
    first = domain.put("Crm", id="1", email="ann@example.com")
    second = domain.put("Crm", id="2", own=first.profile_id)
    assert (second.profile_id, second.matched_by) == (first.profile_id, "_profileId")
    third = domain.put("Crm", id="3", own="my-own-id")
    fourth = domain.put("Crm", id="4", own="my-own-id")
    assert third.verdict is fourth.verdict is Verdict.CREATED
    assert third.profile_id != fourth.profile_id


def test_a_key_of_another_type_finds_the_profile_under_the_same_name(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(SHARED_PHONES, crm(BY_EMAIL))
    first = domain.put("Other", id="1", email="ann@example.com")
    assert domain.put("Crm", id="1", email="ann@example.com").profile_id == first.profile_id


def test_key_values_accumulate_ten_objects_make_one_profile_findable_by_ten_values(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL, Key("_phone", ("phone",))))
    for number in range(10):
        domain.put("Crm", id=str(number), email="ann@example.com", phone=f"206345789{number}")
    assert domain.store.profile_count() == 1
    for number in range(10):
        assert len(domain.find("_phone", f"206345789{number}")) == 1


def test_a_standard_field_of_an_existing_profile_is_matched_though_no_object_stored_that_key(
    start_domain: StartDomain,
) -> None:
    home = Field("home", "_source.home", "_profile.PersonalEmailAddress")
    other = crm(Key("otherId", ("id",), (PROFILE,)), name="Other", fields=(home,))
    domain = start_domain(other, crm(BY_EMAIL))
    first = domain.put("Other", id="1", home="Ann@Example.com")
    assert domain.put("Crm", id="1", email="ann@example.com").profile_id == first.profile_id
