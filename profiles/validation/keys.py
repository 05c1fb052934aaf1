"""Rules about keys and their standard identifiers."""

import re
from typing import Final

from profiles.standard import LOOKUP_KEYS, SEARCH_KEYS
from profiles.validation import rules
from profiles.validation.report import Report, key_place, shown
from profiles.vocabulary import Identifier, Key, ObjectType

MAX_KEYS: Final = 10
MAX_NAME: Final = 64

_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]*", re.ASCII)
_NOT_STORED: Final = frozenset({Identifier.LOOKUP_ONLY, Identifier.NEW_ONLY})
_MODIFIERS: Final = frozenset({*_NOT_STORED, Identifier.SECONDARY})
# The last word of a member's name: status, account_status, accountStatus.
_SHARED_BY_MANY: Final = re.compile(
    r"(?:^|_|-)(?:status|state|country|city|plan|plan_?type|tier|type|gender|segment"
    r"|first_?name|last_?name)$"
)
_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def check_keys(object_type: ObjectType, report: Report, *, deployable: bool) -> None:
    """Every key entry by itself, then the identifiers together.

    deployable: whether CloudFormation's narrower rules count too.
    """
    if object_type.template_id is not None:
        return
    keys = object_type.keys
    if not 1 <= len(keys) <= MAX_KEYS:
        report.add(rules.KEY_COUNT, "", f"there are {len(keys)} keys", f"have 1-{MAX_KEYS} keys")
    names = {field.name: field for field in object_type.fields}
    for key in keys:
        _check_name(key, report)
        _check_field_names(key, frozenset(names), report)
        _check_identifiers(key, report, deployable=deployable)
        sources = [names[name].source for name in key.fields if name in names]
        if Identifier.PROFILE in key.identifiers and len(sources) == 1:
            member = _WORD_START.sub("_", sources[0].rpartition(".")[2]).lower()
            if _SHARED_BY_MANY.search(member):
                message = f"customers share values of {shown(sources[0])}"
                way_out = "match by a value of one customer, or leave PROFILE out"
                report.add(rules.KEY_LOW_CARDINALITY, key_place(key.name), message, way_out)
    _check_roles(object_type, report)


def _check_name(key: Key, report: Report) -> None:
    place = key_place(key.name)
    if key.name in {"Tags", "tags"}:
        report.add(rules.KEY_NAME_RESERVED, place, "the name is reserved", "rename the key")
        return
    allowed = 1 <= len(key.name) <= MAX_NAME and _NAME.fullmatch(key.name) is not None
    if not allowed or (key.name.startswith("_") and key.name not in SEARCH_KEYS):
        way_out = "start with a letter; names with _ are the predefined keys such as _email"
        report.add(rules.KEY_NAME, place, "the name is not allowed", way_out)


def _check_field_names(key: Key, known: frozenset[str], report: Report) -> None:
    place = key_place(key.name)
    if not key.fields:
        report.add(rules.KEY_WITHOUT_FIELD, place, "it names no field", "name the fields it is of")
    for name in key.fields:
        if name not in known:
            message = f"there is no field {shown(name)}"
            fields = ", ".join(shown(each) for each in sorted(known)[:10]) or "none"
            report.add(rules.KEY_UNKNOWN_FIELD, place, message, f"add it, or use one of: {fields}")
        elif "." in name:
            message = f"it names {shown(name)}, which has a dot"
            report.add(rules.KEY_DOTTED_FIELD, place, message, "rename the field without a dot")


def _check_identifiers(key: Key, report: Report, *, deployable: bool) -> None:
    place = key_place(key.name)
    identifiers = set(key.identifiers)
    known = all(isinstance(identifier, Identifier) for identifier in key.identifiers)
    if not known or len(identifiers) != len(key.identifiers):
        message = "an identifier is not one of profiles.Identifier, or stands twice"
        report.add(rules.KEY_IDENTIFIER, place, message, "use each standard identifier once")
    if deployable and Identifier.COMMUNICATION_RECORD in identifiers:
        way_out = "put this object type with the API, not with Pulumi"
        message = "CloudFormation does not know COMMUNICATION_RECORD"
        report.add(rules.KEY_IDENTIFIER_NOT_DEPLOYABLE, place, message, way_out)
    if Identifier.UNIQUE in identifiers and identifiers & _NOT_STORED:
        message = "UNIQUE stands beside LOOKUP_ONLY or NEW_ONLY"
        report.add(rules.KEY_UNIQUE_NOT_STORED, place, message, "keep UNIQUE alone or drop it")
    if identifiers & _MODIFIERS and Identifier.PROFILE not in identifiers:
        message = "SECONDARY, LOOKUP_ONLY or NEW_ONLY stands without PROFILE"
        if key.name not in LOOKUP_KEYS:
            report.add(rules.KEY_MODIFIER_ALONE, place, message, "add PROFILE, or leave it out")
    if key.name in LOOKUP_KEYS and Identifier.LOOKUP_ONLY not in identifiers:
        message = "a key over the service's own id is not LOOKUP_ONLY"
        report.add(rules.KEY_ID_LOOKUP_ONLY, place, message, "add LOOKUP_ONLY")


def _check_roles(object_type: ObjectType, report: Report) -> None:
    unique = [key for key in object_type.keys if Identifier.UNIQUE in key.identifiers]
    if len(unique) != 1:
        found = ", ".join(shown(key.name) for key in unique) or "none"
        message = f"UNIQUE keys: {found}"
        report.add(rules.KEY_UNIQUE_COUNT, "", message, "mark exactly one key UNIQUE")
    profile = [key for key in object_type.keys if Identifier.PROFILE in key.identifiers]
    if not profile:
        way_out = "mark the key that identifies the customer PROFILE"
        report.add(rules.KEY_PROFILE_MISSING, "", "no key is PROFILE", way_out)
    elif object_type.allow_profile_creation and all(
        _NOT_STORED & set(key.identifiers) and key.name != "_profileId" for key in profile
    ):
        message = "every PROFILE key is LOOKUP_ONLY or NEW_ONLY, but the type creates profiles"
        way_out = "have a plain PROFILE key, or switch profile creation off"
        report.add(rules.KEY_PROFILE_NOT_STORED, "", message, way_out)
