"""Rules that show only when a domain's object types, and their examples, are seen together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from profiles.content import NORMALISERS
from profiles.findings import Finding
from profiles.sources import SourceError, as_text, parse
from profiles.validation import rules
from profiles.validation.report import Report, field_place, key_place, shown
from profiles.vocabulary import ContentType, Identifier, Key, ObjectType, ObjectTypeMapping

MAX_TYPES: Final = 100


def check_against(object_type: ObjectType, others: Iterable[ObjectType]) -> tuple[Finding, ...]:
    """Key names of `object_type` that other types of the domain use with other content types."""
    return _key_reuse(object_type, others, Report(object_type.name, ""))


def check_together(mappings: Sequence[ObjectTypeMapping]) -> list[Finding]:
    """Everything that no object type shows alone."""
    findings: list[Finding] = []
    if len(mappings) > MAX_TYPES:
        report = Report("", "mappings")
        message = f"there are {len(mappings)} object types"
        report.add(rules.TYPE_COUNT, "", message, f"have at most {MAX_TYPES} in one domain")
        findings += report.findings
    for position, mapping in enumerate(mappings):
        report = Report(mapping.object_type.name, mapping.file)
        earlier = mappings[:position]
        _duplicate_name(mapping, earlier, report)
        _key_reuse(mapping.object_type, [each.object_type for each in earlier], report)
        _shared_attributes(mapping, earlier, report)
        _examples(mapping, report)
        findings += report.findings
    return findings


def _duplicate_name(
    mapping: ObjectTypeMapping, earlier: Sequence[ObjectTypeMapping], report: Report
) -> None:
    for other in earlier:
        if other.object_type.name == mapping.object_type.name:
            message = f"{other.file or 'another mapping'} defines it too"
            report.add(rules.TYPE_DUPLICATE, "", message, "rename one of the two")


def _key_reuse(
    object_type: ObjectType, others: Iterable[ObjectType], report: Report
) -> tuple[Finding, ...]:
    for other in others:
        theirs = _contents(other)
        for name, contents in _contents(object_type).items():
            if name in theirs and not contents & theirs[name]:
                message = f"{shown(other.name)} uses the key with other content types"
                way_out = "give the fields the same content types, or use another key name"
                report.add(rules.KEY_REUSE, key_place(name), message, way_out)
    return tuple(report.findings)


def _contents(object_type: ObjectType) -> dict[str, set[tuple[ContentType, ...]]]:
    """Key name to the content types of the fields of each of its entries."""
    kinds = {field.name: field.content_type for field in object_type.fields}
    contents: dict[str, set[tuple[ContentType, ...]]] = {}
    for key in object_type.keys:
        if all(name in kinds for name in key.fields):
            contents.setdefault(key.name, set()).add(tuple(kinds[name] for name in key.fields))
    return contents


def _shared_attributes(
    mapping: ObjectTypeMapping, earlier: Sequence[ObjectTypeMapping], report: Report
) -> None:
    """Fields of PROFILE keys are shared on purpose: they hold the same value in every type."""
    own = mapping.object_type
    for other in earlier:
        if other.object_type.source_priority != own.source_priority:
            continue
        theirs = {
            field.target: field.name
            for field in other.object_type.fields
            if field.target is not None and field.name not in _profile_fields(other.object_type)
        }
        for field in own.fields:
            if field.target in theirs and field.name not in _profile_fields(own):
                message = f"{shown(other.object_type.name)} writes {shown(field.target)} too"
                way_out = "give each its own attribute, or set source priorities"
                report.add(rules.ATTRIBUTE_SHARED, field_place(field.name), message, way_out)


def _profile_fields(object_type: ObjectType) -> set[str]:
    return {
        name
        for key in object_type.keys
        if Identifier.PROFILE in key.identifiers
        for name in key.fields
    }


def _examples(mapping: ObjectTypeMapping, report: Report) -> None:
    object_type = mapping.object_type
    for number, example in enumerate(mapping.examples, 1):
        for identifier in (Identifier.UNIQUE, Identifier.PROFILE):
            keys = [key for key in object_type.keys if identifier in key.identifiers]
            if keys and not any(_has_value(object_type, key, example) for key in keys):
                message = f"example {number} has no value for a {identifier} key"
                way_out = f"give it a value for {' or '.join(shown(key.name) for key in keys)}"
                report.add(rules.EXAMPLE_WITHOUT_KEY, "", message, way_out)


def _has_value(object_type: ObjectType, key: Key, example: Mapping[str, Any]) -> bool:
    fields = {field.name: field for field in object_type.fields}
    for name in key.fields:
        try:
            if name not in fields:
                continue
            text = as_text(parse(fields[name].source).evaluate(example))
            normalise = NORMALISERS.get(fields[name].content_type)
            if text and (normalise is None or normalise(text)):
                return True
        except SourceError:
            return True  # the source itself is already a finding
    return False
