"""What the tests of the replay share: versions from object types, and files of objects."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lifecycle.review.model import Snapshot, Version
from lifecycle.review.object_sources import ObjectSource
from lifecycle.review.replay import replay
from lifecycle.review.replay_model import Replayed, ReplayOptions, Sizes
from profiles import ObjectType

Object = tuple[str, Mapping[str, Any]]
"""(object type, record)."""

CUT_SMALL = Sizes(in_process=0, chunk=200, bucket_objects=1)
"""Everything is partitioned, however small it is, into as many parts as there are objects."""


def version(
    *types: ObjectType, examples: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> Version:
    """A version with these object types; examples by the names of their types."""
    given = examples or {}
    return Version(
        "a version",
        tuple(Snapshot(each, examples=tuple(given.get(each.name, ()))) for each in types),
    )


def export(path: Path, objects: Iterable[Object]) -> ObjectSource:
    """A file in which each line says its type."""
    path.write_text("".join(line(*each) + "\n" for each in objects), encoding="utf-8")
    return ObjectSource(path)


def line(object_type: str, record: Mapping[str, Any]) -> str:
    return json.dumps({"ObjectTypeName": object_type, "Object": json.dumps(record)})


def replayed(
    source: ObjectSource | Sequence[ObjectSource], old: Version, new: Version, **options: Any
) -> Replayed:
    """What the objects of the sources became; all values shown unless told otherwise."""
    sources = [source] if isinstance(source, ObjectSource) else source
    given = {"show_values": True, "processes": 1, **options}
    exported = replay(old, new, sources, ReplayOptions(**given)).exported
    assert exported is not None
    return exported
