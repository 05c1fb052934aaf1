"""PostgreSQL behind the Data API, through libpq."""

from emulator.rds_data.postgresql.server import PostgreSql

__all__ = ["PostgreSql"]
