"""What an object writes into its profile (aws-semantics 2.4).

Only fields that carry a value write; empty never blanks. A source of lower priority cannot
overwrite a higher one; between equals the last write stands.
"""

from typing import Any

from profiles.indexes import standard_entries
from profiles.plan import Plan, Record, spread
from profiles.sources import as_text
from profiles.standard import ENGAGEMENT_PREFERENCES
from profiles.store import Profile, Store, Writer


def profile_values(plan: Plan, record: Record) -> dict[str, Any]:
    """Profile path to value, for every targeted field of the record that carries one."""
    written: dict[str, Any] = {}
    for member, path in plan.simple_rows:
        value = record.get(member)
        if value.__class__ is not str:
            value = as_text(value)
        if value:
            written[path] = value
    for read, path, whole in plan.other_rows:
        raw = read(record)
        if whole:
            written |= spread(path, raw)
        elif raw and raw.__class__ is list and path.startswith(ENGAGEMENT_PREFERENCES):
            written[path] = raw
        elif value := as_text(raw):
            written[path] = value
    return written


def add_inferred_values(plan: Plan, profile: Profile, record: Record, writer: Writer) -> None:
    """Fill EmailAddress and PhoneNumber of a profile that this ingestion creates.

    Source: admin guide, "Profile matching": any field of content type EMAIL_ADDRESS or
    PHONE_NUMBER, even without a target; the profile field only, not its search key.
    """
    for read, path in plan.inferred_rows:
        value = as_text(read(record))
        if value and path not in profile.values:
            profile.values[path] = value
            profile.writers[path] = writer
            profile.inferred.add(path)


def merge(
    store: Store, plan: Plan, profile: Profile, written: dict[str, Any], writer: Writer
) -> tuple[dict[str, Any], list[tuple[str, Writer]]]:
    """Write what this source may write, and keep the profile's own indexes true.

    Returns (path to value as written, (path, stronger writer) of what was kept).
    """
    kept: list[tuple[str, Writer]] = []
    rank = plan.rank
    if rank > profile.strongest:
        standing = profile.writers
        kept = [(p, standing[p]) for p in written if p in standing and standing[p][2] < rank]
        written = {path: written[path] for path in written if path not in dict(kept)}
    else:
        profile.strongest = rank
    values = profile.values
    reindex = False
    for path in plan.indexed:
        if path in written and values.get(path) != written[path]:
            reindex = True
    if profile.inferred and not profile.inferred.isdisjoint(written):
        profile.inferred.difference_update(written)
        reindex = True
    values.update(written)
    profile.writers.update(dict.fromkeys(written, writer))
    store.save_profile(profile)
    if reindex:
        store.set_standard_index(profile.id, standard_entries(profile))
    return written, kept
