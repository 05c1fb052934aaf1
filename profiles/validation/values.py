"""Whether the values of a mapping have the Python types that the vocabulary declares.

The other rules rely on it: a forgotten comma must be a finding, not a traceback that hides the
findings of every other mapping.
"""

from types import NoneType
from typing import Final

from profiles.validation import rules
from profiles.validation.report import Report, field_place, key_place
from profiles.vocabulary import ContentType, Field, Identifier, Key, ObjectType

_TEXT, _OPTIONAL_TEXT, _OPTIONAL_NUMBER = (str,), (str, NoneType), (int, NoneType)

_OF_TYPE: Final[dict[str, tuple[type, ...]]] = {
    "name": _TEXT,
    "description": _TEXT,
    "fields": (tuple,),
    "keys": (tuple,),
    "allow_profile_creation": (bool,),
    "expiration_days": _OPTIONAL_NUMBER,
    "source_priority": _OPTIONAL_NUMBER,
    "max_profile_object_count": _OPTIONAL_NUMBER,
    "source_last_updated_timestamp_format": _OPTIONAL_TEXT,
    "encryption_key": _OPTIONAL_TEXT,
    "template_id": _OPTIONAL_TEXT,
}
_OF_FIELD: Final[dict[str, tuple[type, ...]]] = {
    "name": _TEXT,
    "source": _TEXT,
    "target": _OPTIONAL_TEXT,
    # A text is refused by another rule, which says what there is.
    "content_type": (ContentType, str),
}
_OF_KEY: Final[dict[str, tuple[type, ...]]] = {
    "name": _TEXT,
    "fields": (tuple,),
    "identifiers": (tuple,),
}


def check_values(object_type: ObjectType, report: Report) -> bool:
    """Whether everything has its declared type, so that the other rules can be checked."""
    before = len(report.findings)
    _check_members(object_type, _OF_TYPE, "", report)
    if isinstance(object_type.fields, tuple):
        _check_items("fields", object_type.fields, (Field,), "", report)
        for field in object_type.fields:
            if isinstance(field, Field):
                _check_members(field, _OF_FIELD, field_place(str(field.name)), report)
    if isinstance(object_type.keys, tuple):
        _check_items("keys", object_type.keys, (Key,), "", report)
        for key in object_type.keys:
            if isinstance(key, Key):
                _check_key(key, report)
    return len(report.findings) == before


def _check_key(key: Key, report: Report) -> None:
    place = key_place(str(key.name))
    _check_members(key, _OF_KEY, place, report)
    if isinstance(key.fields, tuple):
        _check_items("fields", key.fields, (str,), place, report)
    if isinstance(key.identifiers, tuple):
        _check_items("identifiers", key.identifiers, (Identifier, str), place, report)


def _check_members(
    owner: object, wanted: dict[str, tuple[type, ...]], place: str, report: Report
) -> None:
    for member, types in wanted.items():
        value = getattr(owner, member)
        # The exact type: True is no number of days.
        if type(value) not in types:
            message = f"{member} is {_named(type(value))}"
            report.add(rules.VALUE_TYPE, place, message, f"give {_ways(types)}")


def _check_items(
    member: str, items: tuple[object, ...], types: tuple[type, ...], place: str, report: Report
) -> None:
    for item in items:
        if type(item) not in types:
            message = f"{member} holds {_named(type(item))}"
            report.add(rules.VALUE_TYPE, place, message, f"hold {_ways(types)} in each place")


def _ways(types: tuple[type, ...]) -> str:
    if types == (tuple,):
        return "a tuple; one of a single item ends with a comma: (item,)"
    return " or ".join(_named(each) for each in types if each in {types[0], NoneType})


def _named(kind: type) -> str:
    if kind is NoneType:
        return "None"
    return f"{'an' if kind.__name__[0] in 'aeiouAEIOU' else 'a'} {kind.__name__}"
