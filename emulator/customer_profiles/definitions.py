"""What a domain holds beside its object types, as it was put: one table, one kind of row.

A kind is spelled as in the ARN of its resources: `domains/D/calculated-attributes/NAME`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import NOT_FOUND
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError


class Kind(StrEnum):
    """The collections of a domain."""

    CALCULATED_ATTRIBUTE = "calculated-attributes"
    EVENT_STREAM = "event-streams"
    INTEGRATION = "integrations"
    SEGMENT = "segment-definitions"


_NOUNS = {
    Kind.CALCULATED_ATTRIBUTE: "Calculated attribute",
    Kind.EVENT_STREAM: "Event stream",
    Kind.INTEGRATION: "Integration",
    Kind.SEGMENT: "Segment definition",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """body: the request's members but names and tags. created, updated: epoch seconds."""

    name: str
    body: dict[str, Any]
    tags: dict[str, str]
    created: float
    updated: float

    @property
    def stamps(self) -> dict[str, Any]:
        """What every answer about it ends with."""
        tags = {"Tags": self.tags} if self.tags else {}
        return {"CreatedAt": self.created, "LastUpdatedAt": self.updated} | tags


def find(world: World, domain: Domain, kind: Kind, name: str) -> Definition | None:
    """The definition of this name; None where there is none."""
    query = (
        "SELECT body, tags, created, updated FROM definitions WHERE domain=? AND kind=? AND name=?"
    )
    row = world.database.execute(query, (domain.id, kind, name)).fetchone()
    if row is None:
        return None
    return Definition(name, orjson.loads(row[0]), orjson.loads(row[1]), row[2], row[3])


def existing(world: World, domain: Domain, kind: Kind, name: str) -> Definition:
    """The definition of this name. Raises: ServiceError."""
    found = find(world, domain, kind, name)
    if found is None:
        text = f"{_NOUNS[kind]} {name} is not found in domain {domain.name}"
        raise ServiceError(NOT_FOUND, text, 404)
    return found


def listed(world: World, domain: Domain, kind: Kind) -> list[Definition]:
    """All of a kind, sorted by name."""
    rows = world.database.execute(
        "SELECT name, body, tags, created, updated FROM definitions"
        " WHERE domain=? AND kind=? ORDER BY name",
        (domain.id, kind),
    )
    return [
        Definition(name, orjson.loads(body), orjson.loads(tags), created, updated)
        for name, body, tags, created, updated in rows.fetchall()
    ]


def listed_page(
    world: World, domain: Domain, kind: Kind, members: dict[str, Any]
) -> tuple[Sequence[Definition], str | None]:
    """(the page that a request asks for, token of the next one). Raises: ServiceError."""
    all_of_them = listed(world, domain, kind)
    return page(all_of_them, lambda each: each.name, members, f"{kind} {domain.id}")


def holders(world: World, caller: Caller, kind: Kind, name: str) -> list[str]:
    """Names of the caller's domains that have a definition of this name, sorted."""
    rows = world.database.execute(
        "SELECT o.name FROM definitions d JOIN domains o ON o.id=d.domain"
        " WHERE d.kind=? AND d.name=? AND o.account=? AND o.region=? ORDER BY o.name",
        (kind, name, caller.account, caller.region),
    )
    return [holder for (holder,) in rows.fetchall()]


def put(
    world: World,
    domain: Domain,
    kind: Kind,
    name: str,
    body: dict[str, Any],
    tags: dict[str, str] | None = None,
) -> Definition:
    """Add the definition or replace its body. tags: None leaves those that it has."""
    before = find(world, domain, kind, name)
    now = world.clock()
    if before is None:
        definition = Definition(name, body, tags or {}, now, now)
    else:
        kept = before.tags if tags is None else tags
        definition = replace(before, body=body, tags=kept, updated=now)
    world.database.execute(
        "INSERT OR REPLACE INTO definitions VALUES (?,?,?,?,?,?,?)",
        (
            domain.id,
            kind,
            name,
            orjson.dumps(definition.body),
            orjson.dumps(definition.tags),
            definition.created,
            definition.updated,
        ),
    )
    return definition


def remove(world: World, domain: Domain, kind: Kind, name: str) -> None:
    """Remove the definition. Raises: ServiceError where there is none."""
    existing(world, domain, kind, name)
    world.database.execute(
        "DELETE FROM definitions WHERE domain=? AND kind=? AND name=?", (domain.id, kind, name)
    )


def arn(domain: Domain, kind: Kind, name: str) -> str:
    """`arn:aws:profile:REGION:ACCOUNT:domains/D/KIND/NAME`."""
    return f"{domain.arn}/{kind}/{name}"
