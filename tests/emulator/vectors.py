"""The published vectors, and every member that their runner understands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "vectors"

REMARKS = frozenset({"basis", "why", "note", "notes"})
SEARCH = frozenset({"KeyName", "Values", "AdditionalSearchKeys", "LogicalOperator"})
EXPECTED = REMARKS | {
    "search",
    "profile",
    "count",
    "exact",
    "exact_standard_fields_empty",
    "is_profile",
}
LIST_OBJECTS = REMARKS | {
    "search",
    "profile",
    "type",
    "count",
    "object_equals",
    "object_subset",
    "standard_object_subset",
}
RE_PUT = REMARKS | {"type", "object", "then", "object_count", "profile_count", "list_objects"}
KNOWN = {
    "objects": REMARKS | {"type", "object"},
    "setup": REMARKS | {"op", "as", "params"},
    "expected": EXPECTED,
    "reverse_order": EXPECTED,
    "re_put.then": EXPECTED,
    "list_objects": LIST_OBJECTS,
    "re_put.list_objects": LIST_OBJECTS,
    "re_put": RE_PUT,
    "put_error": REMARKS | {"code", "status", "message"},
    "put_response": REMARKS | {"status"},
    "dlq": REMARKS | {"count", "body_contains", "message_text"},
    "invalid_object_types": REMARKS | {"request", "expect"},
    "valid_object_types": REMARKS | {"request"},
    "wire": REMARKS | {"stated_null_members", "stated_NextToken", "ProfileId_pattern"},
}
TOP = frozenset(
    """name source format ambiguous added_by_us notes object_types objects setup expected
    list_objects re_put reverse_order put_error put_response dlq invalid_object_types
    valid_object_types wire""".split()
)


def load(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


FILES = sorted(FOLDER.glob("*.json"))
VECTORS = {path.stem: load(path) for path in FILES}


def pieces(vector: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind, statement) of everything that the vector says."""
    for kind in KNOWN:
        if "." not in kind:
            content = vector.get(kind, [])
            for piece in content if isinstance(content, list) else [content]:
                yield kind, piece
    for piece in vector.get("re_put", []):
        for inner in ("then", "list_objects"):
            for each in piece.get(inner, []):
                yield f"re_put.{inner}", each


def unknown_members(vector: dict[str, Any]) -> list[str]:
    """Members that this runner would pass over."""
    unknown = [name for name in vector if name not in TOP]
    for kind, piece in pieces(vector):
        unknown += [f"{kind}.{name}" for name in piece if name not in KNOWN[kind]]
        search = piece.get("search", {})
        if isinstance(search, dict):
            unknown += [f"{kind}.search.{name}" for name in search if name not in SEARCH]
        unknown += [
            f"{kind}.expect.{name}"
            for name in piece.get("expect", {})
            if name not in KNOWN["put_error"]
        ]
    return unknown
