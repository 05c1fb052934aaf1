"""Messages of a queue, held while they are looked at, and given back at once afterwards.

A message that was received is nobody else's until its visibility timeout is over, and then it is
there again: whatever happens to us, it is not lost (SQS developer guide, "Visibility timeout").
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

VISIBILITY_SECONDS: Final = 120
"""Short: for as long, a message stays away if we are killed."""
RENEWAL_SECONDS: Final = 60
"""Holding is renewed with less time left than this; neither that nor putting an object takes as
long."""
WAIT_SECONDS: Final = 1
"""A long poll asks all servers: its empty answer means that there is nothing more (SQS developer
guide, "Short and long polling")."""
MESSAGES_PER_CALL: Final = 10
MAX_HELD: Final = 10_000
"""As many as can be renewed in time, ten a call."""
MAX_HELD_CHARACTERS: Final = 256 * 1024 * 1024

_COUNTS: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_NOT_OURS: Final = ("ReceiptHandleIsInvalid", "InvalidParameterValue")

now: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class _Held:
    handle: str
    until: float
    characters: int


class HeldQueue:
    """A context: at its end everything that is held is given back.

    name: which of the stack's queues it is. fifo: whether messages behind others of their group
    stay hidden until those are deleted or given back. full: whether the last reading ended because
    no more can be held.
    """

    def __init__(self, client: "SQSClient", name: str, url: str) -> None:
        self.name = name
        self.fifo = url.endswith(".fifo")
        self._client = client
        self._url = url
        self._held: dict[str, _Held] = {}
        self._seen: set[str] = set()
        self._characters = 0
        self._renew_at = float("inf")
        self._stopped = False
        self.full = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back(list(self._held))

    def read(self) -> Iterator[dict[str, Any]]:
        """Hold what can be received, until nothing more comes; yield what was never read before."""
        self.full = False
        while not self._stopped:
            if len(self._held) >= MAX_HELD or self._characters > MAX_HELD_CHARACTERS:
                self.full = True
                return
            answer: Any = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=MESSAGES_PER_CALL,
                VisibilityTimeout=VISIBILITY_SECONDS,
                WaitTimeSeconds=WAIT_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
            messages = answer.get("Messages", ())
            if not messages:
                return
            for message in messages:
                self._hold(message)
            for message in messages:
                if message["MessageId"] not in self._seen:
                    self._seen.add(message["MessageId"])
                    yield message
            self.renew()

    def stop(self) -> None:
        """Let `read`, in another thread, end after the call that it is in."""
        self._stopped = True

    def holds(self, message_id: str) -> bool:
        """Whether nobody else can have received it meanwhile."""
        held = self._held.get(message_id)
        return held is not None and now() < held.until

    def renew(self) -> None:
        """Hold everything for longer, if it is time to. What somebody else has now is let go."""
        if now() < self._renew_at:
            return
        until = now() + VISIBILITY_SECONDS
        self._renew_at = until - RENEWAL_SECONDS
        for message_id in self._change(list(self._held), VISIBILITY_SECONDS):
            self._let_go(message_id)
        for held in self._held.values():
            held.until = until

    def delete(self, message_id: str) -> None:
        """Delete a message that is held; it stays if somebody else has received it meanwhile."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

        held = self._let_go(message_id)
        try:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=held.handle)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOT_OURS:
                raise

    def give_back(self, message_ids: Iterable[str]) -> None:
        """Make them visible to everybody at once."""
        message_ids = [each for each in message_ids if each in self._held]
        self._change(message_ids, 0)
        for message_id in message_ids:
            self._let_go(message_id)

    def count(self) -> int:
        """About how many messages there are, whoever holds them."""
        answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=_COUNTS)
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)

    def _hold(self, message: dict[str, Any]) -> None:
        message_id, until = message["MessageId"], now() + VISIBILITY_SECONDS
        if message_id in self._held:
            self._let_go(message_id)
        self._held[message_id] = _Held(message["ReceiptHandle"], until, len(message["Body"]))
        self._characters += len(message["Body"])
        self._renew_at = min(self._renew_at, until - RENEWAL_SECONDS)

    def _let_go(self, message_id: str) -> _Held:
        held = self._held.pop(message_id)
        self._characters -= held.characters
        return held

    def _change(self, message_ids: list[str], seconds: int) -> list[str]:
        """Set how long they stay invisible from now. Returns: those that are not ours any more."""
        gone: list[str] = []
        rest = iter(message_ids)
        while some := list(islice(rest, MESSAGES_PER_CALL)):
            answer: Any = self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {
                        "Id": str(position),
                        "ReceiptHandle": self._held[message_id].handle,
                        "VisibilityTimeout": seconds,
                    }
                    for position, message_id in enumerate(some)
                ],
            )
            gone += [some[int(each["Id"])] for each in answer.get("Failed", ())]
        return gone
