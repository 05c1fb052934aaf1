"""What EventBridge and SNS are told for each object, and how their answers are understood."""

import json
from typing import Any

import pytest

import mappings
from lifecycle.object_file import Entry
from lifecycle.object_keys import ObjectKeys, by_type
from lifecycle.ways import TOPIC_BYTES, Events, Failure, Topic, largest_message
from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType, ObjectTypeMapping

TRIALS = by_type(mappings.load())["TrialSubscription"]
PEOPLE = ObjectKeys(
    ObjectTypeMapping(
        ObjectType(
            "Person",
            "People",
            (Field("email", "_source.email", None, EMAIL_ADDRESS),),
            (Key("_email", ("email",), (PROFILE, UNIQUE)),),
        )
    )
)
FIFO = "arn:aws:sns:us-east-1:111122223333:changes.fifo"
STANDARD = "arn:aws:sns:us-east-1:111122223333:changes"


class Client:
    """Answers every call with `answer` and keeps what it was asked."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def put_events(self, **members: Any) -> dict[str, Any]:
        self.asked.append(members)
        return self.answer

    publish_batch = put_events


def trial(user: Any, number: int = 1) -> Entry:
    return Entry(number, json.dumps({"UserId": user, "status": "Active"}))


def messages(topic: Topic, client: Client, *entries: Entry) -> list[dict[str, Any]]:
    topic.publish(entries)
    return list(client.asked[-1]["PublishBatchRequestEntries"])


def test_an_event_has_the_object_type_and_the_object_word_for_word() -> None:
    client = Client({"Entries": [{"EventId": "1"}]})
    events = Events(client, "lifecycle", "TrialSubscription")
    assert events.publish([Entry(1, '{"price":  1.10}')]) == {}
    assert client.asked == [
        {
            "Entries": [
                {
                    "EventBusName": "lifecycle",
                    "Source": "customer-lifecycle",
                    "DetailType": "TrialSubscription",
                    "Detail": '{"price":  1.10}',
                }
            ]
        }
    ]


def test_events_of_one_customer_may_share_a_call_because_events_have_no_order() -> None:
    events = Events(Client({}), "lifecycle", "TrialSubscription")
    assert events.group(trial("1")) is None


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        ("ThrottlingException", True),
        ("InternalFailure", True),
        ("InternalException", True),
        ("MalformedDetail", False),
        ("NotAuthorizedForSourceException", False),
    ],
)
def test_an_event_that_failed_says_whether_it_may_pass(code: str, *, passes: bool) -> None:
    failed = {"ErrorCode": code, "ErrorMessage": "no"}
    client = Client({"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, failed]})
    events = Events(client, "lifecycle", "TrialSubscription")
    assert events.publish([trial("1"), trial("2")]) == {1: Failure(f"{code}: no", passes)}


def test_a_message_has_the_object_its_type_its_customer_and_its_change() -> None:
    client = Client({})
    topic = Topic(client, FIFO, "TrialSubscription", TRIALS, "import-1")
    entry = Entry(7, '{"UserId": "00001",  "status": "Active"}')
    assert messages(topic, client, entry) == [
        {
            "Id": "0",
            "Message": entry.text,
            "MessageAttributes": {
                "ObjectType": {"DataType": "String", "StringValue": "TrialSubscription"}
            },
            "MessageDeduplicationId": "import-1-7",
            "MessageGroupId": "00001",
        }
    ]
    assert client.asked[0]["TopicArn"] == FIFO


def test_each_change_has_an_identity_of_its_own_that_a_second_try_keeps() -> None:
    client = Client({})
    topic = Topic(client, FIFO, "TrialSubscription", TRIALS)
    other = Topic(client, FIFO, "TrialSubscription", TRIALS)
    first = messages(topic, client, trial("1", 1), trial("1", 2))
    assert messages(topic, client, trial("1", 1), trial("1", 2)) == first
    again = messages(other, client, trial("1", 1))
    identities = {each["MessageDeduplicationId"] for each in first + again}
    assert len(identities) == 3


def test_the_group_is_the_keys_normalised_value() -> None:
    topic = Topic(Client({}), FIFO, "Person", PEOPLE)
    spellings = ["Jo@Example.org", " jo@example.org "]
    groups = {topic.group(Entry(1, json.dumps({"email": each}))) for each in spellings}
    assert groups == {"jo@example.org"}


@pytest.mark.parametrize("value", ["Jo Doe", "Zoë", "x" * 129, "a\tb", "漢"])
def test_a_value_that_no_group_can_have_becomes_a_hash_of_it(value: str) -> None:
    topic = Topic(Client({}), FIFO, "TrialSubscription", TRIALS)
    group = topic.group(trial(value))
    assert group == topic.group(trial(value))
    assert group != topic.group(trial(value + "!"))
    assert group is not None
    assert len(group) == 64
    assert value not in group


@pytest.mark.parametrize("keys", [None, TRIALS])
def test_an_object_without_a_customer_waits_for_nobody(keys: ObjectKeys | None) -> None:
    client = Client({})
    topic = Topic(client, FIFO, "Unknown", keys, "run")
    texts = ['{"status": "Active"}', "no json"]
    found = messages(topic, client, *(Entry(n, text) for n, text in enumerate(texts, 1)))
    assert [each["MessageGroupId"] for each in found] == ["run-1", "run-2"]
    assert [each["Message"] for each in found] == texts


def test_a_standard_topic_is_told_no_group() -> None:
    client = Client({})
    topic = Topic(client, STANDARD, "TrialSubscription", TRIALS)
    (message,) = messages(topic, client, trial("1"))
    assert message.keys() == {"Id", "Message", "MessageAttributes"}
    assert topic.group(trial("1")) is None


@pytest.mark.parametrize("fault", [True, False])
def test_a_message_that_failed_may_pass_unless_it_is_the_senders_fault(*, fault: bool) -> None:
    failed = {"Id": "1", "Code": "InternalError", "Message": "no", "SenderFault": fault}
    topic = Topic(Client({"Failed": [failed]}), FIFO, "TrialSubscription", TRIALS)
    answer = topic.publish([trial("1"), trial("2")])
    assert answer == {1: Failure("InternalError: no", passes=not fault)}


def test_what_a_call_takes_counts_bytes_and_the_attribute() -> None:
    topic = Topic(Client({}), FIFO, "TrialSubscription", TRIALS)
    assert topic.size(Entry(1, "é")) == 2 + len("ObjectTypeStringTrialSubscription")
    largest = Entry(1, "x" * largest_message("TrialSubscription"))
    assert topic.size(largest) == TOPIC_BYTES == topic.max_bytes
    events = Events(Client({}), "lifecycle", "Trial")
    assert events.size(Entry(1, "é")) == 2 + len("Trialcustomer-lifecycle")
