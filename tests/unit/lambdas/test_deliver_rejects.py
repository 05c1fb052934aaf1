"""What is rejected, and what of it is on record in the rejects queue."""

import hashlib
import json
from typing import Any

import pytest
from botocore.stub import Stubber

OBJECT = {"UserId": "u-1"}
TEXT = '{"UserId":"u-1"}'
LIMIT = 256_000


def test_a_reject_is_the_object_with_why_and_where_it_came_from(delivery: Any, made: Any) -> None:
    delivery.fail(made.refusal("BadRequestException", "the UNIQUE key does not exist"))
    delivery(made.event(OBJECT, identifier="e-7"))
    assert delivery.rejects == [
        {
            "Body": TEXT,
            "Reason": "BadRequestException: the UNIQUE key does not exist",
            "ObjectType": "TrialSubscription",
            "Origin": "event e-7",
            "Way": "events",
            "RejectedAt": "2023-11-14T22:13:20.000+00:00",
        }
    ]
    (sent,) = delivery.send_message.served
    assert sent["QueueUrl"] == "https://sqs.test/rejects.fifo"
    assert sent["MessageDeduplicationId"] == hashlib.sha256(b"event e-7").hexdigest()
    assert sent["MessageGroupId"] == sent["MessageDeduplicationId"]


def test_a_reject_of_a_message_is_its_body_word_for_word(delivery: Any, made: Any) -> None:
    delivery.fail(made.refusal("BadRequestException"))
    body = '{ "UserId" : "Åse",\t"price": 1.10 }\n'
    assert delivery({"Records": [made.message(body)]}) == {"batchItemFailures": []}
    (reject,) = delivery.rejects
    assert (reject["Body"], reject["Way"], reject["Origin"]) == (body, "topic", "message m-1")


def test_a_reject_of_a_batch_has_the_origin_of_its_item(delivery: Any, made: Any) -> None:
    delivery.fail(made.refusal("BadRequestException"))
    answer = delivery({"Items": [made.item(OBJECT, origin="item run/4"), made.item(OBJECT)]})
    assert answer == {"delivered": 1, "rejected": 1, "accounted": 2}
    (reject,) = delivery.rejects
    assert (reject["Body"], reject["Way"], reject["Origin"]) == (TEXT, "batch", "item run/4")


def test_the_same_origin_is_recorded_once_and_others_each_on_their_own(
    delivery: Any, made: Any
) -> None:
    delivery.put_profile_object.answer = _always(made.refusal("BadRequestException"))
    for identifier in ("e-1", "e-1", "e-2"):
        delivery(made.event(OBJECT, identifier=identifier))
    first, again, other = (each["MessageDeduplicationId"] for each in delivery.send_message.served)
    assert first == again != other


@pytest.mark.parametrize("object_type", [None, "", 7, ["TrialSubscription"]])
def test_an_object_without_its_type_is_rejected_before_the_call(
    delivery: Any, made: Any, object_type: Any
) -> None:
    assert delivery(made.event(OBJECT, object_type))["rejected"] == 1
    assert delivery.put_profile_object.calls == []
    (reject,) = delivery.rejects
    assert reject["ObjectType"] == "-"
    assert reject["Reason"] == "ObjectTypeMissing: there is no object type"


@pytest.mark.parametrize(
    "body",
    [
        "not JSON",
        '{"UserId": "u-1"',
        '["u-1"]',
        '"u-1"',
        "null",
        '{"UserId": NaN}',
        '{"UserId": -Infinity}',
        '{"UserId": "u-1"} {"UserId": "u-2"}',
        "[" * 100_000,
    ],
    ids=lambda body: body[:12],
)
def test_a_body_that_is_no_json_object_is_rejected_before_the_call(
    delivery: Any, made: Any, body: str
) -> None:
    assert delivery({"Records": [made.message(body)]}) == {"batchItemFailures": []}
    assert delivery.put_profile_object.calls == []
    (reject,) = delivery.rejects
    assert reject["Body"] == body
    assert reject["Reason"] == "NotAnObject: the object is not a JSON object"


@pytest.mark.parametrize("detail", [["u-1"], "u-1", None, 1.5, {"UserId": float("inf")}])
def test_a_detail_that_is_no_object_of_json_is_rejected_before_the_call(
    delivery: Any, made: Any, detail: Any
) -> None:
    assert delivery(made.event(detail))["rejected"] == 1
    assert delivery.put_profile_object.calls == []


