"""The objects themselves: kept word for word, replaced, moved, expired, evicted (2.1, 2.3, 1.8)."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType, engine
from profiles.engine import MAX_OBJECT_BYTES, TOO_LARGE
from profiles.outcome import Verdict
from profiles.profile_writes import existing_object

StartDomain = Callable[..., Any]

DAY = 86_400
CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(
        Field("id", "_source.id"),
        Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
        Field("tier", "_source.tier", "_profile.Attributes.Tier"),
    ),
    keys=(Key("crmId", ("id",), (UNIQUE,)), Key("_email", ("email",), (PROFILE,))),
    allow_profile_creation=True,
)
SHOP = replace(CRM, name="Shop")
ANN = "ann@example.com"
BOB = "bob@example.com"


def texts(domain: Any, profile_id: str, name: str = "Crm") -> list[str]:
    return [stored.text for stored in domain.store.objects(profile_id, name)]


def test_the_object_is_kept_word_for_word_with_what_nobody_maps(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    text = (
        '{\n  "id": "1", "email":"ann@example.com",\t"price": 449.00, "none": null,\n'
        '  "nested": [[1, 2.50], {"a": true}], "price": 7, "\\u00e9": "\\u2713 ✓"}'
    )
    outcome = domain.engine.put("Crm", text)
    assert texts(domain, outcome.profile_id) == [text]


def test_the_same_unique_value_replaces_the_object_wholesale(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN, tier="gold", note="old")
    second = domain.put("Crm", id="1", email=ANN)
    assert second.profile_id == first.profile_id
    assert domain.objects(first.profile_id, "Crm") == [{"id": "1", "email": ANN}]
    assert domain.profile(first.profile_id)["Attributes"] == {"Tier": "gold"}


def test_objects_of_one_profile_come_oldest_first_and_a_replaced_one_last(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    for number in "123":
        profile_id = domain.put("Crm", id=number, email=ANN).profile_id
    domain.put("Crm", id="1", email=ANN)
    assert [each["id"] for each in domain.objects(profile_id, "Crm")] == ["2", "3", "1"]


def test_the_answers_unique_key_is_the_objects_own_and_stays_when_it_is_replaced(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN)
    other = domain.put("Crm", id="2", email=ANN)
    assert domain.put("Crm", id="1", email=ANN).unique_key == first.unique_key
    assert other.unique_key != first.unique_key
    assert 1 <= len(first.unique_key) <= 255
    assert (
        domain.store.object_by_key("Crm", first.unique_key).text
        == texts(domain, first.profile_id)[-1]
    )


def test_the_unique_value_is_compared_in_its_normal_form(start_domain: StartDomain) -> None:
    by_email = replace(CRM, keys=(Key("_email", ("email",), (PROFILE, UNIQUE)),))
    domain = start_domain(by_email)
    first = domain.put("Crm", email="Ann@Example.com")
    assert domain.put("Crm", email=ANN).unique_key == first.unique_key
    assert texts(domain, first.profile_id) == [json.dumps({"email": ANN})]


def test_unique_values_of_different_types_do_not_collide(start_domain: StartDomain) -> None:
    domain = start_domain(CRM, SHOP)
    first = domain.put("Crm", id="1", email=ANN)
    second = domain.put("Shop", id="1", email=ANN)
    assert second.unique_key != first.unique_key
    assert len(domain.objects(first.profile_id, "Crm")) == 1
    assert len(domain.objects(first.profile_id, "Shop")) == 1


def test_an_object_moves_to_the_profile_of_its_newest_put_but_its_keys_stay(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN, tier="gold")
    second = domain.put("Crm", id="1", email=BOB)
    assert second.previous == first.profile_id != second.profile_id
    assert second.unique_key == first.unique_key
    assert domain.objects(first.profile_id, "Crm") == []
    assert domain.objects(second.profile_id, "Crm") == [{"id": "1", "email": BOB}]
    assert domain.ids("crmId", "1") == [first.profile_id, second.profile_id]
    assert domain.ids("_email", ANN) == [first.profile_id]
    assert domain.profile(first.profile_id)["Attributes"] == {"Tier": "gold"}


def test_an_object_that_moves_to_an_existing_profile_leaves_the_other(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann = domain.put("Crm", id="1", email=ANN).profile_id
    bob = domain.put("Crm", id="2", email=BOB).profile_id
    moved = domain.put("Crm", id="1", email=BOB)
    assert (moved.verdict, moved.profile_id, moved.previous) == (Verdict.ATTACHED, bob, ann)
    assert domain.objects(ann, "Crm") == []
    assert [each["id"] for each in domain.objects(bob, "Crm")] == ["2", "1"]


def test_a_switch_keeps_one_object_per_profile_for_a_unique_value(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, unique_per_profile=True)
    ann = domain.put("Crm", id="1", email=ANN)
    bob = domain.put("Crm", id="1", email=BOB)
    assert ann.unique_key != bob.unique_key
    assert bob.previous is None
    assert domain.objects(ann.profile_id, "Crm") == [{"id": "1", "email": ANN}]
    assert domain.objects(bob.profile_id, "Crm") == [{"id": "1", "email": BOB}]
    again = domain.put("Crm", id="1", email=ANN, tier="gold")
    assert again.unique_key == ann.unique_key
    assert len(domain.objects(ann.profile_id, "Crm")) == 1


# Expiry


@pytest.mark.parametrize(("own", "days"), [(10, 10), (None, 30)])
def test_an_object_expires_after_the_days_of_its_type_or_else_of_the_domain(
    start_domain: StartDomain, own: int | None, days: int
) -> None:
    domain = start_domain(replace(CRM, expiration_days=own), default_expiration_days=30)
    outcome = domain.put("Crm", id="1", email=ANN)
    (stored,) = domain.store.objects(outcome.profile_id, "Crm")
    assert stored.expires == domain.now + days * DAY


def test_the_expiry_is_fixed_when_the_object_is_put(start_domain: StartDomain) -> None:
    domain = start_domain(replace(CRM, expiration_days=10))
    outcome = domain.put("Crm", id="1", email=ANN)
    start = domain.now
    domain.engine.put_type(replace(CRM, expiration_days=1))
    domain.engine.default_expiration_days = 1
    (stored,) = domain.store.objects(outcome.profile_id, "Crm")
    assert stored.expires == start + 10 * DAY
    domain.now += DAY
    domain.put("Crm", id="1", email=ANN)
    (stored,) = domain.store.objects(outcome.profile_id, "Crm")
    assert stored.expires == start + 2 * DAY


def test_expired_objects_go_and_the_profile_stays(start_domain: StartDomain) -> None:
    domain = start_domain(replace(CRM, expiration_days=1), replace(SHOP, expiration_days=2))
    outcome = domain.put("Crm", id="1", email=ANN, tier="gold")
    domain.put("Shop", id="1", email=ANN)
    domain.store.remove_expired(domain.now + DAY - 1)
    assert domain.store.totals()[0] == 2
    domain.store.remove_expired(domain.now + DAY)
    assert domain.objects(outcome.profile_id, "Crm") == []
    assert len(domain.objects(outcome.profile_id, "Shop")) == 1
    assert domain.profile(outcome.profile_id)["Attributes"] == {"Tier": "gold"}


def test_an_expired_object_is_no_longer_there_even_before_it_is_removed(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(replace(CRM, expiration_days=1))
    outcome = domain.put("Crm", id="1", email=ANN)
    place = (outcome.profile_id, "Crm", outcome.unique_key)
    assert existing_object(domain.engine, *place).profile_id == outcome.profile_id
    domain.now += DAY
    with pytest.raises(ValueError, match="does not exist"):
        existing_object(domain.engine, *place)


# The object cap


@pytest.fixture
def cap(monkeypatch: pytest.MonkeyPatch) -> int:
    """The cap of objects per profile, lowered from 1000."""
    assert engine.MAX_OBJECTS_PER_PROFILE == 1000
    monkeypatch.setattr(engine, "MAX_OBJECTS_PER_PROFILE", 4)
    return 4


def fill(domain: Any, *names: str) -> str:
    """One object of each named type on one profile; its id."""
    for number, name in enumerate(names):
        profile_id = domain.put(name, id=str(number), email=ANN).profile_id
    return str(profile_id)


def test_at_the_cap_the_incoming_object_evicts_the_oldest_of_its_own_type(
    start_domain: StartDomain, cap: int
) -> None:
    domain = start_domain(CRM, SHOP)
    profile_id = fill(domain, "Crm", "Shop", "Shop", "Crm")
    domain.put("Shop", id="new", email=ANN)
    assert [each["id"] for each in domain.objects(profile_id, "Shop")] == ["2", "new"]
    assert [each["id"] for each in domain.objects(profile_id, "Crm")] == ["0", "3"]
    assert sum(domain.store.object_counts(profile_id).values()) == cap


@pytest.mark.usefixtures("cap")
def test_a_replaced_object_evicts_nothing(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    profile_id = fill(domain, "Crm", "Crm", "Crm", "Crm")
    domain.put("Crm", id="3", email=ANN, tier="gold")
    assert [each["id"] for each in domain.objects(profile_id, "Crm")] == ["0", "1", "2", "3"]


@pytest.mark.usefixtures("cap")
def test_the_type_furthest_above_its_own_limit_gives_way_first(start_domain: StartDomain) -> None:
    domain = start_domain(
        replace(CRM, max_profile_object_count=1), replace(SHOP, max_profile_object_count=2)
    )
    profile_id = fill(domain, "Crm", "Crm", "Crm", "Shop")
    domain.put("Shop", id="new", email=ANN)
    assert [each["id"] for each in domain.objects(profile_id, "Crm")] == ["1", "2"]
    assert [each["id"] for each in domain.objects(profile_id, "Shop")] == ["3", "new"]


@pytest.mark.usefixtures("cap")
def test_types_equally_far_above_their_limits_give_way_in_order_of_their_names(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(
        replace(SHOP, max_profile_object_count=1), replace(CRM, max_profile_object_count=1)
    )
    profile_id = fill(domain, "Shop", "Shop", "Crm", "Crm")
    domain.put("Shop", id="new", email=ANN)
    assert domain.store.object_counts(profile_id) == {"Crm": 1, "Shop": 3}


@pytest.mark.usefixtures("cap")
def test_a_type_at_its_limit_or_without_one_is_never_above_it(start_domain: StartDomain) -> None:
    domain = start_domain(CRM, replace(SHOP, max_profile_object_count=2))
    profile_id = fill(domain, "Shop", "Shop", "Crm", "Crm")
    domain.put("Crm", id="new", email=ANN)
    assert domain.store.object_counts(profile_id) == {"Crm": 2, "Shop": 2}


def test_below_the_cap_nothing_is_evicted_though_a_type_is_above_its_limit(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(replace(CRM, max_profile_object_count=1))
    profile_id = fill(domain, "Crm", "Crm", "Crm")
    assert domain.store.object_counts(profile_id) == {"Crm": 3}


def test_the_first_object_of_a_type_comes_in_though_the_cap_is_reached_by_others(
    start_domain: StartDomain, cap: int
) -> None:
    domain = start_domain(CRM, SHOP)
    profile_id = fill(domain, *["Crm"] * cap)
    domain.put("Shop", id="new", email=ANN)
    assert domain.store.object_counts(profile_id) == {"Crm": cap, "Shop": 1}


# Limits of size


def test_a_value_of_255_characters_is_kept(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    outcome = domain.put("Crm", id="1", email=ANN, tier="é" * 255)
    assert domain.profile(outcome.profile_id)["Attributes"] == {"Tier": "é" * 255}


def test_a_longer_value_sends_the_object_to_the_dead_letter_queue_whatever_it_matches(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN, tier="gold")
    outcome = domain.put("Crm", id="1", email=ANN, tier="x" * 256)
    assert (outcome.verdict, outcome.profile_id) == (Verdict.REJECTED, None)
    assert outcome.reason == "The value for _profile.Attributes.Tier is longer than 255 characters"
    assert domain.objects(first.profile_id, "Crm") == [{"id": "1", "email": ANN, "tier": "gold"}]
    assert domain.profile(first.profile_id)["Attributes"] == {"Tier": "gold"}


def test_a_value_that_only_a_template_makes_too_long_is_found_too(
    start_domain: StartDomain,
) -> None:
    twice = Field("twice", "{{_source.tier}}{{_source.tier}}", "_profile.FirstName")
    domain = start_domain(replace(CRM, fields=(*CRM.fields, twice)))
    assert domain.put("Crm", id="1", email=ANN, tier="x" * 120).verdict is Verdict.CREATED
    assert domain.put("Crm", id="1", email=ANN, tier="x" * 128).verdict is Verdict.REJECTED


def test_additional_information_may_have_1000_characters(start_domain: StartDomain) -> None:
    more = Field("more", "_source.more", "_profile.AdditionalInformation")
    domain = start_domain(replace(CRM, fields=(*CRM.fields, more)))
    assert domain.put("Crm", id="1", email=ANN, more="x" * 1000).verdict is Verdict.CREATED
    assert domain.put("Crm", id="1", email=ANN, more="x" * 1001).verdict is Verdict.REJECTED


def test_unmapped_members_may_be_as_long_as_they_are(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    assert domain.put("Crm", id="1", email=ANN, note="x" * 5000).verdict is Verdict.CREATED


def test_a_switch_keeps_values_that_are_too_long(start_domain: StartDomain) -> None:
    domain = start_domain(CRM, keep_over_long_values=True)
    outcome = domain.put("Crm", id="1", email=ANN, tier="x" * 256)
    assert domain.profile(outcome.profile_id)["Attributes"] == {"Tier": "x" * 256}


@pytest.mark.parametrize("letter", ["x", "é", "✓"])
def test_an_object_above_the_largest_size_in_bytes_is_rejected(
    start_domain: StartDomain, letter: str
) -> None:
    domain = start_domain(CRM)
    frame = json.dumps({"id": "1", "email": ANN, "note": ""})
    room = MAX_OBJECT_BYTES - len(frame)
    letters, rest = divmod(room, len(letter.encode()))
    fits = frame.replace('""', f'"{letter * letters}{"x" * rest}"')
    assert len(fits.encode()) == MAX_OBJECT_BYTES
    assert domain.engine.put("Crm", fits).verdict is Verdict.CREATED
    outcome = domain.engine.put("Crm", fits.replace('"}', 'x"}'))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, TOO_LARGE)
    assert "larger than 256000 bytes" in TOO_LARGE
