"""Rules about fields, their sources and targets."""

import re
from typing import Final

from profiles.sources import SourceError, parse
from profiles.standard import ATTRIBUTES, PROFILE_ROOT, STANDARD_OBJECTS, StandardDefinition
from profiles.targets import Target, TargetError, parse_target
from profiles.validation import rules
from profiles.validation.report import Report, field_place, shown
from profiles.vocabulary import ContentType, Field, ObjectType

MAX_FIELDS: Final = 250
MAX_NAME: Final = 64
MAX_EXPRESSION: Final = 1000
MAX_ATTRIBUTE_NAME: Final = 255

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]*", re.ASCII)
_EXCLUSIVE: Final = (("Gender", "GenderString"), ("PartyType", "PartyTypeString"))
_SYSTEM_LISTS: Final = frozenset({"ImportIds", "FoundByItems", "FoundByItems[]"})
_CONTACT: Final = {
    ContentType.EMAIL_ADDRESS: re.compile(r"e-?mail", re.IGNORECASE),
    ContentType.PHONE_NUMBER: re.compile(r"phone|mobile", re.IGNORECASE),
}


def check_fields(object_type: ObjectType, report: Report, *, deployable: bool) -> None:
    """Every field by itself, then the targets together.

    deployable: whether CloudFormation's narrower rules count too.
    """
    fields = object_type.fields
    if object_type.template_id is None and not 1 <= len(fields) <= MAX_FIELDS:
        message = f"there are {len(fields)} fields"
        report.add(rules.FIELD_COUNT, "", message, f"have 1-{MAX_FIELDS} fields")
    names: set[str] = set()
    in_keys = {name for key in object_type.keys for name in key.fields}
    for field in fields:
        if field.name in names:
            place = field_place(field.name)
            report.add(rules.FIELD_DUPLICATE, place, "the name is used twice", "rename one")
        names.add(field.name)
        _check_name(field, report, deployable=deployable)
        _check_source(field, report)
        _check_content_type(field, report, in_keys)
        if field.target is None and field.name not in in_keys:
            message = "neither a target nor a key uses it"
            report.add(
                rules.FIELD_UNUSED, field_place(field.name), message, "give it a target, or remove"
            )
    _check_targets(object_type, report)


def _check_name(field: Field, report: Report, *, deployable: bool) -> None:
    place = field_place(field.name)
    if field.name in {"Tags", "tags"}:
        report.add(rules.FIELD_NAME_RESERVED, place, "the name is reserved", "rename the field")
    elif not 1 <= len(field.name) <= MAX_NAME or _NAME.fullmatch(field.name) is None:
        way_out = f"start with a letter, then letters, digits, _ . or -, at most {MAX_NAME}"
        report.add(rules.FIELD_NAME, place, "the name is not allowed", way_out)
    elif deployable and "." in field.name:
        way_out = f"call it {shown(field.name.replace('.', '_'))}"
        message = "the name has a dot, which CloudFormation refuses"
        report.add(rules.FIELD_NAME_DOTTED, place, message, way_out)


def _check_source(field: Field, report: Report) -> None:
    place = field_place(field.name)
    if not 1 <= len(field.source) <= MAX_EXPRESSION:
        message = f"the source has {len(field.source)} characters"
        report.add(rules.FIELD_SOURCE, place, message, f"use 1-{MAX_EXPRESSION}")
        return
    try:
        parse(field.source)
    except SourceError as error:
        way_out = "use an accessor such as _source.email, or a documented template"
        report.add(rules.FIELD_SOURCE, place, f"source: {error}", way_out)


def _check_content_type(field: Field, report: Report, in_keys: set[str]) -> None:
    place = field_place(field.name)
    content_type: object = field.content_type
    if not isinstance(content_type, ContentType):
        known = ", ".join(ContentType)
        message = "the content type is not one of profiles.ContentType"
        report.add(rules.FIELD_CONTENT_TYPE, place, message, f"use one of {known}")
    elif content_type is ContentType.STRING and field.name in in_keys:
        # A template joins several values into one that is neither.
        source = "" if "{{" in field.source else field.source
        for wanted, pattern in _CONTACT.items():
            if any(pattern.search(text or "") for text in (field.name, source, field.target)):
                message = f"a key compares it as STRING, though it looks like {wanted}"
                way_out = f"set the content type {wanted}"
                report.add(rules.FIELD_CONTENT_TYPE_MISSING, place, message, way_out)
                break


