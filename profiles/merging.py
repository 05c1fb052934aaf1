"""What an object writes into its profile (aws-semantics 2.4).

Only fields that carry a value write; empty never blanks. A source of lower priority cannot
overwrite a higher one; between equals the last write stands.
"""

from typing import Any

from profiles.indexes import standard_entries
from profiles.plan import Plan, Record
from profiles.sources import as_text
from profiles.store import Profile, Store, Writer

Kept = tuple[tuple[str, Writer], ...]
"""(path, stronger writer) of each value that an object was too weak to overwrite."""


def profile_values(plan: Plan, record: Record) -> dict[str, Any]:
    """Profile path to value, for every targeted field of the record that carries one."""
    written: dict[str, Any] = {}
    for member, path in plan.simple_rows:
        value = record.get(member)
        if value.__class__ is not str and value is not None:
            value = as_text(value)
        if value:
            written[path] = value
    for read, path, convert in plan.other_rows:
        written |= convert(path, read(record))
    return written


def inferred_values(plan: Plan, record: Record, written: dict[str, Any]) -> dict[str, Any]:
    """EmailAddress and PhoneNumber that a profile gets because this record creates it.

    Source: admin guide, "Profile matching": any field of content type EMAIL_ADDRESS or
    PHONE_NUMBER, even without a target; the profile field only, not its search key.
    """
    inferred: dict[str, Any] = {}
    for read, path in plan.inferred_rows:
        value = as_text(read(record))
        if value and path not in written:
            inferred.setdefault(path, value)
    return inferred


def merge(store: Store, plan: Plan, profile: Profile, record: Record, writer: Writer) -> Kept:
    """Write what this source may write, and keep the profile's own indexes true.

    The usual object writes single members over what nobody stronger wrote: these values go
    straight into the profile.
    """
    if plan.other_rows or plan.rank > profile.strongest or profile.inferred:
        return _merge(store, plan, profile, profile_values(plan, record), writer)
    values, writers, reindex = profile.values, profile.writers, False
    for member, path in plan.simple_rows:
        value = record.get(member)
        if value.__class__ is not str and value is not None:
            value = as_text(value)
        if value:
            if values.get(path) != value:
                values[path] = value
                if path in plan.indexed:
                    reindex = True
            writers[path] = writer
    profile.strongest = plan.rank
    store.save_profile(profile)
    if reindex:
        store.set_standard_index(profile.id, standard_entries(profile))
    return ()


def _merge(
    store: Store, plan: Plan, profile: Profile, written: dict[str, Any], writer: Writer
) -> Kept:
    rank, standing = plan.rank, profile.writers
    kept: Kept = ()
    if rank > profile.strongest:
        kept = tuple(
            (path, standing[path])
            for path in written
            if path in standing and standing[path][2] < rank
        )
        for path, _ in kept:
            del written[path]
    else:
        profile.strongest = rank
    values = profile.values
    reindex = any(path in written and values.get(path) != written[path] for path in plan.indexed)
    if not profile.inferred.isdisjoint(written):
        profile.inferred.difference_update(written)
        reindex = True
    values.update(written)
    standing.update(dict.fromkeys(written, writer))
    store.save_profile(profile)
    if reindex:
        store.set_standard_index(profile.id, standard_entries(profile))
    return kept
