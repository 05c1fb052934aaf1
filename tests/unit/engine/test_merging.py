"""What an object writes into its profile (aws-semantics 1.2 to 1.4 and 2.4)."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import (
    EMAIL_ADDRESS,
    PHONE_NUMBER,
    PROFILE,
    UNIQUE,
    ContentType,
    Field,
    Key,
    ObjectType,
)
from profiles.outcome import Verdict
from profiles.profile_writes import create_profile, update_profile

StartDomain = Callable[..., Any]


def crm(*fields: Field, name: str = "Crm", **rest: Any) -> ObjectType:
    """A type matched by `id`, the domain's key `personId`, with these fields."""
    return ObjectType(
        name=name,
        description=name,
        fields=(Field("id", "_source.id"), *fields),
        keys=(Key("personId", ("id",), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
        **rest,
    )


FIRST_NAME = Field("first", "_source.first", "_profile.FirstName")
EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
CITY = Field("city", "_source.home.city", "_profile.Address.City")


# Values


def test_only_fields_with_a_target_write_into_the_profile(start_domain: StartDomain) -> None:
    domain = start_domain(crm(TIER, Field("note", "_source.note")))
    outcome = domain.put("Crm", id="1", tier="gold", note="unmapped", other="undeclared")
    assert domain.profile(outcome.profile_id) == {"Attributes": {"Tier": "gold"}}
    assert outcome.written == {"Attributes.Tier": "gold"}


def test_fields_of_addresses_and_attributes_come_together_in_their_structure(
    start_domain: StartDomain,
) -> None:
    street = Field("street", "_source.home.street", "_profile.Address.Address1")
    dotted = Field("dotted", "_source.dotted", "_profile.Attributes.plan.name")
    domain = start_domain(crm(CITY, street, TIER, dotted))
    home = {"city": "Oslo", "street": "Storgata 1"}
    domain.put("Crm", id="1", home=home, tier="gold", dotted="Pro")
    assert domain.find("personId", "1") == [
        {
            "Address": {"City": "Oslo", "Address1": "Storgata 1"},
            "Attributes": {"Tier": "gold", "plan.name": "Pro"},
        }
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234, "1234"),
        (-7, "-7"),
        (0, "0"),
        (449.0, "449"),
        (0.1, "0.1"),
        (1e30, "1e+30"),
        (True, "true"),
        (False, "false"),
        ("007", "007"),
        (" ", " "),
        ("Ünïcode ✓", "Ünïcode ✓"),
    ],
)
def test_numbers_and_booleans_become_text_in_their_json_spelling(
    start_domain: StartDomain, value: object, text: str
) -> None:
    domain = start_domain(crm(TIER, CITY))
    domain.put("Crm", id="1", tier=value, home={"city": value})
    assert domain.find("personId", "1") == [
        {"Attributes": {"Tier": text}, "Address": {"City": text}}
    ]


EMPTY = ["", None, [], {}, ["gold"], {"a": "gold"}]


@pytest.mark.parametrize("empty", EMPTY)
def test_an_empty_value_never_blanks_what_the_profile_has(
    start_domain: StartDomain, empty: object
) -> None:
    domain = start_domain(crm(TIER, CITY))
    domain.put("Crm", id="1", tier="gold", home={"city": "Oslo"})
    outcome = domain.put("Crm", id="1", tier=empty, home={"city": empty})
    assert outcome.written == {}
    assert domain.find("personId", "1") == [
        {"Attributes": {"Tier": "gold"}, "Address": {"City": "Oslo"}}
    ]


def test_a_member_that_the_new_object_lacks_keeps_the_old_value(start_domain: StartDomain) -> None:
    domain = start_domain(crm(TIER, FIRST_NAME, CITY))
    domain.put("Crm", id="1", tier="gold", first="Ann", home={"city": "Oslo"})
    domain.put("Crm", id="1", tier="silver")
    assert domain.find("personId", "1") == [
        {"Attributes": {"Tier": "silver"}, "FirstName": "Ann", "Address": {"City": "Oslo"}}
    ]


