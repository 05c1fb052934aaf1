"""Standard objects other than the profile: assets, orders, bookings, ...

A key with such an object's identifier looks it up: one is updated, several refuse the ingestion,
none creates it. They are not replaced when an object is put again: values accumulate (admin guide,
"Standard objects").
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from profiles.plan import Plan, Record, StandardPlan, spread
from profiles.sources import as_text
from profiles.standard import STANDARD_OBJECTS, id_key
from profiles.store import StandardObject, Store


@dataclass(frozen=True, slots=True)
class StandardMatch:
    """One kind of standard object of one ingestion, and the existing one that a key found."""

    plan: StandardPlan
    found: str | None


def match_standard_objects(
    store: Store, plan: Plan, values: list[str | None]
) -> tuple[str | None, tuple[StandardMatch, ...]]:
    """(reason to refuse the ingestion, the standard objects to write)."""
    matches = []
    for standard in plan.standards:
        found: str | None = None
        for position in standard.keys:
            value = values[position]
            if value is None:
                continue
            ids = store.standard_objects_with(standard.root, plan.keys[position].name, value)
            if len(ids) > 1:
                return f"More than one {standard.root} matches the keys of this object", ()
            if ids:
                (found,) = ids
                break
        matches.append(StandardMatch(standard, found))
    return None, tuple(matches)


def write_standard_object(
    store: Store,
    match: StandardMatch,
    plan: Plan,
    record: Record,
    values: list[str | None],
    profile_id: str,
    new_id: Callable[[], str],
) -> None:
    """Create or update the standard object, bind its keys, and hand it to this profile."""
    written: dict[str, Any] = {}
    for read, path in match.plan.rows:
        raw = read(record)
        if isinstance(raw, dict):
            written |= spread(path, raw)
        elif text := as_text(raw):
            written[path] = text
    root = match.plan.root
    standard = None if match.found is None else store.standard_object(root, match.found)
    if standard is None:
        if not written:
            return
        standard = StandardObject(root, new_id(), profile_id, plan.name, store.next_sequence())
    standard.values |= written
    standard.profile_id, standard.object_type = profile_id, plan.name
    store.save_standard_object(standard)
    definition = STANDARD_OBJECTS[root]
    store.add_key_value(profile_id, id_key(definition), standard.id, plan.name)
    for key_name, path in definition.indexes:
        if path in standard.values:
            store.add_key_value(profile_id, key_name, standard.values[path], plan.name)
    for position in match.plan.keys:
        value, key = values[position], plan.keys[position]
        if value is not None and key.stored:
            store.add_standard_key(root, standard.id, key.name, value)
