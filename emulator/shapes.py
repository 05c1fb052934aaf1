"""Request shapes of botocore's models of services, compiled to functions.

Walking the model for every request is several times slower than calling what was built from it
once. Each function checks one value and returns it; breaches go to a list, so that a request hears
of all of them at once. Values never appear in messages: they can be a customer's data.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

Checker = Callable[[Any, str, list[str]], Any]
"""(value, place, breaches) -> value. A place reads `fields.email.member.source`, as AWS's do."""

_UNTOLD: Final = {"requestValueList": {"min": 1}}
"""Bounds by shape that the service enforces and the model leaves out (aws-semantics 3.1)."""

_BITS: Final = {"integer": 32, "long": 64}


def compile_shape(shape: Shape) -> Checker:
    """The checker of a body shape. Recursive shapes do not occur in what we implement."""
    if isinstance(shape, StructureShape):
        members = compile_members(dict(shape.members), frozenset(shape.required_members))
        return _union(members) if shape.is_tagged_union else members
    if isinstance(shape, ListShape):
        return _list(shape)
    if isinstance(shape, MapShape):
        return _map(shape)
    return _scalar(shape)


def compile_members(members: dict[str, Shape], required: frozenset[str]) -> Checker:
    """The checker of an object with these members: null counts as absent, unknown is refused."""
    checkers = {name: (compile_shape(member), _spelled(name)) for name, member in members.items()}
    required_names = tuple(required)

    def check(value: Any, place: str, breaches: list[str]) -> Any:
        if not isinstance(value, dict):
            breaches.append(_breach(place, "Member must be a structure"))
            return None
        prefix = f"{place}." if place else ""
        checked = {}
        for name, inner in value.items():
            known = checkers.get(name)
            if known is None:
                breaches.append(_breach(place or "request", "Member must not have unknown members"))
            elif inner is not None:
                checked[name] = known[0](inner, prefix + known[1], breaches)
        if not required <= checked.keys():
            breaches.extend(
                _breach(prefix + _spelled(name), "Member must not be null")
                for name in required_names
                if name not in checked
            )
        return checked

    return check


def _union(members: Checker) -> Checker:
    """A structure of which exactly one member is given."""

    def check(value: Any, place: str, breaches: list[str]) -> Any:
        before = len(breaches)
        checked = members(value, place, breaches)
        if len(breaches) == before and len(checked) != 1:
            breaches.append(_breach(place, "Member must have exactly one member set"))
        return checked

    return check


def _list(shape: ListShape) -> Checker:
    item = compile_shape(shape.member)
    nested = _demands(shape.member) if shape.member.type_name == "string" else []
    metadata = {**_UNTOLD.get(shape.name, {}), **shape.metadata}
    least, most = metadata.get("min", 0), metadata.get("max")
    constraint = f"Member must satisfy constraint: [{', '.join(nested)}]" if nested else ""

    def check(value: Any, place: str, breaches: list[str]) -> Any:
        if not isinstance(value, list):
            breaches.append(_breach(place, "Member must be a list"))
            return None
        if len(value) < least or (most is not None and len(value) > most):
            breaches.append(_breach(place, *_constraints(metadata, "length")))
        inner: list[str] = []
        checked = []
        for number, each in enumerate(value, 1):
            if each is None:
                inner.append(_breach(f"{place}.{number}.member", "Member must not be null"))
            else:
                checked.append(item(each, f"{place}.{number}.member", inner))
        if inner and constraint and all(each.__class__ is str for each in value):
            # AWS tells what every member must satisfy, not which of them does not.
            breaches.append(_breach(place, constraint))
        else:
            breaches.extend(inner)
        return checked

    return check


def _map(shape: MapShape) -> Checker:
    key, item = compile_shape(shape.key), compile_shape(shape.value)
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")

    def check(value: Any, place: str, breaches: list[str]) -> Any:
        if not isinstance(value, dict):
            breaches.append(_breach(place, "Member must be a map"))
            return None
        if len(value) < least or (most is not None and len(value) > most):
            breaches.append(_breach(place, *_constraints(shape.metadata, "length")))
        checked = {}
        for name, inner in value.items():
            key(name, f"{place}.key", breaches)
            if inner is None:
                breaches.append(_breach(f"{place}.member", "Member must not be null"))
            else:
                checked[name] = item(inner, f"{place}.member", breaches)
        return checked

    return check


def _scalar(shape: Shape) -> Checker:
    # A blob travels as base64 text.
    if shape.type_name in {"string", "blob"}:
        return _string(shape)
    if shape.type_name == "boolean":
        return _boolean
    return _number(shape)


def _string(shape: Shape) -> Checker:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 31)
    pattern = shape.metadata.get("pattern")
    matches = _matcher(pattern) if pattern else None
    members = frozenset(shape.metadata.get("enum", ()))

    def check(value: Any, place: str, breaches: list[str]) -> Any:
        if value.__class__ is not str:
            breaches.append(_breach(place, "Member must be a string"))
        elif not least <= len(value) <= most:
            breaches.append(_breach(place, *_constraints(shape.metadata, "length")))
        elif matches is not None and matches(value) is None:
            breaches.append(_breach(place, _pattern(shape)))
        elif members and value not in members:
            breaches.append(_breach(place, _enumeration(shape)))
        return value

    return check


def _matcher(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """A pattern means the whole value, unless it is anchored at its start alone (TagArn)."""
    compiled = re.compile(pattern, re.ASCII)
    starts_only = pattern.startswith("^") and not pattern.endswith("$")
    return compiled.match if starts_only else compiled.fullmatch


def _number(shape: Shape) -> Checker:
    bits = _BITS.get(shape.type_name)
    types = (int,) if bits else (int, float)
    wanted = f"Member must be an integer of {bits} bits" if bits else "Member must be a number"
    largest = 2 ** (bits - 1) if bits else float("inf")
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: Any, place: str, breaches: list[str]) -> Any:
        if value.__class__ not in types or not -largest <= value < largest:
            breaches.append(_breach(place, wanted))
        elif (least is not None and value < least) or (most is not None and value > most):
            breaches.append(_breach(place, *_constraints(shape.metadata, "value")))
        return value

    return check


def _boolean(value: Any, place: str, breaches: list[str]) -> Any:
    if value.__class__ is not bool:
        breaches.append(_breach(place, "Member must be a boolean"))
    return value


def _constraints(metadata: dict[str, Any], what: str) -> list[str]:
    """AWS's own sentences for the bounds of a shape, the upper one first."""
    texts = []
    if "max" in metadata:
        texts.append(f"Member must have {what} less than or equal to {metadata['max']}")
    if "min" in metadata:
        texts.append(f"Member must have {what} greater than or equal to {metadata['min']}")
    return texts


def _demands(shape: Shape) -> list[str]:
    """All that a string must satisfy, in AWS's order."""
    texts = _constraints(shape.metadata, "length")
    if "pattern" in shape.metadata:
        texts.append(_pattern(shape))
    if "enum" in shape.metadata:
        texts.append(_enumeration(shape))
    return texts


def _pattern(shape: Shape) -> str:
    return f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"


def _enumeration(shape: Shape) -> str:
    return f"Member must satisfy enum value set: [{', '.join(sorted(shape.metadata['enum']))}]"


def _breach(place: str, *constraints: str) -> str:
    return f"Value at '{place}' failed to satisfy constraint: {'; '.join(constraints)}"


def _spelled(name: str) -> str:
    return name[:1].lower() + name[1:]
