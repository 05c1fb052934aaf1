"""Rejected objects on their way to the domain's dead-letter queue.

The body is the object, the reason stands in the message attribute `Message` (aws-semantics 2.7).
The queue's policy must let `profile.amazonaws.com` send, as on AWS (admin guide, "Enable customer
profiles").
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from emulator.customer_profiles.database import Database
from emulator.customer_profiles.outbox import Outbox
from emulator.customer_profiles.queue_policy import PRINCIPAL, allows
from emulator.http import Caller

log = logging.getLogger("emulator.customer_profiles")


class Client(Protocol):
    """In-process calls to the backing services."""

    async def call(
        self, service: str, operation: str, parameters: dict[str, Any], caller: Caller
    ) -> dict[str, Any]:
        """The parsed answer. Raises: ServiceError."""

    async def keep(self) -> None:
        """Returns when a kill can no longer undo what was called so far, if that can be."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One rejected object. source_arn: of the domain, for the queue policy's conditions."""

    caller: Caller
    queue_url: str
    source_arn: str
    text: str
    reason: str


MayEncrypt = Callable[[DeadLetter], Awaitable[bool]]
"""Whether the service may use the key of an encrypted queue."""


class DeadLetters:
    """Sends dead letters in order, after the request that caused them was answered."""

    def __init__(
        self, database: Database, client: Client, may_encrypt: MayEncrypt | None = None
    ) -> None:
        """may_encrypt: asked before each letter; None where nothing is enforced."""
        self._client = client
        self._may_encrypt = may_encrypt
        self._outbox = Outbox(
            database,
            "letters",
            ("account", "region", "url", "source", "text", "reason"),
            lambda letter: f"dead letter to {letter.queue_url}",
            self._send,
            client.keep,
        )

    def keep(self, letter: DeadLetter) -> int:
        """Write it down, in the caller's transaction; the number to `put` it under."""
        caller = letter.caller
        rest = (letter.queue_url, letter.source_arn, letter.text, letter.reason)
        return self._outbox.write((caller.account, caller.region, *rest))

    def put(self, number: int, letter: DeadLetter) -> None:
        """Send it soon. Call on the event loop."""
        self._outbox.put(number, letter)

    def put_kept(self) -> None:
        """Send what a process that was killed had not sent. Call on the event loop."""
        for number, account, region, *rest in self._outbox.written():
            self.put(number, DeadLetter(Caller(account, region), *rest))

    async def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        await self._outbox.close()

    async def _send(self, letter: DeadLetter) -> None:
        if not await self._allowed(letter):
            log.warning(
                "%s does not let %s send messages: add a queue policy; a rejected object"
                " was not delivered",
                letter.queue_url,
                PRINCIPAL,
            )
            return
        if self._may_encrypt is not None and not await self._may_encrypt(letter):
            return
        await self._client.call(
            "sqs",
            "SendMessage",
            {
                "QueueUrl": letter.queue_url,
                "MessageBody": letter.text,
                "MessageAttributes": {
                    "Message": {"DataType": "String", "StringValue": letter.reason}
                },
            },
            letter.caller,
        )

    async def _allowed(self, letter: DeadLetter) -> bool:
        answer = await self._client.call(
            "sqs",
            "GetQueueAttributes",
            {"QueueUrl": letter.queue_url, "AttributeNames": ["Policy", "QueueArn"]},
            letter.caller,
        )
        attributes = answer.get("Attributes", {})
        policy = attributes.get("Policy")
        context = {
            "aws:sourceaccount": letter.caller.account,
            "aws:sourcearn": letter.source_arn,
            "aws:securetransport": "true",
        }
        return bool(policy) and allows(orjson.loads(policy), attributes["QueueArn"], context)
