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
