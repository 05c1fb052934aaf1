"""Which ways in a stack has: typed, checked, and named by their path when they are wrong."""

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import SettingsError
from components.ingestion_settings import BatchSource, IngestionSettings, read

TYPES = ("PurchasedSubscription", "TrialSubscription")
SOURCE = {
    "name": "trials",
    "objectType": "TrialSubscription",
    "query": "SELECT user_id, updated_at FROM trials",
    "watermarkColumn": "updated_at",
    "keyColumn": "user_id",
    "clusterArn": "arn:aws:rds:us-east-1:111122223333:cluster:crm",
    "secretArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:crm-AbCdEf",
    "database": "crm",
}
COMPLETE = {
    "events": True,
    "topic": {"enabled": True, "fifo": False, "visibilitySeconds": 90},
    "batch": {"sources": [SOURCE]},
    "logRetentionDays": 90,
    "alarmTopicArn": "arn:aws:sns:us-east-1:111122223333:on-call",
}


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The complete settings with one value replaced."""
    settings: Any = copy.deepcopy(COMPLETE)
    node = settings
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    return dict(settings)


def without(name: str) -> dict[str, Any]:
    """The complete settings, but the source lacks one member."""
    source = {each: value for each, value in SOURCE.items() if each != name}
    return COMPLETE | {"batch": {"sources": [source]}}


def test_without_settings_no_way_is_on() -> None:
    settings = read(None, TYPES)
    assert settings == IngestionSettings()
    assert not settings.any


def test_every_setting_arrives() -> None:
    settings = read(COMPLETE, TYPES)
    assert settings == IngestionSettings(
        events=True,
        topic=True,
        topic_fifo=False,
        topic_visibility_seconds=90,
        sources=(
            BatchSource(
                name="trials",
                object_type="TrialSubscription",
                query="SELECT user_id, updated_at FROM trials",
                watermark_column="updated_at",
                key_column="user_id",
                cluster_arn="arn:aws:rds:us-east-1:111122223333:cluster:crm",
                secret_arn="arn:aws:secretsmanager:us-east-1:111122223333:secret:crm-AbCdEf",
                database="crm",
            ),
        ),
        log_retention_days=90,
        alarm_topic_arn="arn:aws:sns:us-east-1:111122223333:on-call",
    )
    assert settings.any


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("events",), "yes", "ingestion.events"),
        (("event",), True, "ingestion.event"),
        (("topic", "fifo"), 1, "ingestion.topic.fifo"),
        (("topic", "ordered"), True, "ingestion.topic.ordered"),
        (("topic", "visibilitySeconds"), 300, "ingestion.topic.visibilitySeconds"),
        (("logRetentionDays",), 31, "ingestion.logRetentionDays"),
        (("alarmTopicArn",), "on-call", "ingestion.alarmTopicArn"),
        (("batch", "sources"), {}, "ingestion.batch.sources"),
        (("batch", "sources", 0, "name"), "Trials!", "ingestion.batch.sources[0].name"),
        (("batch", "sources", 0, "objectType"), "Nobody", "ingestion.batch.sources[0].objectType"),
        (("batch", "sources", 0, "query"), "DROP TABLE x", "ingestion.batch.sources[0].query"),
        (
            ("batch", "sources", 0, "query"),
            "SELECT 1; SELECT",
            "ingestion.batch.sources[0].query",
        ),
        (("batch", "sources", 0, "keyColumn"), 'a"b', "ingestion.batch.sources[0].keyColumn"),
        (("batch", "sources", 0, "clusterArn"), "crm", "ingestion.batch.sources[0].clusterArn"),
        (("batch", "sources", 0, "schedule"), "hourly", "ingestion.batch.sources[0].schedule"),
        (("batch", "sources", 0, "watermarkType"), "x", "ingestion.batch.sources[0].watermarkType"),
        (("batch", "sources", 0, "runRows"), 0, "ingestion.batch.sources[0].runRows"),
        (("batch", "sources", 0, "rows"), 5, "ingestion.batch.sources[0].rows"),
        (("batch", "sources"), [SOURCE, SOURCE], "ingestion.batch.sources"),
    ],
)
def test_a_wrong_setting_is_named_by_its_path_with_the_way_out(
    path: tuple[str | int, ...], value: Any, named: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read(changed(path, value), TYPES)
    text = str(refused.value)
    assert text.startswith(f"{named}: ")
    assert "pulumi config set --path" in text


@pytest.mark.parametrize("name", SOURCE)
def test_a_source_needs_all_that_has_no_default(name: str) -> None:
    path = re.escape(f"ingestion.batch.sources[0].{name}")
    with pytest.raises(SettingsError, match=rf"^{path}: is missing"):
        read(without(name), TYPES)


def test_an_object_type_that_no_mapping_defines_is_answered_with_those_that_there_are() -> None:
    names = "PurchasedSubscription, TrialSubscription; take the source out"
    with pytest.raises(SettingsError, match=names):
        read(changed(("batch", "sources", 0, "objectType"), "Trial"), TYPES)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(
        [
            ("events",),
            ("topic",),
            ("topic", "fifo"),
            ("batch",),
            ("batch", "sources"),
            ("batch", "sources", 0),
            ("batch", "sources", 0, "query"),
            ("batch", "sources", 0, "pageRows"),
            ("logRetentionDays",),
        ]
    ),
    ANYTHING,
)
def test_whatever_stands_in_the_configuration_it_is_taken_or_refused_by_name(
    path: tuple[str | int, ...], value: Any
) -> None:
    try:
        settings = read(changed(path, value), TYPES)
    except SettingsError as refused:
        assert str(refused).startswith("ingestion")  # noqa: PT017 - most values are refused
    else:
        assert isinstance(settings, IngestionSettings)