def test_an_object_of_300_kilobytes_is_rejected_before_the_call(delivery: Any, made: Any) -> None:
    body = json.dumps({"UserId": "u-1", "note": "x" * 300_000})
    assert delivery({"Records": [made.message(body)]}) == {"batchItemFailures": []}
    assert delivery.put_profile_object.calls == []
    (reject,) = delivery.rejects
    assert reject["Body"] == body
    assert reject["Reason"] == (
        f"ObjectTooLarge: the object has {len(body)} characters, the limit is {LIMIT}"
    )


def test_the_largest_object_that_the_service_takes_is_put(delivery: Any, made: Any) -> None:
    frame = len('{"UserId":""}')
    delivery(made.event({"UserId": "é" * (LIMIT - frame)}))
    assert delivery.rejects == []
    delivery(made.event({"UserId": "é" * (LIMIT - frame + 1)}))
    assert len(delivery.rejects) == 1


def test_a_reason_has_at_most_a_thousand_characters(delivery: Any, made: Any) -> None:
    delivery.fail(made.refusal("BadRequestException", "x" * 5_000))
    delivery(made.event(OBJECT))
    assert len(delivery.rejects[0]["Reason"]) == 1_000


def test_characters_that_sqs_does_not_take_are_spelled_out(delivery: Any, made: Any) -> None:
    text = '{"UserId":"\ud800\uffff\x01😀"}'
    delivery.fail(made.refusal("BadRequestException", "a \x00 b"))
    delivery({"Records": [made.message(text, object_type="\udfff")]})
    assert delivery.rejects == [
        {
            "Body": '{"UserId":"\\ud800\\uffff\\u0001😀"}',
            "Reason": "NotAnObject: the object is not a JSON object",
            "ObjectType": "\\udfff",
            "Origin": "message m-1",
            "Way": "topic",
            "RejectedAt": "2023-11-14T22:13:20.000+00:00",
        }
    ]


def test_an_object_too_large_for_a_message_leaves_its_digest(delivery: Any, made: Any) -> None:
    value = {"UserId": "é" * 600_000}
    delivery(made.item(value))
    (reject,) = delivery.rejects
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert json.loads(reject["Body"]) == {
        "truncated": True,
        "length": len(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    assert reject["Reason"].startswith("ObjectTooLarge: ")
    assert reject["Reason"].endswith("so that it was truncated)")


def test_an_empty_notification_leaves_its_digest_for_a_message_cannot_be_empty(
    delivery: Any, made: Any
) -> None:
    envelope = json.dumps({"Type": "Notification", "TopicArn": "t", "Message": ""})
    delivery({"Records": [made.message(envelope, object_type=None)]})
    (reject,) = delivery.rejects
    assert json.loads(reject["Body"])["length"] == 0


def test_a_reject_is_sent_again_until_it_is_on_record(delivery: Any, made: Any) -> None:
    delivery.fail(made.refusal("BadRequestException"))
    waiting = [made.refusal("ThrottlingException", status=429), made.refusal("Down", status=500)]
    delivery.send_message.answer = lambda _: _raise(waiting.pop(0)) if waiting else {}
    assert delivery(made.event(OBJECT))["rejected"] == 1
    assert len(delivery.send_message.calls) == 3
    assert len(delivery.rejects) == 1


def test_a_reject_that_cannot_be_sent_stays_where_it_came_from(delivery: Any, made: Any) -> None:
    delivery.put_profile_object.answer = _always(made.refusal("BadRequestException"))
    delivery.send_message.answer = _always(made.refusal("AccessDenied", status=403))
    failed = delivery({"Records": [made.message(TEXT, identifier="m-9")]})
    assert failed == {"batchItemFailures": [{"itemIdentifier": "m-9"}]}
    assert (delivery.log[0]["outcome"], delivery.log[0]["code"]) == (
        "retry",
        "RejectNotSent.AccessDenied",
    )
    for event in (made.event(OBJECT), made.item(OBJECT)):
        with pytest.raises(delivery.module.DeliveryError, match="RejectNotSent"):
            delivery(event)


def test_sqs_is_called_as_botocore_has_it(
    load_function: Any, made: Any, monkeypatch: pytest.MonkeyPatch, delivery: Any
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = load_function("deliver").client("sqs")
    delivery.fail(made.refusal("BadRequestException"))
    delivery.module.client = {"sqs": client, "customer-profiles": delivery}.__getitem__
    digest = hashlib.md5(TEXT.encode(), usedforsecurity=False).hexdigest()
    with Stubber(client) as stubber:
        stubber.add_response("send_message", {"MD5OfMessageBody": digest, "MessageId": "r-1"})
        assert delivery(made.event(OBJECT))["rejected"] == 1
        stubber.assert_no_pending_responses()


def _always(error: Exception) -> Any:
    return lambda _: _raise(error)


def _raise(error: Exception) -> Any:
    raise error
