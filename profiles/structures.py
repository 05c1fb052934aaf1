"""What a value of a source record becomes in the profile: a text, or the members of a structure.

Each function takes the path that a field targets and the JSON value that its source found, and
returns path to value: nothing for a value that is empty or not of that form.
"""

from collections.abc import Callable, Collection
from typing import Any, Final

from profiles.sources import as_text
from profiles.standard import (
    ENGAGEMENT_CHANNELS,
    ENGAGEMENT_PREFERENCES,
    MAX_ATTRIBUTE_NAME,
)

Convert = Callable[[str, Any], dict[str, Any]]
"""(path, JSON value) -> path to value."""

_CONTACT_MEMBERS: Final = ("KeyName", "KeyValue", "ProfileId", "ContactType")
"""API model, ContactPreference."""


def text(path: str, value: Any) -> dict[str, Any]:
    """The value as a text."""
    written = as_text(value)
    return {path: written} if written else {}


def members_of(known: Collection[str]) -> Convert:
    """The known members of a whole JSON object, as texts; empty members are left out.

    Live behaviour of `_source.Address` -> `_profile.Address` (aws-semantics 1.2).
    """

    def spread(path: str, value: Any) -> dict[str, Any]:
        return {
            f"{path}.{name}": written for name, written in _texts(value).items() if name in known
        }

    return spread


def attributes(path: str, value: Any) -> dict[str, Any]:
    """The members of a whole JSON object, whatever their names, as texts."""
    return {
        f"{path}.{name}": written
        for name, written in _texts(value).items()
        if 0 < len(name) <= MAX_ATTRIBUTE_NAME
    }


def _texts(value: Any) -> dict[str, str]:
    members = value.items() if isinstance(value, dict) else ()
    return {name: written for name, inner in members if (written := as_text(inner))}


def preferences(path: str, value: Any) -> dict[str, Any]:
    """The list of contacts of one channel, or an object of such lists (aws-semantics 1.2).

    Only texts that the API model knows are kept: another member, or a value nested however deep,
    would make answers that no client reads.
    """
    lists = {path: value}
    if path == ENGAGEMENT_PREFERENCES:
        known = value if isinstance(value, dict) else {}
        lists = {f"{path}.{channel}": known.get(channel) for channel in ENGAGEMENT_CHANNELS}
    contacts = {place: _contacts(each) for place, each in lists.items()}
    return {place: each for place, each in contacts.items() if each}


def _contacts(value: Any) -> list[dict[str, str]]:
    contacts = [
        {name: known for name in _CONTACT_MEMBERS if (known := as_text(each.get(name)))}
        for each in (value if isinstance(value, list) else [])
        if isinstance(each, dict)
    ]
    return [each for each in contacts if each]


def longest(value: str | list[dict[str, str]]) -> int:
    """The number of characters of the longest text in a value."""
    if isinstance(value, str):
        return len(value)
    return max(len(each) for contact in value for each in contact.values())