@pytest.mark.parametrize("home", ["text", 7, None, ["city"], True])
def test_a_path_through_something_that_is_no_object_is_empty(
    start_domain: StartDomain, home: object
) -> None:
    domain = start_domain(crm(CITY))
    assert domain.put("Crm", id="1", home=home).written == {}


def test_a_whole_address_object_fills_the_members_that_the_profile_knows(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(Field("home", "_source.home", "_profile.Address")))
    home = {"Address1": "Storgata 1", "City": "", "State": None, "PostalCode": 150, "Floor": "2"}
    domain.put("Crm", id="1", home=home)
    assert domain.find("personId", "1") == [
        {"Address": {"Address1": "Storgata 1", "PostalCode": "150"}}
    ]


def test_a_whole_object_fills_attributes_of_any_name(start_domain: StartDomain) -> None:
    domain = start_domain(crm(Field("all", "_source.all", "_profile.Attributes")))
    over_long = "n" * 256
    domain.put(
        "Crm", id="1", all={"Tier": "gold", "points": 12, "tags": ["a"], "": "x", over_long: "x"}
    )
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold", "points": "12"}}]


def test_text_in_place_of_a_whole_object_writes_nothing(start_domain: StartDomain) -> None:
    domain = start_domain(crm(Field("home", "_source.home", "_profile.Address")))
    assert domain.put("Crm", id="1", home="Storgata 1").written == {}


def test_a_template_and_a_constant_write_their_text(start_domain: StartDomain) -> None:
    full = Field("full", "{{_source.first}} {{_source.last}}", "_profile.Attributes.Full")
    channel = Field("channel", "{{#if _source.id}}web{{/if}}", "_profile.Attributes.Channel")
    domain = start_domain(crm(full, channel))
    domain.put("Crm", id="1", first="Ann", last="O'Lee & Co")
    assert domain.find("personId", "1") == [
        {"Attributes": {"Full": "Ann O'Lee & Co", "Channel": "web"}}
    ]


def test_the_source_timestamp_is_no_value_of_the_profile(start_domain: StartDomain) -> None:
    stamp = Field("at", "_source.at", "_profile.SourceLastUpdatedTimestamp")
    domain = start_domain(crm(stamp, TIER, source_last_updated_timestamp_format="EpochMilli"))
    domain.put("Crm", id="1", at=1_700_000_000_000, tier="gold")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}}]


# Several writers


def test_between_equal_sources_the_last_write_stands(start_domain: StartDomain) -> None:
    domain = start_domain(crm(TIER), crm(TIER, name="Shop"))
    domain.put("Crm", id="1", tier="gold")
    outcome = domain.put("Shop", id="1", tier="silver")
    assert (outcome.written, outcome.kept) == ({"Attributes.Tier": "silver"}, ())
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "silver"}}]
    domain.put("Crm", id="1", tier="bronze")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "bronze"}}]


@pytest.mark.parametrize("weaker", [2, 7, None])
def test_a_weaker_source_cannot_overwrite_a_stronger_one(
    start_domain: StartDomain, weaker: int | None
) -> None:
    domain = start_domain(
        crm(TIER, source_priority=1), crm(TIER, FIRST_NAME, name="Weak", source_priority=weaker)
    )
    domain.put("Crm", id="1", tier="gold")
    outcome = domain.put("Weak", id="1", tier="silver", first="Ann")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}, "FirstName": "Ann"}]
    assert outcome.written == {"FirstName": "Ann"}
    ((path, writer),) = outcome.kept
    assert path == "Attributes.Tier"
    assert writer[0] == "Crm"
    assert writer[2] == 1


def test_the_lowest_priority_that_can_be_given_is_stronger_than_none(
    start_domain: StartDomain,
) -> None:
    lowest = crm(TIER, name="Lowest", source_priority=2**31 - 1)
    domain = start_domain(lowest, crm(TIER))
    domain.put("Lowest", id="1", tier="gold")
    domain.put("Crm", id="1", tier="silver")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}}]
    domain.put("Lowest", id="1", tier="bronze")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "bronze"}}]


