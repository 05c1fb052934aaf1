"""Records of created and updated profiles and objects, on their way to Kinesis streams.

Form of a record: the sample of the admin guide, "Export your unified customer profile data".
Nothing here is asked while a domain has no event stream.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import orjson

from emulator.customer_profiles.dead_letters import Client
from emulator.customer_profiles.outbox import Outbox
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError
from profiles.documents import document
from profiles.outcome import Outcome, Verdict

CREATED: Final = "CREATED"
UPDATED: Final = "UPDATED"
_PROFILE: Final = "_profile"
_SCHEMA_VERSION: Final = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One record for one stream. profile_id: its partition key, so that a profile keeps its order.

    stream: ARN. record: JSON.
    """

    caller: Caller
    stream: str
    profile_id: str
    record: bytes


class Events:
    """Sends records in order, after the request that caused them was answered."""

    def __init__(self, world: World, client: Client) -> None:
        self._world = world
        self._client = client
        self._outbox = Outbox(
            world.database,
            "events",
            ("account", "region", "stream", "profile", "record"),
            lambda event: f"event to {event.stream}",
            self._send,
            client.keep,
        )

    def keep(self, event: Event) -> int:
        """Write it down, in the caller's transaction; the number to `put` it under."""
        caller = event.caller
        rest = (event.stream, event.profile_id, event.record)
        return self._outbox.write((caller.account, caller.region, *rest))

    def put(self, number: int, event: Event) -> None:
        """Send it soon. Call on the event loop."""
        self._outbox.put(number, event)

    def put_kept(self) -> None:
        """Send what a process that was killed had not sent. Call on the event loop."""
        for number, account, region, *rest in self._outbox.written():
            self.put(number, Event(Caller(account, region), *rest))

    async def close(self) -> None:
        """Send what waits, for a few seconds at most."""
        await self._outbox.close()

    async def _send(self, event: Event) -> None:
        unhealthy, place = self._world.unhealthy, (event.caller.account, event.stream)
        parameters = {
            "StreamARN": event.stream,
            "Data": event.record,
            "PartitionKey": event.profile_id,
        }
        try:
            await self._client.call("kinesis", "PutRecord", parameters, event.caller)
        except ServiceError as error:
            _, since = unhealthy.get(place, ("", self._world.clock()))
            unhealthy[place] = error.code, since
            raise
        unhealthy.pop(place, None)


def of_put(domain: Domain, outcome: Outcome, text: str, now: float) -> Iterator[Event]:
    """The records of one object that was put: of the object, and of the profile that it changed."""
    profile_id = outcome.profile_id
    if profile_id is None:
        return
    kind = CREATED if outcome.previous is None else UPDATED
    fields = {
        "AssociatedProfileId": profile_id,
        "ProfileObjectUniqueKey": outcome.unique_key,
        "Object": orjson.Fragment(text),
    }
    yield from _records(domain, outcome.plan.name, kind, profile_id, fields, now)
    created = outcome.verdict is Verdict.CREATED
    yield from of_profile(domain, profile_id, CREATED if created else UPDATED, now)


def of_profile(domain: Domain, profile_id: str, kind: str, now: float) -> Iterator[Event]:
    """The record of a profile as it is now."""
    profile = domain.engine.store.profile(profile_id) if domain.streams else None
    if profile is not None:
        fields = {"Object": document(profile)}
        yield from _records(domain, _PROFILE, kind, profile_id, fields, now)


def _records(
    domain: Domain, name: str, kind: str, profile_id: str, fields: dict[str, Any], now: float
) -> Iterable[Event]:
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
    for stream in domain.streams:
        record = {
            "SchemaVersion": _SCHEMA_VERSION,
            "EventId": str(uuid4()),
            "EventTimestamp": moment.replace("+00:00", "Z"),
            "EventType": kind,
            "DomainName": domain.name,
            "ObjectTypeName": name,
            **fields,
            "IsMessageRealTime": True,
        }
        yield Event(domain.caller, stream, profile_id, orjson.dumps(record))
