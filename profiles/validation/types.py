"""Rules about an object type as a whole."""

import re
from typing import Final

from profiles.validation import rules
from profiles.validation.report import Report, shown
from profiles.vocabulary import ObjectType

MAX_NAME: Final = 255
MAX_DESCRIPTION: Final = 1000
MAX_EXPIRATION_DAYS: Final = 1098
MAX_TEXT: Final = 255

MAX_TEMPLATE_ID: Final = 64

_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z_0-9-]*", re.ASCII)
_TEMPLATE_ID: Final = re.compile(r"[a-zA-Z0-9_-]+", re.ASCII)
# Java, SimpleDateFormat: its letters, with anything else between them or 'in quotes'. Java takes
# % for itself, but a pattern with one is another language's.
_DATE_PATTERN: Final = re.compile(r"(?:[GyYMLwWDdFEuaHkKhmsSzZX]|[^a-zA-Z'%]|'[^']*')*", re.ASCII)
_EPOCH: Final = "epochmilli"


def check_type(object_type: ObjectType, report: Report) -> None:
    """Name, description, numbers, template."""
    name = object_type.name
    if not 1 <= len(name) <= MAX_NAME or _NAME.fullmatch(name) is None:
        way_out = "start with a letter, go on with letters, digits, _ or -"
        report.add(rules.TYPE_NAME, "", "the name is not allowed", way_out)
    elif name.startswith("_"):
        report.add(rules.TYPE_NAME_RESERVED, "", "the name starts with _", "start with a letter")
    if not 1 <= len(object_type.description) <= MAX_DESCRIPTION:
        message = f"the description has {len(object_type.description)} characters"
        report.add(rules.TYPE_DESCRIPTION, "", message, f"use 1-{MAX_DESCRIPTION}")
    _check_numbers(object_type, report)
    key = object_type.encryption_key
    if key is not None and len(key) > MAX_TEXT:
        report.add(rules.TYPE_ENCRYPTION_KEY, "", "the key is too long", "give the key's ARN")
    _check_timestamp_format(object_type.source_last_updated_timestamp_format, report)
    _check_template(object_type, report)


def _check_timestamp_format(timestamp: str | None, report: Report) -> None:
    if timestamp is None:
        return
    way_out = "use EpochMilli or a Java SimpleDateFormat pattern"
    if not 1 <= len(timestamp) <= MAX_TEXT:
        report.add(rules.TYPE_TIMESTAMP_FORMAT, "", "the format is empty or too long", way_out)
    elif timestamp.lower() != _EPOCH and _DATE_PATTERN.fullmatch(timestamp) is None:
        message = f"the timestamp format {shown(timestamp)} is no date pattern"
        report.add(rules.TYPE_TIMESTAMP_PATTERN, "", message, way_out)


def _check_template(object_type: ObjectType, report: Report) -> None:
    template = object_type.template_id
    if template is None:
        return
    if not 1 <= len(template) <= MAX_TEMPLATE_ID or _TEMPLATE_ID.fullmatch(template) is None:
        way_out = f"use letters, digits, _ or -, at most {MAX_TEMPLATE_ID}"
        report.add(rules.TYPE_TEMPLATE_ID, "", "the template's id is not allowed", way_out)
    timestamp = object_type.source_last_updated_timestamp_format
    own = bool(object_type.fields or object_type.keys or timestamp)
    if own or object_type.allow_profile_creation:
        message = "a template stands beside fields, keys, profile creation or a timestamp format"
        report.add(rules.TYPE_TEMPLATE, "", message, "remove the template, or all of those")


def _check_numbers(object_type: ObjectType, report: Report) -> None:
    days = object_type.expiration_days
    if days is not None and not 1 <= days <= MAX_EXPIRATION_DAYS:
        message = f"objects expire after {days} days"
        report.add(rules.TYPE_EXPIRATION, "", message, f"use 1-{MAX_EXPIRATION_DAYS} days")
    priority = object_type.source_priority
    if priority is not None and priority < 1:
        message = f"the source priority is {priority}"
        report.add(rules.TYPE_PRIORITY, "", message, "use 1 (the highest) or more, or none")
    count = object_type.max_profile_object_count
    if count is not None and count < 1:
        message = f"the maximum object count is {count}"
        report.add(rules.TYPE_OBJECT_COUNT, "", message, "use 1 or more, or none")
