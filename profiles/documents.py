"""A profile as the API shows it, nested, and as the engine keeps it, one path for each value."""

from collections.abc import Mapping
from typing import Any

from profiles.standard import ENUMERATIONS
from profiles.store import Profile


def flatten(document: Mapping[str, Any]) -> dict[str, Any]:
    """Profile members as paths: `{"Address": {"City": "Oslo"}}` gives `{"Address.City": "Oslo"}`.

    Absent and null members are left out, empty strings stay (UpdateProfile clears with them).
    Gender and PartyType become their texts; where the text is there too, it counts.
    """
    values: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            values |= {
                f"{name}.{member}": inner for member, inner in value.items() if inner is not None
            }
        elif value is not None:
            values[name] = value
    for name, (text_name, _) in ENUMERATIONS.items():
        if name in values:
            value = values.pop(name)
            values[text_name] = values.get(text_name) or value
    return values


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `flatten`.

    Where a field that is not known offline has been written whole and by its members, as a
    mapping may do, its members show.
    """
    shown: dict[str, Any] = {}
    for path, value in values.items():
        top, dot, member = path.partition(".")
        if not dot:
            shown.setdefault(top, value)
            continue
        members = shown.get(top)
        if members.__class__ is not dict:
            members = shown[top] = {}
        members[member] = value
    return shown


def document(profile: Profile) -> dict[str, Any]:
    """The profile's members that have a value, nested, with its ProfileId.

    The text of a gender or party type shows in the enumeration, too, where it belongs to it.
    """
    shown: dict[str, Any] = {"ProfileId": profile.id} | nested(profile.values)
    for name, (text_name, members) in ENUMERATIONS.items():
        text = shown.get(text_name)
        if text is not None and text.upper() in members:
            shown[name] = text.upper()
    return shown
