"""The indexes that the standard profile itself feeds: `_account`, `_email`, `_phone`, `_fullName`.

Source: admin guide, "Standard profile definition". `_fullName` is the first, middle and last name
joined by one space, an absent one left out (live: aws-semantics 1.6).
"""

from profiles.content import normal_form
from profiles.standard import STANDARD_INDEXES
from profiles.store import KeyValue, Profile

FULL_NAME = "_fullName"


def standard_entries(profile: Profile) -> set[KeyValue]:
    """The key values that follow from the profile's standard fields.

    Values which an ingestion only inferred are profile fields but no search keys
    (admin guide, "Profile matching"); nor are values of which normalising leaves nothing.
    """
    values, inferred = profile.values, profile.inferred
    entries: set[KeyValue] = set()
    for name, index in STANDARD_INDEXES.items():
        found = [
            value
            for path in index.paths
            if path not in inferred and (value := values.get(path)) is not None
        ]
        if name == FULL_NAME and found:
            found = [" ".join(found)]
        forms = (normal_form(value, index.content_type) for value in found)
        entries.update((name, form) for form in forms if form)
    return entries
