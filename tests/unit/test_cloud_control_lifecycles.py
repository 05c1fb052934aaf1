"""Lifecycle rules of buckets in the two spellings that they have."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.cloud_control.readback.lifecycles import from_api, to_api

DAYS = st.integers(1, 1000)
TRANSITION = st.fixed_dictionaries({"StorageClass": st.just("GLACIER"), "TransitionInDays": DAYS})
TAG = st.fixed_dictionaries({"Key": st.text(min_size=1, max_size=3), "Value": st.text(max_size=3)})
RULES = st.fixed_dictionaries(
    {"Status": st.sampled_from(["Enabled", "Disabled"])},
    optional={
        "Id": st.text(min_size=1, max_size=5),
        "Prefix": st.text(min_size=1, max_size=5),
        "ObjectSizeGreaterThan": DAYS.map(str),
        "TagFilters": st.lists(TAG, min_size=1, max_size=2, unique_by=lambda tag: tag["Key"]),
        "ExpirationInDays": DAYS,
        "NoncurrentVersionExpiration": st.fixed_dictionaries({"NoncurrentDays": DAYS}),
        "NoncurrentVersionTransitions": st.lists(TRANSITION, min_size=1, max_size=2),
        "Transitions": st.lists(TRANSITION, min_size=1, max_size=2),
        "AbortIncompleteMultipartUpload": st.fixed_dictionaries({"DaysAfterInitiation": DAYS}),
    },
)


@settings(deadline=None, max_examples=50)
@given(RULES)
def test_a_lifecycle_rule_comes_back_from_the_service_as_it_was_given(rule: dict[str, Any]) -> None:
    assert from_api(to_api(rule)) == rule


def test_a_lifecycle_rule_in_its_older_spelling_is_the_same_rule() -> None:
    older = {
        "Status": "Enabled",
        "NoncurrentVersionExpirationInDays": 7,
        "Transition": {"StorageClass": "GLACIER", "TransitionInDays": 30},
    }
    newer = {
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
    }
    assert to_api(older) == to_api(newer)


def test_a_rule_for_everything_has_an_empty_prefix() -> None:
    assert to_api({"Status": "Enabled", "ExpirationInDays": 1})["Filter"] == {"Prefix": ""}
    assert "Prefix" not in from_api({"Status": "Enabled", "Filter": {"Prefix": ""}})
