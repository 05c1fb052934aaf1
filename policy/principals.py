"""Who is let in: nobody from outside the account, not by way of a service either."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy.documents import allowed, named, texts
from policy.model import UNKNOWN, Expectations, Resource, Rule

_PERMISSION: Final = "aws-native:lambda:Permission"
_ACCOUNT: Final = re.compile(r"\d{12}")
_EXACT: Final = {"StringEquals", "StringLike", "ArnEquals", "ArnLike"}
"""Operators under which a request without the key is refused. With IfExists it is let in."""

_SOURCES: Final = {
    "aws:sourceaccount",
    "aws:sourcearn",
    "kms:calleraccount",
    "kms:encryptioncontext:aws:logs:arn",
}
"""Keys, whose case does not matter, that tell for whom a service acts."""


def _check(resource: Resource, expected: Expectations) -> Iterator[str]:
    ours = expected.account
    if resource.type == _PERMISSION:
        yield from _invokers(resource, ours)
    for statement in allowed(resource):
        if "NotPrincipal" in statement:
            yield f"lets all but some do {named(statement)}"
        for kind, who in _who(statement["Principal"]):
            for wrong in _outsider(kind, who, statement["Condition"], ours):
                yield f"{wrong} in {named(statement)}"


def _who(principal: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((kind, who) for kind, named in principal.items() for who in texts(named))


def _outsider(kind: str, who: str, condition: Any, ours: str | None) -> Iterator[str]:
    if "*" in who:
        yield "lets everybody in"
    elif kind == "AWS":
        if not _of_account(who, ours):
            yield f"lets {who} in, from outside"
    elif kind == "Service":
        if not _confined(condition, ours):
            yield f"lets {who} act for other accounts"
    elif kind != "Federated" or not condition:
        yield f"lets {who} in, from outside"


def _of_account(text: Any, ours: str | None) -> bool:
    """Whether an account, or an ARN with one, is ours."""
    if text is UNKNOWN:
        return True
    parts = str(text).split(":")
    account = parts[4] if len(parts) > 4 else parts[0]  # noqa: PLR2004 - an ARN's fifth part
    return account == ours if ours else _ACCOUNT.fullmatch(account) is not None


def _confined(condition: Any, ours: str | None) -> bool:
    """Whether a service may act for our account alone. All parts of a condition have to hold."""
    return condition is UNKNOWN or any(
        all(_of_account(each, ours) for each in _listed(value))
        for operator, keys in condition.items()
        if operator in _EXACT
        for key, value in keys.items()
        if key.lower() in _SOURCES and value
    )


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _invokers(resource: Resource, ours: str | None) -> Iterator[str]:
    source = {
        "aws:SourceAccount": resource.get("sourceAccount"),
        "aws:SourceArn": resource.get("sourceArn"),
    }
    if resource.get("functionUrlAuthType") == "NONE":
        yield "lets everybody call the function's URL"
    for who in texts(resource.get("principal")):
        kind = "AWS" if who.startswith("arn:") or "." not in who else "Service"
        yield from _outsider(kind, who, {"StringEquals": source}, ours)


RULES: Final = (
    Rule(
        "NO_PUBLIC_ACCESS",
        "Nobody from outside the account gets in, not by way of a service either.",
        "name the principal, and for a service the account and source (components/policies.py)",
        check=_check,
    ),
)
