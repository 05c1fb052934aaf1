"""What leads a state file of an older format to the present one.

A file is made with the tables of format 1 and every step after them, so that a migrated file and a
new one have the same tables.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

Steps = Sequence[Sequence[str]]
"""Statements that lead from format 1 to 2, from 2 to 3, and so on."""

STEPS: Final[Steps] = (
    (
        """CREATE TABLE letters (
          id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, url TEXT NOT NULL,
          source TEXT NOT NULL, text TEXT NOT NULL, reason TEXT NOT NULL
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
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version={len(steps) + 1}")
