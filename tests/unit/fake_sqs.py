"""A queue service whose time only moves when a test moves it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

BATCH = 10


@dataclass
class Message:
    """handle: of the last receipt. visible_at: when others see it."""

    identifier: str
    body: str
    group: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    sent: float = 0.0
    handle: str | None = None
    visible_at: float = 0.0
    received: int = 0


@dataclass
class FakeSqs:
    """Queues by URL; those that end in `.fifo` keep a group back while one of it is received."""

    now: float = 1_000.0
    queues: dict[str, list[Message]] = field(default_factory=dict)
    handles: Any = field(default_factory=count)
    calls: list[str] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def add(self, url: str, body: str, group: str | None = None, **attributes: str) -> Message:
        messages = self.queues.setdefault(url, [])
        message = Message(f"m{sum(map(len, self.queues.values()))}", body, group, attributes)
        message.sent = self.now + len(messages)
        messages.append(message)
        return message

    def visible(self, url: str) -> int:
        return sum(each.visible_at <= self.now for each in self.queues.get(url, ()))

    def receive_message(self, **members: Any) -> dict[str, Any]:
        self.calls.append("receive_message")
        url, seconds = members["QueueUrl"], members["VisibilityTimeout"]
        messages = self.queues.get(url, [])
        busy = {each.group for each in messages if each.visible_at > self.now}
        taken = []
        for each in messages:
            blocked = url.endswith(".fifo") and each.group in busy
            if each.visible_at <= self.now and not blocked and len(taken) < BATCH:
                each.handle, each.received = f"r{next(self.handles)}", each.received + 1
                each.visible_at = self.now + seconds
                taken.append(each)
        return {"Messages": [self._shown(each) for each in taken]} if taken else {}

    def delete_message(self, **members: Any) -> dict[str, Any]:
        self.calls.append("delete_message")
        message = self._received(members["QueueUrl"], members["ReceiptHandle"])
        if message is None:
            answer: Any = {"Error": {"Code": "ReceiptHandleIsInvalid", "Message": "no"}}
            raise ClientError(answer, "DeleteMessage")
        self.queues[members["QueueUrl"]].remove(message)
        return {}

    def change_message_visibility_batch(self, **members: Any) -> dict[str, Any]:
        self.calls.append("change_message_visibility_batch")
        entries: Sequence[dict[str, Any]] = members["Entries"]
        assert 1 <= len(entries) <= BATCH
        failed = []
        for entry in entries:
            message = self._received(members["QueueUrl"], entry["ReceiptHandle"])
            if message is None:
                failed.append({"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid"})
            else:
                message.visible_at = self.now + entry["VisibilityTimeout"]
        return {"Failed": failed}

    def get_queue_attributes(self, **members: Any) -> dict[str, Any]:
        url = members["QueueUrl"]
        visible = self.visible(url)
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(len(self.queues[url]) - visible),
            }
        }

    def _received(self, url: str, handle: str) -> Message | None:
        found = [each for each in self.queues[url] if each.handle == handle]
        return found[0] if found else None

    def _shown(self, message: Message) -> dict[str, Any]:
        return {
            "MessageId": message.identifier,
            "ReceiptHandle": message.handle,
            "Body": message.body,
            "Attributes": {
                "SentTimestamp": str(round(message.sent * 1000)),
                "ApproximateReceiveCount": str(message.received),
            },
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value}
                for name, value in message.attributes.items()
            },
        }
