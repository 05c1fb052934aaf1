"""Resource operation requests: progress events, request tokens, client tokens.

Cloud Control API user guide, "Managing resource operation requests" and "Ensuring that resource
operation requests are unique".
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4
from weakref import WeakValueDictionary

import orjson

from emulator.cloud_control.errors import INTERNAL, HandlerError, invalid
from emulator.cloud_control.paths import Model
from emulator.http import Caller, ServiceError

log = logging.getLogger("emulator.cloud_control")

RETRY_AFTER_SECONDS: Final = 0.1
"""When a client should ask again. Everything here is done well before."""
MAX_REQUESTS: Final = 10_000
"""How many are remembered; AWS keeps them for seven days."""

Work = Coroutine[Any, Any, tuple[str, Model | None]]
"""(identifier, model) of the resource when done. Raises: HandlerError."""

_IN_PROGRESS: Final = "IN_PROGRESS"
_CANCELLING: Final = "CANCEL_IN_PROGRESS"
_MAX_MESSAGE: Final = 2_048
_DEFAULT_PAGE: Final = 20


@dataclass(slots=True)
class Submission:
    """What a request asks for. desired: DesiredState or PatchDocument, "" for a deletion."""

    operation: str
    type_name: str
    identifier: str | None
    desired: str
    client_token: str | None


@dataclass(slots=True)
class _Entry:
    submission: Submission
    event: dict[str, Any]


class Requests:
    """The requests of all accounts and regions, in memory."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str, str], _Entry] = OrderedDict()
        self._by_client_token: dict[tuple[str, str, str], _Entry] = {}
        self._turns: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()
        self._busy: set[tuple[str, str, str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def turn(self, caller: Caller, client_token: str | None) -> asyncio.Lock:
        """Held while a request is checked and started, so that a repetition waits its turn."""
        return self._turns.setdefault(_key(caller, client_token or str(uuid4())), asyncio.Lock())

    def repeated(self, caller: Caller, submission: Submission) -> dict[str, Any] | None:
        """The event of the same request, sent before with the same client token.

        Raises: ServiceError (ClientTokenConflictException) if that was another request.
        """
        if submission.client_token is None:
            return None
        entry = self._by_client_token.get(_key(caller, submission.client_token))
        if entry is None:
            return None
        if entry.submission != submission:
            text = "The client token has already been used in another resource request."
            raise ServiceError("ClientTokenConflictException", text)
        return entry.event

    @contextmanager
    def claimed(self, caller: Caller, submission: Submission) -> Iterator[None]:
        """Keeps others from changing the resource; what is started meanwhile keeps it to its end.

        Raises: ServiceError (ConcurrentOperationException) while another request changes it.
        """
        resource = _resource(caller, submission)
        if resource in self._busy:
            text = "Another resource operation is currently being performed on this resource."
            raise ServiceError("ConcurrentOperationException", text)
        self._busy.add(resource)
        try:
            yield
        except BaseException:
            self._busy.discard(resource)
            raise

    def start(self, caller: Caller, submission: Submission, work: Work) -> dict[str, Any]:
        """Begin the work; what it changes is claimed already. Returns: its first progress event."""
        now = time.time()
        event: dict[str, Any] = {
            "TypeName": submission.type_name,
            "RequestToken": str(uuid4()),
            "Operation": submission.operation,
            "OperationStatus": _IN_PROGRESS,
            "EventTime": now,
            "RetryAfter": now + RETRY_AFTER_SECONDS,
        }
        if submission.identifier is not None:
            event["Identifier"] = submission.identifier
        entry = _Entry(submission, event)
        self._remember(caller, entry)
        first = dict(event)
        task = asyncio.get_running_loop().create_task(self._run(caller, entry, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return first

    def event(self, caller: Caller, token: str) -> dict[str, Any]:
        """The progress event of a request. Raises: ServiceError (RequestTokenNotFoundException)."""
        entry = self._entries.get(_key(caller, token))
        if entry is None:
            text = f"Request with token {token} was not found."
            raise ServiceError("RequestTokenNotFoundException", text)
        return entry.event

    def cancel(self, caller: Caller, token: str) -> dict[str, Any]:
        """Ask a request to end. What its handler has begun is not undone, as in AWS.

        Raises: ServiceError (ConcurrentModificationException) if it has ended already.
        """
        event = self.event(caller, token)
        if event["OperationStatus"] not in (_IN_PROGRESS, _CANCELLING):
            text = f"A request that is {event['OperationStatus']} cannot be cancelled."
            raise ServiceError("ConcurrentModificationException", text)
        event["OperationStatus"] = _CANCELLING
        return event

    async def clear(self) -> None:
        """Forget all requests, once those under way have ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._entries.clear()
        self._by_client_token.clear()

    def list(
        self,
        caller: Caller,
        operations: list[str],
        statuses: list[str],
        size: int | None,
        token: str | None,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """(events, token of the next page), the newest request first.

        Raises: ServiceError (ValidationException) for a token that no page gave.
        """
        events = [
            entry.event
            for key, entry in reversed(self._entries.items())
            if key[:2] == (caller.account, caller.region)
            and (not operations or entry.event["Operation"] in operations)
            and (not statuses or entry.event["OperationStatus"] in statuses)
        ]
        if token is not None:
            self._known(caller, token)
            tokens = [event["RequestToken"] for event in events]
            events = events[tokens.index(token) + 1 :] if token in tokens else []
        page = events[: size or _DEFAULT_PAGE]
        return page, page[-1]["RequestToken"] if len(page) < len(events) else None

    def _known(self, caller: Caller, token: str) -> None:
        if _key(caller, token) not in self._entries:
            raise invalid("The NextToken is not valid.")

    def _remember(self, caller: Caller, entry: _Entry) -> None:
        self._entries[_key(caller, entry.event["RequestToken"])] = entry
        if entry.submission.client_token is not None:
            self._by_client_token[_key(caller, entry.submission.client_token)] = entry
        if len(self._entries) > MAX_REQUESTS:
            (account, region, _), oldest = self._entries.popitem(last=False)
            if oldest.submission.client_token is not None:
                key = (account, region, oldest.submission.client_token)
                self._by_client_token.pop(key, None)

    async def _run(self, caller: Caller, entry: _Entry, work: Work) -> None:
        event = entry.event
        try:
            identifier, model = await work
        except HandlerError as error:
            outcome: dict[str, Any] = {
                "OperationStatus": "FAILED",
                "ErrorCode": error.code,
                "StatusMessage": error.message[:_MAX_MESSAGE],
            }
            if error.identifier is not None:
                outcome["Identifier"] = error.identifier
        except Exception:
            log.exception("unexpected error in a request on %s", entry.submission.type_name)
            outcome = {
                "OperationStatus": "FAILED",
                "ErrorCode": INTERNAL,
                "StatusMessage": "An internal error of the local AWS.",
            }
        else:
            outcome = {"OperationStatus": "SUCCESS", "Identifier": identifier}
            if model is not None:
                outcome["ResourceModel"] = orjson.dumps(model).decode()
        finally:
            self._busy.discard(_resource(caller, entry.submission))
        if event["OperationStatus"] == _CANCELLING:
            outcome["OperationStatus"] = "CANCEL_COMPLETE"
        event.pop("RetryAfter", None)
        event.update(outcome, EventTime=time.time())


def _resource(caller: Caller, submission: Submission) -> tuple[str, str, str, str]:
    identifier = submission.identifier or ""
    return caller.account, caller.region, submission.type_name, identifier


def _key(caller: Caller, token: str) -> tuple[str, str, str]:
    return caller.account, caller.region, token
