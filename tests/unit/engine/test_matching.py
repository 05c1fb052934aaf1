"""Which profile an object joins (aws-semantics 1.4, 1.5, 2.1 and 2.2)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NAME,
    NEW_ONLY,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    STRING,
    UNIQUE,
    ContentType,
    Field,
    Key,
    ObjectType,
)
from profiles.engine import AMBIGUOUS, NO_PROFILE
from profiles.errors import MalformedObjectError, MissingKeyError, NotFoundError
from profiles.matching import key_values
from profiles.outcome import Verdict

StartDomain = Callable[..., Any]

ID = Field("id", "_source.id")
EMAIL = Field("email", "_source.email", None, EMAIL_ADDRESS)
PHONE = Field("phone", "_source.phone", None, PHONE_NUMBER)
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")


def crm(*keys: Key, creates: bool = True, name: str = "Crm", fields: Any = ()) -> ObjectType:
    """A type whose objects are told apart by `id`, which is no PROFILE key, and has these keys."""
    return ObjectType(
        name=name,
        description=name,
        fields=(ID, EMAIL, PHONE, TIER, *fields),
        keys=(Key("crmId", ("id",), (UNIQUE,)), *keys),
        allow_profile_creation=creates,
    )


BY_EMAIL = Key("_email", ("email",), (PROFILE,))
BY_PHONE = Key("_phone", ("phone",), (PROFILE,))
BY_PHONE_SECOND = Key("_phone", ("phone",), (PROFILE, SECONDARY))


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


# Equal values


@pytest.mark.parametrize(
    ("content_type", "one", "other"),
    [
        (STRING, "C-10045", "C-10045"),
        (NUMBER, "1234", "01234"),
        (NUMBER, "1234", "1234.0"),
        (NUMBER, "-0.50", "-.5"),
        (NUMBER, "1e3", "1000"),
        (PHONE_NUMBER, "+15551234567", "(555)-123-4567"),
        (PHONE_NUMBER, "+1 (206) 345-7890", "2063457890"),
        (EMAIL_ADDRESS, "Ann@Example.COM", " ann@example.com "),
        (NAME, "John   DOE", "john doe"),
        (NAME, " John Doe ", "JOHN DOE"),
    ],
)
def test_values_that_are_equal_by_their_content_type_find_the_same_profile(
    start_domain: StartDomain, content_type: ContentType, one: str, other: str
) -> None:
    domain = start_domain(value_type(content_type, "_source.value"))
    first = domain.put("Crm", id="1", value=one)
    assert domain.put("Crm", id="2", value=other).profile_id == first.profile_id
    assert domain.ids("theKey", other) == domain.ids("theKey", one) == [first.profile_id]


@pytest.mark.parametrize(
    ("content_type", "one", "other"),
    [
        (STRING, "C-10045", "c-10045"),
        (STRING, "1234", "01234"),
        (STRING, "John  Doe", "John Doe"),
        (STRING, "C-10045", "C-10045 "),
        (NUMBER, "1234", "12340"),
        (NUMBER, "12 34", "1234"),
        (PHONE_NUMBER, "2063457890", "2063457891"),
        (PHONE_NUMBER, "+44 20 6345 7890", "20 6345 7890"),
        (EMAIL_ADDRESS, "ann@example.com", "ann@example.org"),
        (NAME, "John Doe", "JohnDoe"),
    ],
)
def test_values_that_differ_by_their_content_type_find_different_profiles(
    start_domain: StartDomain, content_type: ContentType, one: str, other: str
) -> None:
    domain = start_domain(value_type(content_type, "_source.value"))
    first = domain.put("Crm", id="1", value=one)
    assert domain.put("Crm", id="2", value=other).verdict is Verdict.CREATED
    assert domain.ids("theKey", one) == [first.profile_id]


def value_type(content_type: ContentType, source: str) -> ObjectType:
    field = Field("value", source, None, content_type)
    return crm(Key("theKey", ("value",), (PROFILE,)), fields=(field,))


@pytest.mark.parametrize("content_type", list(ContentType))
def test_a_key_behaves_the_same_for_a_member_a_nested_member_and_a_template(
    start_domain: StartDomain, content_type: ContentType
) -> None:
    sources = ("_source.value", "_source.inner.value", "{{_source.value}}")
    for value in ("+1 (206) 345-7890", "Ann", " ", "", "01.50"):
        seen = []
        for source in sources:
            domain = start_domain(value_type(content_type, source))
            record = {"value": value, "inner": {"value": value}}
            try:
                outcome = domain.put("Crm", id="1", **record)
                seen.append(key_values(outcome.plan, outcome.record)[1])
            except MissingKeyError:
                seen.append(None)
        assert seen[0] == seen[1] == seen[2], value


def test_values_are_kept_as_they_came_whatever_is_indexed(start_domain: StartDomain) -> None:
    shown = Field("shown", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
    domain = start_domain(crm(BY_EMAIL, fields=(shown,)))
    domain.put("Crm", id="1", email="Ann@Example.COM")
    assert domain.find("_email", "ann@example.com") == [{"EmailAddress": "Ann@Example.COM"}]


@pytest.mark.parametrize(("value", "text"), [(1234, "1234"), (True, "true"), (449.0, "449")])
def test_a_key_takes_numbers_and_booleans_by_their_json_spelling(
    start_domain: StartDomain, value: object, text: str
) -> None:
    domain = start_domain(value_type(STRING, "_source.value"))
    first = domain.put("Crm", id="1", value=value)
    assert domain.put("Crm", id="2", value=text).profile_id == first.profile_id


# Keys of several fields

NAMES = (Field("first", "_source.first", None, NAME), Field("last", "_source.last", None, NAME))
BY_NAMES = Key("names", ("first", "last"), (PROFILE,))


def test_a_key_of_two_fields_matches_when_both_are_equal(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_NAMES, fields=NAMES))
    first = domain.put("Crm", id="1", first="Ann", last="Lee")
    assert domain.put("Crm", id="2", first="ANN", last=" lee").profile_id == first.profile_id
    assert domain.put("Crm", id="3", first="Ann", last="Roe").verdict is Verdict.CREATED
    assert domain.put("Crm", id="4", first="Lee", last="Ann").verdict is Verdict.CREATED


def test_a_key_of_two_fields_does_not_match_values_that_are_only_equal_when_joined(
    start_domain: StartDomain,
) -> None:
    fields = (Field("first", "_source.first"), Field("last", "_source.last"))
    domain = start_domain(crm(BY_NAMES, fields=fields))
    domain.put("Crm", id="1", first="Ann", last="a\x1fLee")
    assert domain.put("Crm", id="2", first="Ann\x1fa", last="Lee").verdict is Verdict.CREATED


def test_a_key_of_two_fields_has_a_value_when_one_of_them_has(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_NAMES, fields=NAMES))
    first = domain.put("Crm", id="1", first="Ann")
    assert domain.put("Crm", id="2", first="Ann", last="").profile_id == first.profile_id
    assert domain.put("Crm", id="3", first="Ann", last="Lee").verdict is Verdict.CREATED


# Missing keys


def test_an_object_without_its_unique_value_is_refused_with_the_text_of_the_service(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL))
    text = r"^The UNIQUE key or PROFILE key does not exist in the profile object\.$"
    with pytest.raises(MissingKeyError, match=text):
        domain.put("Crm", email="ann@example.com")


@pytest.mark.parametrize("empty", ["", None, [], {}, ["a@example.com"], {"a": "b"}, "  "])
def test_an_object_all_of_whose_profile_keys_are_empty_is_refused(
    start_domain: StartDomain, empty: object
) -> None:
    domain = start_domain(crm(BY_EMAIL, BY_PHONE_SECOND))
    with pytest.raises(MissingKeyError):
        domain.put("Crm", id="1", email=empty)
    assert domain.store.profile_count() == 0


def test_blank_values_of_a_nested_e_mail_address_are_empty_too(start_domain: StartDomain) -> None:
    nested = Field("nested", "_source.contact.email", None, EMAIL_ADDRESS)
    domain = start_domain(crm(Key("_email", ("nested",), (PROFILE,)), fields=(nested,)))
    for number in "12":
        with pytest.raises(MissingKeyError):
            domain.put("Crm", id=number, contact={"email": " "})


def test_one_profile_key_with_a_value_is_enough(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL, BY_PHONE_SECOND))
    assert domain.put("Crm", id="1", phone="2063457890").verdict is Verdict.CREATED


def test_an_object_that_is_refused_changes_nothing(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL))
    first = domain.put("Crm", id="1", email="ann@example.com", tier="gold")
    with pytest.raises(MissingKeyError):
        domain.put("Crm", id="1", tier="silver")
    assert domain.profile(first.profile_id) == {
        "Attributes": {"Tier": "gold"},
        "EmailAddress": "ann@example.com",
    }
    assert domain.objects(first.profile_id, "Crm")[0]["tier"] == "gold"


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '"text"', "null", "{'a': 1}", '{"a": NaN}'])
def test_what_is_no_json_object_is_refused(start_domain: StartDomain, text: str) -> None:
    domain = start_domain(crm(BY_EMAIL))
    with pytest.raises(MalformedObjectError, match=r"JSON") as refused:
        domain.engine.put("Crm", text)
    assert refused.value.__cause__ is None


def test_an_object_of_an_unknown_type_is_refused(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL))
    with pytest.raises(NotFoundError, match=r"^Object type Nobody is not defined in the domain$"):
        domain.put("Nobody", id="1")


# Replacing an object type


def test_objects_put_before_a_type_was_replaced_are_not_looked_at_again(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(BY_EMAIL))
    outcome = domain.put("Crm", id="1", email="ann@example.com", phone="2063457890")
    domain.engine.put_type(crm(BY_EMAIL, BY_PHONE))
    assert domain.find("_phone", "2063457890") == []
    domain.put("Crm", id="1", email="ann@example.com", phone="2063457890")
    assert domain.ids("_phone", "2063457890") == [outcome.profile_id]


def test_a_key_disappears_when_no_type_names_it_any_more(start_domain: StartDomain) -> None:
    loyalty = Key("loyaltyNumber", ("tier",))
    domain = start_domain(crm(BY_EMAIL, loyalty), crm(BY_EMAIL, loyalty, name="Other"))
    domain.put("Crm", id="1", email="ann@example.com", tier="gold")
    domain.engine.put_type(crm(BY_EMAIL))
    assert len(domain.find("loyaltyNumber", "gold")) == 1
    domain.engine.put_type(crm(BY_EMAIL, name="Other"))
    with pytest.raises(NotFoundError, match=r"loyaltyNumber is not defined in the domain"):
        domain.find("loyaltyNumber", "gold")


def test_a_type_may_get_more_fields_and_keep_its_keys(start_domain: StartDomain) -> None:
    domain = start_domain(crm(BY_EMAIL))
    domain.put("Crm", id="1", email="ann@example.com")
    city = Field("city", "_source.city", "_profile.Address.City")
    domain.engine.put_type(replace(crm(BY_EMAIL), fields=(*crm().fields, city)))
    domain.put("Crm", id="1", email="ann@example.com", city="Oslo")
    assert domain.find("_email", "ann@example.com") == [
        {"Address": {"City": "Oslo"}, "EmailAddress": "ann@example.com"}
    ]
