"""Signatures and IAM in front of our own services: the check that ministack makes for its own."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextvars import copy_context
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from emulator.customer_profiles.definitions import Kind
from emulator.customer_profiles.integrations import flow_uri
from emulator.http import Caller, Request, Response, ServiceError
from emulator.ministack_parts import part
from emulator.operations import PROTOCOLS, customer_profiles_router
from emulator.unauthenticated import backing_name, unauthenticated

_EVALUATOR: Final = "core.iam_evaluator"
_DENIED: Final = "AccessDeniedException"
_STATUS: Final = {"cloudcontrolapi": 400}
"""awsJson refuses with 400, rest-json with 403."""

_DEFAULT_STATUS: Final = 403

_WITHIN: Final = {
    str(kind): (member, frozenset(operations.split()))
    for kind, member, operations in (
        (
            "object-types",
            "ObjectTypeName",
            """PutProfileObjectType GetProfileObjectType DeleteProfileObjectType PutProfileObject
            BatchPutProfileObject ListProfileObjects DeleteProfileObject""",
        ),
        (Kind.INTEGRATION, "Uri", "PutIntegration GetIntegration DeleteIntegration"),
        (
            Kind.EVENT_STREAM,
            "EventStreamName",
            "CreateEventStream GetEventStream DeleteEventStream",
        ),
        (
            Kind.SEGMENT,
            "SegmentDefinitionName",
            "CreateSegmentDefinition GetSegmentDefinition DeleteSegmentDefinition",
        ),
        (
            Kind.CALCULATED_ATTRIBUTE,
            "CalculatedAttributeName",
            """CreateCalculatedAttributeDefinition GetCalculatedAttributeDefinition
            UpdateCalculatedAttributeDefinition DeleteCalculatedAttributeDefinition
            GetCalculatedAttributeForProfile BatchGetCalculatedAttributeForProfile""",
        ),
    )
}
"""By kind of resource in a domain, as ARNs spell it: the member that names it, and the operations
which need it beside the domain (service authorization reference; BatchPutProfileObject is not in
it yet).
"""

Check = tuple[str, str, str]
"""(service as ministack knows it, action, resource ARN)."""


class IamGuard:
    """loaded: awaits ministack, which knows keys and policies."""

    def __init__(self, loaded: Callable[[], Awaitable[object]]) -> None:
        self._loaded = loaded

    async def refusal(self, service: str, request: Request) -> Response | None:
        """The answer to a bad signature or a denied call; otherwise the request's caller is set."""
        await self._loaded()
        return copy_context().run(_refusal, service, request)


def _refusal(service: str, request: Request) -> Response | None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
    query = parse_qs(request.query, keep_blank_values=True)
    key = part("core.router", "extract_access_key_id")(headers, query)
    if key:
        part("core.responses", "set_request_account_id")(part("app", "_request_account_scope")(key))
    region = request.caller.region
    part("core.responses", "set_request_region")(region)
    part(_EVALUATOR, "pin_signed_request")(
        request.method, request.path, query, list(request.headers)
    )
    part(_EVALUATOR, "pin_signed_body")(request.body)
    request.caller = Caller(part("core.responses", "get_account_id")(), region)
    try:
        operation = PROTOCOLS[service].operation(request)
    except ServiceError:
        error = part(_EVALUATOR, "check_credentials")(key, backing_name(service))
        return None if error is None else unauthenticated(service, "", error, headers)
    for name, action, resource in _checks(service, operation, request):
        found = part(_EVALUATOR, "enforce")(key, action, name, region, resource_arn=resource)
        if isinstance(found, part(_EVALUATOR, "AuthError")):
            return unauthenticated(service, action, found, headers)
        if found is not None:
            sentence = part("core.iam_actions", "identity_denial_message")(
                action, found.principal_arn, resource, found.decision == "Deny"
            )
            status = _STATUS.get(service, _DEFAULT_STATUS)
            return PROTOCOLS[service].refusal(ServiceError(_DENIED, sentence, status))
    return None


def _checks(service: str, operation: str, request: Request) -> Iterator[Check]:
    """What the caller must be allowed."""
    if service == "profile":
        for resource in _customer_profiles_resources(operation, request):
            yield service, f"profile:{operation}", resource
    elif service == "rds-data":
        members = _members(request)
        yield service, f"rds-data:{operation}", str(members.get("resourceArn") or "*")
        secret = members.get("secretArn")
        if isinstance(secret, str) and secret:
            yield "secretsmanager", "secretsmanager:GetSecretValue", _secret_arn(secret)
    else:
        yield backing_name(service), f"cloudformation:{operation}", "*"


def _customer_profiles_resources(operation: str, request: Request) -> Iterator[str]:
    """The domain, and what the operation is about within it."""
    _, path = customer_profiles_router().find(request.method, request.path)
    if "resourceArn" in path:
        yield path["resourceArn"]
        return
    if "DomainName" not in path:
        yield "*"
        return
    caller = request.caller
    domain = f"arn:aws:profile:{caller.region}:{caller.account}:domains/{path['DomainName']}"
    yield domain
    for kind, (member, operations) in _WITHIN.items():
        if operation in operations:
            members = _members(request)
            name = path.get(member) or members.get(member)
            if name is None and kind == Kind.INTEGRATION:
                name = flow_uri(caller, members)
            if isinstance(name, str):
                yield f"{domain}/{kind}/{name}"


def _members(request: Request) -> dict[str, Any]:
    try:
        members = orjson.loads(request.body or b"{}")
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _secret_arn(secret: str) -> str:
    region = part("core.responses", "get_region")()
    account = part("core.responses", "get_account_id")()
    body = json.dumps({"SecretId": secret}).encode()
    arn: str = part("core.iam_actions", "extract_resource_arn")(
        "secretsmanager", "POST", "/", {}, body, {}, region, account
    )
    return arn
