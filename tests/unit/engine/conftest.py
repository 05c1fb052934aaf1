"""A domain without HTTP: an engine over each of the two stores, with a clock and ids of its own."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from emulator.customer_profiles.database import Database
from emulator.customer_profiles.sqlite_store import SqliteStore
from profiles import ObjectType
from profiles.documents import document
from profiles.engine import Engine, Switches
from profiles.memory import MemoryStore
from profiles.outcome import Outcome
from profiles.search import search
from profiles.store import Store

NOW = 1_700_000_000.0


class Domain:
    """An engine, asked and read as a test says it: records are dicts, profiles are documents."""

    def __init__(self, store: Store, **options: Any) -> None:
        ids = count(1)
        self.now = NOW
        self.store = store
        self.engine = Engine(
            store, clock=lambda: self.now, new_id=lambda: f"{next(ids):032x}", **options
        )

    def put(self, type_name: str, **record: Any) -> Outcome:
        """Ingest the record, given by its members."""
        return self.engine.put(type_name, json.dumps(record))

    def find(self, key: str, *values: str) -> list[dict[str, Any]]:
        """The profiles that one key finds, as the API shows them, but without their ids."""
        shown = []
        for hit in search(self.engine, [(key, values)], every=False):
            shown.append(document(hit.profile))
            del shown[-1]["ProfileId"]
        return shown

    def ids(self, key: str, *values: str) -> list[str]:
        """The ids of the profiles that one key finds."""
        return [hit.profile.id for hit in search(self.engine, [(key, values)], every=False)]

    def profile(self, profile_id: str | None) -> dict[str, Any]:
        """One profile without its id; it has to exist."""
        assert profile_id is not None
        (found,) = self.find("_profileId", profile_id)
        return found

    def objects(self, profile_id: str | None, type_name: str) -> list[dict[str, Any]]:
        """The records of one type that a profile has, oldest first."""
        assert profile_id is not None
        return [json.loads(each.text) for each in self.store.objects(profile_id, type_name)]

    def standard(self, profile_id: str | None, root: str) -> list[dict[str, Any]]:
        """The values of a profile's standard objects of one kind, oldest first."""
        assert profile_id is not None
        return [each.values for each in self.store.standard_objects(profile_id, root)]


@pytest.fixture(params=["in memory", "in SQLite"])
def start_domain(request: pytest.FixtureRequest) -> Iterator[Callable[..., Domain]]:
    """`start_domain(*object_types, **switches)`: every test that uses it runs on both stores."""
    databases: list[Database] = []

    def start(
        *object_types: ObjectType, default_expiration_days: int = 366, **switches: Any
    ) -> Domain:
        store: Store = MemoryStore()
        if request.param == "in SQLite":
            databases.append(Database(None))
            store = SqliteStore(databases[-1], 1, count(1))
        domain = Domain(
            store,
            switches=Switches(**switches),
            default_expiration_days=default_expiration_days,
        )
        for object_type in object_types:
            domain.engine.put_type(object_type)
        return domain

    yield start
    for database in databases:
        database.close()
