"""Object types as plain data, and what they become once they are found to be right."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from plugin.wire import whole
from profiles import (
    ContentType,
    Field,
    Identifier,
    InvalidMappingError,
    Key,
    ObjectType,
    ObjectTypeMapping,
)
from profiles.validation import check_domain, errors


class ObjectTypeField(TypedDict):
    """Where a value comes from and which profile attribute it fills."""

    name: str
    """1-64 characters; keys refer to it."""
    source: str
    """An accessor such as `_source.email`, or a Handlebars template over `_source`."""
    target: NotRequired[str]
    """Such as `_profile.EmailAddress`; without it the field only feeds keys."""
    content_type: NotRequired[str]
    """STRING (the default), NUMBER, PHONE_NUMBER, EMAIL_ADDRESS or NAME."""


class ObjectTypeKey(TypedDict):
    """The fields whose values form a key, and what the key is used for."""

    name: str
    """Global to the domain; several entries may share one name."""
    fields: list[str]
    """Names of fields of the same object type, in the order in which they form the key."""
    identifiers: NotRequired[list[str]]
    """Standard identifiers, such as PROFILE and UNIQUE; none for a key that is only searched."""


class ObjectTypeDefinition(TypedDict):
    """How records of one source become a customer's profile."""

    name: str
    """1-255 characters."""
    description: str
    """1-1000 characters."""
    fields: NotRequired[list[ObjectTypeField]]
    keys: NotRequired[list[ObjectTypeKey]]
    allow_profile_creation: NotRequired[bool]
    """Whether an object that matches no profile starts a new one; false by default."""
    expiration_days: NotRequired[int]
    """1-1098; the domain's default without it."""
    source_priority: NotRequired[int]
    """1 is the highest; without it below every number."""
    max_profile_object_count: NotRequired[int]
    """How many objects of this type one profile keeps before the oldest go."""
    source_last_updated_timestamp_format: NotRequired[str]
    """`EpochMilli` or a Java SimpleDateFormat pattern."""
    encryption_key: NotRequired[str]
    """ARN of a KMS key; the domain's without it."""
    template_id: NotRequired[str]
    """A template of the service, instead of fields and keys."""


def read(definitions: Sequence[Mapping[str, Any]]) -> tuple[ObjectType, ...]:
    """The object types. Raises: InvalidMappingError that lists every error of every type."""
    types = tuple(_object_type(each) for each in definitions)
    findings = check_domain([ObjectTypeMapping(each) for each in types])
    if errors(findings):
        raise InvalidMappingError(findings)
    return types


def _object_type(definition: Mapping[str, Any]) -> ObjectType:
    members = {name: whole(value) for name, value in definition.items()}
    members["fields"] = tuple(_field(each) for each in definition.get("fields") or ())
    members["keys"] = tuple(_key(each) for each in definition.get("keys") or ())
    return ObjectType(**members)


def _field(entry: Mapping[str, Any]) -> Field:
    content_type = entry.get("content_type", ContentType.STRING)
    return Field(
        entry["name"], entry["source"], entry.get("target"), _known(ContentType, content_type)
    )


def _key(entry: Mapping[str, Any]) -> Key:
    identifiers = tuple(_known(Identifier, each) for each in entry.get("identifiers") or ())
    return Key(entry["name"], tuple(entry["fields"]), identifiers)


def _known(members: type[ContentType] | type[Identifier], value: Any) -> Any:
    """The member, or the value as it is: validation says what there is."""
    return members(value) if value in list(members) else value
