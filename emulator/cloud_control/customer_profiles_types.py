"""`AWS::CustomerProfiles::*` over our own service, as the CloudFormation handlers behave.

What the handlers of domains and object types call and answer: aws-semantics 4.2, which also names
where their sources are public, and those of the others but segments, which are taken to be alike.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from emulator.cloud_control.customer_profiles_models import parameters, resource_model, tags_of
from emulator.cloud_control.errors import (
    ALREADY_EXISTS,
    INVALID_REQUEST,
    NOT_UPDATABLE,
    HandlerError,
    classified,
    not_found,
)
from emulator.cloud_control.paths import Model, same
from emulator.cloud_control.schemas import SEPARATOR, ResourceSchema
from emulator.http import Caller, ServiceError


class Api(Protocol):
    """What we need of the Customer Profiles service."""

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """One operation in process. Raises: ServiceError."""


@dataclass(frozen=True, slots=True)
class _Type:
    """The operations behind a type. name: the member beside DomainName that identifies a resource,
    "" for a domain. kind: as ARNs spell it. update: None where only tags can be changed.
    changed: what the update takes beside the identifier, None for everything.
    replaces: whether creating would replace what exists, so that the handler looks first.
    """

    name: str
    kind: str
    create: str
    read: str
    update: str | None
    delete: str
    list: str
    changed: frozenset[str] | None = None
    replaces: bool = False


_TYPES: Final = {
    "AWS::CustomerProfiles::Domain": _Type(
        "", "", "CreateDomain", "GetDomain", "UpdateDomain", "DeleteDomain", "ListDomains"
    ),
    "AWS::CustomerProfiles::ObjectType": _Type(
        "ObjectTypeName",
        "object-types",
        "PutProfileObjectType",
        "GetProfileObjectType",
        "PutProfileObjectType",
        "DeleteProfileObjectType",
        "ListProfileObjectTypes",
        replaces=True,
    ),
    "AWS::CustomerProfiles::CalculatedAttributeDefinition": _Type(
        "CalculatedAttributeName",
        "calculated-attributes",
        "CreateCalculatedAttributeDefinition",
        "GetCalculatedAttributeDefinition",
        "UpdateCalculatedAttributeDefinition",
        "DeleteCalculatedAttributeDefinition",
        "ListCalculatedAttributeDefinitions",
        changed=frozenset({"DisplayName", "Description", "Conditions"}),
    ),
    "AWS::CustomerProfiles::EventStream": _Type(
        "EventStreamName",
        "event-streams",
        "CreateEventStream",
        "GetEventStream",
        None,
        "DeleteEventStream",
        "ListEventStreams",
    ),
    "AWS::CustomerProfiles::Integration": _Type(
        "Uri",
        "integrations",
        "PutIntegration",
        "GetIntegration",
        "PutIntegration",
        "DeleteIntegration",
        "ListIntegrations",
        replaces=True,
    ),
    "AWS::CustomerProfiles::SegmentDefinition": _Type(
        "SegmentDefinitionName",
        "segment-definitions",
        "CreateSegmentDefinition",
        "GetSegmentDefinition",
        None,
        "DeleteSegmentDefinition",
        "ListSegmentDefinitions",
    ),
}


class CustomerProfilesTypes:
    """Domains (identifier `D`), and what they hold (`D|NAME`)."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def check_supported(self, caller: Caller, schema: ResourceSchema) -> bool:  # noqa: ARG002
        """Those whose operations are emulated."""
        return schema.type_name in _TYPES

    async def create(self, caller: Caller, schema: ResourceSchema, desired: Model) -> str:
        """Refuses what exists; where creating would replace, any failure to get it is absence."""
        kind = _TYPES[schema.type_name]
        identifier = schema.identifier(desired)
        given = parameters(schema, desired)
        if tags := tags_of(desired):
            given["Tags"] = tags
        if kind.replaces and identifier is not None:
            self._check_absent(caller, kind, identifier)
        try:
            answer = self._call(kind.create, given, caller)
        except HandlerError as error:
            if error.code == ALREADY_EXISTS:
                raise HandlerError(error.code, error.message, identifier) from None
            raise
        # A flow's integration has the URI of the flow that was made for it.
        return identifier or f"{desired['DomainName']}{SEPARATOR}{answer[kind.name]}"

    def _check_absent(self, caller: Caller, kind: _Type, identifier: str) -> None:
        try:
            self._call(kind.read, _key(kind, identifier), caller)
        except HandlerError:
            return
        domain, _, name = identifier.partition(SEPARATOR)
        noun = kind.name.removesuffix("Name")
        text = f"{noun} {name} already exists with domainName = {domain}"
        raise HandlerError(ALREADY_EXISTS, text, identifier)

    async def read(self, caller: Caller, schema: ResourceSchema, identifier: str) -> Model:
        """Lists are rebuilt from the service's maps, sorted by name: their order means nothing."""
        kind = _TYPES[schema.type_name]
        key = _key(kind, identifier)
        try:
            answer = self._call(kind.read, key, caller) | key
        except HandlerError as error:
            raise _missing(error, schema, identifier) from None
        if "DestinationDetails" in answer:
            # The handler shows where it goes at the top, as it was asked for.
            answer["Uri"] = answer["DestinationDetails"]["Uri"]
        return resource_model(schema, answer)

    async def update(
        self,
        caller: Caller,
        schema: ResourceSchema,
        identifier: str,
        current: Model,
        desired: Model,
    ) -> None:
        """Untag what was, tag what is wanted, then the full call without tags.

        A queue or key that the model no longer names stays: the handler leaves it out of
        UpdateDomain, which keeps what is left out.
        """
        kind = _TYPES[schema.type_name]
        given = parameters(schema, desired)
        _check_updatable(kind, parameters(schema, current), given)
        arn = _arn(caller, kind, identifier)
        if before := tags_of(current):
            self._call("UntagResource", {"resourceArn": arn, "tagKeys": list(before)}, caller)
        if wanted := tags_of(desired):
            self._call("TagResource", {"resourceArn": arn, "tags": wanted}, caller)
        if kind.update is not None:
            if kind.changed is not None:
                given = {name: value for name, value in given.items() if name in kind.changed}
            self._call(kind.update, given | _key(kind, identifier), caller)

    async def delete(self, caller: Caller, schema: ResourceSchema, identifier: str) -> None:
        """An object type takes its objects along, a domain everything in it."""
        kind = _TYPES[schema.type_name]
        try:
            self._call(kind.delete, _key(kind, identifier), caller)
        except HandlerError as error:
            raise _missing(error, schema, identifier) from None

    async def list(
        self,
        caller: Caller,
        schema: ResourceSchema,
        like: Model,
        size: int | None,
        token: str | None,
    ) -> tuple[list[tuple[str, Model]], str | None]:
        """Items hold what the service lists, so neither fields nor keys."""
        kind = _TYPES[schema.type_name]
        shared = {"DomainName": like["DomainName"]} if kind.name else {}
        asked: dict[str, Any] = {"MaxResults": size, "NextToken": token} | shared
        given = {name: value for name, value in asked.items() if value is not None}
        answer = self._call(kind.list, given, caller)
        found = []
        for item in answer["Items"]:
            model = resource_model(schema, item | shared)
            identifier = schema.identifier(model)
            if identifier is not None:
                found.append((identifier, model))
        return found, answer.get("NextToken")

    def _call(self, operation: str, given: dict[str, Any], caller: Caller) -> dict[str, Any]:
        try:
            return self._api.call(operation, given, caller)
        except ServiceError as error:
            known = classified("", error.message)
            if known.code == ALREADY_EXISTS:
                raise known from None
            raise classified(error.code, error.message) from None


