"""Rejected objects on their way to the domain's dead-letter queue.

The body is the object, the reason stands in the message attribute `Message` (aws-semantics 2.7).
A letter stands in the state file from the moment at which its object is refused until a kill can
no longer take it from the queue; one that a kill came between is sent twice rather than never.
The queue's policy must let `profile.amazonaws.com` send, as on AWS (admin guide, "Enable customer
profiles").
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from emulator.customer_profiles.database import Database
from emulator.customer_profiles.queue_policy import PRINCIPAL, allows
from emulator.http import Caller, ServiceError

log = logging.getLogger("emulator.customer_profiles")

_ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 0.2
_CLOSE_SECONDS: Final = 5.0
_SERVER_FAULT: Final = 500
_MOST_UNSETTLED: Final = 100
"""How many letters may be sent before the first of them leaves the state file."""


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
        self._database = database
        self._client = client
        self._may_encrypt = may_encrypt
        self._waiting: asyncio.Queue[tuple[int, DeadLetter]] = asyncio.Queue()
        self._unsettled: list[int] = []
        self._sender: asyncio.Task[None] | None = None

    def keep(self, letter: DeadLetter) -> int:
        """Write it down, in the caller's transaction; the number to `put` it under."""
        cursor = self._database.execute(
            "INSERT INTO letters (account, region, url, source, text, reason) VALUES (?,?,?,?,?,?)",
            (
                letter.caller.account,
                letter.caller.region,
                letter.queue_url,
                letter.source_arn,
                letter.text,
                letter.reason,
            ),
        )
        assert cursor.lastrowid is not None  # noqa: S101 - it was just inserted
        return cursor.lastrowid

    def put(self, number: int, letter: DeadLetter) -> None:
        """Send it soon. Call on the event loop."""
        self._waiting.put_nowait((number, letter))
        if self._sender is None:
            self._sender = asyncio.ensure_future(self._send_all())

    def put_kept(self) -> None:
        """Send what a process that was killed had not sent. Call on the event loop."""
        rows = self._database.execute(
            "SELECT id, account, region, url, source, text, reason FROM letters ORDER BY id"
        )
        for number, account, region, *rest in rows.fetchall():
            self.put(number, DeadLetter(Caller(account, region), *rest))

    async def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        if self._sender is not None:
            try:
                await asyncio.wait_for(self._waiting.join(), _CLOSE_SECONDS)
            except TimeoutError:
                log.warning("%d dead letters were not sent", self._waiting.qsize())
            self._sender.cancel()

    async def _send_all(self) -> None:
        while True:
            number, letter = await self._waiting.get()
            try:
                await self._send(letter)
            except Exception as error:  # noqa: BLE001 - one letter must not stop the others
                # The type alone: a text could carry the object.
                log.warning("dead letter to %s failed: %s", letter.queue_url, type(error).__name__)
            self._unsettled.append(number)
            try:
                if self._waiting.empty() or len(self._unsettled) >= _MOST_UNSETTLED:
                    await self._settle()
            finally:
                self._waiting.task_done()

    async def _settle(self) -> None:
        """Remove the letters that have been sent, or given up, once the queues keep them."""
        await self._client.keep()
        try:
            self._database.connection.executemany(
                "DELETE FROM letters WHERE id=?", [(number,) for number in self._unsettled]
            )
        except sqlite3.OperationalError as error:
            log.warning("dead letters stay in the state file and are sent again: %s", error)
        self._unsettled.clear()

    async def _send(self, letter: DeadLetter) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
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
            except ServiceError as error:
                # What the queue refuses now, it refuses again; the others wait behind this letter.
                if attempt == _ATTEMPTS or error.status < _SERVER_FAULT:
                    log.warning("dead letter to %s refused: %s", letter.queue_url, error.code)
                    return
                await asyncio.sleep(_PAUSE_SECONDS * attempt)
            else:
                return

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
