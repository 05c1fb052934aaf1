"""Whether the domain holds what the engine says: some customers, attribute by attribute."""

import random
import time
from dataclasses import dataclass
from typing import Any, Final

from lifecycle.clients import could_not_run
from lifecycle.load.staging import Staging
from lifecycle.load.target import Target
from profiles import ObjectType
from profiles.documents import flatten
from profiles.engine import Engine
from profiles.matching import key_values
from profiles.memory import MemoryStore
from profiles.plan import PROFILE_ID_KEY, Record

_PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Verified:
    """profiles: how many were compared. wrong: those that differ or were not found: (row of the
    customer's last object, paths that differ; none where no single profile was found).
    """

    profiles: int
    wrong: tuple[tuple[int, tuple[str, ...]], ...]


def verify(
    staging: Staging, object_type: ObjectType, target: Target, count: int, seconds: float
) -> Verified:
    """Compare up to `count` customers. seconds: how long search may lag behind the puts.

    Raises: CouldNotRunError where nobody answers.
    """
    expected = _expected(staging, object_type, _sample(staging, count))
    deadline = time.monotonic() + seconds
    wrong = []
    for number, key, value, document in expected:
        differing = _compare(target, key, value, document, deadline)
        if differing is not None:
            wrong.append((number, differing))
    return Verified(len(expected), tuple(wrong))


def _sample(staging: Staging, count: int) -> set[int]:
    """Customers of rows that were drawn evenly (reservoir sampling)."""
    numbers = random.Random(count)  # noqa: S311 - a sample
    kept: list[int] = []
    for row in staging.rows():
        if len(kept) < count:
            kept.append(row.customer)
        elif (at := numbers.randrange(row.position + 1)) < count:
            kept[at] = row.customer
    return set(kept)


def _expected(
    staging: Staging, object_type: ObjectType, customers: set[int]
) -> list[tuple[int, str, str, dict[str, Any]]]:
    """(row, key, value, flattened document) of each profile that these customers' rows make."""
    store = MemoryStore()
    engine = Engine(store)
    engine.put_type(object_type)
    plan = engine.plans[object_type.name]
    found: dict[str, tuple[int, str, str]] = {}
    for row in staging.rows():
        if row.customer not in customers:
            continue
        outcome = engine.put(object_type.name, row.text)
        if outcome.profile_id is None:
            continue
        values = key_values(plan, outcome.record)
        for at in (*plan.primary, *plan.secondary):
            key = plan.keys[at]
            if values[at] is not None and key.name != PROFILE_ID_KEY and len(key.key.fields) == 1:
                found[outcome.profile_id] = row.number, key.name, _raw(key, outcome.record)
                break
    documents = []
    for profile_id, (number, name, value) in found.items():
        profile = store.profile(profile_id)
        if profile is not None:
            documents.append((number, name, value, dict(profile.values)))
    return documents


def _raw(key: Any, record: Record) -> str:
    (value,) = key.raw_parts(record)
    return str(value)


def _compare(
    target: Target, key: str, value: str, expected: dict[str, Any], deadline: float
) -> tuple[str, ...] | None:
    """The paths that differ after a while; None when all agree."""
    while True:
        with could_not_run(f"domain {target.domain}"):
            answer = target.client.search_profiles(
                DomainName=target.domain, KeyName=key, Values=[value]
            )
        differing: tuple[str, ...] = ()
        if len(answer["Items"]) == 1:
            shown = flatten(answer["Items"][0])
            differing = tuple(
                sorted(path for path, each in expected.items() if shown.get(path) != each)
            )
            if not differing:
                return None
        if time.monotonic() > deadline:
            return differing
        time.sleep(_PAUSE_SECONDS)