def _check_updatable(kind: _Type, current: dict[str, Any], desired: dict[str, Any]) -> None:
    """Raises: HandlerError for a change that no operation of the API can make."""
    if kind.update is not None and kind.changed is None:
        return
    changed = kind.changed or frozenset()
    stuck = sorted(
        name
        for name in {*current, *desired} - changed
        if not same(current.get(name), desired.get(name))
    )
    if stuck:
        raise HandlerError(NOT_UPDATABLE, f"{', '.join(stuck)} cannot be changed once created")


def _missing(error: HandlerError, schema: ResourceSchema, identifier: str) -> HandlerError:
    """What a handler answers where the service says that there is no such thing, or could not."""
    if error.code in {"NotFound", INVALID_REQUEST}:
        return not_found(schema.type_name, identifier)
    return error


def _key(kind: _Type, identifier: str) -> dict[str, str]:
    if not kind.name:
        return {"DomainName": identifier}
    domain, _, name = identifier.partition(SEPARATOR)
    return {"DomainName": domain, kind.name: name}


def _arn(caller: Caller, kind: _Type, identifier: str) -> str:
    domain, _, name = identifier.partition(SEPARATOR)
    arn = f"arn:aws:profile:{caller.region}:{caller.account}:domains/{domain}"
    return f"{arn}/{kind.kind}/{name}" if kind.name else arn
