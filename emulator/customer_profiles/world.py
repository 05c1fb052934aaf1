"""All domains of all accounts and regions, and the engine of each."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from emulator.customer_profiles.database import DOMAIN_TABLES, Database
from emulator.customer_profiles.sqlite_store import SqliteStore
from emulator.customer_profiles.visibility import Visibility
from emulator.customer_profiles.wire import NOT_FOUND
from emulator.http import Caller, ServiceError
from profiles.engine import Engine, Switches
from profiles.requests import from_request


@dataclass(slots=True)
class TypeRecord:
    """An object type as it was put: request members but names and tags. Times: epoch seconds."""

    body: dict[str, Any]
    tags: dict[str, str]
    created: float
    updated: float


@dataclass(slots=True)
class Domain:
    """A domain: request members but its name and tags, its object types, and its engine.

    streams: ARNs of the Kinesis streams to which its event streams go.
    """

    id: int
    caller: Caller
    name: str
    body: dict[str, Any]
    tags: dict[str, str]
    created: float
    updated: float
    engine: Engine
    types: dict[str, TypeRecord] = field(default_factory=dict)
    streams: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        """`arn:aws:profile:REGION:ACCOUNT:domains/NAME`."""
        return f"arn:aws:profile:{self.caller.region}:{self.caller.account}:domains/{self.name}"


class World:
    """Domains by (account, region, name), read from the database when they are first needed.

    unhealthy: by account and ARN, Kinesis streams that did not take the last record or were not
    there when they were looked at: why, and since when. has_stream: whether a Kinesis stream is
    there, by its ARN; it answers None where it cannot tell, and is None where nobody can.
    """

    def __init__(
        self,
        file: Path | None,
        clock: Callable[[], float] = time.time,
        switches: Switches | None = None,
        has_stream: Callable[[str], bool | None] | None = None,
    ) -> None:
        self.has_stream = has_stream
        self.database = Database(file)
        self._switches = switches
        self.clock = clock
        self._visibility: Visibility | None = None
        self._sequence = count(self.database.last_sequence() + 1)
        self._domains: dict[tuple[str, str, str], Domain] = {}
        self.unhealthy: dict[tuple[str, str], tuple[str, float]] = {}

    def domain(self, caller: Caller, name: str) -> Domain:
        """The caller's domain. Raises: ServiceError, with the text of the service."""
        place = (caller.account, caller.region, name)
        found = self._domains.get(place) or self._read(caller, name)
        if found is None:
            text = f"DomainName {name} is not found in account {caller.account}"
            raise ServiceError(NOT_FOUND, text, 404)
        self._domains[place] = found
        return found

    def exists(self, caller: Caller, name: str) -> bool:
        """Whether the caller has a domain of this name."""
        query = "SELECT 1 FROM domains WHERE account=? AND region=? AND name=?"
        place = (caller.account, caller.region, name)
        return self.database.execute(query, place).fetchone() is not None

    def names(self, caller: Caller) -> list[str]:
        """Names of the caller's domains, sorted."""
        query = "SELECT name FROM domains WHERE account=? AND region=? ORDER BY name"
        rows = self.database.execute(query, (caller.account, caller.region))
        return [name for (name,) in rows]

    def total(self) -> int:
        """How many domains there are in all accounts and regions."""
        return int(self.database.execute("SELECT count(*) FROM domains").fetchone()[0])

    def create(
        self, caller: Caller, name: str, body: dict[str, Any], tags: dict[str, str]
    ) -> Domain:
        """Add a domain."""
        now = self.clock()
        self.database.execute(
            "INSERT INTO domains (account, region, name, body, tags, created, updated)"
            " VALUES (?,?,?,?,?,?,?)",
            (
                caller.account,
                caller.region,
                name,
                orjson.dumps(body),
                orjson.dumps(tags),
                now,
                now,
            ),
        )
        return self.domain(caller, name)

    def save(self, domain: Domain) -> None:
        """Keep the domain's changed body and tags."""
        self.database.execute(
            "UPDATE domains SET body=?, tags=?, updated=? WHERE id=?",
            (orjson.dumps(domain.body), orjson.dumps(domain.tags), domain.updated, domain.id),
        )
        domain.engine.default_expiration_days = domain.body["DefaultExpirationDays"]

    def remove(self, domain: Domain) -> None:
        """Remove the domain with all its data."""
        for table in DOMAIN_TABLES:
            self.database.execute(f"DELETE FROM {table} WHERE domain=?", (domain.id,))  # noqa: S608
        self.database.execute("DELETE FROM domains WHERE id=?", (domain.id,))
        self.database.totals.pop(domain.id, None)
        self.forget(domain.caller, domain.name)

    def forget(self, caller: Caller, name: str) -> None:
        """Read the domain from the database the next time: after a change that was undone."""
        self._domains.pop((caller.account, caller.region, name), None)

    def forget_all(self) -> None:
        """The same for every domain, where nobody knows which one was changed."""
        self._domains.clear()

    def reset(self, name: str | None = None) -> int:
        """Remove every domain, or those of this name in all accounts; how many there were."""
        query = "SELECT id FROM domains WHERE ?1='' OR name=?1"
        found = self.database.execute(query, (name or "",)).fetchall()
        with self.database.transaction():
            for table, column in [
                *((table, "domain") for table in DOMAIN_TABLES),
                ("domains", "id"),
            ]:
                self.database.connection.executemany(
                    f"DELETE FROM {table} WHERE {column}=?",  # noqa: S608 - our names
                    found,
                )
        self.database.totals.clear()
        self.forget_all()
        return len(found)

    def set_clock(self, clock: Callable[[], float]) -> None:
        """Tell the time by another clock, and remove the objects whose time has come by it."""
        self.clock = clock
        for domain in self._domains.values():
            domain.engine.clock = clock
        if self._visibility is not None:
            self._visibility.clock = clock
        self.database.execute("DELETE FROM objects WHERE expires<=?", (clock(),))
        self.database.totals.clear()

    def delay_search(self, seconds: float) -> None:
        """Let searches find what is put from now on only after a while; 0 for at once."""
        visibility = Visibility(self.database, seconds, self.clock)
        self._visibility = visibility if seconds else None
        self.forget_all()

    def searched(self, domain: Domain) -> Engine:
        """The domain's engine as SearchProfiles sees it."""
        visibility = self._visibility
        return (
            domain.engine if visibility is None else visibility.searched(domain.engine, domain.id)
        )

    def drop_expired(self, domain: Domain) -> None:
        """Remove the objects of the domain whose time has come."""
        now = self.clock()
        query = "SELECT 1 FROM objects WHERE expires<=? AND domain=? LIMIT 1"
        if self.database.execute(query, (now, domain.id)).fetchone() is None:
            return
        # A read is answered also while the file cannot be written.
        with suppress(sqlite3.OperationalError):
            domain.engine.store.remove_expired(now)

    def save_type(self, domain: Domain, name: str, record: TypeRecord) -> None:
        """Add or replace the object type, and make it known to the engine."""
        self.database.execute(
            "INSERT INTO types VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
            " body=excluded.body, tags=excluded.tags, updated=excluded.updated",
            (
                domain.id,
                name,
                orjson.dumps(record.body),
                orjson.dumps(record.tags),
                record.created,
                record.updated,
            ),
        )
        domain.types[name] = record
        domain.engine.put_type(from_request(name, record.body))

    def remove_type(self, domain: Domain, name: str) -> None:
        """Forget the object type; what it wrote is the engine's."""
        self.database.execute("DELETE FROM types WHERE domain=? AND name=?", (domain.id, name))
        del domain.types[name]

    def _read(self, caller: Caller, name: str) -> Domain | None:
        row = self.database.execute(
            "SELECT id, body, tags, created, updated FROM domains"
            " WHERE account=? AND region=? AND name=?",
            (caller.account, caller.region, name),
        ).fetchone()
        if row is None:
            return None
        body = orjson.loads(row[1])
        if self._visibility is None:
            store = SqliteStore(self.database, row[0], self._sequence)
        else:
            store = self._visibility.store(row[0], self._sequence)
        engine = Engine(
            store,
            switches=self._switches,
            default_expiration_days=body["DefaultExpirationDays"],
            clock=self.clock,
        )
        domain = Domain(row[0], caller, name, body, orjson.loads(row[2]), row[3], row[4], engine)
        types = self.database.execute(
            "SELECT name, body, tags, created, updated FROM types WHERE domain=? ORDER BY rowid",
            (domain.id,),
        )
        for type_name, type_body, tags, created, updated in types.fetchall():
            record = TypeRecord(orjson.loads(type_body), orjson.loads(tags), created, updated)
            domain.types[type_name] = record
            engine.put_type(from_request(type_name, record.body))
        streams = self.database.execute(
            "SELECT body FROM definitions WHERE domain=? AND kind='event-streams' ORDER BY name",
            (domain.id,),
        )
        domain.streams = tuple(orjson.loads(stream)["Uri"] for (stream,) in streams.fetchall())
        return domain
