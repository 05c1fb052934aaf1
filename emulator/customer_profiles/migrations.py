"""What leads a state file of an older format to the present one.

A file is made with the tables of format 1 and every step after them, so that a migrated file and a
new one have the same tables.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from emulator.customer_profiles.profile_rows import group_writers

Steps = Sequence[Sequence[str | Callable[[sqlite3.Connection], None]]]
"""Statements, and functions that run some, which lead from format 1 to 2, from 2 to 3, and so on.
"""

STEPS: Final[Steps] = (
    (
        """CREATE TABLE letters (
          id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, url TEXT NOT NULL,
          source TEXT NOT NULL, text TEXT NOT NULL, reason TEXT NOT NULL
        )""",
    ),
    (
        # Of one profile's objects there are few: to sort them is cheaper than to keep them sorted.
        "DROP INDEX objects_of_profile",
        "CREATE INDEX objects_of_profile ON objects (domain, profile, type)",
        group_writers,
    ),
    (
        "ALTER TABLE objects ADD COLUMN ingested REAL NOT NULL DEFAULT 0",
        # As long before an object expires as its type, or the domain, lets objects live.
        """UPDATE objects SET ingested = expires - 86400 * coalesce(
          (SELECT json_extract(CAST(t.body AS TEXT), '$.ExpirationDays') FROM types t
            WHERE t.domain = objects.domain AND t.name = objects.type),
          (SELECT json_extract(CAST(d.body AS TEXT), '$.DefaultExpirationDays') FROM domains d
            WHERE d.id = objects.domain),
          0)""",
        """CREATE TABLE definitions (
          domain INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
          tags BLOB NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
          PRIMARY KEY (domain, kind, name)
        )""",
        """CREATE TABLE events (
          id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, stream TEXT NOT NULL,
          profile TEXT NOT NULL, record BLOB NOT NULL
        )""",
    ),
)


def keep_copy(connection: sqlite3.Connection, file: Path, version: int) -> Path:
    """A copy of the file as it is, beside it, for whoever has to go back to the older release."""
    copy = file.with_name(f"{file.name}.format-{version}")
    # One of an attempt that failed holds the same.
    copy.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(copy),))
    return copy


def migrate(connection: sqlite3.Connection, version: int, steps: Steps) -> None:
    """Take every step after `version`; the caller holds the transaction."""
    for step in steps[version - 1 :]:
        for part in step:
            if callable(part):
                part(connection)
            else:
                connection.execute(part)
    connection.execute(f"PRAGMA user_version={len(steps) + 1}")
