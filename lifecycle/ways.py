"""How the objects of a file are published: as events, or as messages of the topic."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import uuid4

from lifecycle.object_file import Entry
from lifecycle.object_keys import ObjectKeys
from lifecycle.retries import passing_code

SOURCE: Final = "customer-lifecycle"
EVENTS_BYTES: Final = 1024 * 1024
"""Of the entries of one PutEvents (EventBridge guide, "PutEvents event entry size")."""
TOPIC_BYTES: Final = 256 * 1024
"""Of the messages of one PublishBatch, attributes included (SNS API reference, PublishBatch)."""

_GROUP: Final = re.compile(r"[!-~]{1,128}")
"""What SNS takes as a message group (SNS API reference, Publish)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What an entry of a call was answered. passes: whether another try may succeed."""

    reason: str
    passes: bool


class Way(Protocol):
    """name: of what is published to. max_bytes: what one call takes."""

    name: str
    max_bytes: int

    def group(self, entry: Entry) -> str | None:
        """What the entry has to stay in order with; None if with nothing."""

    def size(self, entry: Entry) -> int:
        """How many bytes of a call it takes."""

    def publish(self, entries: Sequence[Entry]) -> dict[int, Failure]:
        """Make one call. Returns: the failures, by position in `entries`."""


class Events:
    """EventBridge: detail-type is the object type, detail the object. Events have no order."""

    max_bytes = EVENTS_BYTES

    def __init__(self, client: Any, bus: str, object_type: str) -> None:
        self.name = bus
        self._client = client
        self._object_type = object_type

    def group(self, entry: Entry) -> str | None:  # noqa: ARG002 - of the protocol
        """None."""
        return None

    def size(self, entry: Entry) -> int:
        """Of source, detail-type and detail."""
        return len(f"{SOURCE}{self._object_type}{entry.text}".encode())

    def publish(self, entries: Sequence[Entry]) -> dict[int, Failure]:
        """PutEvents."""
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self.name,
                    "Source": SOURCE,
                    "DetailType": self._object_type,
                    "Detail": entry.text,
                }
                for entry in entries
            ]
        )
        return {
            position: Failure(_reason(each, "Error"), passing_code(code))
            for position, each in enumerate(answer["Entries"])
            if (code := each.get("ErrorCode"))
        }


class Topic:
    """SNS: the message is the object, the object type an attribute, the group the customer.

    keys: None where no mapping has the object type. identity: what deduplication ids begin with;
    by default one of its own, so that nothing that is sent again is taken for a repetition.
    """

    max_bytes = TOPIC_BYTES

    def __init__(
        self,
        client: Any,
        arn: str,
        object_type: str,
        keys: ObjectKeys | None,
        identity: str | None = None,
    ) -> None:
        self.name = arn
        self._client = client
        self._fifo = arn.endswith(".fifo")
        self._keys = keys
        self._identity = identity or str(uuid4())
        self._object_type = object_type
        attribute = {"DataType": "String", "StringValue": object_type}
        self._attributes = {"ObjectType": attribute}

    def group(self, entry: Entry) -> str | None:
        """The value of the object's UNIQUE key; a hash of it where SNS does not take the value."""
        value = self._keys.unique(entry.text) if self._fifo and self._keys else None
        if value is None or _GROUP.fullmatch(value):
            return value
        return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()

    def size(self, entry: Entry) -> int:
        """Of message and attribute."""
        return TOPIC_BYTES - largest_message(self._object_type) + len(entry.text.encode())

    def publish(self, entries: Sequence[Entry]) -> dict[int, Failure]:
        """PublishBatch."""
        answer = self._client.publish_batch(
            TopicArn=self.name,
            PublishBatchRequestEntries=[
                self._message(position, entry) for position, entry in enumerate(entries)
            ],
        )
        return {
            int(each["Id"]): Failure(_reason(each, ""), not each.get("SenderFault"))
            for each in answer.get("Failed", ())
        }

    def _message(self, position: int, entry: Entry) -> dict[str, Any]:
        message = {
            "Id": str(position),
            "Message": entry.text,
            "MessageAttributes": self._attributes,
        }
        if self._fifo:
            identity = f"{self._identity}-{entry.number}"
            message["MessageDeduplicationId"] = identity
            message["MessageGroupId"] = self.group(entry) or identity
        return message


def largest_message(object_type: str) -> int:
    """Bytes of the largest object that the topic takes: the attribute counts too."""
    return TOPIC_BYTES - len(f"ObjectTypeString{object_type}".encode())


def _reason(failed: dict[str, Any], prefix: str) -> str:
    code, text = failed.get(f"{prefix}Code"), failed.get(f"{prefix}Message")
    return f"{code}: {text}" if text else str(code)
