"""Which changes the demo shows, of the sample and of mappings that it has never seen."""

from typing import Any

import pytest
import yaml

import mappings
from lifecycle.change_plan import Step, plan, read_table
from profiles import (
    EMAIL_ADDRESS,
    PROFILE,
    UNIQUE,
    Field,
    Key,
    ObjectType,
    ObjectTypeMapping,
)
from tests.programs import SAMPLE

WAYS = ("events", "topic", "batch")
SOURCE = {
    "name": "members",
    "objectType": "Member",
    "query": 'SELECT customer AS "customerNumber", level, changed FROM members',
    "watermarkColumn": "changed",
    "keyColumn": "customerNumber",
    "clusterArn": "cluster",
    "secretArn": "secret",
    "database": "crm",
}


def member(**example: Any) -> ObjectTypeMapping:
    """A mapping with the members customerNumber, level, points and club.name."""
    return ObjectTypeMapping(
        ObjectType(
            "Member",
            "Members of the loyalty programme",
            (
                Field("customer", "_source.customerNumber", "_profile.AccountNumber"),
                Field("level", "_source.level", "_profile.Attributes.Level"),
                Field("points", "_source.points", "_profile.Attributes.Points"),
                Field("club", "_source.club.name", "_profile.Attributes.Club"),
            ),
            (Key("_account", ("customer",), (PROFILE, UNIQUE)),),
            allow_profile_creation=True,
        ),
        ({"customerNumber": "17", **example},),
    )


SIGNUP = ObjectTypeMapping(
    ObjectType(
        "Signup",
        "Signups by address",
        (
            Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
            Field("active", "_source.active", "_profile.Attributes.Active"),
        ),
        (Key("_email", ("email",), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
    ),
    ({"email": "ann@shop.test", "active": True},),
)


def only(mapping: ObjectTypeMapping, way: str = "events", **source: str) -> Step | None:
    """The step of one way, where there is one mapping."""
    table = read_table(SOURCE | source)
    return plan([mapping], "00001", [way], [] if table is None else [table])[way]


def test_each_way_changes_another_object_type_of_the_sample() -> None:
    settings = yaml.safe_load((SAMPLE / "Pulumi.local.yaml").read_text(encoding="utf-8"))
    sources = settings["config"]["customer-lifecycle:ingestion"]["batch"]["sources"]
    tables = [table for each in sources if (table := read_table(each)) is not None]
    steps = plan(mappings.load(), "00001", WAYS, tables)
    assert {
        way: (each.object_type, each.attribute, each.wanted)
        for way, each in steps.items()
        if each is not None
    } == {
        "events": ("TrialSubscription", "TrialStatus", "Converted"),
        "topic": ("PurchasedSubscription", "SubscriptionAutoRenew", "True"),
        "batch": ("MarketingAssignedOffers", "offerViewed", "true"),
    }
    assert {each.search for each in steps.values() if each is not None} == {("00001",)}


def test_every_way_shows_a_change_of_mappings_that_are_not_the_samples() -> None:
    table = read_table(SOURCE)
    assert table is not None
    steps = plan([member(level="Gold"), SIGNUP], "00001", WAYS, [table])
    assert {way: each and each.object_type for way, each in steps.items()} == {
        "events": "Member",
        "topic": "Signup",
        "batch": "Member",
    }


def test_a_second_change_of_the_same_attribute_follows_from_the_first() -> None:
    table = read_table(SOURCE)
    assert table is not None
    steps = plan([member(level="Gold")], "00001", WAYS, [table])
    assert [each and (each.attribute, each.wanted) for each in steps.values()] == [
        ("Level", "Changed"),
        ("Level", "Changed again"),
        ("Level", "Changed"),
    ]


def test_the_customer_is_found_by_the_key_that_the_mapping_has() -> None:
    step = only(SIGNUP)
    assert step is not None
    assert (step.key, step.search) == ("_email", ("ann@shop.test",))
    assert step.record == {"email": "ann@shop.test", "active": False}


@pytest.mark.parametrize(
    ("example", "wanted"),
    [
        ({"level": "Gold"}, "Changed"),
        ({"level": "Changed"}, "Changed again"),
        ({"level": "FALSE"}, "True"),
        ({"level": "true"}, "false"),
        ({"points": 1250}, "1251"),
        ({"points": 0.5}, "1.5"),
        ({"points": True}, "false"),
        ({"club": {"name": "North"}}, "Changed"),
    ],
)
def test_a_value_becomes_another_of_its_kind(example: dict[str, Any], wanted: str) -> None:
    step = only(member(**example))
    assert step is not None
    assert step.wanted == wanted


@pytest.mark.parametrize("example", [{}, {"level": ""}, {"level": None}, {"level": ["Gold"]}])
def test_without_a_value_that_can_change_there_is_no_step(example: dict[str, Any]) -> None:
    assert only(member(**example)) is None


def test_a_row_has_the_columns_of_the_sources_query() -> None:
    step = only(member(level="Gold", points=5), "batch")
    assert step is not None
    assert step.table is not None
    assert step.table.columns == {
        "customerNumber": "customer",
        "level": "level",
        "changed": "changed",
    }
    assert step.record == {"customerNumber": "00001", "level": "Changed"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT customer, level, changed FROM members WHERE level > 1",
        "SELECT customer, lower(level) AS level, changed FROM members",
        "SELECT customer, level FROM members",
        "WITH m AS (SELECT 1) SELECT customer, level, changed FROM m",
        "SELECT * FROM members",
    ],
)
def test_a_query_that_is_more_than_columns_of_a_table_is_not_guessed_at(query: str) -> None:
    assert read_table(SOURCE | {"query": query}) is None
    assert only(member(level="Gold"), "batch", query=query) is None


def test_a_row_that_could_not_hold_the_customer_is_no_step() -> None:
    query = "SELECT level, changed FROM members"
    assert only(member(level="Gold"), "batch", query=query) is None
