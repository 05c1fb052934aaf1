"""Objects that are refused because of their keys or their text (aws-semantics 1.4)."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import (
    EMAIL_ADDRESS,
    PROFILE,
    Field,
    Key,
)
from profiles.errors import MalformedObjectError, MissingKeyError, NotFoundError
from profiles.outcome import Verdict
from tests.unit.engine.crm import BY_EMAIL, BY_PHONE_SECOND, crm

StartDomain = Callable[..., Any]


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
