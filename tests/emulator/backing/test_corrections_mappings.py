"""Queues that feed a function: order within groups, partial failures, killed processes, redrive."""

import json
import os
import signal
from typing import Any

import pytest

from tests.emulator.backing.accounts import Aws, eventually

CONSUME = """
import json, os, time, boto3
sqs = boto3.client("sqs")
def handler(event, context):
    failed, blocked = [], set()
    for record in event["Records"]:
        body = json.loads(record["body"])
        group = record["attributes"].get("MessageGroupId")
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        fails = group in blocked or receives <= body.get("failures", 0)
        seen = {"body": body, "receives": receives, "failed": fails, "process": os.getpid()}
        sqs.send_message(QueueUrl=os.environ["REPORTS"], MessageBody=json.dumps(seen),
                         MessageGroupId="all", MessageDeduplicationId=os.urandom(8).hex())
        if receives <= body.get("naps", 0):
            time.sleep(50)
        if fails:
            blocked.add(group or record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""


class Consumer:
    """A queue with a function behind it that reports each record it sees, in order."""

    def __init__(self, aws: Aws, *, fifo: bool, receives: int = 10) -> None:
        self._aws = aws
        self._fifo = fifo
        self._sent = 0
        self.reports, _ = aws.queue(fifo=True)
        self.dead_letters, dead_letters_arn = aws.queue(fifo=fifo)
        redrive = {"deadLetterTargetArn": dead_letters_arn, "maxReceiveCount": receives}
        self.url, arn = aws.queue(
            fifo=fifo, VisibilityTimeout="2", RedrivePolicy=json.dumps(redrive)
        )
        variables = {"REPORTS": self.reports}
        function = aws.function(CONSUME, Environment={"Variables": variables}, Timeout=60)
        # Its first run takes as long as the imports; messages would come back meanwhile.
        aws.client("lambda").invoke(FunctionName=function, Payload=b'{"Records": []}')
        aws.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=arn,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )

    def send(self, *bodies: dict[str, Any]) -> None:
        """Send these; `group` of a body is its message group."""
        entries = []
        for body in bodies:
            self._sent += 1
            order = {"MessageGroupId": body["group"], "MessageDeduplicationId": str(self._sent)}
            entry = {"Id": str(self._sent), "MessageBody": json.dumps(body)}
            entries.append(entry | (order if self._fifo else {}))
        answer = self._aws.client("sqs").send_message_batch(QueueUrl=self.url, Entries=entries)
        assert not answer.get("Failed")

    def seen(self, count: int) -> list[dict[str, Any]]:
        """The first reports, as soon as there are so many."""
        return [json.loads(each["Body"]) for each in self._aws.taken(self.reports, count)]

    def seen_at_last(self) -> list[dict[str, Any]]:
        """All reports, once every message was delivered or given up."""
        eventually(self._is_empty)
        return [json.loads(each["Body"]) for each in self._aws.take(self.reports)]

    def _is_empty(self) -> bool:
        attributes = self._aws.client("sqs").get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["All"]
        )["Attributes"]
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return all(attributes[name] == "0" for name in names)


def numbers(seen: list[dict[str, Any]], group: str, *, failed: bool = False) -> list[int]:
    """The messages of a group that were delivered, or that failed, in order."""
    mine = [each for each in seen if each["body"]["group"] == group]
    return [each["body"]["number"] for each in mine if each["failed"] is failed]


def messages(group: str, count: int) -> list[dict[str, Any]]:
    return [{"group": group, "number": number} for number in range(count)]


def test_messages_of_a_group_come_in_order(aws: Aws) -> None:
    consumer = Consumer(aws, fifo=True)
    mixed = [each for pair in zip(messages("a", 5), messages("b", 5), strict=True) for each in pair]
    consumer.send(*mixed)
    seen = consumer.seen_at_last()
    assert numbers(seen, "a") == numbers(seen, "b") == [0, 1, 2, 3, 4]


def test_a_failed_message_comes_back_before_the_later_ones_of_its_group(aws: Aws) -> None:
    consumer = Consumer(aws, fifo=True)
    blocked = messages("a", 4)
    blocked[1]["failures"] = 2
    consumer.send(*blocked, *messages("b", 3))
    seen = consumer.seen_at_last()
    assert numbers(seen, "a") == [0, 1, 2, 3]
    assert numbers(seen, "b") == [0, 1, 2]
    # Those behind it may have been received with it, and fail with it.
    assert numbers(seen, "a", failed=True).count(1) == 2
    assert 0 not in numbers(seen, "a", failed=True)
    assert not numbers(seen, "b", failed=True)


def test_a_failed_message_of_a_standard_queue_comes_back_alone(aws: Aws) -> None:
    consumer = Consumer(aws, fifo=False)
    bodies = messages("a", 5)
    bodies[2]["failures"] = 1
    consumer.send(*bodies)
    seen = consumer.seen_at_last()
    assert sorted(numbers(seen, "a")) == [0, 1, 2, 3, 4]
    assert numbers(seen, "a", failed=True) == [2]


@pytest.mark.parametrize("fifo", ["fifo", ""])
def test_a_message_that_always_fails_ends_in_the_dead_letter_queue_and_frees_its_group(
    aws: Aws, fifo: str
) -> None:
    consumer = Consumer(aws, fifo=bool(fifo), receives=2)
    consumer.send({"group": "a", "number": 0, "failures": 99})
    (letter,) = aws.taken(consumer.dead_letters, 1)
    assert json.loads(letter["Body"])["number"] == 0
    assert letter["Attributes"].get("MessageGroupId") == ("a" if fifo else None)
    consumer.send({"group": "a", "number": 1})
    seen = consumer.seen_at_last()
    assert numbers(seen, "a", failed=True) == [0, 0]
    assert numbers(seen, "a") == [1]


def test_messages_of_a_killed_process_come_back_in_order_and_another_process_takes_them(
    aws: Aws,
) -> None:
    consumer = Consumer(aws, fifo=True)
    bodies = messages("a", 3)
    bodies[0]["naps"] = 1
    consumer.send(*bodies)
    (before,) = consumer.seen(1)
    os.kill(before["process"], signal.SIGKILL)
    after = consumer.seen_at_last()
    assert numbers(after, "a") == [0, 1, 2]
    assert after[0]["receives"] == 2
    assert before["process"] not in {each["process"] for each in after}


def test_what_a_topic_sends_into_a_fifo_queue_keeps_its_order_and_its_attributes(
    aws: Aws,
) -> None:
    url, arn = aws.queue(fifo=True)
    sns = aws.client("sns")
    topic = sns.create_topic(Name="changes.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    attributes = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    for number in range(3):
        sns.publish(
            TopicArn=topic,
            Message=str(number),
            MessageGroupId="a",
            MessageDeduplicationId=str(number),
            MessageAttributes={"ObjectType": {"DataType": "String", "StringValue": "Offer"}},
        )
    received = aws.taken(url, 3)
    assert [each["Body"] for each in received] == ["0", "1", "2"]
    told = [each["Attributes"] for each in received]
    assert {each["MessageGroupId"] for each in told} == {"a"}
    assert [each["MessageDeduplicationId"] for each in told] == ["0", "1", "2"]
    sequence = [each["SequenceNumber"] for each in told]
    assert sequence == sorted(set(sequence))
    assert {each["MessageAttributes"]["ObjectType"]["StringValue"] for each in received} == {
        "Offer"
    }
