"""An object put again on its profile: all that it says is newer, all that it binds is bound."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.profile_writes import add_key, create_profile, delete_key, delete_type

StartDomain = Callable[..., Any]

DAY = 86_400
CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(
        Field("id", "_source.id"),
        Field("email", "_source.email", None, EMAIL_ADDRESS),
        Field("first", "_source.first", "_profile.FirstName"),
        Field("tier", "_source.tier", "_profile.Attributes.Tier"),
    ),
    keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), Key("_email", ("email",))),
    allow_profile_creation=True,
    expiration_days=2,
)
SHOP = replace(CRM, name="Shop")
ANN = "ann@example.com"


def test_its_expiry_and_the_writers_of_its_values_advance(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", first="Ann", tier="gold")
    domain.now += DAY
    second = domain.put("Crm", id="1", tier="gold")
    (stored,) = domain.store.objects(first.profile_id, "Crm")
    assert stored.expires == domain.now + 2 * DAY
    assert stored.sequence == second.writer[3] > first.writer[3]
    writers = domain.store.profile(first.profile_id).writers
    assert writers == {"FirstName": first.writer, "Attributes.Tier": second.writer}


def test_a_key_value_that_was_deleted_is_bound_again(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    profile_id = domain.put("Crm", id="1", email=ANN).profile_id
    delete_key(domain.engine, profile_id, "_email", [ANN])
    domain.put("Crm", id="1", email=ANN)
    assert domain.ids("_email", ANN) == [profile_id]


def test_a_new_key_value_is_bound_beside_the_old_one(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    profile_id = domain.put("Crm", id="1", email=ANN).profile_id
    domain.put("Crm", id="1", email="ann@home.example")
    assert domain.ids("_email", ANN) == domain.ids("_email", "ann@home.example") == [profile_id]


@pytest.mark.parametrize("times", [1, 2])
def test_a_key_value_that_another_type_bound_before_outlives_that_type(
    start_domain: StartDomain, times: int
) -> None:
    domain = start_domain(CRM, SHOP)
    profile_id = domain.put("Shop", id="1").profile_id
    for _ in range(times):
        domain.put("Crm", id="1")
    delete_type(domain.engine, "Shop")
    assert domain.ids("crmId", "1") == [profile_id]


def test_a_key_value_that_people_added_outlives_the_type_that_bound_it_too(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, SHOP)
    profile_id = create_profile(domain.engine, {}).id
    add_key(domain.engine, profile_id, "crmId", ["1"])
    domain.put("Crm", id="1")
    delete_type(domain.engine, "Crm")
    domain.engine.put_type(CRM)
    assert domain.ids("crmId", "1") == [profile_id]
