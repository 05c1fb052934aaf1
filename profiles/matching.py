"""Which profile an object belongs to (aws-semantics 2.2; admin guide, "Profile matching").

Every primary PROFILE key is tried first, then those that are SECONDARY too, each pass in the order
of the object type. A key that finds exactly one profile decides; one that finds several is thrown
away.
"""

from collections.abc import Collection

from profiles.outcome import EMPTY, Resolution
from profiles.plan import PROFILE_ID_KEY, KeyPlan, Plan, Record
from profiles.sources import as_text
from profiles.store import Store


def key_values(plan: Plan, record: Record) -> list[str | None]:
    """The normalised value of each of the plan's keys; None where the record lacks it."""
    values: list[str | None] = []
    for member, normalise, key in plan.key_rows:
        if member is None:
            values.append(key.value(record))
            continue
        value = record.get(member)
        if value.__class__ is not str:
            value = as_text(value)
        if value and normalise is not None:
            value = normalise(value)
        values.append(value or None)
    return values


def resolve(store: Store, plan: Plan, record: Record, values: list[str | None]) -> Resolution:
    """The one profile that the object belongs to, and how it was found."""
    resolution = Resolution(None, None, [], [])
    for positions, trials in (
        (plan.primary, resolution.primary),
        (plan.secondary, resolution.secondary),
    ):
        for position in positions:
            key, value = plan.keys[position], values[position]
            if value is None:
                trials.append((key.name, EMPTY))
                continue
            found: Collection[str]
            if key.plain:
                found = store.profiles_with(key.name, value)
            else:
                found = _find(store, key, record, value)
            trials.append((key.name, len(found)))
            if len(found) == 1:
                (resolution.profile_id,) = found
                resolution.matched_by = key.name
                return resolution
    return resolution


def _find(store: Store, key: KeyPlan, record: Record, value: str) -> Collection[str]:
    """Profiles under the key's own form of the value and under the domain's, where they differ.

    `_profileId` is compared with the id that the service made (aws-semantics 2.2).
    """
    if key.name == PROFILE_ID_KEY:
        return {value} if store.profile(value) is not None else set()
    found = set(store.profiles_with(key.name, value))
    if key.standard_form is not None:
        (raw,) = key.raw_parts(record)
        found.update(store.profiles_with(key.name, key.standard_form(raw)))
    return found
