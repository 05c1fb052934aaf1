"""Standard objects other than the profile: assets, orders, bookings, ...

A key with such an object's identifier looks it up: one is updated, several refuse the ingestion,
none creates it. They are not replaced when an object is put again: values accumulate (admin guide,
"Standard objects").
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from profiles.plan import Plan, Record, StandardPlan
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


def standard_values(plan: StandardPlan, record: Record) -> dict[str, Any]:
    """Path to value of what a record writes into its standard object of this kind."""
    written: dict[str, Any] = {}
    for read, path, convert in plan.rows:
        written |= convert(path, read(record))
    return written


def write_standard_objects(
    store: Store,
    matches: tuple[StandardMatch, ...],
    plan: Plan,
    record: Record,
    values: list[str | None],
    profile_id: str,
    new_id: Callable[[], str],
) -> None:
    """Create or update each standard object, bind its keys, and hand it to the profile."""
    name = plan.name
    for match in matches:
        written = standard_values(match.plan, record)
        root = match.plan.root
        standard = None if match.found is None else store.standard_object(root, match.found)
        if standard is None:
            if not written:
                continue
            standard = StandardObject(root, new_id(), profile_id, name, store.next_sequence())
        standard.values |= written
        standard.profile_id, standard.object_type = profile_id, name
        store.save_standard_object(standard)
        _bind(store, standard)
        for position in match.plan.keys:
            own, key = values[position], plan.keys[position]
            if own is not None and key.stored:
                store.add_standard_key(root, standard.id, key.name, own)


def _bind(store: Store, standard: StandardObject) -> None:
    """Its indexes find the object, and the profile that has it, too."""
    definition = STANDARD_OBJECTS[standard.root]
    indexed = [(id_key(definition), standard.id)]
    indexed += [
        (key_name, standard.values[path])
        for key_name, path in definition.indexes
        if path in standard.values
    ]
    for key_name, value in indexed:
        store.add_key_value(standard.profile_id, key_name, value, standard.object_type)
        store.add_standard_key(standard.root, standard.id, key_name, value)