def _check_targets(object_type: ObjectType, report: Report) -> None:
    seen: dict[Target, str] = {}
    roots: dict[str, str] = {}
    for field in object_type.fields:
        if field.target is None:
            continue
        target = _check_target(field, field.target, report)
        if target is None:
            continue
        place = field_place(field.name)
        if target in seen:
            message = f"it has the same target as field {shown(seen[target])}"
            report.add(rules.TARGET_DUPLICATE, place, message, "keep one of the two")
        seen.setdefault(target, field.name)
        roots.setdefault(target.root, field.name)
    paths = {".".join(target.path): name for target, name in seen.items() if _of_profile(target)}
    for one, other in _EXCLUSIVE:
        if one in paths and other in paths:
            message = f"_profile.{other} is a target beside _profile.{one}"
            place = field_place(paths[other])
            report.add(rules.TARGET_EXCLUSIVE, place, message, f"keep _profile.{other} alone")
    has_format = object_type.source_last_updated_timestamp_format is not None
    if "SourceLastUpdatedTimestamp" in paths and not has_format:
        place = field_place(paths["SourceLastUpdatedTimestamp"])
        way_out = "set source_last_updated_timestamp_format, e.g. EpochMilli"
        message = "the object type has no timestamp format"
        report.add(rules.TARGET_NEEDS_FORMAT, place, message, way_out)
    identifiers = {identifier for key in object_type.keys for identifier in key.identifiers}
    for root, name in roots.items():
        wanted = STANDARD_OBJECTS[root].identifier
        if root != PROFILE_ROOT and wanted is not None and wanted not in identifiers:
            message = f"it fills {root}, but no key has the identifier {wanted}"
            way_out = f"add {wanted} to the key that names the {root.lstrip('_')}"
            report.add(rules.TARGET_NEEDS_KEY, field_place(name), message, way_out)


def _check_target(field: Field, text: str, report: Report) -> Target | None:
    """The parsed target; None where it cannot be looked at further."""
    place = field_place(field.name)
    if not 1 <= len(text) <= MAX_EXPRESSION:
        message = f"the target has {len(text)} characters"
        report.add(rules.TARGET_SYNTAX, place, message, f"use 1-{MAX_EXPRESSION}, or no target")
        return None
    try:
        target = parse_target(text)
    except TargetError as error:
        report.add(rules.TARGET_SYNTAX, place, f"target: {error}", "e.g. _profile.Attributes.Tier")
        return None
    definition = STANDARD_OBJECTS.get(target.root)
    if definition is None:
        known = ", ".join(STANDARD_OBJECTS)
        message = f"there is no standard object {shown(target.root)}"
        report.add(rules.TARGET_SYNTAX, place, message, f"use one of {known}")
        return None
    if target.path[0] == definition.id_field or target.path[0] in _SYSTEM_LISTS:
        message = f"{shown(text)} is kept by the service"
        way_out = f"use {target.root}.Attributes.<name> for your own id"
        report.add(rules.TARGET_SYSTEM, place, message, way_out)
    elif target.path[0] == ATTRIBUTES and len(target.path[-1]) > MAX_ATTRIBUTE_NAME:
        message = f"the attribute's name has {len(target.path[-1])} characters"
        report.add(rules.TARGET_ATTRIBUTE_NAME, place, message, f"use 1-{MAX_ATTRIBUTE_NAME}")
    elif not _known(definition, target.path):
        message = f"{target.root} has no field {shown('.'.join(target.path))}"
        way_out = f"use {target.root}.Attributes.{shown(target.path[-1])}"
        if definition.complete:
            report.add(rules.TARGET_UNKNOWN, place, message, way_out)
        else:
            message += " that is known offline"
            way_out = f"compare it with the admin guide, or {way_out}"
            report.add(rules.TARGET_UNVERIFIED, place, message, way_out)
    return target


def _known(definition: StandardDefinition, path: tuple[str, ...]) -> bool:
    if path[0] == ATTRIBUTES:
        return True
    structures = dict(definition.structures)
    if path[0] in structures:
        return len(path) == 1 or (path[1] in structures[path[0]] and path[2:] == ())
    return path[0] in definition.fields and len(path) == 1


def _of_profile(target: Target) -> bool:
    return target.root == PROFILE_ROOT
