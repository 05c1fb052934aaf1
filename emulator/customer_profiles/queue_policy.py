"""Whether the policy of a queue, or of its key, lets Customer Profiles use it (admin guide, "Enable
customer profiles" and "Cross-service confused deputy prevention").

Only what such a policy says about a service is read: NotPrincipal, NotAction and NotResource are
not, and a condition on another key is met by no request.
"""

import re
from collections.abc import Callable
from typing import Any, Final

PRINCIPAL: Final = "profile.amazonaws.com"
ACTION: Final = "sqs:sendmessage"


def allows(
    policy: dict[str, Any],
    arn: str,
    context: dict[str, str],
    action: str = ACTION,
    service: str = PRINCIPAL,
) -> bool:
    """Whether a statement allows it and none denies it.

    arn: of what the policy is about. context: condition keys, lower case. action: lower case.
    service: who asks.
    """
    effects = {
        statement.get("Effect")
        for statement in _list(policy.get("Statement"))
        if _applies(statement, arn, context, action, service)
    }
    return "Allow" in effects and "Deny" not in effects


def _applies(
    statement: dict[str, Any], arn: str, context: dict[str, str], wanted: str, service: str
) -> bool:
    principal = statement.get("Principal")
    services = _list(principal.get("Service")) if isinstance(principal, dict) else _list(principal)
    return (
        not {service, "*"}.isdisjoint(services)
        and any(_like(wanted, action.lower()) for action in _list(statement.get("Action")))
        and any(_like(arn, resource) for resource in _list(statement.get("Resource")))
        and all(
            _met(operator, context.get(key.lower()), _list(values))
            for operator, entries in statement.get("Condition", {}).items()
            for key, values in entries.items()
        )
    )


def _met(operator: str, actual: str | None, values: list[Any]) -> bool:
    """Whether the request meets one condition; an operator that is not known here is not met."""
    name = operator.removesuffix("IfExists")
    negated = "Not" in name
    compare = _OPERATORS.get(name.replace("Not", ""))
    if compare is None:
        return False
    if actual is None:
        return negated or name != operator
    return any(compare(actual, str(value)) for value in values) is not negated


def _like(text: str, pattern: str) -> bool:
    """IAM's wildcards: `*` for any text, `?` for one character."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda actual, value: actual == value,
    "StringEqualsIgnoreCase": lambda actual, value: actual.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda actual, value: actual == value.lower(),
}
"""ArnEquals takes wildcards as ArnLike does (IAM user guide, "Condition operators")."""


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