def test_a_stronger_source_overwrites_a_weaker_one(start_domain: StartDomain) -> None:
    domain = start_domain(crm(TIER, source_priority=2), crm(TIER, name="Weak"))
    domain.put("Weak", id="1", tier="silver")
    domain.put("Crm", id="1", tier="gold")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}}]
    domain.put("Weak", id="1", tier="silver")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}}]


def test_a_source_may_overwrite_itself_beside_a_stronger_one(start_domain: StartDomain) -> None:
    domain = start_domain(crm(TIER, source_priority=1), crm(FIRST_NAME, name="Weak"))
    domain.put("Crm", id="1", tier="gold")
    domain.put("Weak", id="1", first="Ann")
    domain.put("Weak", id="1", first="Anna")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}, "FirstName": "Anna"}]


def test_a_type_that_writes_nothing_else_than_kept_values_still_joins(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(TIER, source_priority=1), crm(TIER, name="Weak"))
    first = domain.put("Crm", id="1", tier="gold")
    outcome = domain.put("Weak", id="1", tier="silver")
    assert outcome.verdict is Verdict.ATTACHED
    assert domain.objects(first.profile_id, "Weak") == [{"id": "1", "tier": "silver"}]


@pytest.mark.parametrize("priority", [1, 9, None])
def test_values_that_people_wrote_are_protected_from_ingestion(
    start_domain: StartDomain, priority: int | None
) -> None:
    domain = start_domain(crm(FIRST_NAME, TIER, source_priority=priority))
    outcome = domain.put("Crm", id="1", first="Johnny")
    update_profile(domain.engine, outcome.profile_id, {"FirstName": "John"})
    again = domain.put("Crm", id="1", first="Johnny", tier="gold")
    assert [path for path, _ in again.kept] == ["FirstName"]
    assert domain.find("personId", "1") == [{"FirstName": "John", "Attributes": {"Tier": "gold"}}]


def test_the_values_of_a_created_profile_are_protected_too(start_domain: StartDomain) -> None:
    by_email = ObjectType(
        name="Crm",
        description="Crm",
        fields=(Field("id", "_source.id"), FIRST_NAME, EMAIL),
        keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), Key("_email", ("email",), (PROFILE,))),
    )
    domain = start_domain(by_email)
    profile = create_profile(
        domain.engine, {"FirstName": "John", "EmailAddress": "john@example.com"}
    )
    outcome = domain.put("Crm", id="1", first="Johnny", email="john@example.com")
    assert outcome.profile_id == profile.id
    assert domain.profile(profile.id)["FirstName"] == "John"


def test_a_type_ranked_above_people_overwrites_them_where_that_switch_says_so(
    start_domain: StartDomain,
) -> None:
    types = (crm(TIER, source_priority=1), crm(TIER, name="Weak", source_priority=3))
    domain = start_domain(*types, manual_rank=2)
    outcome = domain.put("Crm", id="1", tier="gold")
    update_profile(domain.engine, outcome.profile_id, {"Attributes.Tier": "by hand"})
    assert domain.put("Weak", id="1", tier="silver").written == {}
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "by hand"}}]
    domain.put("Crm", id="1", tier="gold")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}}]


def test_a_value_that_people_cleared_may_be_filled_again(start_domain: StartDomain) -> None:
    domain = start_domain(crm(FIRST_NAME))
    profile = create_profile(domain.engine, {"FirstName": "John"})
    update_profile(domain.engine, profile.id, {"FirstName": ""})
    domain.store.add_key_value(profile.id, "personId", "1", "Crm")
    domain.put("Crm", id="1", first="Johnny")
    assert domain.profile(profile.id) == {"FirstName": "Johnny"}


# E-mail addresses and phone numbers of a profile that an ingestion creates


def inferring(content_type: ContentType) -> Field:
    return Field("contact", "_source.contact", None, content_type)


