"""A stack's configuration: every setting is typed, checked, and named when it is wrong."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.config import _SECRET_KEYS, CONFIG

from components.settings import Settings, SettingsError
from components.settings_page import settings_markdown

REGION = {"aws-native:region": "eu-central-1"}
TAGS = {"project": "lifecycle", "environment": "dev"}
LEAST = REGION | {
    "customer-lifecycle:domainName": "customers",
    "customer-lifecycle:tags": json.dumps(TAGS),
}
SOURCE = {
    "name": "trials",
    "objectType": "Trial",
    "query": "SELECT 1",
    "watermarkColumn": "updated_at",
    "keyColumn": "id",
    "clusterArn": "arn:aws:rds:eu-central-1:111122223333:cluster:crm",
    "secretArn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:crm",
    "database": "crm",
}


def load_settings(config: dict[str, str], secrets: Iterable[str] = ()) -> Settings:
    """The settings of a stack with this configuration (fully qualified keys, values as text)."""
    token, secret_token = CONFIG.set(dict(config)), _SECRET_KEYS.set(set(secrets))
    try:
        return Settings.load(pulumi.Config("customer-lifecycle"), ["Trial"])
    finally:
        CONFIG.reset(token)
        _SECRET_KEYS.reset(secret_token)


def refused(config: dict[str, str], secrets: Iterable[str] = ()) -> str:
    """What the settings are refused with."""
    with pytest.raises(SettingsError) as error:
        load_settings(config, secrets)
    return str(error.value)


def with_source(**members: str) -> dict[str, str]:
    """The least settings and one batch source."""
    ingestion = {"batch": {"sources": [SOURCE | members]}}
    return LEAST | {"customer-lifecycle:ingestion": json.dumps(ingestion)}


def loaded_or_none(key: str, text: str) -> Settings | None:
    """The settings with this one, None if it is refused as it should be: by its own name."""
    try:
        return load_settings(LEAST | {f"customer-lifecycle:{key}": text})
    except SettingsError as refused:
        if not str(refused).startswith(f"{key}: "):
            raise
        return None


def _json_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values) | st.dictionaries(st.text(), values)


def test_a_domain_name_a_region_and_the_required_tags_are_enough() -> None:
    assert load_settings(LEAST) == Settings(
        domain_name="customers",
        region="eu-central-1",
        default_expiration_days=366,
        dead_letter_retention_days=14,
        keeps_customer_data=True,
        endpoint=None,
        tags=TAGS,
    )


def test_every_setting_can_be_given() -> None:
    given_settings = {
        "domainName": "a_domain-1",
        "defaultExpirationDays": "1098",
        "deadLetterRetentionDays": "1",
        "keepsCustomerData": "false",
        "endpoint": "http://127.0.0.1:4566",
        "tags": '{"team": "crm"}',
        "requiredTags": '["team"]',
        "moreRegions": '["us-east-1", "us-gov-west-1"]',
        "deletableObjectTypes": '["Trial"]',
    }

    settings = load_settings(
        REGION | {f"customer-lifecycle:{key}": value for key, value in given_settings.items()}
    )

    assert settings == Settings(
        domain_name="a_domain-1",
        region="eu-central-1",
        default_expiration_days=1098,
        dead_letter_retention_days=1,
        keeps_customer_data=False,
        endpoint="http://127.0.0.1:4566",
        tags={"team": "crm"},
        more_regions=("us-east-1", "us-gov-west-1"),
        deletable_object_types=frozenset({"Trial"}),
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("domainName", ""),
        ("domainName", "a domain"),
        ("domainName", "d" * 65),
        ("domainName", "dömain"),
        ("domainName", "domain\n"),
        ("defaultExpirationDays", "0"),
        ("defaultExpirationDays", "1099"),
        ("defaultExpirationDays", "a year"),
        ("defaultExpirationDays", "1.5"),
        ("defaultExpirationDays", ""),
        ("deadLetterRetentionDays", "0"),
        ("deadLetterRetentionDays", "15"),
        ("keepsCustomerData", "yes"),
        ("tags", "crm"),
        ("tags", '["crm"]'),
        ("tags", '{"team": 7}'),
        ("tags", '{"aws:team": "crm"}'),
        ("tags", '{"": "crm"}'),
        ("tags", "[]"),
        ("tags", json.dumps({f"tag{number}": "" for number in range(51)})),
        ("tags", '{"team": "%s"}' % ("x" * 257)),
        ("moreRegions", "eu-central-1"),
        ("moreRegions", '["Frankfurt"]'),
        ("moreRegions", '["us-east-1", "us-east-1"]'),
        ("moreRegions", '["eu-central-1"]'),
        ("deletableObjectTypes", '["a type"]'),
        ("connectInstanceAlias", "d-1234567890"),
        ("connectInstanceAlias", "a" * 46),
        ("requiredTags", "project"),
        ("endpoint", "127.0.0.1:4566"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_the_command_that_corrects_it(
    key: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(LEAST | {f"customer-lifecycle:{key}": value})

    text = str(refused.value)
    assert text.startswith(f"{key}: ")
    assert "pulumi config set" in text.splitlines()[0]
    assert key in text.rpartition("pulumi config set ")[2]


@pytest.mark.parametrize("key", ["customer-lifecycle:domainName", "aws-native:region"])
def test_a_setting_without_a_default_is_asked_for(key: str) -> None:
    config = {name: value for name, value in LEAST.items() if name != key}

    with pytest.raises(
        SettingsError, match=f"pulumi config set {key.removeprefix('customer-lifecycle:')} "
    ):
        load_settings(config)


@given(st.text())
def test_days_are_a_number_in_range_or_refused_whatever_is_written(text: str) -> None:
    days = loaded_or_none("defaultExpirationDays", text)

    assert days is None or (1 <= days.default_expiration_days <= 1098)
    # A setting that is null is one that is not there.
    unset = text.strip() == "null"
    assert days is None or unset or int(text) == days.default_expiration_days


@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), _json_of).map(json.dumps))
def test_tags_are_a_map_of_texts_or_refused_whatever_is_written(text: str) -> None:
    settings = loaded_or_none("tags", text)

    assert settings is None or all(isinstance(each, str) for each in settings.tags.values())


def test_a_region_that_is_listed_twice_is_refused_with_that_as_the_reason() -> None:
    text = refused(LEAST | {"customer-lifecycle:moreRegions": '["eu-west-1", "eu-west-1"]'})
    assert "regions, each once" in text


def test_a_setting_that_nobody_knows_is_refused_with_those_that_there_are() -> None:
    text = refused(LEAST | {"customer-lifecycle:defaultExpirationDay": "7"})
    assert text.startswith("defaultExpirationDay: is unknown")
    assert "defaultExpirationDays" in text


@pytest.mark.parametrize("tags", ["{}", '{"project": "a"}', '{"project": "a", "environment": " "}'])
def test_a_stack_without_a_required_tag_is_refused(tags: str) -> None:
    text = refused(LEAST | {"customer-lifecycle:tags": tags})
    assert text.startswith("tags: ")
    assert "--path tags." in text


def test_which_tags_are_required_is_a_setting() -> None:
    config = LEAST | {"customer-lifecycle:requiredTags": '["costCentre"]'}
    assert "tags.costCentre VALUE" in refused(config)
    none = {"customer-lifecycle:requiredTags": "[]", "customer-lifecycle:tags": "{}"}
    assert load_settings(LEAST | none).tags == {}


SECRETS = {
    "aws-native:secretKey": "anything",
    "aws:token": "anything",
    "customer-lifecycle:domainName": "AKIAIOSFODNN7EXAMPLE",  # pragma: allowlist secret
    "customer-lifecycle:endpoint": "https://me:secret@example.com",  # pragma: allowlist secret
    "customer-lifecycle:tags": json.dumps(TAGS | {"key": "-----BEGIN RSA PRIVATE KEY-----"}),
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_plain_text_is_refused_without_showing_it(name: str) -> None:
    text = refused(LEAST | {name: SECRETS[name]})
    assert text.startswith(f"{name}: ")
    assert f"pulumi config set --secret {name}" in text
    assert SECRETS[name] not in text


def test_an_encrypted_secret_is_taken() -> None:
    name = "aws-native:secretKey"
    assert load_settings(LEAST | {name: "anything"}, [name]).domain_name == "customers"


def test_the_keys_of_the_local_aws_are_no_secret() -> None:
    local = {
        "customer-lifecycle:endpoint": "http://127.0.0.1:4566",
        "aws-native:accessKey": "test",
        "aws-native:secretKey": "test",
    }
    assert load_settings(LEAST | local).endpoint == "http://127.0.0.1:4566"


def test_a_source_runs_where_its_cluster_is() -> None:
    config = with_source() | {"customer-lifecycle:moreRegions": '["us-east-1"]'}
    ingestion = load_settings(config).ingestion
    assert [each.name for each in ingestion.of_region("eu-central-1").sources] == ["trials"]
    assert ingestion.of_region("us-east-1").sources == ()


@pytest.mark.parametrize("name", ["clusterArn", "secretArn"])
def test_a_source_whose_cluster_or_secret_is_elsewhere_is_refused(name: str) -> None:
    elsewhere = SOURCE[name].replace("eu-central-1", "us-west-2")
    text = refused(with_source(**{name: elsewhere}))
    assert text.startswith(f"ingestion.batch.sources[0].{name}: is in us-west-2")


def test_alarms_ring_at_the_topic_of_their_own_region() -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:on-call"
    config = LEAST | {"customer-lifecycle:ingestion": json.dumps({"alarmTopicArn": topic})}
    ingestion = load_settings(config).ingestion
    assert ingestion.of_region("eu-central-1").alarm_topic_arn == topic
    there = ingestion.of_region("us-east-1").alarm_topic_arn
    assert there == "arn:aws:sns:us-east-1:111122223333:on-call"


def test_the_local_aws_has_no_instance_of_amazon_connect() -> None:
    local = {
        "customer-lifecycle:endpoint": "http://127.0.0.1:4566",
        "customer-lifecycle:connectInstanceAlias": "contact-centre",
    }
    assert refused(LEAST | local).endswith("pulumi config rm connectInstanceAlias")


def test_the_page_of_settings_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
    command = "python -m components.settings_page > docs/reference/settings.md"
    assert page.read_text(encoding="utf-8") == settings_markdown(), f"run: {command}"
