"""Outcomes that explain themselves: every key that was tried, what it found, what followed."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import (
    EMAIL_ADDRESS,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Key,
    ObjectType,
)
from profiles.engine import Engine, parse_object
from profiles.errors import EngineError
from profiles.memory import MemoryStore
from profiles.profile_writes import update_profile

StartDomain = Callable[..., Any]

CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(
        Field("id", "_source.id"),
        Field("email", "_source.email", None, EMAIL_ADDRESS),
        Field("phone", "_source.phone", None, PHONE_NUMBER),
        Field("first", "_source.first", "_profile.FirstName"),
        Field("tier", "_source.tier", "_profile.Attributes.Tier"),
    ),
    keys=(
        Key("crmId", ("id",), (UNIQUE,)),
        Key("_email", ("email",), (PROFILE,)),
        Key("_phone", ("phone",), (PROFILE, SECONDARY)),
    ),
    allow_profile_creation=True,
)
ANN = "ann@example.com"
PHONE = "2063457890"


def test_a_new_profile_is_explained_by_the_keys_that_found_none(start_domain: StartDomain) -> None:
    outcome = start_domain(CRM).put("Crm", id="1", email=ANN, first="Ann")
    assert outcome.explain() == [
        "PROFILE key _email: no profile",
        "SECONDARY key _phone: the object has no value for it",
        "no key found exactly one profile: a new profile was created",
        "wrote FirstName",
        "wrote EmailAddress",
    ]


def test_an_attachment_names_the_key_that_found_the_profile(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    domain.put("Crm", id="1", phone=PHONE)
    outcome = domain.put("Crm", id="2", email=ANN, phone=PHONE)
    assert outcome.explain() == [
        "PROFILE key _email: no profile",
        "SECONDARY key _phone: one profile",
        "attached to the one profile that key _phone found",
    ]


def test_a_key_that_was_thrown_away_says_how_many_profiles_it_found(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(
        replace(CRM, name="Shop", keys=(*CRM.keys[:2], Key("_phone", ("phone",))))
    )
    domain.engine.put_type(CRM)
    for number in "123":
        domain.put("Shop", id=number, email=f"{number}@example.com", phone=PHONE)
    outcome = domain.put("Crm", id="1", phone=PHONE)
    assert outcome.explain()[:3] == [
        "PROFILE key _email: the object has no value for it",
        "SECONDARY key _phone: 3 profiles, so the key was thrown away",
        "no key found exactly one profile: a new profile was created",
    ]


def test_a_rejection_says_why(start_domain: StartDomain) -> None:
    domain = start_domain(replace(CRM, allow_profile_creation=False))
    reason = (
        "No single profile matches the keys of this object and its object type does not allow "
        "profile creation"
    )
    outcome = domain.put("Crm", id="1", email=ANN)
    assert outcome.explain() == [
        "PROFILE key _email: no profile",
        "SECONDARY key _phone: the object has no value for it",
        f"rejected: {reason}",
    ]


def test_an_outcome_says_whether_the_earlier_object_was_replaced_or_moved(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    replaced = "replaced the earlier object with this UNIQUE value"
    moved = "the earlier object with this UNIQUE value moved here from another profile"
    first = domain.put("Crm", id="1", email=ANN).explain()
    again = domain.put("Crm", id="1", email=ANN).explain()
    elsewhere = domain.put("Crm", id="1", email="bob@example.com").explain()
    assert replaced not in first
    assert moved not in first
    assert replaced in again
    assert moved not in again
    assert moved in elsewhere
    assert replaced not in elsewhere


def test_a_value_that_was_kept_names_the_writer_that_ranks_higher(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, replace(CRM, name="Master", source_priority=3))
    outcome = domain.put("Master", id="1", email=ANN, tier="gold")
    update_profile(domain.engine, outcome.profile_id, {"FirstName": "Anna"})
    assert domain.put("Crm", id="1", email=ANN, first="Ann", tier="low").explain()[-2:] == [
        "kept FirstName: it was written by a manual update, which ranks higher",
        "kept Attributes.Tier: it was written by Master (source priority 3), which ranks higher",
    ]


def test_a_reason_that_names_a_long_value_does_not_show_it(start_domain: StartDomain) -> None:
    outcome = start_domain(CRM).put("Crm", id="1", email=ANN, tier="secret" * 50)
    assert "Attributes.Tier" in outcome.reason
    assert "secret" not in " ".join(outcome.explain())


# Customer data stays out of every text

SECRETS = st.text("§¶µæø", min_size=3, max_size=8)
"""Letters that stand in no text of ours."""

RECORDS = st.fixed_dictionaries(
    {"id": SECRETS},
    optional=dict.fromkeys(("email", "phone", "first", "tier"), SECRETS | st.just("æ" * 300)),
)


@given(st.lists(st.tuples(st.sampled_from(["Crm", "Master", "Closed"]), RECORDS), max_size=6))
def test_no_explanation_and_no_error_ever_shows_a_value(
    puts: list[tuple[str, dict[str, str]]],
) -> None:
    engine = Engine(MemoryStore())
    for object_type in (
        CRM,
        replace(CRM, name="Master", source_priority=1),
        replace(CRM, name="Closed", allow_profile_creation=False),
    ):
        engine.put_type(object_type)
    for name, record in puts:
        try:
            lines = engine.put(name, json.dumps(record)).explain()
        except EngineError as error:
            lines = [str(error)]
        assert not set("§¶µæø") & set("".join(lines))


@given(st.text("§¶µæø{}[],:\"'1 ", min_size=1, max_size=12))
def test_a_text_that_is_no_json_object_is_not_quoted_in_its_error(text: str) -> None:
    try:
        parse_object(text)
    except EngineError as error:
        shown = f"{error} {error.__cause__} {error.args}"
        assert not set("§¶µæø") & set(shown)


def test_the_engine_logs_nothing(
    start_domain: StartDomain, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    domain = start_domain(CRM)
    domain.put("Crm", id="1", email=ANN)
    domain.put("Crm", id="1", email=ANN, tier="x" * 300)
    assert caplog.records == []
