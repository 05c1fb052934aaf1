"""The RDS Data API, over SQLite or any PostgreSQL on this machine."""

from emulator.rds_data.choice import choose_database
from emulator.rds_data.databases import DsnError
from emulator.rds_data.service import RdsData

__all__ = ["DsnError", "RdsData", "choose_database"]
