"""The source of a mapping module, formatted as `ruff format` leaves it."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from lifecycle.importing.model import Imported
from profiles import (
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    STRING,
    UNIQUE,
    Field,
    Identifier,
    Key,
)

WIDTH: Final = 100
_INDENT: Final = "    "
_NAMED: Final = frozenset({PROFILE, UNIQUE, SECONDARY, LOOKUP_ONLY, NEW_ONLY})
"""The identifiers that `profiles` has by name."""


def module_text(imported: Imported) -> str:
    """A module that `mappings` loads, with OBJECT_TYPE and EXAMPLES."""
    object_type = imported.object_type
    used = {"ObjectType"}
    used |= {"Field"} if object_type.fields else set()
    used |= {"Key"} if object_type.keys else set()
    used |= {str(each.content_type) for each in object_type.fields} - {str(STRING)}
    identifiers = {each for key in object_type.keys for each in key.identifiers}
    used |= {each.value if each in _NAMED else "Identifier" for each in identifiers}
    arguments = [
        f"name={literal(object_type.name)}",
        _description(object_type.description),
    ]
    if object_type.allow_profile_creation:
        arguments.append("allow_profile_creation=True")
    for name in (
        "expiration_days",
        "source_priority",
        "max_profile_object_count",
        "source_last_updated_timestamp_format",
        "encryption_key",
        "template_id",
    ):
        value = getattr(object_type, name)
        if value is not None:
            arguments.append(f"{name}={literal(value)}")
    if object_type.fields:
        arguments.append(_rows("fields", [_field(each) for each in object_type.fields]))
    if object_type.keys:
        arguments.append(_rows("keys", [_key(each) for each in object_type.keys]))
    body = "".join(f"{_INDENT}{each},\n" for each in arguments)
    return (
        f"{_docstring(object_type.name)}\n\n{_import(used)}\n\n"
        f"OBJECT_TYPE = ObjectType(\n{body})\n\n{_examples(imported.examples)}\n"
    )


def literal(value: Any) -> str:
    """A Python literal, in double quotes unless that needs more escapes."""
    if not isinstance(value, str):
        return repr(value)
    shown = repr(value)
    if shown.startswith('"') or value.count('"') > value.count("'"):
        return shown
    inner = shown[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'


def _docstring(name: str) -> str:
    """The first line of the module: what it is, for whoever reads the folder."""
    safe = re.fullmatch(r"[\w-]{1,64}", name, re.ASCII)
    return f'"""Objects of type {name}."""' if safe else '"""Objects of one type."""'


def _import(names: Iterable[str]) -> str:
    """In isort's order: constants, then classes."""
    ordered = sorted(names, key=lambda each: (not each.isupper(), each))
    flat = f"from profiles import {', '.join(ordered)}"
    if _fits(flat, 0):
        return flat
    return "from profiles import (\n" + "".join(f"{_INDENT}{each},\n" for each in ordered) + ")"


def _description(text: str) -> str:
    flat = f"description={literal(text)}"
    if _fits(f"{flat},", 1):
        return flat
    # Cut so that no text is lost: the pieces joined are the description.
    pieces = [text]
    if not _fits(literal(text), 2):
        pieces = textwrap.wrap(
            text, 70, expand_tabs=False, replace_whitespace=False, drop_whitespace=False
        )
    lines = "".join(f"{_INDENT * 2}{literal(each)}\n" for each in pieces)
    return f"description=(\n{lines}{_INDENT})"


def _rows(name: str, rows: list[str]) -> str:
    """A line for each; one alone stays in the line of its name where it fits."""
    flat = f"{name}=({rows[0]},)"
    if len(rows) == 1 and "\n" not in flat and _fits(f"{flat},", 1):
        return flat
    lines = "".join(f"{_INDENT * 2}{each},\n" for each in rows)
    return f"{name}=(\n{lines}{_INDENT})"


def _field(field: Field) -> str:
    values = [literal(field.name), literal(field.source)]
    if field.target is not None:
        values.append(literal(field.target))
    if field.content_type is not STRING:
        named = "" if field.target is not None else "content_type="
        values.append(f"{named}{field.content_type}")
    return _call("Field", values)


def _key(key: Key) -> str:
    values = [literal(key.name), _tuple([literal(each) for each in key.fields])]
    if key.identifiers:
        values.append(_tuple([_identifier(each) for each in key.identifiers]))
    return _call("Key", values)


def _identifier(identifier: Identifier) -> str:
    return identifier.value if identifier in _NAMED else f"Identifier.{identifier.value}"


def _call(name: str, values: list[str]) -> str:
    """In one line where it fits, else its arguments in a line, else each in a line of its own."""
    flat = ", ".join(values)
    one_line = not any("\n" in each for each in values)
    if one_line and _fits(f"{name}({flat}),", 2):
        return f"{name}({flat})"
    if one_line and _fits(flat, 3):
        return f"{name}(\n{_INDENT * 3}{flat}\n{_INDENT * 2})"
    lines = "".join(f"{_INDENT * 3}{each},\n" for each in values)
    return f"{name}(\n{lines}{_INDENT * 2})"


def _tuple(values: list[str]) -> str:
    """In one line where it fits into one of a call's, else each in a line of its own."""
    flat = f"({values[0]},)" if len(values) == 1 else f"({', '.join(values)})"
    if _fits(f"{flat},", 3):
        return flat
    lines = "".join(f"{_INDENT * 4}{each},\n" for each in values)
    return f"(\n{lines}{_INDENT * 3})"


def _examples(examples: tuple[Mapping[str, Any], ...]) -> str:
    if not examples:
        return (
            "# Source records as the source system writes them; `lifecycle verify` puts them.\n"
            "EXAMPLES = ()"
        )
    if examples == ({},):
        return "EXAMPLES = ({},)"
    return f"EXAMPLES = (\n{''.join(_value(each, 1) + ',' + chr(10) for each in examples)})"


def _value(value: Any, depth: int, before: str = "") -> str:
    """A JSON value as Python, its members each in a line of its own."""
    indent = _INDENT * depth
    if isinstance(value, Mapping) and value:
        members = "".join(
            _value(each, depth + 1, f"{literal(name)}: ") + ",\n" for name, each in value.items()
        )
        return f"{indent}{before}{{\n{members}{indent}}}"
    if isinstance(value, list) and value:
        items = "".join(_value(each, depth + 1) + ",\n" for each in value)
        return f"{indent}{before}[\n{items}{indent}]"
    return f"{indent}{before}{literal(value)}"


def _fits(text: str, depth: int) -> bool:
    """Characters of East Asian scripts that are twice as wide count twice, as for the formatter."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide + len(_INDENT) * depth <= WIDTH
