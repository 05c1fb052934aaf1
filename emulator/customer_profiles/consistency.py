"""Whether the tables of a state file agree with each other: rows that refer to nothing, indexes
that differ from the profiles they were made from, and what SQLite itself finds damaged.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from emulator.customer_profiles.database import DOMAIN_TABLES
from emulator.customer_profiles.profile_rows import decoded
from profiles.indexes import standard_entries
from profiles.store import STANDARD_INDEX

_REFERENCES: Final = {
    "keys": ("profile", "profiles", "id"),
    "objects": ("profile", "profiles", "id"),
    "standard_objects": ("profile", "profiles", "id"),
    "standard_keys": ("id", "standard_objects", "id"),
}
"""Table: (column, table that it refers to, column there), within one domain."""


def disagreements(connection: sqlite3.Connection) -> list[str]:
    """One line for each kind of breach, naming table and number of rows; [] if there is none."""
    return [
        *_damage(connection),
        *_dangling(connection),
        *_types(connection),
        *_sequences(connection),
        *_standard_indexes(connection),
    ]


def _damage(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute("PRAGMA integrity_check").fetchall()
    yield from (f"integrity: {text}" for (text,) in rows if text != "ok")


def _dangling(connection: sqlite3.Connection) -> Iterator[str]:
    for table in DOMAIN_TABLES:
        query = f"SELECT count(*) FROM {table} WHERE domain NOT IN (SELECT id FROM domains)"  # noqa: S608 - our names
        (count,) = connection.execute(query).fetchone()
        if count:
            yield f"{table}: rows of no domain: {count}"
    for table, (column, other, key) in _REFERENCES.items():
        query = (
            f"SELECT count(*) FROM {table} t WHERE NOT EXISTS"  # noqa: S608 - our names
            f" (SELECT 1 FROM {other} o WHERE o.domain=t.domain AND o.{key}=t.{column})"
        )
        (count,) = connection.execute(query).fetchone()
        if count:
            yield f"{table}: rows whose {column} is not in {other}: {count}"


def _types(connection: sqlite3.Connection) -> Iterator[str]:
    (count,) = connection.execute(
        "SELECT count(*) FROM objects o WHERE NOT EXISTS"
        " (SELECT 1 FROM types t WHERE t.domain=o.domain AND t.name=o.type)"
    ).fetchone()
    if count:
        yield f"objects: rows whose type is not in types: {count}"


def _sequences(connection: sqlite3.Connection) -> Iterator[str]:
    (count, distinct) = connection.execute(
        "SELECT count(*), count(DISTINCT sequence) FROM (SELECT sequence FROM profiles"
        " UNION ALL SELECT sequence FROM objects UNION ALL SELECT sequence FROM standard_objects)"
    ).fetchone()
    if count != distinct:
        yield f"sequence numbers given out twice: {count - distinct}"


def _standard_indexes(connection: sqlite3.Connection) -> Iterator[str]:
    wrong = 0
    rows = connection.execute("SELECT domain, id, sequence, body FROM profiles").fetchall()
    for domain, profile_id, sequence, body in rows:
        profile = decoded(profile_id, sequence, body)
        found = connection.execute(
            "SELECT key, value FROM keys WHERE domain=? AND profile=? AND origin=?",
            (domain, profile_id, STANDARD_INDEX),
        )
        wrong += set(found) != standard_entries(profile)
    if wrong:
        yield f"keys: profiles whose standard index differs from their values: {wrong}"
