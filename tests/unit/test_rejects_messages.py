"""Messages of the queues of undelivered objects, as each sender makes them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.undelivered import TRUNCATED, UNREADABLE, Undelivered, understand

SENT = "1764057600000"
BODY = '{"UserId": "1",  "price": 1.10}'
EVENT = {
    "version": "0",
    "id": "e-1",
    "detail-type": "Trial",
    "source": "customer-lifecycle",
    "time": "2025-11-25T08:00:01Z",
    "detail": {"UserId": "1", "name": "Zoë"},
}


def message(body: Any, received: int = 2, **attributes: str) -> dict[str, Any]:
    return {
        "MessageId": "m-1",
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": {"SentTimestamp": SENT, "ApproximateReceiveCount": str(received)},
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }


def read(queue: str, body: Any, guess: str | None = None, **attributes: str) -> Undelivered:
    return understand(queue, message(body, **attributes), lambda _: guess)


def rejected(body: Any = BODY, **changes: str) -> Undelivered:
    attributes = {
        "Reason": "BadRequestException: no key",
        "ObjectType": "Trial",
        "Origin": "event e-1",
        "Way": "events",
        "RejectedAt": "2025-11-25T08:00:02.500+00:00",
    }
    return read("rejects", body, **(attributes | changes))


def test_a_reject_says_why_what_and_whence() -> None:
    each = rejected()
    assert (each.reason, each.object_type, each.origin) == (
        "BadRequestException: no key",
        "Trial",
        "event e-1",
    )
    assert each.text == each.body == BODY
    assert each.when == 1764057602.5
    assert each.received == 2
    assert each.hindrance is None


def test_a_reject_of_no_known_type_has_none() -> None:
    assert rejected(ObjectType="-").object_type is None


@pytest.mark.parametrize("moment", ["", "yesterday", "2025-13-01T00:00:00Z"])
def test_a_reject_with_an_odd_date_has_that_of_its_message(moment: str) -> None:
    assert rejected(RejectedAt=moment).when == 1764057600.0


def test_a_date_without_a_zone_is_in_utc() -> None:
    assert rejected(RejectedAt="2025-11-25T08:00:02").when == 1764057602.0


def test_a_truncated_reject_cannot_be_put_again() -> None:
    each = rejected({"truncated": True, "length": 2_000_000, "sha256": "ab"})
    assert (each.text, each.hindrance) == (None, TRUNCATED)
    assert each.reason == "BadRequestException: no key"
    assert rejected({"truncated": True, "length": 1, "sha256": "ab", "UserId": "1"}).text


def test_a_body_that_is_no_json_is_still_a_reject_word_for_word() -> None:
    assert rejected("no json").text == "no json"


@pytest.mark.parametrize("guess", [None, "Trial"])
def test_what_the_domain_rejected_has_the_object_and_the_reason(guess: str | None) -> None:
    each = read("domain", BODY, guess, Message="too long")
    assert (each.reason, each.object_type, each.text) == ("too long", guess, BODY)
    assert each.when == 1764057600.0


def test_an_event_that_reached_no_function_says_what_eventbridge_said() -> None:
    each = read("events", EVENT, ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not allowed")
    assert each.reason == "NO_PERMISSIONS: not allowed"
    assert (each.object_type, each.origin) == ("Trial", "event e-1")
    assert each.when == 1764057601.0
    assert each.text == '{"UserId":"1","name":"Zoë"}'


def test_an_event_that_lambda_gave_up_says_what_the_function_said() -> None:
    record = {
        "version": "1.0",
        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": EVENT,
        "responseContext": {"functionError": "Unhandled"},
        "responsePayload": {"errorType": "DeliveryError", "errorMessage": "1 of 1 to be tried"},
    }
    each = read("events", record)
    assert each.reason == "RetriesExhausted: DeliveryError: 1 of 1 to be tried"
    assert (each.object_type, each.origin, each.when) == ("Trial", "event e-1", 1764057601.0)
    assert each.text == '{"UserId":"1","name":"Zoë"}'
    del record["responsePayload"]
    assert read("events", record).reason == "RetriesExhausted"


def test_an_empty_type_is_none() -> None:
    assert read("events", EVENT | {"detail-type": ""}).object_type is None


def test_a_message_of_the_topic_says_how_often_it_was_received() -> None:
    each = understand("topic", message(BODY, 11, ObjectType="Trial"), lambda _: None)
    assert (each.reason, each.object_type, each.text) == ("received 11 times", "Trial", BODY)
    assert each.origin == "message m-1"
    assert read("topic", BODY).object_type is None


@pytest.mark.parametrize(
    ("queue", "body"),
    [
        ("rejects", BODY),
        ("domain", BODY),
        ("events", BODY),
        ("events", "no json"),
        ("events", {"requestPayload": {"some": "thing"}, "requestContext": {"condition": "x"}}),
    ],
)
def test_what_nobody_sends_there_is_unreadable_and_cannot_be_put(queue: str, body: Any) -> None:
    each = read(queue, body)
    assert (each.reason, each.hindrance, each.text) == (UNREADABLE, UNREADABLE, None)
    assert each.object_type is None


def test_an_id_is_short_and_of_one_message_of_one_queue() -> None:
    first, again = rejected(), rejected("another body")
    assert first.id == again.id
    assert first.id != read("domain", BODY, Message="x").id
    assert len(first.id) == 12
    assert set(first.id) <= set("0123456789abcdef")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                "id detail detail-type time requestPayload requestContext condition responsePayload"
                " truncated length sha256 errorType".split()
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(["rejects", "domain", "events", "topic"]),
    JSON.map(json.dumps) | st.text(min_size=1),
    st.dictionaries(
        st.sampled_from("Reason ObjectType Origin RejectedAt Message ERROR_CODE".split()),
        st.text(min_size=1),
    ),
)
def test_any_message_at_all_is_shown(queue: str, body: str, attributes: dict[str, str]) -> None:
    each = read(queue, body, **attributes)
    assert each.reason
    assert each.origin
    assert each.body == body
    assert (each.text is None) == (each.hindrance is not None)
