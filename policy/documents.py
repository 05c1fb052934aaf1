"""The statements of a resource's policies, wherever in it they stand."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy.model import UNKNOWN, Resource

Statement = Mapping[str, Any]


def statements(resource: Resource) -> Iterator[Statement]:
    """Every statement of every policy in its properties, as an object or as JSON text.

    Members have IAM's names. `Condition` and `Principal` are always there, {} where not given. A
    principal is always by kind: "*" alone is the same as "*" of the kind `AWS` (IAM user guide,
    "AWS JSON policy elements: Principal").
    """
    return _below(resource.properties)


def _below(value: Any) -> Iterator[Statement]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, Mapping):
        found = _spelled(value).get("Statement")
        if found is not None:
            yield from map(_statement, [found] if isinstance(found, Mapping) else _members(found))
            return
        value = list(value.values())
    for each in _members(value):
        yield from _below(each)


def _statement(value: Any) -> Statement:
    statement = _spelled(value)
    condition, principal = statement.get("Condition"), statement.get("Principal")
    statement["Condition"] = condition if condition is UNKNOWN else _spelled(condition)
    alone = isinstance(principal, str) or principal is UNKNOWN
    statement["Principal"] = {"AWS": principal} if alone else _spelled(principal)
    return statement


def _spelled(value: Any) -> dict[str, Any]:
    """As in IAM: in the outputs of a resource the provider begins every name in lower case."""
    members = value if isinstance(value, Mapping) else {}
    return {name[:1].upper() + name[1:]: each for name, each in members.items()}


def _members(value: Any) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def allowed(resource: Resource) -> Iterator[Statement]:
    """Its statements that allow something."""
    return (each for each in statements(resource) if each.get("Effect") != "Deny")


def texts(value: Any) -> list[str]:
    """A member that may be one text or a list of them; those that are known."""
    listed = [value] if isinstance(value, str) else _members(value)
    return [str(each) for each in listed if each is not UNKNOWN]


def named(statement: Statement) -> str:
    """How a message calls a statement."""
    return str(statement.get("Sid") or ", ".join(texts(statement.get("Action"))))
