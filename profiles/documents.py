"""A profile as the API shows it, nested, and as the engine keeps it, one path for each value."""

from collections.abc import Mapping
from typing import Any, Final

from profiles.store import Profile

_ENUMERATIONS: Final = {
    "Gender": ("GenderString", frozenset({"MALE", "FEMALE", "UNSPECIFIED"})),
    "PartyType": ("PartyTypeString", frozenset({"INDIVIDUAL", "BUSINESS", "OTHER"})),
}


def flatten(document: Mapping[str, Any]) -> dict[str, Any]:
    """Profile members as paths: `{"Address": {"City": "Oslo"}}` gives `{"Address.City": "Oslo"}`.

    Absent and null members are left out, empty strings stay (UpdateProfile clears with them).
    """
    values: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            values |= {
                f"{name}.{member}": inner for member, inner in value.items() if inner is not None
            }
        elif value is not None:
            values[name] = value
    return values


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `flatten`."""
    shown: dict[str, Any] = {}
    for path, value in values.items():
        top, dot, member = path.partition(".")
        if dot:
            shown.setdefault(top, {})[member] = value
        else:
            shown[top] = value
    return shown


def document(profile: Profile) -> dict[str, Any]:
    """The profile's members that have a value, nested, with its ProfileId.

    Gender and PartyType are enumerations that were given up for strings: a value shows in the
    string member, and in the enumeration where it belongs to it (live: aws-semantics 2.4).
    """
    shown: dict[str, Any] = {"ProfileId": profile.id} | nested(profile.values)
    for name, (text_name, members) in _ENUMERATIONS.items():
        value = shown.pop(name, None)
        if value is not None:
            shown.setdefault(text_name, value)
            if value.upper() in members:
                shown[name] = value.upper()
    return shown
