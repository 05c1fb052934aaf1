"""Object types and example objects in JavaScript that calls the SDK, as AWS's sample has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import yaml

from lifecycle.errors import CouldNotRunError
from lifecycle.importing.model import Imported
from lifecycle.importing.requests import imported

_PUT_TYPE: Final = re.compile(r"putProfileObjectType\s*\(\s*(?=\{)")
_PUT_OBJECT: Final = re.compile(
    r"putProfileObject\s*\(\s*\{[^{}]*?ObjectTypeName\W+(?P<type>[\w-]+)[^{}]*?"
    r"JSON\.stringify\(\s*(?P<name>\w+)\s*\)"
)
_CONSTANT: Final = re.compile(r"(?:const|let|var)\s+(?P<name>\w+)\s*=\s*(?=\{)")
_STRING: Final = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")


def is_sample(text: str) -> bool:
    """Whether it calls PutProfileObjectType."""
    return _PUT_TYPE.search(text) is not None


def read_sample(text: str, file: str) -> Iterator[Imported]:
    """Every object type that is put, with its objects that are put. Raises: CouldNotRunError."""
    constants = {
        match["name"]: _literal(text, match.end(), f"{file}: {match['name']}")
        for match in _CONSTANT.finditer(text)
    }
    examples: dict[str, list[Mapping[str, Any]]] = {}
    for match in _PUT_OBJECT.finditer(text):
        if match["name"] in constants:
            examples.setdefault(match["type"], []).append(constants[match["name"]])
    for match in _PUT_TYPE.finditer(text):
        where = f"{file}: line {text.count(chr(10), 0, match.start()) + 1}"
        found = imported(_literal(text, match.end(), where), where)
        yield replace(found, examples=tuple(examples.get(found.object_type.name, ())))


def _literal(text: str, start: int, where: str) -> dict[str, Any]:
    """The object literal that begins there; one of plain values is a flow mapping of YAML."""
    end, depth = start, 0
    while end < len(text):
        string = _STRING.match(text, end)
        if string is not None:
            end = string.end()
            continue
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
        if not depth:
            break
    try:
        value = yaml.safe_load(text[start:end].replace("\t", " "))
    except yaml.YAMLError:
        value = None
    if not isinstance(value, dict) or depth:
        raise CouldNotRunError(f"{where}: this is no object literal of plain values")
    return value
