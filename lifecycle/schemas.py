"""JSON Schemas of the objects that source systems send, generated from the mappings.

They are as strict as helps a producer: what a schema accepts, Customer Profiles takes.
"""

import json
from collections.abc import Iterable
from typing import Final

from lifecycle.schema_members import Member, Path, Schema, members_of
from profiles import Identifier, Key, ObjectType, ObjectTypeMapping
from profiles.sources import as_text, parse

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
MORE_MEMBERS: Final = (
    "Other members are taken and kept with the object, so that a mapping can read them later."
)


def schema_of(mapping: ObjectTypeMapping) -> Schema:
    """The schema of an object of this type, be it the detail of an event, a message, or a line."""
    object_type = mapping.object_type
    root = members_of(object_type)
    conditions = _conditions(object_type, root)
    schema: Schema = {
        "$schema": DIALECT,
        "$id": f"customer-lifecycle/{object_type.name}",
        "title": object_type.name,
        "description": object_type.description,
        **root.as_object(),
    }
    # A single condition stands by itself, so that the usual schema reads plainly.
    if len(conditions) == 1:
        schema |= conditions[0]
    elif conditions:
        schema["allOf"] = conditions
    schema |= {"additionalProperties": True, "$comment": MORE_MEMBERS}
    schema["examples"] = [dict(each) for each in mapping.examples]
    return schema


def text_of(schema: Schema) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _conditions(object_type: ObjectType, root: Member) -> list[Schema]:
    """Require the UNIQUE key's members; the conditions that say the rest about keys."""
    unique = next((key for key in object_type.keys if Identifier.UNIQUE in key.identifiers), None)
    conditions: list[Schema] = []
    if unique is not None:
        paths, conditions = _needed(object_type, unique)
        for path in paths:
            root.require(path)
    alternatives: list[Schema] = []
    for key in object_type.keys:
        if Identifier.PROFILE not in key.identifiers:
            continue
        paths, more = _needed(object_type, key)
        if unique is not None and set(key.fields) <= set(unique.fields):
            return conditions
        alternative = _present(paths) | ({"allOf": more} if more else {})
        if not alternative:
            return conditions
        alternatives.append(alternative)
    if len(alternatives) > 1:
        conditions.append({"anyOf": alternatives})
    else:
        conditions += alternatives
    return conditions


def _needed(object_type: ObjectType, key: Key) -> tuple[list[Path], list[Schema]]:
    """(the members that a key's accessors read, what its templates need)."""
    sources = {field.name: parse(field.source) for field in object_type.fields}
    paths: list[Path] = []
    conditions: list[Schema] = []
    for name in key.fields:
        source = sources[name]
        if source.path is not None:
            paths.append(source.path)
        # A template that gives a text even for an empty object needs nothing.
        elif source.paths and not as_text(source.evaluate({})):
            conditions.append({"anyOf": [_present([path]) for path in sorted(source.paths)]})
    return paths, conditions


def _present(paths: Iterable[Path]) -> Schema:
    """That an object has something at each of these paths."""
    below: dict[str, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).extend([path[1:]] if path[1:] else [])
    nested = {name: _present(rest) for name, rest in below.items() if rest}
    return ({"required": list(below)} if below else {}) | ({"properties": nested} if nested else {})
