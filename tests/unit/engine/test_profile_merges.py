"""MergeProfiles (aws-semantics 3.3)."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.documents import flatten
from profiles.errors import NotFoundError
from profiles.profile_writes import (
    create_profile,
    merge_profiles,
)
from tests.unit.engine.customers import ANN, BOB, CRM, UNKNOWN

StartDomain = Callable[..., Any]


def two_profiles(domain: Any) -> tuple[str, str]:
    ann = domain.put("Crm", id="1", email=ANN, tier="gold").profile_id
    bob = domain.put("Crm", id="2", email=BOB, tier="silver").profile_id
    return ann, bob


def test_a_merge_moves_objects_and_keys_to_the_main_profile_and_removes_the_other(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    merge_profiles(domain.engine, ann, [bob], {})
    assert list(domain.store.profile_ids()) == [ann]
    assert domain.find("_profileId", bob) == []
    assert [each["id"] for each in domain.objects(ann, "Crm")] == ["1", "2"]
    for key, value in (("crmId", "1"), ("crmId", "2"), ("_email", ANN), ("_email", BOB)):
        assert domain.ids(key, value) == [ann]


def test_a_later_object_with_a_merged_key_joins_the_main_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    merge_profiles(domain.engine, ann, [bob], {})
    outcome = domain.put("Crm", id="2", tier="bronze")
    assert (outcome.profile_id, outcome.previous) == (ann, ann)
    assert domain.profile(ann)["Attributes"] == {"Tier": "bronze"}


def test_the_values_of_a_merge_are_united_and_the_main_profile_wins(
    start_domain: StartDomain,
) -> None:
    domain = start_domain()
    main, other, third = (
        create_profile(domain.engine, flatten(document)).id
        for document in (
            {"FirstName": "Ann", "Attributes": {"Tier": "gold"}},
            {"FirstName": "Bob", "LastName": "Lee", "Attributes": {"Tier": "silver", "Old": "1"}},
            {"LastName": "Roe", "PhoneNumber": "2063457890"},
        )
    )
    merge_profiles(domain.engine, main, [other, third], {})
    assert domain.profile(main) == {
        "FirstName": "Ann",
        "LastName": "Lee",
        "PhoneNumber": "2063457890",
        "Attributes": {"Tier": "gold", "Old": "1"},
    }
    assert domain.ids("_fullName", "Ann Lee") == [main]


def test_an_address_is_taken_from_one_profile_as_a_whole(start_domain: StartDomain) -> None:
    domain = start_domain()
    main = create_profile(domain.engine, flatten({"Address": {"City": "Oslo"}})).id
    other = create_profile(
        domain.engine, flatten({"Address": {"City": "Rome", "Country": "IT"}})
    ).id
    merge_profiles(domain.engine, main, [other], {})
    assert domain.profile(main) == {"Address": {"City": "Oslo"}}


def test_a_field_source_names_the_profile_whose_value_stands_even_where_it_has_none(
    start_domain: StartDomain,
) -> None:
    domain = start_domain()
    main = create_profile(
        domain.engine,
        flatten({"FirstName": "Ann", "LastName": "Lee", "Address": {"City": "Oslo"}})
        | {"Attributes.Tier": "gold"},
    ).id
    other = create_profile(
        domain.engine,
        flatten({"FirstName": "Bob", "Address": {"Country": "IT"}, "Attributes": {"Tier": "low"}}),
    ).id
    sources = {"FirstName": other, "LastName": other, "Address": other, "Attributes.Tier": other}
    merge_profiles(domain.engine, main, [other], sources)
    assert domain.profile(main) == {
        "FirstName": "Bob",
        "Address": {"Country": "IT"},
        "Attributes": {"Tier": "low"},
    }


@pytest.mark.parametrize("place", ["main", "merged", "source"])
def test_a_merge_with_an_unknown_profile_is_refused_and_changes_nothing(
    start_domain: StartDomain, place: str
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    main = UNKNOWN if place == "main" else ann
    merged = [bob, UNKNOWN] if place == "merged" else [bob]
    sources = {"FirstName": UNKNOWN} if place == "source" else {}
    with pytest.raises(NotFoundError, match=r"^Unknown profile IDs$"):
        merge_profiles(domain.engine, main, merged, sources)
    assert list(domain.store.profile_ids()) == [ann, bob]
    assert len(domain.objects(bob, "Crm")) == 1
    assert domain.ids("_email", BOB) == [bob]


def test_a_profile_merged_with_itself_or_named_twice_is_merged_once(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    merge_profiles(domain.engine, ann, [ann, bob, bob], {})
    assert list(domain.store.profile_ids()) == [ann]
    assert len(domain.objects(ann, "Crm")) == 2


def test_the_rank_of_a_value_survives_a_merge(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    ann = domain.put("Crm", id="1", email=ANN).profile_id
    bob = create_profile(domain.engine, {"Attributes.Tier": "by hand"}).id
    merge_profiles(domain.engine, ann, [bob], {})
    domain.put("Crm", id="1", tier="gold")
    assert domain.profile(ann)["Attributes"] == {"Tier": "by hand"}


def test_an_inferred_contact_stays_unsearchable_after_a_merge(start_domain: StartDomain) -> None:
    contact = Field("contact", "_source.contact", None, EMAIL_ADDRESS)
    plain = ObjectType(
        name="Plain",
        description="Plain",
        fields=(Field("id", "_source.id"), contact),
        keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
    )
    domain = start_domain(plain)
    main = create_profile(domain.engine, {"FirstName": "Ann"}).id
    other = domain.put("Plain", id="1", contact=ANN).profile_id
    merge_profiles(domain.engine, main, [other], {})
    assert domain.profile(main) == {"FirstName": "Ann", "EmailAddress": ANN}
    assert domain.find("_email", ANN) == []
