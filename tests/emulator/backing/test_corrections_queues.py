"""No message is lost between threads: what one removes, another sends in the same moment."""

import asyncio
import json
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.backing import Backing
from emulator.http import Caller
from emulator.ministack_parts import MissingPartError, part, replace, wrap, wrap_entry

CALLER = Caller("000000000000", "us-east-1")
BLOCKED_SECONDS = 0.1

PORT = 45_661
"""As in all tests that load the backing emulator in their own process: it is loaded once."""

SQS = "services.sqs"


class Interrupted(list[Any]):
    """A list of messages; once somebody has looked through it, `meanwhile` runs in a thread."""

    def __init__(self, messages: list[Any], meanwhile: Callable[[], Any]) -> None:
        super().__init__(messages)
        self.thread = threading.Thread(target=meanwhile)

    def __iter__(self) -> Iterator[Any]:
        yield from list.__iter__(self)
        if not self.thread.ident:
            self.thread.start()
            # It ends now, or as soon as the list's owner is done.
            self.thread.join(BLOCKED_SECONDS)


@pytest.fixture(scope="module")
def call() -> Iterator[Callable[..., dict[str, Any]]]:
    """Calls one operation of the backing emulator in our own process."""
    environ = dict(os.environ)
    backing = Backing(PORT)
    with asyncio.Runner() as runner:
        yield lambda service, operation, **members: runner.run(
            backing.call(service, operation, members, CALLER)
        )
        runner.run(backing.stop())
    os.environ.clear()
    os.environ.update(environ)


def remove_as_mapping(url: str, received: dict[str, Any]) -> None:
    part(SQS, "_delete_messages_for_esm")(url, {received["ReceiptHandle"]})


def remove_as_client(url: str, received: dict[str, Any]) -> None:
    part(SQS, "_HANDLERS")["DeleteMessage"]({"ReceiptHandle": received["ReceiptHandle"]}, url)


def remove_as_redrive(url: str, _received: dict[str, Any]) -> None:
    part(SQS, "_dlq_sweep")(part(SQS, "_get_q")(url))


def send_as_client(url: str, _arn: str) -> None:
    part(SQS, "_HANDLERS")["SendMessage"]({"MessageBody": "new"}, url)


def send_as_topic(_url: str, arn: str) -> None:
    part("services.sns", "_deliver_to_sqs")(arn, "", True, "new")  # noqa: FBT003 - theirs


@pytest.mark.parametrize("send", [send_as_client, send_as_topic])
@pytest.mark.parametrize("remove", [remove_as_mapping, remove_as_client, remove_as_redrive])
def test_a_message_that_is_sent_while_another_is_removed_stays(
    call: Callable[..., dict[str, Any]],
    remove: Callable[[str, dict[str, Any]], None],
    send: Callable[[str, str], None],
) -> None:
    name = f"{remove.__name__}-{send.__name__}"
    letters = call("sqs", "CreateQueue", QueueName=f"{name}-dead-letters")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{CALLER.account}"
    redrive = {"deadLetterTargetArn": f"{arn}:{name}-dead-letters", "maxReceiveCount": 1}
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
    url = call("sqs", "CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]
    call("sqs", "SendMessage", QueueUrl=url, MessageBody="old")
    (received,) = call("sqs", "ReceiveMessage", QueueUrl=url)["Messages"]
    queue = part(SQS, "_queue_by_arn")(f"{arn}:{name}")
    interrupted = Interrupted(queue["messages"], lambda: send(url, f"{arn}:{name}"))
    queue["messages"] = interrupted
    remove(url, received)
    interrupted.thread.join()
    assert [each["body"] for each in queue["messages"]] == ["new"]
    in_letters = call("sqs", "ReceiveMessage", QueueUrl=letters).get("Messages", [])
    assert len(in_letters) == (remove is remove_as_redrive)


def nothing(original: Any) -> Any:
    return original


@pytest.mark.parametrize(
    "change",
    [
        lambda: part(SQS, "_no_such_function"),
        lambda: replace(SQS, "_no_such_function", None),
        lambda: wrap(SQS, "_no_such_function", nothing),
        lambda: wrap_entry(part(SQS, "_HANDLERS"), "NoSuchAction", nothing),
    ],
)
@pytest.mark.usefixtures("call")
def test_a_part_that_ministack_no_longer_has_ends_the_start(change: Callable[[], Any]) -> None:
    with pytest.raises(MissingPartError, match=r"NoSuchAction|_no_such_function"):
        change()
