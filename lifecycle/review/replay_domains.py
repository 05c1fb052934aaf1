"""The same objects in two domains, one for each version of the mappings."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from secrets import token_hex
from typing import Any

from lifecycle.review.profile_differences import Differences
from lifecycle.review.profile_groups import SharedObjects
from lifecycle.review.sides import NO_TYPE, Side
from lifecycle.review.tallies import Samples, Tally
from profiles.documents import document
from profiles.engine import Engine
from profiles.errors import EngineError, NotFoundError
from profiles.memory import MemoryStore
from profiles.store import Profile


def replay_objects(
    objects: Iterable[tuple[str, str]], sides: tuple[Side, Side], samples: int
) -> Tally:
    """Put the objects (object type, JSON text), in their order, into both domains, and compare."""
    with _collection_paused():
        return _replay_objects(objects, sides, samples)


def _replay_objects(
    objects: Iterable[tuple[str, str]], sides: tuple[Side, Side], samples: int
) -> Tally:
    tally = Tally(Samples(samples))
    before, after = (ReplayDomain(side, number, tally) for number, side in enumerate(sides))
    shared = SharedObjects()
    for name, text in objects:
        tally.objects += 1
        one, other = before.put(name, text), after.put(name, text)
        if one is not None and other is not None:
            shared.add(one, other)
    ids = before.ids(), after.ids()
    tally.profiles = [len(each) for each in ids]
    differences = Differences(before, after, tally)
    for group in shared.groups(*ids):
        differences.count(group)
    return tally


class ReplayDomain:
    """number: 0 before, 1 after. tally: counts what is rejected."""

    def __init__(self, side: Side, number: int, tally: Tally) -> None:
        self._store = MemoryStore()
        self._refused = side.refused
        self._number = number
        self._tally = tally
        # No object has such an id in it, so that no key finds a profile by it (key_links).
        prefix, ids = f"{token_hex(8)}{number}", count()
        engine = Engine(self._store, clock=lambda: 0.0, new_id=lambda: f"{prefix}{next(ids):015x}")
        for object_type in side.types:
            engine.put_type(object_type)
        self._put = engine.put

    def put(self, name: str, text: str) -> str | None:
        """The id of the profile that has the object; None if it is rejected."""
        try:
            outcome = self._put(name, text)
        except NotFoundError:
            self._tally.reject(name, self._refused.get(name, NO_TYPE), self._number)
            return None
        except EngineError as error:
            self._tally.reject(name, str(error), self._number)
            return None
        if outcome.profile_id is None:
            self._tally.reject(name, outcome.reason or "", self._number)
        return outcome.profile_id

    def ids(self) -> list[str]:
        """Of all profiles, in the order of their creation."""
        return list(self._store.profile_ids())

    def values(self, profile_id: str) -> Mapping[str, Any]:
        """Path to value: equal where the documents are, which are made of nothing else."""
        return self._profile(profile_id).values

    def document(self, profile_id: str) -> dict[str, Any]:
        """The profile as the API shows it, without its id."""
        shown = document(self._profile(profile_id))
        del shown["ProfileId"]
        return shown

    def objects(self, profile_id: str) -> Mapping[str, int]:
        """Object type to the number of its objects that the profile holds."""
        return self._store.object_counts(profile_id)

    def _profile(self, profile_id: str) -> Profile:
        profile = self._store.profile(profile_id)
        if profile is None:
            raise KeyError(profile_id)
        return profile


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Domains have no cycles, and to look for some among so many values takes half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
