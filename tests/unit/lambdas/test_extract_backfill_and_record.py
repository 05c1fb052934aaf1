"""Files of a backfill are counted, and items that were not delivered are put on record."""

import hashlib
import io
from typing import Any

import pytest
from botocore.response import StreamingBody

ERROR = {"Error": "DeliveryError", "Cause": "1 of 2 to be tried again"}
SECRET = "secret@marker"


def stored(extraction: Any, data: bytes) -> None:
    """The bucket answers with these bytes."""
    extraction.get_object = lambda **_: {"Body": StreamingBody(io.BytesIO(data), len(data))}


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (b'{"UserId":"a"}', 1),
        (b'{"UserId":"a"}\n{"UserId":"b"}\n', 2),
        (b'{"UserId":"a"}\r\n\n{"UserId":"b"}\n\n', 2),
        ('{"UserId":"a\u2028b"}\n'.encode() * 5_000, 5_000),
    ],
)
def test_a_backfill_counts_the_items_of_its_file_and_moves_no_watermark(
    extraction: Any, data: bytes, count: int
) -> None:
    stored(extraction, data)
    assert extraction("measure", bucket="exports", key="2024/trials.jsonl") == {
        "bucket": "exports",
        "key": "2024/trials.jsonl",
        "count": count,
        "rejected": 0,
        "after": None,
        "round": 0,
        "more": False,
        "advance": False,
        "extractedAt": None,
    }


def test_a_file_that_is_not_there_fails_the_backfill(extraction: Any, made: Any) -> None:
    def answer(**_: Any) -> Any:
        raise made.refusal("NoSuchKey", "The specified key does not exist.", 404, "GetObject")

    extraction.get_object = answer
    with pytest.raises(extraction.module.ExtractError, match="GetObject: NoSuchKey"):
        extraction("measure", bucket="exports", key="absent.jsonl")


def record(extraction: Any, batch: Any) -> Any:
    return extraction("record", batch=batch)


def test_items_that_were_not_delivered_are_on_record_with_the_error(
    extraction: Any, made: Any
) -> None:
    items = [made.item({"UserId": name}, origin=f"item run/{name}") for name in "ab"]
    assert record(extraction, {"Items": items, "error": ERROR}) == {"accounted": 2}
    first, second = extraction.send_message.served
    attributes = {name: value["StringValue"] for name, value in first["MessageAttributes"].items()}
    assert first["MessageBody"] == '{"UserId":"a"}'
    assert attributes == {
        "Reason": "not delivered: DeliveryError",
        "ObjectType": "TrialSubscription",
        "Origin": "item run/a",
        "Way": "batch",
        "RejectedAt": "2023-11-14T22:13:20.000+00:00",
    }
    assert first["MessageDeduplicationId"] == hashlib.sha256(b"item run/a").hexdigest()
    assert second["MessageBody"] == '{"UserId":"b"}'


def test_an_item_alone_is_on_record_too(extraction: Any, made: Any) -> None:
    batch = {**made.item({"UserId": "a"}), "error": ERROR}
    assert record(extraction, batch) == {"accounted": 1}
    assert extraction.send_message.served[0]["MessageBody"] == '{"UserId":"a"}'


def test_what_the_delivery_function_rejected_already_is_not_recorded_twice(
    extraction: Any, delivery: Any, made: Any
) -> None:
    def answer(_: Any) -> Any:
        raise made.refusal("BadRequestException")

    delivery.put_profile_object.answer = answer
    item = made.item({"UserId": "a"})
    delivery(item)
    record(extraction, {**item, "error": ERROR})
    (rejected,), (recorded,) = delivery.send_message.served, extraction.send_message.served
    assert rejected["MessageDeduplicationId"] == recorded["MessageDeduplicationId"]
    assert rejected["MessageBody"] == recorded["MessageBody"]


def test_items_that_cannot_be_put_on_record_fail_the_step(extraction: Any, made: Any) -> None:
    def answer(_: Any) -> Any:
        raise made.refusal("AccessDenied", "not allowed", 403)

    extraction.send_message.answer = answer
    with pytest.raises(extraction.module.ExtractError, match="AccessDenied"):
        record(extraction, {**made.item({"UserId": "a"}), "error": ERROR})


@pytest.mark.parametrize(
    "batch",
    [
        None,
        SECRET,
        {"Items": []},
        {"Object": SECRET, "error": SECRET},
        {"ObjectType": "T", "Origin": "item run/0", "Object": {}, "error": {"Error": [SECRET]}},
        {"Items": [SECRET], "error": ERROR},
        {"Object": SECRET, "error": ERROR},
    ],
)
def test_a_batch_of_another_shape_is_refused(extraction: Any, batch: Any) -> None:
    with pytest.raises(ValueError, match=r"accepted are|items have") as refused:
        extraction.module.handler({"action": "record", "batch": batch}, None)
    assert SECRET not in str(refused.value)
    assert extraction.send_message.calls == []


def test_no_value_of_an_item_is_printed(extraction: Any, made: Any) -> None:
    record(extraction, {**made.item({"UserId": SECRET}), "error": {**ERROR, "Cause": SECRET}})
    assert "rejected" in extraction.printed
    assert SECRET not in extraction.printed
