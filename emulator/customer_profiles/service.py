"""Customer Profiles of the local AWS: requests in, operations run, answers out."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from emulator.customer_profiles import events, object_types, objects, wire
from emulator.customer_profiles.dead_letters import Client, DeadLetter, DeadLetters, MayEncrypt
from emulator.customer_profiles.events import Event, Events
from emulator.customer_profiles.operations import OPERATIONS, READS, WRITES, not_implemented
from emulator.customer_profiles.traces import Traces
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, Request, Response, ServiceError
from profiles.engine import Switches
from profiles.outcome import Outcome

_MAX_MESSAGE: Final = 1_000
_CHANGED: Final = {"UpdateProfile": "ProfileId", "MergeProfiles": "MainProfileId"}
"""Operations that change one profile, and the member that names it."""


class CustomerProfiles:
    """The service. data: state file, None for memory. client: calls to the backing services.
    may_encrypt: whether a dead letter may use its queue's key; None where nothing is enforced.
    switches: choices where AWS is silent, None for the defaults. has_stream: see World.

    Raises: StateError for a file that is not ours or of a newer version.
    """

    def __init__(
        self,
        data: Path | None,
        client: Client,
        may_encrypt: MayEncrypt | None = None,
        switches: Switches | None = None,
        has_stream: Callable[[str], bool | None] | None = None,
    ) -> None:
        self.world = World(data, switches=switches, has_stream=has_stream)
        self.traces = Traces()
        self._router = wire.Router()
        self._dead_letters = DeadLetters(self.world.database, client, may_encrypt)
        self._events = Events(self.world, client)

    async def handle(self, request: Request) -> Response:
        """Answer one HTTP request; errors are answers of the modelled shape."""
        return self.answer(request)

    def answer(self, request: Request) -> Response:
        """The same at once: nothing here waits."""
        try:
            route, path = self._router.find(request.method, request.path)
            members: dict[str, Any] = {}
            if route.operation in OPERATIONS:
                members = wire.members_of(route, path, request.query, request.body)
                members = wire.check(route.operation, members)
            return wire.answer(self._run(route.operation, members, request.caller))
        except ServiceError as error:
            return wire.refusal(error)

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """One operation in process, checked as over HTTP. Raises: ServiceError."""
        return self._run(operation, wire.check(operation, parameters), caller)

    def domain_count(self) -> int:
        """How many domains there are in all accounts and regions."""
        return self.world.total()

    def reset(self, name: str | None = None) -> int:
        """Remove every domain, or those of this name in all accounts; how many there were.

        Raises: ServiceError when the state file cannot be written.
        """
        try:
            removed = self.world.reset(name)
        except sqlite3.OperationalError as error:
            raise self.world.database.refusal(error) from error
        if name is None:
            self.traces.clear()
        return removed

    def set_clock(self, clock: Callable[[], float]) -> None:
        """Tell the time by this clock. Raises: ServiceError as reset() does."""
        try:
            self.world.set_clock(clock)
        except sqlite3.OperationalError as error:
            raise self.world.database.refusal(error) from error

    def start(self) -> None:
        """Begin to send what an earlier process had not sent. Call on the event loop."""
        self._dead_letters.put_kept()
        self._events.put_kept()

    async def close(self) -> None:
        """Send the dead letters and events that wait, and close the state file."""
        await self._dead_letters.close()
        await self._events.close()
        self.world.database.close()

    def _run(self, operation: str, members: dict[str, Any], caller: Caller) -> dict[str, Any]:
        if operation not in OPERATIONS:
            text = f"{operation} is not implemented by the local AWS{not_implemented(operation)}"
            raise ServiceError(wire.NOT_IMPLEMENTED, text)
        if operation in READS:
            return READS[operation](self.world, caller, members)
        try:
            with self.world.database.transaction():
                puts, result = self._written(operation, members, caller)
                rejected = [self._rejected(*put) for put in puts if put[1].reason is not None]
                caused = self._caused(operation, members, caller, puts, result)
        except sqlite3.OperationalError as error:
            self.world.forget_all()
            raise self.world.database.refusal(error) from error
        except BaseException:
            if "DomainName" in members:
                self.world.forget(caller, members["DomainName"])
            raise
        for put in puts:
            self.traces.add(*put)
        for letter in rejected:
            if letter is not None:
                self._dead_letters.put(*letter)
        for event in caused:
            self._events.put(*event)
        return result

    def _written(
        self, operation: str, members: dict[str, Any], caller: Caller
    ) -> tuple[list[tuple[Domain, Outcome, str]], dict[str, Any]]:
        """(what became of each object that was put, the answer)."""
        if operation == "PutProfileObject":
            domain, outcome = objects.put_object(self.world, caller, members)
            put = (domain, outcome, members["Object"])
            return [put], {"ProfileObjectUniqueKey": outcome.unique_key}
        if operation == "BatchPutProfileObject":
            return self._put_batch(caller, members)
        return [], WRITES[operation](self.world, caller, members)

    def _put_batch(
        self, caller: Caller, members: dict[str, Any]
    ) -> tuple[list[tuple[Domain, Outcome, str]], dict[str, Any]]:
        domain = self.world.domain(caller, members["DomainName"])
        type_name = members["ObjectTypeName"]
        object_types.existing_type(domain, type_name)
        letters, done, failed = [], [], []
        for item in members["Items"]:
            try:
                outcome = objects.ingest(domain, type_name, item["Object"])
            except ServiceError as error:
                entry = {"Id": item["Id"], "Code": error.status}
                failed.append(entry | {"Message": error.message[:_MAX_MESSAGE]})
            else:
                letters.append((domain, outcome, item["Object"]))
                key = outcome.unique_key
                done.append({"Id": item["Id"], "ProfileObjectUniqueKey": key})
        return letters, {"Successful": done, "Failed": failed}

    def _caused(
        self,
        operation: str,
        members: dict[str, Any],
        caller: Caller,
        puts: list[tuple[Domain, Outcome, str]],
        result: dict[str, Any],
    ) -> list[tuple[int, Event]]:
        """(number, event) to send, for each event stream of the domain."""
        if puts and not puts[0][0].streams:
            return []
        now = self.world.clock()
        made = [event for put in puts for event in events.of_put(*put, now)]
        if operation in _CHANGED:
            domain = self.world.domain(caller, members["DomainName"])
            made += events.of_profile(domain, members[_CHANGED[operation]], events.UPDATED, now)
        elif operation == "CreateProfile":
            domain = self.world.domain(caller, members["DomainName"])
            made += events.of_profile(domain, result["ProfileId"], events.CREATED, now)
        return [(self._events.keep(event), event) for event in made]

    def _rejected(
        self, domain: Domain, outcome: Outcome, text: str
    ) -> tuple[int, DeadLetter] | None:
        """(number, letter) to send; None for a domain without a dead-letter queue."""
        url = domain.body.get("DeadLetterQueueUrl")
        if not url:
            return None
        letter = DeadLetter(domain.caller, url, domain.arn, text, outcome.reason or "")
        return self._dead_letters.keep(letter), letter
