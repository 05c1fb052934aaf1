"""`python -m lifecycle.review.dump FOLDER`: a folder's mappings as JSON, in a process of its own.

The modules of another version must not meet those of this one in one interpreter. They are loaded
with this version's vocabulary and rules.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import decode_source
from pathlib import Path
from typing import Any, Final

import mappings
from lifecycle.review.model import Snapshot, Version
from lifecycle.review.places import places
from profiles import ContentType, Field, Identifier, Key, ObjectType, ObjectTypeMapping
from profiles.validation import errors
from profiles.validation.rules import MAPPING_UNLOADABLE, VALUE_TYPE

_NOT_COMPARABLE: Final = frozenset({MAPPING_UNLOADABLE, VALUE_TYPE})
"""Rules without which there is no object type of which anything can be said."""


def dump(folder: Path) -> dict[str, Any]:
    """The mappings of the folder: snapshots, failures and findings, as JSON values."""
    # A mapping may import another, which is then that of the same folder.
    mappings.__path__ = [str(folder)]
    loaded, findings = mappings.read(folder)
    failures: dict[str, str] = {}
    for finding in findings:
        if finding.rule in _NOT_COMPARABLE:
            where = f"{finding.place}: " if finding.place else ""
            reason = f"{where}{finding.message}"
            before = failures.get(finding.file)
            failures[finding.file] = reason if before is None else f"{before}; {reason}"
    return {
        "snapshots": [_snapshot(each, folder) for each in loaded if each.file not in failures],
        "failures": failures,
        "findings": [str(each) for each in errors(findings) if each.rule not in _NOT_COMPARABLE],
    }


def version_of(name: str, dumped: Mapping[str, Any]) -> Version:
    """The version that `dump` has put into JSON values."""
    return Version(
        name,
        tuple(
            Snapshot(
                _object_type(each["object_type"]),
                each["file"],
                tuple(each["examples"]),
                each["places"],
            )
            for each in dumped["snapshots"]
        ),
        dumped["failures"],
        tuple(dumped["findings"]),
    )


def _snapshot(mapping: ObjectTypeMapping, folder: Path) -> dict[str, Any]:
    text = decode_source((folder.parent / mapping.file).read_bytes())
    return {
        "file": mapping.file,
        "object_type": asdict(mapping.object_type),
        "examples": mapping.examples,
        "places": places(text),
    }


def _object_type(values: Mapping[str, Any]) -> ObjectType:
    rows = {
        "fields": tuple(
            Field(**each | {"content_type": _content_type(each["content_type"])})
            for each in values["fields"]
        ),
        "keys": tuple(
            Key(each["name"], tuple(each["fields"]), tuple(map(_identifier, each["identifiers"])))
            for each in values["keys"]
        ),
    }
    return ObjectType(**{**values, **rows})


def _content_type(text: str) -> Any:
    """A wrong one stays as it is: validation has said so, and it is compared all the same."""
    return ContentType(text) if text in set(ContentType) else text


def _identifier(text: str) -> Any:
    return Identifier(text) if text in set(Identifier) else text


def main() -> None:
    """Write to standard output what `dump` gives; what modules print goes elsewhere."""
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with os.fdopen(output, "w", encoding="ascii") as file:
        json.dump(dump(Path(sys.argv[1])), file)


if __name__ == "__main__":
    main()
