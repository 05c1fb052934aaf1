"""What the delivery function takes from each way in, and what it puts."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

OBJECT = {"UserId": "u-1", "status": "Åpen", "days": 90}
TEXT = '{"UserId":"u-1","status":"Åpen","days":90}'
SECRET = "secret@marker"


def test_the_detail_of_an_event_is_put_as_the_object_type_of_its_detail_type(
    delivery: Any, made: Any
) -> None:
    assert delivery(made.event(OBJECT)) == {"delivered": 1, "rejected": 0, "accounted": 1}
    assert delivery.puts == [("TrialSubscription", TEXT)]
    assert delivery.put_profile_object.calls[0]["DomainName"] == "customers"


def test_the_body_of_a_message_is_put_word_for_word(delivery: Any, made: Any) -> None:
    body = '{ "UserId" : "u-1",\n "price": 1.10, "status": "\\u00c5pen" }'
    assert delivery({"Records": [made.message(body)]}) == {"batchItemFailures": []}
    assert delivery.puts == [("TrialSubscription", body)]


def test_a_batch_of_messages_is_put_in_its_order(delivery: Any, made: Any) -> None:
    bodies = [f'{{"UserId": "u-{number}"}}' for number in range(3)]
    delivery({"Records": [made.message(body, identifier=body) for body in bodies]})
    assert [text for _, text in delivery.puts] == bodies


def test_a_notification_of_a_topic_is_unwrapped(delivery: Any, made: Any) -> None:
    envelope = {
        "Type": "Notification",
        "MessageId": "n-1",
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:changes",
        "Message": TEXT,
        "MessageAttributes": {"ObjectType": {"Type": "String", "Value": "TrialSubscription"}},
    }
    delivery({"Records": [made.message(json.dumps(envelope), object_type=None)]})
    assert delivery.puts == [("TrialSubscription", TEXT)]


def test_an_object_that_looks_like_a_notification_is_put_as_it_is(delivery: Any, made: Any) -> None:
    body = json.dumps({"Type": "Notification", "TopicArn": "t", "Message": "m", "UserId": "u-1"})
    delivery({"Records": [made.message(body)]})
    assert delivery.puts == [("TrialSubscription", body)]


def test_a_message_that_no_topic_sent_is_not_unwrapped(delivery: Any, made: Any) -> None:
    body = json.dumps({"Type": "Notification", "Message": TEXT})
    delivery({"Records": [made.message(body, object_type=None)]})
    assert delivery.rejects[0]["Body"] == body


def test_items_of_a_map_are_put_together_or_alone(delivery: Any, made: Any) -> None:
    items = [made.item({"UserId": name}, origin=f"item run/{name}") for name in "abc"]
    together = delivery({"Items": items, "BatchInput": {"anything": 1}})
    assert together == {"delivered": 3, "rejected": 0, "accounted": 3}
    assert delivery(items[0]) == {"delivered": 1, "rejected": 0, "accounted": 1}
    assert [text for _, text in delivery.puts] == [
        '{"UserId":"a"}',
        '{"UserId":"b"}',
        '{"UserId":"c"}',
        '{"UserId":"a"}',
    ]


def test_nothing_is_put_for_an_empty_batch(delivery: Any) -> None:
    assert delivery({"Records": []}) == {"batchItemFailures": []}
    assert delivery({"Items": []}) == {"delivered": 0, "rejected": 0, "accounted": 0}
    assert delivery.puts == []


def test_half_a_character_that_json_can_spell_reaches_the_service_spelled(
    delivery: Any, made: Any
) -> None:
    delivery(made.event({"UserId": "\ud83d"}))
    assert delivery.puts == [("TrialSubscription", '{"UserId":"\\ud83d"}')]


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "text",
        {},
        {"UserId": SECRET},
        {"Records": {"UserId": SECRET}},
        {"Records": [SECRET]},
        {"Records": [{"Sns": {"Message": SECRET}}]},
        {"Records": [{"messageId": "m-1"}]},
        {"Records": [{"messageId": "m-1", "body": {"UserId": SECRET}}]},
        {"Records": [{"messageId": "", "body": "{}"}]},
        {"detail-type": "TrialSubscription", "detail": {"UserId": SECRET}},
        {"id": 1, "detail-type": "TrialSubscription", "detail": {"UserId": SECRET}},
        {"Items": [SECRET]},
        {"Items": [{"ObjectType": "TrialSubscription", "Origin": "item run/0"}]},
        {"Items": [{"ObjectType": "TrialSubscription", "Object": {"UserId": SECRET}}]},
        {"Object": {"UserId": SECRET}, "Origin": "x" * 2000},
    ],
)
def test_an_event_of_another_shape_is_refused_with_the_shapes_that_are_accepted(
    delivery: Any, event: Any
) -> None:
    with pytest.raises(ValueError, match="accepted are an EventBridge event") as refused:
        delivery(event)
    assert SECRET not in str(refused.value)
    assert delivery.put_profile_object.calls == []
    assert delivery.printed == ""


def test_one_record_of_another_shape_keeps_its_batch_from_being_put(
    delivery: Any, made: Any
) -> None:
    with pytest.raises(ValueError, match="accepted"):
        delivery({"Records": [made.message(TEXT), {"messageId": "m-2"}]})
    assert delivery.put_profile_object.calls == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(SECRET) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
identifiers = st.text(min_size=1, max_size=8) | st.none() | st.integers()
object_types = st.sampled_from(["TrialSubscription", "Order", "", SECRET]) | anything
texts = anything.map(json.dumps) | st.text(max_size=6) | st.just(SECRET)
envelopes = st.fixed_dictionaries(
    {"Type": st.sampled_from(["Notification", "Other"]), "TopicArn": texts, "Message": texts},
    optional={"MessageAttributes": anything},
).map(json.dumps)
records = st.fixed_dictionaries(
    {"messageId": identifiers, "body": texts | envelopes | anything},
    optional={
        "attributes": anything
        | st.fixed_dictionaries(
            {}, optional={"SentTimestamp": anything, "MessageGroupId": identifiers}
        ),
        "messageAttributes": anything
        | st.fixed_dictionaries(
            {"ObjectType": st.fixed_dictionaries({"stringValue": object_types})}
        ),
    },
)
items = st.fixed_dictionaries(
    {"Origin": identifiers, "Object": anything},
    optional={"ObjectType": object_types, "ExtractedAt": anything},
)
events = st.fixed_dictionaries(
    {"id": identifiers, "detail-type": object_types, "detail": anything},
    optional={"time": anything},
)
shapes = st.one_of(
    anything,
    events,
    items,
    st.fixed_dictionaries({"Records": st.lists(records | anything, max_size=3)}),
    st.fixed_dictionaries({"Items": st.lists(items | anything, max_size=3)}),
)


@given(shapes, st.sampled_from(["none", "ThrottlingException", "ValidationException"]))
@settings(max_examples=120, deadline=None)
def test_whatever_comes_in_it_is_accounted_for_or_refused_and_never_printed(
    new_delivery: Any, made: Any, event: Any, failure: str
) -> None:
    delivery = new_delivery()
    if failure != "none":
        delivery.put_profile_object.answer = _raises(made.refusal(failure))
    raised = ""
    try:
        delivery(event, seconds=5.5)
    except (ValueError, delivery.module.DeliveryError) as refused:
        raised = str(refused)
    assert SECRET not in delivery.printed + raised
    for line in delivery.log:
        assert line["outcome"] in {"delivered", "retry", "rejected"}


def _raises(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer
