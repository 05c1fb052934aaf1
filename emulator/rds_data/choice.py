"""Which database stands behind the Data API."""

from pathlib import Path

from emulator.rds_data.databases import Database
from emulator.rds_data.sqlite import SqliteClusters


def choose_database(dsn: str | None, data: Path | None) -> Database:
    """PostgreSQL by its data source name, else SQLite in a folder beside the state file.

    data: the state file, None to forget everything at the end.
    Raises: DsnError; StateError for a folder that cannot be had.
    """
    if dsn is not None:
        # Most runs need no PostgreSQL, and its library takes a while to load.
        from emulator.rds_data.postgresql import PostgreSql  # noqa: PLC0415

        return PostgreSql(dsn)
    return SqliteClusters(None if data is None else data.with_name(f"{data.name}.rds"))
