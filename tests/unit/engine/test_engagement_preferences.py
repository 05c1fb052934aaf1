"""Engagement preferences: the one field of a profile that holds lists (aws-semantics 1.2)."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.outcome import Verdict

StartDomain = Callable[..., Any]

CONTACT = {"KeyName": "_email", "KeyValue": "ann@example.com", "ContactType": "EmailAddress"}


def crm(target: str = "EngagementPreferences.Email") -> ObjectType:
    """A type whose member `contacts` fills this field of the profile."""
    return ObjectType(
        name="Crm",
        description="Customers",
        fields=(
            Field("id", "_source.id"),
            Field("contacts", "_source.contacts", f"_profile.{target}"),
        ),
        keys=(Key("personId", ("id",), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
    )


def nested(levels: int) -> Any:
    """A list in a list in a list."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("channel", ["Email", "Phone"])
def test_contacts_are_kept_as_lists_and_an_empty_list_blanks_nothing(
    start_domain: StartDomain, channel: str
) -> None:
    domain = start_domain(crm(f"EngagementPreferences.{channel}"))
    contacts = [CONTACT, {"ProfileId": "a" * 32}]
    domain.put("Crm", id="1", contacts=contacts)
    domain.put("Crm", id="1", contacts=[])
    assert domain.find("personId", "1") == [{"EngagementPreferences": {channel: contacts}}]


@pytest.mark.parametrize(
    "contacts",
    [
        "ann@example.com",
        7,
        True,
        CONTACT,
        [1, "ann@example.com", None, True, [CONTACT]],
        [{}, {"a": "b"}, {"KeyName": {"a": "b"}}, {"KeyValue": ["x"]}, {"KeyValue": ""}],
        nested(400),
        [{"KeyValue": nested(400)}],
    ],
)
def test_what_is_no_list_of_contacts_writes_nothing(
    start_domain: StartDomain, contacts: object
) -> None:
    domain = start_domain(crm())
    outcome = domain.put("Crm", id="1", contacts=contacts)
    assert outcome.written == {}
    assert domain.find("personId", "1") == [{}]


def test_of_each_contact_only_the_texts_that_the_service_knows_are_kept(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm())
    known = {"KeyName": "_email", "KeyValue": "1", "ProfileId": "b" * 32, "ContactType": "x"}
    domain.put("Crm", id="1", contacts=[{"a": "b"} | known, None, {"KeyValue": 7, "KeyName": []}])
    assert domain.find("personId", "1") == [
        {"EngagementPreferences": {"Email": [known, {"KeyValue": "7"}]}}
    ]


def test_a_whole_object_fills_the_channels_that_the_profile_knows(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(crm("EngagementPreferences"))
    domain.put("Crm", id="1", contacts={"Email": [CONTACT], "Phone": "1", "Post": [CONTACT]})
    domain.put("Crm", id="1", contacts=[CONTACT])
    assert domain.find("personId", "1") == [{"EngagementPreferences": {"Email": [CONTACT]}}]


def test_an_object_with_an_over_long_contact_is_rejected(start_domain: StartDomain) -> None:
    domain = start_domain(crm())
    outcome = domain.put("Crm", id="1", contacts=[CONTACT, CONTACT | {"KeyValue": "k" * 256}])
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.reason == (
        "The value for _profile.EngagementPreferences.Email is longer than 255 characters"
    )
    whole = CONTACT | {"KeyValue": "k" * 255}
    assert domain.put("Crm", id="1", contacts=[whole] * 9).verdict is Verdict.CREATED
