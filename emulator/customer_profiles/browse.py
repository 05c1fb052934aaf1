"""What the console reads and no operation of the API answers: all domains, whole timelines."""

from dataclasses import dataclass
from typing import Final

from emulator.customer_profiles.sqlite_store import STORED_OBJECT
from emulator.customer_profiles.world import Domain, World
from profiles.standard import PROFILE_ROOT, STANDARD_OBJECTS
from profiles.store import StandardObject, StoredObject

LAST: Final = 1 << 62
"""Above every sequence number."""

_DOMAINS: Final = """
SELECT account, region, name,
  (SELECT count(*) FROM types WHERE domain=d.id),
  (SELECT count(*) FROM profiles WHERE domain=d.id),
  (SELECT count(*) FROM objects WHERE domain=d.id)
  - (SELECT count(*) FROM objects WHERE expires<=? AND domain=d.id)
FROM domains AS d WHERE instr(lower(name), ?) ORDER BY name, account, region LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class DomainSummary:
    """A domain of any account, and how much is in it."""

    account: str
    region: str
    name: str
    types: int
    profiles: int
    objects: int


def summaries(world: World, containing: str, most: int) -> list[DomainSummary]:
    """Domains by name, those whose name contains the text."""
    rows = world.database.execute(_DOMAINS, (world.clock(), containing.lower(), most))
    return [DomainSummary(*row) for row in rows.fetchall()]


def object_count(world: World, domain: Domain, type_name: str) -> int:
    """How many objects of one type there are."""
    query = "SELECT count(*) FROM objects WHERE domain=? AND type=? AND expires>?"
    parameters = (domain.id, type_name, world.clock())
    return int(world.database.execute(query, parameters).fetchone()[0])


def newest_profiles(
    world: World, domain: Domain, most: int, before: int = LAST
) -> list[tuple[str, int]]:
    """(id, sequence) of profiles, the one created last first; those created before a sequence."""
    query = (
        "SELECT id, sequence FROM profiles WHERE domain=? AND sequence<?"
        " ORDER BY sequence DESC LIMIT ?"
    )
    rows = world.database.execute(query, (domain.id, before, most))
    return [(profile_id, sequence) for profile_id, sequence in rows]


def newest_objects(
    world: World, domain: Domain, profile_id: str, most: int, before: int = LAST
) -> list[StoredObject]:
    """The profile's objects of all types, the one put last first."""
    query = (
        f"SELECT {STORED_OBJECT} FROM objects"  # noqa: S608 - our names
        " WHERE domain=? AND profile=? AND expires>? AND sequence<? ORDER BY sequence DESC LIMIT ?"
    )
    parameters = (domain.id, profile_id, world.clock(), before, most)
    return [StoredObject(*row) for row in world.database.execute(query, parameters)]


def standard_objects(domain: Domain, profile_id: str) -> list[StandardObject]:
    """The profile's standard objects of all kinds."""
    store = domain.engine.store
    return [
        each
        for root in STANDARD_OBJECTS
        if root != PROFILE_ROOT
        for each in store.standard_objects(profile_id, root)
    ]
