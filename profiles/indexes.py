"""The indexes that the standard profile itself feeds: `_account`, `_email`, `_phone`, `_fullName`.

Source: admin guide, "Standard profile definition". `_fullName` is the first, middle and last name
joined by one space, an absent one left out (live: aws-semantics 1.6).
"""

from profiles.content import normal_form
from profiles.standard import STANDARD_INDEXES
from profiles.store import KeyValue, Profile

FULL_NAME = "_fullName"

_FULL_NAME = STANDARD_INDEXES[FULL_NAME]
_NAMES = frozenset(_FULL_NAME.paths)
_INDEXED = {
    path: (name, index.content_type)
    for name, index in STANDARD_INDEXES.items()
    if name != FULL_NAME
    for path in index.paths
}
"""Profile path to the index that it feeds alone."""


def standard_entries(profile: Profile) -> set[KeyValue]:
    """The key values that follow from the profile's standard fields.

    Values which an ingestion only inferred are profile fields but no search keys
    (admin guide, "Profile matching"); nor are values of which normalising leaves nothing.
    """
    values, inferred = profile.values, profile.inferred
    entries: set[KeyValue] = set()
    # Of all that a profile has, few paths are indexed.
    for path in values.keys() & _INDEXED.keys():
        if path not in inferred:
            name, content_type = _INDEXED[path]
            form = normal_form(values[path], content_type)
            if form:
                entries.add((name, form))
    if not _NAMES.isdisjoint(values):
        parts = (values.get(path) for path in _FULL_NAME.paths if path not in inferred)
        name = " ".join(part for part in parts if part is not None)
        form = normal_form(name, _FULL_NAME.content_type)
        if form:
            entries.add((FULL_NAME, form))
    return entries
