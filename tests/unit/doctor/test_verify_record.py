"""The record of the last verify: what is written is read, and nothing else passes for it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mappings
from lifecycle.verify_record import VerifyRecord, fingerprint

TYPES = [each.object_type for each in mappings.load()]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.booleans(),
)
def test_a_record_is_read_as_it_was_written(at: datetime, ok: bool) -> None:  # noqa: FBT001
    record = VerifyRecord(at, ok, fingerprint(TYPES))
    assert VerifyRecord.parse(record.text()) == record


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["at", "ok", "m"]), inner),
    ).map(json.dumps)
)
def test_anything_else_is_refused_as_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        VerifyRecord.parse(text)


def test_the_fingerprint_does_not_depend_on_the_order_of_modules() -> None:
    assert fingerprint(TYPES) == fingerprint(reversed(TYPES))
    assert fingerprint(TYPES) != fingerprint(TYPES[1:])
