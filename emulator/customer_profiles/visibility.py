"""Search that lags behind the puts, as the service's own does now and then; only when asked for.

Key values become searchable some time after they were bound to a profile. Matching sees them at
once, and so do reads by profile id.
"""

import copy
from collections.abc import Callable, Collection, Iterator

from emulator.customer_profiles.database import Database
from emulator.customer_profiles.sqlite_store import SqliteStore
from profiles.engine import Engine
from profiles.store import KeyValue

_MOST_NOTES = 50_000

_Binding = tuple[int, str, str, str]
"""Domain, key, value, profile."""


class Visibility:
    """When the newest key values were bound. delay: seconds until a search finds one."""

    def __init__(self, database: Database, delay: float, clock: Callable[[], float]) -> None:
        self._database = database
        self._delay = delay
        self.clock = clock
        self._since: dict[_Binding, float] = {}

    def store(self, domain: int, sequence: Iterator[int]) -> SqliteStore:
        """The domain's store, which notes what is bound."""
        return _NotingStore(self._database, domain, sequence, self)

    def searched(self, engine: Engine, domain: int) -> Engine:
        """The engine as a search sees it; it is for reading only."""
        seen = copy.copy(engine)
        seen.store = _SearchedStore(self._database, domain, iter(()), self)
        return seen

    def note(self, binding: _Binding) -> None:
        """Begin to hide a key value."""
        now = self.clock()
        if len(self._since) >= _MOST_NOTES:
            self._since = {
                each: since for each, since in self._since.items() if now - since < self._delay
            }
        self._since[binding] = now

    def hides(self, binding: _Binding) -> bool:
        """Whether it was bound too short a time ago."""
        since = self._since.get(binding)
        return since is not None and self.clock() - since < self._delay


class _NotingStore(SqliteStore):
    def __init__(
        self, database: Database, domain: int, sequence: Iterator[int], visibility: Visibility
    ) -> None:
        super().__init__(database, domain, sequence)
        self._visibility = visibility
        self._bound_before: frozenset[KeyValue] = frozenset()

    def add_key_value(self, profile_id: str, key: str, value: str, origin: str) -> None:
        known = (key, value) in self._bound_before or profile_id in self.profiles_with(key, value)
        if not known:
            self._visibility.note((self._domain, key, value, profile_id))
        super().add_key_value(profile_id, key, value, origin)

    def set_standard_index(self, profile_id: str, entries: Collection[KeyValue]) -> None:
        # It is emptied and filled again; what it held before is nothing new.
        self._bound_before = frozenset(
            (key, value) for key, value, _ in self.key_values(profile_id)
        )
        super().set_standard_index(profile_id, entries)
        self._bound_before = frozenset()


class _SearchedStore(SqliteStore):
    def __init__(
        self, database: Database, domain: int, sequence: Iterator[int], visibility: Visibility
    ) -> None:
        super().__init__(database, domain, sequence)
        self._visibility = visibility

    def profiles_with(self, key: str, value: str) -> Collection[str]:
        found = super().profiles_with(key, value)
        hides = self._visibility.hides
        return [each for each in found if not hides((self._domain, key, value, each))]
