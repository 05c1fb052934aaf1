"""Who may do what, as ministack evaluates policies: for roles, users and services."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from emulator.ministack_parts import part

_EVALUATOR: Final = "core.iam_evaluator"

Context = Mapping[str, str]
"""Condition keys in lower case, such as `aws:sourcearn`, and their values."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. policies: None for the account root, which may do everything.

    limits: a permissions boundary, of the same shape as policies.
    """

    arn: str
    kind: str
    account: str
    policies: list[Any] | None
    limits: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Denial:
    """What may not be done. sentence: in AWS's words."""

    action: str
    resource: str
    sentence: str


acting: Final[ContextVar[Principal | None]] = ContextVar("acting", default=None)
"""The role in whose name a state machine calls services in our process, without a request."""


def account_of(arn: str) -> str:
    """The account that an ARN names."""
    return arn.split(":")[4]


def role_session(role_arn: str, session: str) -> Principal:
    """The session of a role that a service has taken on."""
    account, name = account_of(role_arn), role_arn.rsplit("/", 1)[-1]
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session[:64]}"
    return _role_principal(arn, account, name)


def current_principal() -> Principal:
    """Who has sent the request that is being answered."""
    role = acting.get()
    if role is not None:
        return role
    arn = part(_EVALUATOR, "caller_arn")()
    account = account_of(arn)
    if ":assumed-role/" in arn:
        return _role_principal(arn, account, arn.split("/")[1])
    if ":user/" in arn:
        name = arn.rsplit("/", 1)[-1]
        policies = part(_EVALUATOR, "_gather_user_policies")(name, account)
        return Principal(arn, "User", account, policies, _boundary("_users", name, account))
    return Principal(arn, "Root", account, None, [])


def denial(
    principal: Principal, action: str, resource: str, context: Context | None = None
) -> Denial | None:
    """None when identity policies and the resource's own allow it, as AWS combines them."""
    if principal.policies is None:
        return None
    asked = _context(principal.arn, principal.kind, principal.account, action, resource, context)
    identity = part(_EVALUATOR, "evaluate")(asked, principal.policies, *principal.limits)
    result = identity
    service = action.partition(":")[0]
    found = part(_EVALUATOR, "_resource_policy")(service, resource)
    if found is not None:
        result = part(_EVALUATOR, "combine_resource_policy")(
            identity, asked, *found, required=service == "kms", limits=principal.limits
        )
    if result.decision == "Allow":
        return None
    kind = "resource" if identity.decision == "Allow" or result.resource_policy_arn else "identity"
    return Denial(
        action, resource, _sentence(principal.arn, action, resource, result.decision, kind)
    )


def service_denial(
    service: str, action: str, resource: str, policy: Any, context: Context
) -> Denial | None:
    """None when the resource's policy lets a service (`events.amazonaws.com`) do it."""
    asked = _context("*", "Service", "", action, resource, context)
    result = part(_EVALUATOR, "evaluate_resource_policy")(policy, asked, service=service)
    if result.decision == "Allow":
        return None
    return Denial(
        action, resource, _sentence(service, action, resource, result.decision, "resource")
    )


def trusts(role_arn: str, service: str, source_arn: str) -> bool:
    """Whether a role lets a service take it on, for a resource of the role's own account."""
    account, name = account_of(role_arn), role_arn.rsplit("/", 1)[-1]
    role = part("services.iam", "_roles").get_scoped(account, None, name)
    if role is None:
        return False
    context = {"aws:sourceaccount": account, "aws:sourcearn": source_arn}
    document = role["AssumeRolePolicyDocument"]
    return service_denial(service, "sts:AssumeRole", role_arn, document, context) is None


def _role_principal(arn: str, account: str, name: str) -> Principal:
    policies = part(_EVALUATOR, "_gather_role_policies")(name, account)
    return Principal(arn, "AssumedRole", account, policies, _boundary("_roles", name, account))


def _boundary(store: str, name: str, account: str) -> list[list[Any]]:
    limits: list[list[Any]] = part(_EVALUATOR, "_permissions_boundary")(
        part("services.iam", store), name, account
    )
    return limits


def _context(
    arn: str, kind: str, account: str, action: str, resource: str, context: Context | None
) -> Any:
    return part(_EVALUATOR, "EvalContext")(
        principal_arn=arn,
        principal_type=kind,
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=part("core.responses", "get_region")(),
        service_context=dict(context or {}),
    )


def _sentence(arn: str, action: str, resource: str, decision: str, kind: str) -> str:
    article = "an" if kind == "identity" else "a"
    if decision == "Deny":
        reason = f"with an explicit deny in {article} {kind}-based policy"
    else:
        reason = f"because no {kind}-based policy allows the {action} action"
    return f"User: {arn} is not authorized to perform: {action} on resource: {resource} {reason}"
