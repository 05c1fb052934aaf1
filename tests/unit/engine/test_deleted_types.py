"""What DeleteProfileObjectType takes away, and what stays."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import ObjectType
from profiles.errors import NotFoundError
from profiles.profile_writes import (
    delete_type,
)
from tests.unit.engine.customers import ANN, CRM, SHOP

StartDomain = Callable[..., Any]


def test_deleting_a_type_removes_its_objects_values_and_keys_but_no_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, SHOP)
    domain.put("Crm", id="1", email=ANN, tier="gold")
    profile_id = domain.put("Shop", id="1", city="Oslo").profile_id
    only_shop = domain.put("Shop", id="2", city="Rome").profile_id
    delete_type(domain.engine, "Shop")
    assert domain.objects(profile_id, "Shop") == []
    assert len(domain.objects(profile_id, "Crm")) == 1
    assert domain.profile(profile_id) == {"EmailAddress": ANN, "Attributes": {"Tier": "gold"}}
    assert domain.profile(only_shop) == {}
    with pytest.raises(NotFoundError, match="cityKey"):
        domain.find("cityKey", "Oslo")
    assert domain.ids("crmId", "1") == [profile_id]
    assert domain.find("crmId", "2") == []


def test_a_value_that_another_type_wrote_last_outlives_the_deleted_type(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, SHOP)
    domain.put("Shop", id="1", tier="silver")
    profile_id = domain.put("Crm", id="1", tier="gold").profile_id
    delete_type(domain.engine, "Shop")
    assert domain.profile(profile_id) == {"Attributes": {"Tier": "gold"}}
    delete_type(domain.engine, "Crm")
    assert domain.profile(profile_id) == {}


def test_standard_indexes_follow_the_values_of_a_deleted_type(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    domain.put("Crm", id="1", email=ANN)
    delete_type(domain.engine, "Crm")
    assert domain.find("_email", ANN) == []


def test_after_the_strongest_type_is_deleted_weaker_ones_write_again(
    start_domain: StartDomain,
) -> None:
    strong = ObjectType(
        name="Strong",
        description="Strong",
        fields=SHOP.fields,
        keys=SHOP.keys,
        allow_profile_creation=True,
        source_priority=1,
    )
    domain = start_domain(strong, SHOP)
    domain.put("Strong", id="1", tier="gold")
    delete_type(domain.engine, "Strong")
    profile_id = domain.put("Shop", id="1", tier="silver").profile_id
    assert domain.profile(profile_id)["Attributes"] == {"Tier": "silver"}


def test_an_unknown_type_cannot_be_deleted(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    with pytest.raises(NotFoundError, match=r"^Object type Shop is not defined in the domain$"):
        delete_type(domain.engine, "Shop")


def test_a_type_that_was_deleted_takes_no_objects(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    delete_type(domain.engine, "Crm")
    with pytest.raises(NotFoundError, match=r"^Object type Crm is not defined in the domain$"):
        domain.put("Crm", id="1")
