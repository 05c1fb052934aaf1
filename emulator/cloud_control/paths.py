"""Property paths of resource schemas (`/properties/Code/ZipFile`, `*` for every item) in models."""

from collections.abc import Iterable
from typing import Any, Final

import orjson

Model = dict[str, Any]
"""A resource model: JSON values by property name."""
Path = tuple[str, ...]

MAX_DEPTH: Final = 64

_PREFIX: Final = "/properties/"


def parse(pointer: str) -> Path:
    """`/properties/Tags/*/Key` as `("Tags", "*", "Key")`."""
    return tuple(pointer.removeprefix(_PREFIX).split("/"))


def pointer(path: Path) -> str:
    """The path as schemas and AWS's messages spell it."""
    return _PREFIX + "/".join(path)


def values(node: Any, path: Path) -> list[Any]:
    """All values at the path; [] when there is none."""
    if not path:
        return [node]
    head, rest = path[0], path[1:]
    if head == "*":
        items = node if isinstance(node, list) else ()
        return [value for item in items for value in values(item, rest)]
    if isinstance(node, dict) and head in node:
        return values(node[head], rest)
    return []


def without(model: Model, paths: Iterable[Path]) -> Model:
    """A copy of the model with nothing at these paths; objects left empty by it go too."""
    result: Model = orjson.loads(orjson.dumps(model))
    for path in paths:
        _remove(result, path)
    return result


def too_deep(node: Any, left: int = MAX_DEPTH) -> bool:
    """Whether a JSON value is nested deeper than resource models are."""
    children: Any = ()
    if isinstance(node, dict):
        children = node.values()
    elif isinstance(node, list):
        children = node
    return left == 0 or any(too_deep(child, left - 1) for child in children)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: `true` is not `1`."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        other, option=orjson.OPT_SORT_KEYS
    )


def _remove(node: Any, path: Path) -> None:
    head, rest = path[0], path[1:]
    if head == "*":
        for item in node if isinstance(node, list) else ():
            _remove(item, rest)
    elif isinstance(node, dict) and head in node:
        if not rest:
            del node[head]
        elif node[head]:
            _remove(node[head], rest)
            if node[head] == {}:
                del node[head]
