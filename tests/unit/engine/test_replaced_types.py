"""What becomes of profiles and keys when an object type is replaced."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from profiles import (
    Field,
    Key,
)
from profiles.errors import NotFoundError
from tests.unit.engine.crm import BY_EMAIL, BY_PHONE, crm

StartDomain = Callable[..., Any]


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
