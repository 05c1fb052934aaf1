"""Writes to profiles other than by ingestion (aws-semantics 3.3), and the removal of object types.

Values that people write are protected from ingestion (admin guide, "Profile matching").
"""

from collections.abc import Mapping, Sequence
from typing import Any

from profiles.engine import Engine
from profiles.errors import NotFoundError
from profiles.indexes import standard_entries
from profiles.search import forms_of
from profiles.standard import ATTRIBUTES
from profiles.store import (
    ADDED_KEY,
    MANUAL,
    NO_RANK,
    STANDARD_INDEX,
    Profile,
    StoredObject,
    Writer,
)


def create_profile(engine: Engine, values: Mapping[str, Any]) -> Profile:
    """A new profile with these values (path to value; empty ones are left out)."""
    profile = Profile(engine.new_id(), engine.store.next_sequence())
    _write(engine, profile, values)
    return profile


def update_profile(engine: Engine, profile_id: str, values: Mapping[str, Any]) -> Profile:
    """Change values (path to value): empty text clears, what is not named stays.

    Raises: NotFoundError.
    """
    profile = existing_profile(engine, profile_id)
    _write(engine, profile, values)
    return profile


def delete_profile(engine: Engine, profile_id: str) -> None:
    """Remove the profile and all its data. Raises: NotFoundError."""
    existing_profile(engine, profile_id)
    engine.store.remove_profile(profile_id)


def add_key(engine: Engine, profile_id: str, key: str, values: Sequence[str]) -> None:
    """Bind key values to the profile, so that objects with them attach to it.

    Raises: NotFoundError for an unknown profile or key.
    """
    existing_profile(engine, profile_id)
    for form in forms_of(engine, key, values):
        engine.store.add_key_value(profile_id, key, form, ADDED_KEY)


def delete_key(engine: Engine, profile_id: str, key: str, values: Sequence[str]) -> None:
    """Unbind key values from the profile; unknown values are no error.

    Raises: NotFoundError for an unknown profile or key.
    """
    existing_profile(engine, profile_id)
    for form in forms_of(engine, key, values):
        engine.store.remove_key_value(profile_id, key, form)


def delete_object(engine: Engine, profile_id: str, type_name: str, unique_key: str) -> None:
    """Remove one object from its profile; what it wrote into the profile stays.

    Raises: NotFoundError.
    """
    stored = existing_object(engine, profile_id, type_name, unique_key)
    engine.store.remove_object(stored)


def merge_profiles(
    engine: Engine,
    main_id: str,
    merged_ids: Sequence[str],
    field_sources: Mapping[str, str],
) -> None:
    """Unite profiles: keys and objects move to the main one, the others are removed.

    field_sources: field (`EmailAddress`, `Address`, `Attributes.Tier`) to the profile whose value
    stands, even where it has none; the main profile wins elsewhere, then the others in order
    (API reference, MergeProfiles).
    Raises: NotFoundError, with the text of the service, before anything changes.
    """
    try:
        main = existing_profile(engine, main_id)
        merged = [existing_profile(engine, each) for each in dict.fromkeys(merged_ids)]
        sources = {name: existing_profile(engine, each) for name, each in field_sources.items()}
    except NotFoundError:
        raise NotFoundError("Unknown profile IDs") from None
    merged = [profile for profile in merged if profile.id != main_id]
    values: dict[str, Any] = {}
    writers: dict[str, Writer] = {}
    inferred: set[str] = set()
    units = {_unit(path) for profile in (main, *merged) for path in profile.values}
    for unit in sorted(units | sources.keys()):
        winner = sources.get(unit) or next(
            profile for profile in (main, *merged) if _holds(profile, unit)
        )
        for path in winner.values:
            if _unit(path) == unit:
                values[path] = winner.values[path]
                writers[path] = winner.writers[path]
                if path in winner.inferred:
                    inferred.add(path)
    for profile in merged:
        for key, value, origin in engine.store.key_values(profile.id):
            if origin == STANDARD_INDEX:
                engine.store.add_key_value(main_id, key, value, ADDED_KEY)
        engine.store.move_contents(profile.id, main_id)
        engine.store.remove_profile(profile.id)
    main.values, main.writers, main.inferred = values, writers, inferred
    _save(engine, main)


def delete_type(engine: Engine, name: str) -> None:
    """Remove the object type with its objects, its values in profiles and its key values.

    Profiles remain (aws-semantics 1.7). Raises: NotFoundError.
    """
    if engine.plans.pop(name, None) is None:
        raise NotFoundError(f"Object type {name} is not defined in the domain")
    store = engine.store
    for profile_id in list(store.profiles_written_by(name)):
        profile = store.profile(profile_id)
        if profile is not None:
            for path in [p for p, writer in profile.writers.items() if writer[0] == name]:
                _clear(profile, path)
            _save(engine, profile)
    store.remove_objects_of_type(name)
    store.remove_origin(name)


def existing_profile(engine: Engine, profile_id: str) -> Profile:
    """The profile. Raises: NotFoundError."""
    profile = engine.store.profile(profile_id)
    if profile is None:
        raise NotFoundError(f"Profile {profile_id} does not exist")
    return profile


def existing_object(
    engine: Engine, profile_id: str, type_name: str, unique_key: str
) -> StoredObject:
    """The object of this type and key on this profile. Raises: NotFoundError."""
    stored = engine.store.object_by_key(type_name, unique_key)
    if stored is None or stored.profile_id != profile_id or stored.expires <= engine.clock():
        raise NotFoundError(f"Profile object {unique_key} does not exist")
    return stored


def _write(engine: Engine, profile: Profile, values: Mapping[str, Any]) -> None:
    rank = engine.switches.manual_rank
    writer = (MANUAL, "", rank, engine.store.next_sequence())
    for path, value in values.items():
        if value == "":
            _clear(profile, path)
            continue
        profile.values[path] = value
        profile.writers[path] = writer
        profile.inferred.discard(path)
        profile.strongest = min(profile.strongest, rank)
    _save(engine, profile)


def _clear(profile: Profile, path: str) -> None:
    profile.values.pop(path, None)
    profile.writers.pop(path, None)
    profile.inferred.discard(path)


def _save(engine: Engine, profile: Profile) -> None:
    profile.strongest = min((w[2] for w in profile.writers.values()), default=NO_RANK)
    engine.store.save_profile(profile)
    engine.store.set_standard_index(profile.id, standard_entries(profile))


def _unit(path: str) -> str:
    """What a merge takes from one profile as a whole: all but attributes, each of which is one."""
    top, _, _ = path.partition(".")
    return path if top == ATTRIBUTES else top


def _holds(profile: Profile, unit: str) -> bool:
    return any(_unit(path) == unit for path in profile.values)
