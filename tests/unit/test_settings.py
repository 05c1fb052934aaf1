"""A stack's configuration: every setting is typed, checked, and named when it is wrong."""

import json
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.config import CONFIG

from components.settings import Settings, SettingsError

REGION = {"aws-native:region": "eu-central-1"}
LEAST = REGION | {"customer-lifecycle:domainName": "customers"}


def load_settings(config: dict[str, str]) -> Settings:
    """The settings of a stack with this configuration (fully qualified keys, values as text)."""
    token = CONFIG.set(dict(config))
    try:
        return Settings.load(pulumi.Config("customer-lifecycle"))
    finally:
        CONFIG.reset(token)


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


def test_a_domain_name_and_a_region_are_enough() -> None:
    assert load_settings(LEAST) == Settings(
        domain_name="customers",
        region="eu-central-1",
        default_expiration_days=366,
        dead_letter_retention_days=14,
        keeps_customer_data=True,
        endpoint=None,
        tags={},
    )


def test_every_setting_can_be_given() -> None:
    given_settings = {
        "domainName": "a_domain-1",
        "defaultExpirationDays": "1098",
        "deadLetterRetentionDays": "1",
        "keepsCustomerData": "false",
        "endpoint": "http://127.0.0.1:4566",
        "tags": '{"team": "crm"}',
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
    assert f" {key}" in text.rpartition("pulumi config set")[2]


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
    assert days is None or int(text) == days.default_expiration_days


@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), _json_of).map(json.dumps))
def test_tags_are_a_map_of_texts_or_refused_whatever_is_written(text: str) -> None:
    settings = loaded_or_none("tags", text)

    assert settings is None or all(isinstance(each, str) for each in settings.tags.values())
