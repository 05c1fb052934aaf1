"""SQS: what happens to messages that several threads handle at once."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from emulator.ministack_parts import part, replace, wrap, wrap_entry

_SQS: Final = "services.sqs"

_CHANGING: Final = (
    (_SQS, "_expire_retained"),
    (_SQS, "_dlq_sweep"),
    (_SQS, "_collect_msgs"),
    (_SQS, "_refresh_counts"),
    (_SQS, "_act_send_message"),
    (_SQS, "_receive_messages_for_esm"),
    (_SQS, "_delete_messages_for_esm"),
    ("services.sns", "_deliver_to_sqs"),
    ("services.eventbridge", "_dispatch_to_sqs"),
    ("services.s3", "_deliver_event_to_sqs"),
    ("services.lambda_svc", "_route_async_failure"),
)
_CHANGING_ACTIONS: Final = (
    "SendMessage",
    "DeleteMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibility",
    "PurgeQueue",
)

_SEQUENCE_DIGITS: Final = 20

lock: Final = threading.RLock()
"""Held by whoever changes the messages of any queue."""


def messages_survive_concurrent_changes() -> None:
    """A message that SQS has accepted stays until it is deleted or expires.

    SQS developer guide, "Amazon SQS standard queues", at-least-once delivery. ministack removes
    messages by putting a new list in the place of the old one, on the event loop and on the
    threads of event source mappings, asynchronous invocations and state machines; what another
    thread appends to the old list meanwhile is lost. Here they take turns.
    """
    # The mappings' own lock is the same one: two locks could be taken in either order.
    replace(_SQS, "_queues_lock", lock)
    for module, name in _CHANGING:
        wrap(module, name, _alone)
    for action in _CHANGING_ACTIONS:
        wrap_entry(part(_SQS, "_HANDLERS"), action, _alone)


def messages_from_topics_have_sequence_numbers() -> None:
    """A FIFO queue numbers every message, wherever it comes from.

    SQS developer guide, "FIFO queue key terms", sequence number. ministack leaves those of a topic
    without a number.
    """
    wrap("services.sns", "_deliver_to_sqs", _numbered)


def put_message(queue: dict[str, Any], body: str, attributes: dict[str, str]) -> None:
    """Deliver a message to a standard queue on behalf of a service. queue: ministack's record."""
    message_attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
    now = time.time()
    message: dict[str, Any] = {
        "id": str(uuid4()),
        "body": body,
        "md5_attrs": part(_SQS, "_md5_msg_attrs")(message_attributes),
        "message_attributes": message_attributes,
        "sent_at": now,
        "visible_at": now + part(_SQS, "queue_delay")(queue),
    }
    with lock:
        part(_SQS, "_ensure_msg_fields")(message)
        queue["messages"].append(message)
    part("core.concurrency", "esm_wake").set()


def _numbered(original: Callable[..., None]) -> Callable[..., None]:
    def deliver(endpoint: str, *arguments: Any, **options: Any) -> None:
        with lock:
            original(endpoint, *arguments, **options)
            queue = part(_SQS, "_queue_by_arn")(endpoint)
            if queue is None or not queue["is_fifo"]:
                return
            for message in reversed(queue["messages"]):
                if message["seq"] is not None:
                    break
                queue["fifo_seq"] += 1
                message["seq"] = str(queue["fifo_seq"]).zfill(_SEQUENCE_DIGITS)

    return deliver


def _alone(original: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **options: Any) -> Any:
        with lock:
            return original(*arguments, **options)

    return run
