"""What is in the queues of undelivered objects: each kind of message that comes there, understood.

- rejects: what the functions refused or what was refused to them, with the reason;
- domain: what Customer Profiles itself rejected after it had taken it;
- events: what EventBridge could not hand to the function, and what Lambda gave up;
- topic: messages that were received too often, or that SNS could not put into their queue.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

REJECTS, DOMAIN, EVENTS, TOPIC = "rejects", "domain", "events", "topic"

ID_DIGITS: Final = 12
UNREADABLE: Final = "unreadable: nothing that comes into this queue by itself looks like this"
TRUNCATED: Final = "it was too large for the queue, so that only its length is known"

Guess = Callable[[str], str | None]
"""The object type of an object's text, None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One object that did not reach its profile.

    id: short, and the same whenever the message is read. when: seconds of the epoch, as near to the
    object's own time as is known. object_type, origin: None where nobody knows. received: how often
    the message was, by looking at it too. text: the object's; None where it cannot be put again,
    for the reason in `hindrance`. body, attributes: of the message. sequence: its place in a FIFO
    queue.
    """

    id: str
    queue: str
    message_id: str
    when: float
    object_type: str | None
    reason: str
    origin: str | None
    received: int
    text: str | None
    body: str
    hindrance: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    sequence: str = ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a body and its attributes say; None where they do not."""

    text: str | None
    object_type: str | None = None
    reason: str | None = None
    origin: str | None = None
    when: float | None = None
    hindrance: str | None = None


def understand(queue: str, message: Mapping[str, Any], guess: Guess) -> Undelivered:
    """A message of one of the queues, as SQS hands it out; any message has a meaning."""
    attributes = {
        name: str(value["StringValue"])
        for name, value in message.get("MessageAttributes", {}).items()
        if "StringValue" in value
    }
    system, body = message.get("Attributes", {}), message["Body"]
    reading = _READERS[queue](body, attributes, guess)
    if reading is None:
        reading = _Reading(None, None, UNREADABLE, None, None, UNREADABLE)
    received = int(system.get("ApproximateReceiveCount", 1))
    identity = hashlib.sha256(f"{queue}/{message['MessageId']}".encode()).hexdigest()
    return Undelivered(
        id=identity[:ID_DIGITS],
        queue=queue,
        message_id=message["MessageId"],
        when=reading.when or int(system.get("SentTimestamp", 0)) / 1000,
        object_type=reading.object_type or None,
        reason=reading.reason or f"received {received} times",
        origin=reading.origin or f"message {message['MessageId']}",
        received=received,
        text=reading.text,
        body=body,
        hindrance=reading.hindrance,
        attributes=attributes,
        sequence=system.get("SequenceNumber", ""),
    )


def _rejected(body: str, attributes: Mapping[str, str], _: Guess) -> _Reading | None:
    """What `lambdas/deliver.py` and `lambdas/extract.py` send."""
    if not {"Reason", "ObjectType", "Origin"} <= attributes.keys():
        return None
    hindrance = None
    match _parsed(body):
        case {"truncated": True, "length": int(), "sha256": str(), **rest} if not rest:
            hindrance = TRUNCATED
    return _Reading(
        None if hindrance else body,
        None if attributes["ObjectType"] == "-" else attributes["ObjectType"],
        attributes["Reason"],
        attributes["Origin"],
        _seconds(attributes.get("RejectedAt")),
        hindrance,
    )


def _rejected_later(body: str, attributes: Mapping[str, str], guess: Guess) -> _Reading | None:
    """What Customer Profiles sends (admin guide, "Enable Customer Profiles", dead-letter queue)."""
    if "Message" not in attributes:
        return None
    return _Reading(body, guess(body), attributes["Message"])


def _not_handled(body: str, attributes: Mapping[str, str], _: Guess) -> _Reading | None:
    """An event as EventBridge sends it to a dead-letter queue, or Lambda's record of one.

    EventBridge user guide, "Using dead-letter queues"; Lambda developer guide, "Capturing records
    of asynchronous invocations".
    """
    match _parsed(body):
        case {"requestPayload": event, "requestContext": {"condition": condition}, **rest}:
            answer = rest.get("responsePayload")
            said = answer if isinstance(answer, dict) else {}
            parts = [condition, said.get("errorType"), said.get("errorMessage")]
        case event:
            parts = [attributes.get("ERROR_CODE"), attributes.get("ERROR_MESSAGE")]
    match event:
        case {"id": str(identifier), "detail-type": str(object_type), "detail": detail, **rest}:
            reason = ": ".join(str(each) for each in parts if each) or None
            text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
            when = _seconds(rest.get("time"))
            return _Reading(text, object_type, reason, f"event {identifier}", when)
    return None


def _received_too_often(body: str, attributes: Mapping[str, str], _: Guess) -> _Reading:
    """A message of the topic as it was published."""
    return _Reading(body, attributes.get("ObjectType"))


_READERS: Final[dict[str, Callable[[str, Mapping[str, str], Guess], _Reading | None]]] = {
    REJECTS: _rejected,
    DOMAIN: _rejected_later,
    EVENTS: _not_handled,
    TOPIC: _received_too_often,
}


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _seconds(moment: Any) -> float | None:
    """Of an ISO text; one without a zone is in UTC, as all of AWS's are."""
    try:
        given = datetime.fromisoformat(moment)
    except (ValueError, TypeError):
        return None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
