"""The engine's store over SQLite: one domain's rows. See `profiles.store.Store` for each method."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from emulator.customer_profiles.database import Database, Totals
from emulator.customer_profiles.profile_rows import decoded, encoded, writes
from profiles.store import (
    STANDARD_INDEX,
    KeyValue,
    Profile,
    StandardObject,
    StoredObject,
    size_of,
)

STORED_OBJECT: Final = "type, value, key, profile, text, sequence, expires, ingested"
"""The columns of a StoredObject in its order."""


class SqliteStore:
    """A `profiles.store.Store`; its caller holds the transaction.

    sequence: shared by all domains of a database.
    """

    def __init__(self, database: Database, domain: int, sequence: Iterator[int]) -> None:
        self._execute = database.execute
        self._totals = database.totals
        self._domain = domain
        self._sequence = sequence

    def next_sequence(self) -> int:
        return next(self._sequence)

    # Profiles

    def profile(self, profile_id: str) -> Profile | None:
        row = self._execute(
            "SELECT sequence, body FROM profiles WHERE domain=? AND id=?",
            (self._domain, profile_id),
        ).fetchone()
        if row is None:
            return None
        return decoded(profile_id, *row)

    def save_profile(self, profile: Profile) -> None:
        self._execute(
            "INSERT INTO profiles VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body",
            (self._domain, profile.id, profile.sequence, encoded(profile)),
        )

    def remove_profile(self, profile_id: str) -> None:
        place = (self._domain, profile_id)
        self._execute("DELETE FROM profiles WHERE domain=? AND id=?", place)
        self._execute("DELETE FROM keys WHERE domain=? AND profile=?", place)
        self._remove_objects("domain=? AND profile=?", place)
        self._execute(
            "DELETE FROM standard_keys WHERE (domain, root, id) IN"
            " (SELECT domain, root, id FROM standard_objects WHERE domain=? AND profile=?)",
            place,
        )
        self._execute("DELETE FROM standard_objects WHERE domain=? AND profile=?", place)

    def profile_ids(self) -> Iterable[str]:
        rows = self._execute(
            "SELECT id FROM profiles WHERE domain=? ORDER BY sequence", (self._domain,)
        )
        return [profile_id for (profile_id,) in rows]

    def profile_count(self) -> int:
        query = "SELECT count(*) FROM profiles WHERE domain=?"
        return int(self._execute(query, (self._domain,)).fetchone()[0])

    # Key values

    def profiles_with(self, key: str, value: str) -> Collection[str]:
        rows = self._execute(
            "SELECT DISTINCT profile FROM keys WHERE domain=? AND key=? AND value=?",
            (self._domain, key, value),
        )
        return [profile_id for (profile_id,) in rows]

    def origins_with(self, key: str, value: str) -> Mapping[str, Collection[str]]:
        rows = self._execute(
            "SELECT profile, origin FROM keys WHERE domain=? AND key=? AND value=?",
            (self._domain, key, value),
        )
        found: dict[str, tuple[str, ...]] = {}
        for profile_id, origin in rows:
            found[profile_id] = (*found.get(profile_id, ()), origin)
        return found

    def add_key_value(self, profile_id: str, key: str, value: str, origin: str) -> None:
        self._execute(
            "INSERT OR IGNORE INTO keys VALUES (?,?,?,?,?)",
            (self._domain, key, value, profile_id, origin),
        )

    def remove_key_value(self, profile_id: str, key: str, value: str) -> bool:
        cursor = self._execute(
            "DELETE FROM keys WHERE domain=? AND key=? AND value=? AND profile=?",
            (self._domain, key, value, profile_id),
        )
        return cursor.rowcount > 0

    def set_standard_index(self, profile_id: str, entries: Collection[KeyValue]) -> None:
        self._execute(
            "DELETE FROM keys WHERE domain=? AND profile=? AND origin=?",
            (self._domain, profile_id, STANDARD_INDEX),
        )
        for key, value in entries:
            self.add_key_value(profile_id, key, value, STANDARD_INDEX)

    def key_values(self, profile_id: str) -> Collection[tuple[str, str, str]]:
        rows = self._execute(
            "SELECT key, value, origin FROM keys WHERE domain=? AND profile=?",
            (self._domain, profile_id),
        )
        return [(key, value, origin) for key, value, origin in rows]

    def remove_origin(self, origin: str) -> None:
        self._execute("DELETE FROM keys WHERE domain=? AND origin=?", (self._domain, origin))

    # Profile objects

    def object(self, object_type: str, unique_value: str) -> StoredObject | None:
        return self._one("type=? AND value=?", (object_type, unique_value))

    def object_by_key(self, object_type: str, unique_key: str) -> StoredObject | None:
        return self._one("type=? AND key=?", (object_type, unique_key))

    def _one(self, condition: str, parameters: tuple[str, ...]) -> StoredObject | None:
        row = self._execute(
            f"SELECT {STORED_OBJECT} FROM objects WHERE domain=? AND {condition}",  # noqa: S608 - ours
            (self._domain, *parameters),
        ).fetchone()
        return None if row is None else StoredObject(*row)

    def save_object(self, stored: StoredObject) -> None:
        self._execute(
            "INSERT INTO objects VALUES (?,?,?,?,?,?,?,?,?)",
            (
                self._domain,
                stored.object_type,
                stored.unique_value,
                stored.unique_key,
                stored.profile_id,
                stored.sequence,
                stored.expires,
                stored.text,
                stored.ingested,
            ),
        )
        totals = self._totals.get(self._domain)
        if totals is not None:
            totals.objects += 1
            totals.size += size_of(stored.text)

    def replace_object(
        self, stored: StoredObject, text: str, expires: float, ingested: float
    ) -> int:
        sequence = next(self._sequence)
        place = (self._domain, stored.object_type, stored.unique_value)
        self._execute(
            "UPDATE objects SET text=?, sequence=?, expires=?, ingested=?"
            " WHERE domain=? AND type=? AND value=?",
            (text, sequence, expires, ingested, *place),
        )
        totals = self._totals.get(self._domain)
        if totals is not None:
            totals.size += size_of(text) - size_of(stored.text)
        stored.text, stored.sequence = text, sequence
        stored.expires, stored.ingested = expires, ingested
        return sequence

    def remove_object(self, stored: StoredObject) -> None:
        cursor = self._execute(
            "DELETE FROM objects WHERE domain=? AND type=? AND value=?",
            (self._domain, stored.object_type, stored.unique_value),
        )
        if cursor.rowcount:
            self._count(-1, -stored.size)

    def _remove_objects(self, condition: str, parameters: tuple[Any, ...]) -> None:
        counted = (0, 0)
        if self._domain in self._totals:
            counted = self._sizes(condition, parameters)
        self._execute(f"DELETE FROM objects WHERE {condition}", parameters)  # noqa: S608 - ours
        self._count(-counted[0], -counted[1])

    def _count(self, objects: int, size: int) -> None:
        """Keep what was counted true."""
        totals = self._totals.get(self._domain)
        if totals is not None:
            totals.objects += objects
            totals.size += size

    def _sizes(self, condition: str, parameters: tuple[Any, ...]) -> tuple[int, int]:
        # Of a text, length() counts characters.
        query = "SELECT count(*), coalesce(sum(length(CAST(text AS BLOB))), 0) FROM objects"
        row = self._execute(f"{query} WHERE {condition}", parameters).fetchone()
        return int(row[0]), int(row[1])

    def objects(self, profile_id: str, object_type: str) -> Iterable[StoredObject]:
        rows = self._execute(
            f"SELECT {STORED_OBJECT} FROM objects"  # noqa: S608 - ours
            " WHERE domain=? AND profile=? AND type=? ORDER BY sequence",
            (self._domain, profile_id, object_type),
        )
        return [StoredObject(*row) for row in rows]

    def object_counts(self, profile_id: str) -> Mapping[str, int]:
        rows = self._execute(
            "SELECT type, count(*) FROM objects WHERE domain=? AND profile=? GROUP BY type",
            (self._domain, profile_id),
        )
        return dict(rows.fetchall())

    def oldest_object(self, profile_id: str, object_type: str) -> StoredObject | None:
        return self._one(
            "profile=? AND type=? ORDER BY sequence LIMIT 1", (profile_id, object_type)
        )

    def remove_objects_of_type(self, object_type: str) -> None:
        self._remove_objects("domain=? AND type=?", (self._domain, object_type))

    def profiles_written_by(self, object_type: str) -> Iterable[str]:
        # Writers stand in the body as JSON; the name narrows the search, the rest is exact.
        rows = self._execute(
            "SELECT id, body FROM profiles WHERE domain=? AND instr(body, ?)",
            (self._domain, orjson.dumps(object_type)),
        )
        return [profile_id for profile_id, body in rows.fetchall() if writes(body, object_type)]

    def remove_expired(self, now: float) -> None:
        self._remove_objects("expires<=? AND domain=?", (now, self._domain))

    def totals(self) -> tuple[int, int]:
        totals = self._totals.get(self._domain)
        if totals is None:
            totals = Totals(*self._sizes("domain=?", (self._domain,)))
            self._totals[self._domain] = totals
        return totals.objects, totals.size

    # Standard objects

    def standard_objects_with(self, root: str, key: str, value: str) -> Collection[str]:
        rows = self._execute(
            "SELECT id FROM standard_keys WHERE domain=? AND root=? AND key=? AND value=?",
            (self._domain, root, key, value),
        )
        return [object_id for (object_id,) in rows]

    def standard_object(self, root: str, object_id: str) -> StandardObject | None:
        return next(iter(self._standard("root=? AND id=?", (root, object_id))), None)

    def _standard(self, condition: str, parameters: tuple[str, ...]) -> list[StandardObject]:
        rows = self._execute(
            "SELECT root, id, profile, type, sequence, body FROM standard_objects"  # noqa: S608
            f" WHERE domain=? AND {condition} ORDER BY sequence",
            (self._domain, *parameters),
        )
        return [
            StandardObject(root, object_id, profile, name, sequence, orjson.loads(body))
            for root, object_id, profile, name, sequence, body in rows
        ]

    def save_standard_object(self, standard: StandardObject) -> None:
        self._execute(
            "INSERT OR REPLACE INTO standard_objects VALUES (?,?,?,?,?,?,?)",
            (
                self._domain,
                standard.root,
                standard.id,
                standard.profile_id,
                standard.object_type,
                standard.sequence,
                orjson.dumps(standard.values),
            ),
        )

    def add_standard_key(self, root: str, object_id: str, key: str, value: str) -> None:
        self._execute(
            "INSERT OR IGNORE INTO standard_keys VALUES (?,?,?,?,?)",
            (self._domain, root, key, value, object_id),
        )

    def standard_objects(self, profile_id: str, root: str) -> Iterable[StandardObject]:
        return self._standard("profile=? AND root=?", (profile_id, root))

    # Merging profiles

    def move_contents(self, from_profile: str, to_profile: str) -> None:
        move = (to_profile, self._domain, from_profile)
        self._execute("UPDATE objects SET profile=? WHERE domain=? AND profile=?", move)
        self._execute("UPDATE standard_objects SET profile=? WHERE domain=? AND profile=?", move)
        for key, value, origin in self.key_values(from_profile):
            if origin != STANDARD_INDEX:
                self.add_key_value(to_profile, key, value, origin)
        self._execute("DELETE FROM keys WHERE domain=? AND profile=?", (self._domain, from_profile))
