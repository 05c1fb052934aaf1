"""Which key values are equal, of one field or several (aws-semantics 2.2)."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import (
    EMAIL_ADDRESS,
    NAME,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    STRING,
    ContentType,
    Field,
    Key,
    ObjectType,
)
from profiles.errors import MissingKeyError
from profiles.matching import key_values
from profiles.outcome import Verdict
from tests.unit.engine.crm import BY_EMAIL, crm

StartDomain = Callable[..., Any]


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
