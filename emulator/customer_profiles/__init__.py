"""Amazon Connect Customer Profiles, over the engine of `profiles` and SQLite."""

from emulator.customer_profiles.service import CustomerProfiles

__all__ = ["CustomerProfiles"]
