"""Arguments from other languages become the components' own, or all that is wrong is said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import customer_profiles, ingestion
from plugin.wire import whole
from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType

ORDERS: dict[str, Any] = {
    "name": "Orders",
    "description": "Orders of the web shop",
    "allow_profile_creation": True,
    "expiration_days": 400.0,
    "fields": [
        {"name": "customer", "source": "_source.customerId", "target": "_profile.AccountNumber"},
        {
            "name": "email",
            "source": "_source.email",
            "target": "_profile.EmailAddress",
            "content_type": "EMAIL_ADDRESS",
        },
    ],
    "keys": [{"name": "_account", "fields": ["customer"], "identifiers": ["PROFILE", "UNIQUE"]}],
}
ARGS: dict[str, Any] = {"domain_name": "web-shop", "region": "us-east-1", "object_types": [ORDERS]}


def test_plain_data_becomes_the_object_type_that_a_mapping_would_declare() -> None:
    assert customer_profiles.read(ARGS)["object_types"] == (
        ObjectType(
            name="Orders",
            description="Orders of the web shop",
            allow_profile_creation=True,
            expiration_days=400,
            fields=(
                Field("customer", "_source.customerId", "_profile.AccountNumber"),
                Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
            ),
            keys=(Key("_account", ("customer",), (PROFILE, UNIQUE)),),
        ),
    )


def test_customers_data_is_kept_unless_the_program_says_otherwise() -> None:
    read = customer_profiles.read(ARGS)
    assert read["keeps_customer_data"] is True
    assert read["default_expiration_days"] == 366
    assert read["dead_letter_retention_days"] == 14
    assert read["deletable_object_types"] == []


def test_an_object_type_is_let_go_by_its_name() -> None:
    read = customer_profiles.read(ARGS | {"deletable_object_types": ["Orders"]})
    assert read["deletable_object_types"] == ["Orders"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    fields = [{"name": "a", "source": "nowhere", "content_type": "COLOUR"}]
    keys = [{"name": "_a", "fields": ["b"], "identifiers": ["WHO"]}]
    wrong = {"name": "Orders", "description": "", "fields": fields, "keys": keys}
    with pytest.raises(ValueError, match="domainName") as raised:
        customer_profiles.read(
            {
                "domain_name": "not a name",
                "region": "",
                "object_types": [wrong],
                "default_expiration_days": 2000.0,
                "dead_letter_retention_days": 1.5,
                "keeps_customer_data": "yes",
                "deletable_object_types": "Orders",
            }
        )
    said = str(raised.value)
    for each in (
        "region",
        "defaultExpirationDays",
        "deadLetterRetentionDays",
        "FIELD_CONTENT_TYPE",
    ):
        assert each in said
    assert "keepsCustomerData" in said
    assert "deletableObjectTypes" in said
    assert "KEY_IDENTIFIER" in said
    assert "Orders key _a" in said


SOURCE: dict[str, Any] = {
    "name": "orders",
    "object_type": "Orders",
    "query": "SELECT 1",
    "watermark_column": "updated_at",
    "key_column": "id",
    "cluster_arn": "arn:aws:rds:us-east-1:000000000000:cluster:crm",
    "secret_arn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
    "database": "crm",
    "page_rows": 20.0,
}


def test_the_ways_in_are_read_as_a_stacks_configuration_would_be() -> None:
    read = ingestion.read(
        {
            "domain": "web-shop",
            "domain_name": "web-shop",
            "region": "us-east-1",
            "object_types": [ORDERS],
            "events": True,
            "topic": {"enabled": True, "visibility_seconds": 90.0},
            "batch": {"sources": [SOURCE]},
        }
    )
    settings = read["settings"]
    assert (settings.events, settings.topic, settings.topic_visibility_seconds) == (True, True, 90)
    assert [(each.name, each.page_rows) for each in settings.sources] == [("orders", 20)]


def test_the_dashboard_of_a_second_region_can_have_a_name_of_its_own() -> None:
    args = ARGS | {"domain": "web-shop"}
    assert "dashboard_name" not in ingestion.read(args)
    assert ingestion.read(args | {"dashboard_name": "there"})["dashboard_name"] == "there"


def test_a_source_for_an_object_type_that_is_not_there_is_refused() -> None:
    batch = {"sources": [SOURCE | {"object_type": "Nothing"}]}
    with pytest.raises(ValueError, match="no mapping defines it; there are Orders") as refused:
        ingestion.read(ARGS | {"domain": "d", "batch": batch})
    # The program says it, not a stack's configuration.
    assert str(refused.value).startswith("batch.sources[0].objectType: ")
    assert "pulumi config" not in str(refused.value)


@given(st.one_of(st.integers(-(2**53), 2**53), st.text(), st.booleans(), st.none()))
def test_only_a_whole_double_becomes_an_int(value: Any) -> None:
    assert whole(value) is value
    if type(value) is int:
        assert whole(float(value)) == value
        assert type(whole(float(value))) is int
