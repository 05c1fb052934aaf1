"""Object types to and from the body of a PutProfileObjectType request, and to CloudFormation.

The API holds fields and keys as maps; CloudFormation as lists whose order means nothing.
Source: API reference PutProfileObjectType; CloudFormation AWS::CustomerProfiles::ObjectType.
"""

from collections.abc import Mapping
from typing import Any

from profiles.vocabulary import ContentType, Field, Identifier, Key, ObjectType


def to_request(object_type: ObjectType) -> dict[str, Any]:
    """The request members of `object_type` but DomainName; absent values are left out."""
    body = _scalars(object_type)
    if object_type.fields:
        body["Fields"] = {entry.name: _field(entry) for entry in object_type.fields}
    if object_type.keys:
        keys: dict[str, list[dict[str, Any]]] = {}
        for key in object_type.keys:
            keys.setdefault(key.name, []).append(_key(key))
        body["Keys"] = keys
    return body


def to_cloudformation(object_type: ObjectType) -> dict[str, Any]:
    """The CloudFormation properties of `object_type` but DomainName.

    Fields and Keys are sorted by name, so that reordering rows of a mapping changes nothing.
    """
    body = to_request(object_type)
    fields, keys = body.pop("Fields", None), body.pop("Keys", None)
    if fields:
        body["Fields"] = [{"Name": n, "ObjectTypeField": fields[n]} for n in sorted(fields)]
    if keys:
        body["Keys"] = [{"Name": n, "ObjectTypeKeyList": keys[n]} for n in sorted(keys)]
    return body


def from_request(name: str, body: Mapping[str, Any]) -> ObjectType:
    """The object type that a PutProfileObjectType body (already of the modelled shape) declares."""
    return ObjectType(
        name=name,
        description=body["Description"],
        fields=tuple(
            Field(
                field_name,
                entry.get("Source") or "",
                entry.get("Target"),
                ContentType(entry.get("ContentType") or ContentType.STRING),
            )
            for field_name, entry in (body.get("Fields") or {}).items()
        ),
        keys=tuple(
            Key(
                key_name,
                tuple(entry.get("FieldNames") or ()),
                tuple(Identifier(value) for value in entry.get("StandardIdentifiers") or ()),
            )
            for key_name, entries in (body.get("Keys") or {}).items()
            for entry in entries
        ),
        allow_profile_creation=bool(body.get("AllowProfileCreation")),
        expiration_days=body.get("ExpirationDays"),
        source_priority=body.get("SourcePriority"),
        max_profile_object_count=body.get("MaxProfileObjectCount"),
        source_last_updated_timestamp_format=body.get("SourceLastUpdatedTimestampFormat"),
        encryption_key=body.get("EncryptionKey"),
        template_id=body.get("TemplateId"),
    )


def _scalars(object_type: ObjectType) -> dict[str, Any]:
    members: dict[str, Any] = {
        "ObjectTypeName": object_type.name,
        "Description": object_type.description,
        "TemplateId": object_type.template_id,
        "ExpirationDays": object_type.expiration_days,
        "EncryptionKey": object_type.encryption_key,
        "AllowProfileCreation": None
        if object_type.template_id
        else (object_type.allow_profile_creation),
        "SourceLastUpdatedTimestampFormat": object_type.source_last_updated_timestamp_format,
        "MaxProfileObjectCount": object_type.max_profile_object_count,
        "SourcePriority": object_type.source_priority,
    }
    return {name: value for name, value in members.items() if value is not None}


def _field(entry: Field) -> dict[str, str]:
    body = {"Source": entry.source, "ContentType": entry.content_type.value}
    if entry.target is not None:
        body["Target"] = entry.target
    return body


def _key(key: Key) -> dict[str, Any]:
    body: dict[str, Any] = {"FieldNames": list(key.fields)}
    if key.identifiers:
        body["StandardIdentifiers"] = [identifier.value for identifier in key.identifiers]
    return body
