"""Which profile an object belongs to (aws-semantics 2.2; admin guide, "Profile matching").

Every primary PROFILE key is tried first, then those that are SECONDARY too, each pass in the order
of the object type. A key that finds exactly one profile decides; one that finds several is thrown
away.
"""

from collections.abc import Collection, Mapping, Sequence

from profiles.errors import MissingKeyError
from profiles.plan import PROFILE_ID_KEY, KeyPlan, Plan, Record
from profiles.sources import as_text
from profiles.store import Store

EMPTY = -1
"""In place of a number of profiles: the object has no value for the key."""


def key_values(plan: Plan, record: Record) -> list[str | None]:
    """The normalised value of each of the plan's keys; None where the record lacks it."""
    values: list[str | None] = []
    for member, normalise, key in plan.key_rows:
        if member is None:
            values.append(key.value(record))
            continue
        value = record.get(member)
        if value.__class__ is not str and value is not None:
            value = as_text(value)
        if value and normalise is not None:
            value = normalise(value)
        values.append(value or None)
    return values


def key_column(key: KeyPlan, records: Sequence[Record]) -> list[str | None]:
    """What `key_values` gives for one key, for many records: a fraction of the time for each."""
    member, normalise = key.member, key.normalise
    if member is None:
        return [key.value(record) for record in records]
    values = [record.get(member) for record in records]
    if set(map(type, values)) != {str}:
        values = list(map(as_text, values))
    if normalise is not None:
        return [normalise(value) or None if value else None for value in values]
    return [value or None for value in values] if "" in values else values


def resolve(
    store: Store, plan: Plan, record: Record, values: list[str | None]
) -> tuple[str | None, tuple[int, ...], int | None]:
    """The one profile that the object belongs to, and how it was found.

    Returns (its id, how many profiles each trial before the one that decided found, or EMPTY,
    position of a key whose value this object type has bound to the profile before).
    Raises: MissingKeyError for an object without a value for any PROFILE key.
    """
    failed: tuple[int, ...] = ()
    for position, name, plain in plan.trials:
        value = values[position]
        if value is None:
            failed += (EMPTY,)
            continue
        if plain:
            found = store.origins_with(name, value)
        else:
            found = _find(store, plan.keys[position], record, value)
        if len(found) == 1:
            (profile_id,) = found
            return profile_id, failed, position if plan.name in found[profile_id] else None
        failed += (len(found),)
    if all(count == EMPTY for count in failed):
        raise MissingKeyError
    return None, failed, None


def all_ambiguous(failed: tuple[int, ...]) -> bool:
    """Whether every key that has a value found several profiles."""
    return all(count > 1 for count in failed if count != EMPTY)


def _find(store: Store, key: KeyPlan, record: Record, value: str) -> Mapping[str, Collection[str]]:
    """Profiles under the key's own form of the value and under the domain's, where they differ.

    `_profileId` is compared with the id that the service made (aws-semantics 2.2).
    """
    if key.name == PROFILE_ID_KEY:
        return {value: ()} if store.profile(value) is not None else {}
    found = store.origins_with(key.name, value)
    if key.standard_form is not None:
        (raw,) = key.raw_parts(record)
        # What is bound under the domain's form is not yet bound under the key's own.
        others = dict.fromkeys(store.profiles_with(key.name, key.standard_form(raw)), ())
        found = {**others, **found}
    return found