@pytest.mark.parametrize(
    ("content_type", "field"), [(EMAIL_ADDRESS, "EmailAddress"), (PHONE_NUMBER, "PhoneNumber")]
)
def test_the_object_that_creates_a_profile_fills_its_contact_field_even_without_target(
    start_domain: StartDomain, content_type: ContentType, field: str
) -> None:
    domain = start_domain(crm(inferring(content_type)))
    outcome = domain.put("Crm", id="1", contact="206 345 7890")
    assert domain.profile(outcome.profile_id) == {field: "206 345 7890"}
    assert outcome.written == {field: "206 345 7890"}


@pytest.mark.parametrize(
    ("content_type", "key"), [(EMAIL_ADDRESS, "_email"), (PHONE_NUMBER, "_phone")]
)
def test_an_inferred_contact_is_no_search_key(
    start_domain: StartDomain, content_type: ContentType, key: str
) -> None:
    domain = start_domain(crm(inferring(content_type)))
    domain.put("Crm", id="1", contact="206 345 7890")
    assert domain.find(key, "206 345 7890") == []


def test_an_inferred_contact_becomes_a_search_key_when_a_field_writes_it(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(inferring(EMAIL_ADDRESS)), crm(EMAIL, name="Shop"))
    outcome = domain.put("Crm", id="1", contact="ann@example.com")
    domain.put("Shop", id="1", email="ann@example.com")
    assert domain.ids("_email", "ann@example.com") == [outcome.profile_id]


def test_an_inferred_contact_stays_unsearchable_when_other_values_are_written(
    start_domain: StartDomain,
) -> None:
    account = Field("account", "_source.account", "_profile.AccountNumber")
    domain = start_domain(crm(inferring(EMAIL_ADDRESS)), crm(account, name="Shop"))
    domain.put("Crm", id="1", contact="ann@example.com")
    domain.put("Shop", id="1", account="00001")
    assert domain.find("_email", "ann@example.com") == []
    assert domain.find("_account", "00001") == [
        {"AccountNumber": "00001", "EmailAddress": "ann@example.com"}
    ]


def test_an_object_that_joins_a_profile_infers_nothing(start_domain: StartDomain) -> None:
    domain = start_domain(crm(inferring(EMAIL_ADDRESS)), crm(TIER, name="Shop"))
    domain.put("Shop", id="1", tier="gold")
    domain.put("Crm", id="1", contact="ann@example.com")
    assert domain.find("personId", "1") == [{"Attributes": {"Tier": "gold"}}]


def test_a_field_with_another_target_infers_too(start_domain: StartDomain) -> None:
    home = Field("home", "_source.home", "_profile.PersonalEmailAddress", EMAIL_ADDRESS)
    domain = start_domain(crm(home))
    domain.put("Crm", id="1", home="ann@example.com")
    assert domain.find("personId", "1") == [
        {"EmailAddress": "ann@example.com", "PersonalEmailAddress": "ann@example.com"}
    ]


HOME = Field("home", "_source.home", "_profile.PersonalEmailAddress", EMAIL_ADDRESS)


def test_nothing_is_inferred_when_the_type_targets_that_profile_field(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm(HOME, EMAIL))
    domain.put("Crm", id="1", home="ann@example.com")
    assert domain.find("personId", "1") == [{"PersonalEmailAddress": "ann@example.com"}]


def test_a_switch_infers_beside_such_a_target(start_domain: StartDomain) -> None:
    domain = start_domain(crm(HOME, EMAIL), infer_beside_targets=True)
    domain.put("Crm", id="1", home="ann@home.example")
    domain.put("Crm", id="2", home="bob@home.example", email="bob@example.com")
    ann, bob = domain.find("personId", "1", "2")
    assert ann["EmailAddress"] == "ann@home.example"
    assert bob["EmailAddress"] == "bob@example.com"


def test_an_inferred_value_has_the_rank_of_its_type(start_domain: StartDomain) -> None:
    domain = start_domain(crm(inferring(EMAIL_ADDRESS), source_priority=1), crm(EMAIL, name="Weak"))
    domain.put("Crm", id="1", contact="ann@example.com")
    domain.put("Weak", id="1", email="other@example.com")
    assert domain.find("personId", "1") == [{"EmailAddress": "ann@example.com"}]
