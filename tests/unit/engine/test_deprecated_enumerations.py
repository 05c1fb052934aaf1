"""Gender and PartyType: one value in two spellings, the enumeration and its text (2.4)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.documents import flatten
from profiles.profile_writes import create_profile, merge_profiles, update_profile

StartDomain = Callable[..., Any]

SPELLINGS = [("Gender", "GenderString"), ("PartyType", "PartyTypeString")]
both = pytest.mark.parametrize(("name", "text"), SPELLINGS)


def crm(target: str, **changes: Any) -> ObjectType:
    """A type whose member `value` fills this field of the profile."""
    object_type = ObjectType(
        name="Crm",
        description="Customers",
        fields=(Field("id", "_source.id"), Field("value", "_source.value", f"_profile.{target}")),
        keys=(Key("personId", ("id",), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
    )
    return replace(object_type, **changes)


def create(domain: Any, **members: str) -> str:
    return str(create_profile(domain.engine, flatten(members)).id)


def update(domain: Any, profile_id: str, **members: str) -> None:
    update_profile(domain.engine, profile_id, flatten(members))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Male", {"Gender": "MALE", "GenderString": "Male"}),
        ("FEMALE", {"Gender": "FEMALE", "GenderString": "FEMALE"}),
        ("diverse", {"GenderString": "diverse"}),
    ],
)
@pytest.mark.parametrize("target", ["Gender", "GenderString"])
def test_a_value_shows_as_text_and_as_the_member_that_it_spells(
    start_domain: StartDomain, target: str, value: str, shown: dict[str, str]
) -> None:
    domain = start_domain(crm(target))
    domain.put("Crm", id="1", value=value)
    assert domain.find("personId", "1") == [shown]


@both
def test_empty_text_clears_the_enumeration_too(
    start_domain: StartDomain, name: str, text: str
) -> None:
    domain = start_domain()
    profile_id = create(domain, **{name: "OTHER", "FirstName": "Ann"})
    update(domain, profile_id, **{text: ""})
    assert domain.profile(profile_id) == {"FirstName": "Ann"}


@both
@pytest.mark.parametrize("backwards", [False, True])
def test_an_update_by_one_spelling_replaces_what_the_other_wrote(
    start_domain: StartDomain, name: str, text: str, *, backwards: bool
) -> None:
    domain = start_domain()
    old, new = (text, name) if backwards else (name, text)
    profile_id = create(domain, **{old: "OTHER"})
    update(domain, profile_id, **{new: "BUSINESS"})
    assert domain.profile(profile_id)[text] == "BUSINESS"
    assert domain.profile(profile_id).get(name) in {"BUSINESS", None}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("female", {"Gender": "FEMALE", "GenderString": "female"}),
        ("diverse", {"GenderString": "diverse"}),
        ("", {"Gender": "MALE", "GenderString": "MALE"}),
    ],
)
def test_of_both_in_one_request_the_text_counts_unless_it_is_empty(
    start_domain: StartDomain, text: str, shown: dict[str, str]
) -> None:
    domain = start_domain()
    profile_id = create(domain, GenderString="Female")
    update(domain, profile_id, Gender="MALE", GenderString=text)
    assert domain.profile(profile_id) == shown


def test_what_people_wrote_in_one_spelling_is_protected_from_the_other(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm("GenderString"))
    profile_id = domain.put("Crm", id="1").profile_id
    update(domain, profile_id, Gender="FEMALE")
    outcome = domain.put("Crm", id="1", value="male")
    assert [path for path, _ in outcome.kept] == ["GenderString"]
    assert domain.profile(profile_id) == {"Gender": "FEMALE", "GenderString": "FEMALE"}


def test_types_that_target_different_spellings_write_one_value(start_domain: StartDomain) -> None:
    strong = crm("Gender", name="Strong", source_priority=1)
    domain = start_domain(crm("GenderString"), strong)
    domain.put("Crm", id="1", value="diverse")
    domain.put("Strong", id="1", value="Male")
    domain.put("Crm", id="1", value="diverse")
    assert domain.find("personId", "1") == [{"Gender": "MALE", "GenderString": "Male"}]


@both
def test_a_merge_takes_both_spellings_from_one_profile(
    start_domain: StartDomain, name: str, text: str
) -> None:
    domain = start_domain()
    main, other = create(domain, **{text: "club"}), create(domain, **{name: "OTHER"})
    merge_profiles(domain.engine, main, [other], {})
    assert domain.profile(main) == {text: "club"}


@both
def test_a_field_source_for_the_enumeration_counts_for_its_text(
    start_domain: StartDomain, name: str, text: str
) -> None:
    domain = start_domain()
    main, other = create(domain, **{text: "club"}), create(domain, **{text: "team"})
    merge_profiles(domain.engine, main, [other], flatten({name: other}))
    assert domain.profile(main) == {text: "team"}
