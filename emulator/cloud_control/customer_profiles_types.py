"""`AWS::CustomerProfiles::*` over our own service, as the CloudFormation handlers behave.

Differences between the API and the resource types: aws-semantics 4.1; what the handlers call and
answer: aws-semantics 4.2.
"""

from datetime import UTC, datetime
from typing import Any, Final, Protocol

from emulator.cloud_control.errors import (
    ALREADY_EXISTS,
    INVALID_REQUEST,
    HandlerError,
    classified,
    not_found,
)
from emulator.cloud_control.paths import Model
from emulator.cloud_control.schemas import SEPARATOR, ResourceSchema
from emulator.http import Caller, ServiceError

DOMAIN: Final = "AWS::CustomerProfiles::Domain"
OBJECT_TYPE: Final = "AWS::CustomerProfiles::ObjectType"


class Api(Protocol):
    """What we need of the Customer Profiles service."""

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """One operation in process. Raises: ServiceError."""


class CustomerProfilesTypes:
    """Domains (identifier `D`) and object types (identifier `D|T`)."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def check_supported(self, caller: Caller, schema: ResourceSchema) -> bool:  # noqa: ARG002
        """Integrations and the like are not among what Customer Profiles has here."""
        return schema.type_name in {DOMAIN, OBJECT_TYPE}

    async def create(self, caller: Caller, schema: ResourceSchema, desired: Model) -> str:
        """Refuses what exists; for an object type any failure to get it counts as absence."""
        identifier = schema.identifier(desired)
        assert identifier is not None  # noqa: S101 - its parts are required by both schemas
        parameters = _parameters(schema, desired)
        if tags := _tags_of(desired):
            parameters["Tags"] = tags
        if schema.type_name == DOMAIN:
            try:
                self._call("CreateDomain", parameters, caller)
            except HandlerError as error:
                if error.code == ALREADY_EXISTS:
                    raise HandlerError(error.code, error.message, identifier) from None
                raise
            return identifier
        domain, name = desired["DomainName"], desired["ObjectTypeName"]
        try:
            self._call("GetProfileObjectType", _object_type(identifier), caller)
        except HandlerError:
            self._call("PutProfileObjectType", parameters, caller)
            return identifier
        text = f"ObjectType {name} already exists with domainName = {domain}"
        raise HandlerError(ALREADY_EXISTS, text, identifier)

    async def read(self, caller: Caller, schema: ResourceSchema, identifier: str) -> Model:
        """Lists are rebuilt from the service's maps, sorted by name: their order means nothing."""
        if schema.type_name == DOMAIN:
            operation, key = "GetDomain", {"DomainName": identifier}
        else:
            operation, key = "GetProfileObjectType", _object_type(identifier)
        try:
            answer = self._call(operation, key, caller) | key
        except HandlerError as error:
            if error.code in {"NotFound", INVALID_REQUEST}:
                raise not_found(schema.type_name, identifier) from None
            raise
        return _model(schema, answer)

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
        arn = _arn(caller, identifier)
        if before := _tags_of(current):
            parameters = {"resourceArn": arn, "tagKeys": list(before)}
            self._call("UntagResource", parameters, caller)
        if wanted := _tags_of(desired):
            self._call("TagResource", {"resourceArn": arn, "tags": wanted}, caller)
        operation = "UpdateDomain" if schema.type_name == DOMAIN else "PutProfileObjectType"
        self._call(operation, _parameters(schema, desired), caller)

    async def delete(self, caller: Caller, schema: ResourceSchema, identifier: str) -> None:
        """An object type takes its objects along, a domain everything in it."""
        if schema.type_name == DOMAIN:
            operation, key = "DeleteDomain", {"DomainName": identifier}
        else:
            operation, key = "DeleteProfileObjectType", _object_type(identifier)
        try:
            self._call(operation, key, caller)
        except HandlerError as error:
            if error.code in {"NotFound", INVALID_REQUEST}:
                raise not_found(schema.type_name, identifier) from None
            raise

    async def list(
        self,
        caller: Caller,
        schema: ResourceSchema,
        like: Model,
        size: int | None,
        token: str | None,
    ) -> tuple[list[tuple[str, Model]], str | None]:
        """Items hold what the service lists, so neither fields nor keys."""
        parameters: dict[str, Any] = {"MaxResults": size, "NextToken": token}
        operation = "ListDomains"
        if schema.type_name == OBJECT_TYPE:
            operation = "ListProfileObjectTypes"
            parameters["DomainName"] = like["DomainName"]
        given = {name: value for name, value in parameters.items() if value is not None}
        answer = self._call(operation, given, caller)
        shared = {"DomainName": like["DomainName"]} if schema.type_name == OBJECT_TYPE else {}
        found = []
        for item in answer["Items"]:
            model = _model(schema, item | shared)
            identifier = schema.identifier(model)
            if identifier is not None:
                found.append((identifier, model))
        return found, answer.get("NextToken")

    def _call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        try:
            return self._api.call(operation, parameters, caller)
        except ServiceError as error:
            known = classified("", error.message)
            if known.code == ALREADY_EXISTS:
                raise known from None
            raise classified(error.code, error.message) from None


def _object_type(identifier: str) -> dict[str, str]:
    domain, _, name = identifier.partition(SEPARATOR)
    return {"DomainName": domain, "ObjectTypeName": name}


def _arn(caller: Caller, identifier: str) -> str:
    domain, separator, name = identifier.partition(SEPARATOR)
    arn = f"arn:aws:profile:{caller.region}:{caller.account}:domains/{domain}"
    return f"{arn}/object-types/{name}" if separator else arn


def _parameters(schema: ResourceSchema, model: Model) -> dict[str, Any]:
    """The API's parameters without tags: lists of named entries become maps."""
    parameters = schema.settable(model)
    parameters.pop("Tags", None)
    for member, item in (("Fields", "ObjectTypeField"), ("Keys", "ObjectTypeKeyList")):
        if member not in parameters:
            continue
        entries = {}
        for entry in parameters[member]:
            name = entry.get("Name")
            if name is None or item not in entry or name in entries:
                text = f"Every entry of {member} needs {item} and a Name of its own"
                raise HandlerError(INVALID_REQUEST, text)
            entries[name] = entry[item]
        parameters[member] = entries
    return parameters


def _model(schema: ResourceSchema, answer: dict[str, Any]) -> Model:
    """The resource model of what the API answered."""
    model: Model = {}
    for name, value in answer.items():
        if value is None or name not in schema.document["properties"]:
            continue
        if name in {"CreatedAt", "LastUpdatedAt"}:
            model[name] = _instant(value)
        elif name == "Tags":
            model[name] = [{"Key": key, "Value": value[key]} for key in sorted(value)]
        elif name == "Fields":
            model[name] = [{"Name": each, "ObjectTypeField": value[each]} for each in sorted(value)]
        elif name == "Keys":
            entries = sorted(value.items())
            model[name] = [{"Name": each, "ObjectTypeKeyList": keys} for each, keys in entries]
        else:
            model[name] = value
    if not model.get("Tags"):
        model.pop("Tags", None)
    return model


def _instant(seconds: float) -> str:
    """Epoch seconds as the handlers print an instant: `2026-01-31T08:15:30.125Z`."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _tags_of(model: Model) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in model.get("Tags", [])}
