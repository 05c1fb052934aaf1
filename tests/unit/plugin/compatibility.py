"""What in a package's schema would break a program that was written for an older one."""

from collections.abc import Iterator, Mapping
from typing import Any

_SHAPE = ("type", "$ref", "items", "additionalProperties")


def breaking(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """`path: what`, for every change that an older program does not survive."""
    return [
        *_members(old.get("resources", {}), new.get("resources", {})),
        *_members(old.get("types", {}), new.get("types", {})),
    ]


def _members(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for token, before in old.items():
        after = new.get(token)
        if after is None:
            yield f"{token}: is gone"
            continue
        for properties, required in (
            ("inputProperties", "requiredInputs"),
            ("properties", "required"),
        ):
            yield from _properties(
                token, before.get(properties, {}), after.get(properties, {}), properties
            )
            # Who reads outputs gains by a promise; who gives inputs does not.
            outputs = properties == "properties" and before.get("isComponent")
            was, is_ = set(before.get(required, ())), set(after.get(required, ()))
            for name in sorted(was - is_ if outputs else is_ - was):
                yield f"{token}.{properties}.{name}: is {'optional' if outputs else 'required'}"


def _properties(
    token: str, old: Mapping[str, Any], new: Mapping[str, Any], kind: str
) -> Iterator[str]:
    for name, before in old.items():
        if name not in new:
            yield f"{token}.{kind}.{name}: is gone"
        elif _shape(before) != _shape(new[name]):
            yield f"{token}.{kind}.{name}: has another type"


def _shape(definition: Any) -> Any:
    """The type without its description."""
    if not isinstance(definition, Mapping):
        return definition
    return {key: _shape(definition[key]) for key in _SHAPE if key in definition}
