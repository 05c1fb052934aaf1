"""Rejected objects on their way to the domain's dead-letter queue.

The body is the object, the reason stands in the message attribute `Message` (aws-semantics 2.7).
The queue's policy must let `profile.amazonaws.com` send, as on AWS (admin guide, "Enable customer
profiles").
"""

import asyncio
import fnmatch
import logging
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from emulator.http import Caller, ServiceError

log = logging.getLogger("emulator.customer_profiles")

PRINCIPAL: Final = "profile.amazonaws.com"
ACTION: Final = "sqs:sendmessage"
_ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 0.2
_CLOSE_SECONDS: Final = 5.0


class Client(Protocol):
    """In-process calls to the backing services."""

    async def call(
        self, service: str, operation: str, parameters: dict[str, Any], caller: Caller
    ) -> dict[str, Any]:
        """The parsed answer. Raises: ServiceError."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One rejected object. source_arn: of the domain, for the queue policy's conditions."""

    caller: Caller
    queue_url: str
    source_arn: str
    text: str
    reason: str


class DeadLetters:
    """Sends dead letters in order, after the request that caused them was answered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: asyncio.Queue[DeadLetter] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None

    def put(self, letter: DeadLetter) -> None:
        """Send it soon. Call on the event loop."""
        self._waiting.put_nowait(letter)
        if self._sender is None:
            self._sender = asyncio.ensure_future(self._send_all())

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
            letter = await self._waiting.get()
            try:
                await self._send(letter)
            except Exception as error:  # noqa: BLE001 - one letter must not stop the others
                # The type alone: a text could carry the object.
                log.warning("dead letter to %s failed: %s", letter.queue_url, type(error).__name__)
            finally:
                self._waiting.task_done()

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
                if attempt == _ATTEMPTS:
                    log.warning("dead letter to %s refused: %s", letter.queue_url, error.code)
                    return
                await asyncio.sleep(_PAUSE_SECONDS * attempt)
            else:
                return

    async def _allowed(self, letter: DeadLetter) -> bool:
        answer = await self._client.call(
            "sqs",
            "GetQueueAttributes",
            {"QueueUrl": letter.queue_url, "AttributeNames": ["Policy"]},
            letter.caller,
        )
        policy = answer.get("Attributes", {}).get("Policy")
        context = {
            "aws:sourceaccount": letter.caller.account,
            "aws:sourcearn": letter.source_arn,
        }
        return bool(policy) and policy_allows(orjson.loads(policy), context)


def policy_allows(policy: dict[str, Any], context: dict[str, str]) -> bool:
    """Whether a queue policy lets Customer Profiles send. context: condition keys, lower case."""
    allowed = False
    for statement in _list(policy.get("Statement")):
        if _applies(statement, context):
            if statement.get("Effect") == "Deny":
                return False
            allowed = allowed or statement.get("Effect") == "Allow"
    return allowed


def _applies(statement: dict[str, Any], context: dict[str, str]) -> bool:
    principal = statement.get("Principal")
    services = _list(principal.get("Service")) if isinstance(principal, dict) else _list(principal)
    if PRINCIPAL not in services and "*" not in services:
        return False
    if not any(fnmatch.fnmatch(ACTION, str(a).lower()) for a in _list(statement.get("Action"))):
        return False
    return all(
        _condition(operator, key.lower(), _list(values), context)
        for operator, entries in statement.get("Condition", {}).items()
        for key, values in entries.items()
    )


def _condition(operator: str, key: str, values: list[Any], context: dict[str, str]) -> bool:
    """Conditions that this page of AWS's guide uses; an unknown one is not met."""
    actual = context.get(key)
    if actual is None:
        return False
    if operator in {"StringEquals", "ArnEquals"}:
        return actual in values
    if operator in {"StringLike", "ArnLike"}:
        return any(fnmatch.fnmatchcase(actual, str(value)) for value in values)
    return False


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
