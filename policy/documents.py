"""The statements of a resource's policies, whatever the property is called."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy.model import Resource

IDENTITY: Final = frozenset({"aws-native:iam:RolePolicy"})
"""Types whose policy says what a role may do; others say who may do what with a resource."""

PROPERTIES: Final = ("policyDocument", "keyPolicy", "assumeRolePolicyDocument")

Statement = Mapping[str, Any]


def statements(resource: Resource) -> Iterator[Statement]:
    """Every statement of its policies."""
    for name in PROPERTIES:
        found = _spelled(resource.get(name)).get("Statement") or ()
        for each in [found] if isinstance(found, Mapping) else found:
            statement = _spelled(each)
            statement["Condition"] = _spelled(statement.get("Condition"))
            yield statement


def _spelled(value: Mapping[str, Any] | None) -> dict[str, Any]:
    """As in IAM: in the outputs of a resource the provider begins every name in lower case."""
    return {name[:1].upper() + name[1:]: each for name, each in (value or {}).items()}


def allowed(resource: Resource) -> Iterator[Statement]:
    """Its statements that allow something."""
    return (each for each in statements(resource) if each["Effect"] == "Allow")


def texts(value: Any) -> list[str]:
    """A member that may be one text or a list of them."""
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]


def named(statement: Statement) -> str:
    """How a message calls a statement."""
    return str(statement.get("Sid") or ", ".join(texts(statement.get("Action"))))
