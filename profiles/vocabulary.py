"""The words of Customer Profiles: object types, their fields and keys, as plain frozen values.

Nothing here checks a rule: a wrong mapping must be representable, so that `profiles.validation`
can report every finding at once. Names and limits: Amazon Connect Customer Profiles API reference
(PutProfileObjectType) and admin guide, "Mapping field definitions" and "Mapping key definitions".
"""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class ContentType(StrEnum):
    """How a field's value is compared when profiles are matched or searched; never how it is kept.

    Admin guide, "Mapping field definitions": an absent content type means STRING.
    """

    STRING = "STRING"
    NUMBER = "NUMBER"
    PHONE_NUMBER = "PHONE_NUMBER"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    NAME = "NAME"


class Identifier(StrEnum):
    """A standard identifier: what a key is used for (API model, StandardIdentifier)."""

    PROFILE = "PROFILE"
    ASSET = "ASSET"
    CASE = "CASE"
    ORDER = "ORDER"
    COMMUNICATION_RECORD = "COMMUNICATION_RECORD"
    AIR_PREFERENCE = "AIR_PREFERENCE"
    HOTEL_PREFERENCE = "HOTEL_PREFERENCE"
    AIR_BOOKING = "AIR_BOOKING"
    AIR_SEGMENT = "AIR_SEGMENT"
    HOTEL_RESERVATION = "HOTEL_RESERVATION"
    HOTEL_STAY_REVENUE = "HOTEL_STAY_REVENUE"
    LOYALTY = "LOYALTY"
    LOYALTY_TRANSACTION = "LOYALTY_TRANSACTION"
    LOYALTY_PROMOTION = "LOYALTY_PROMOTION"
    DEVICE = "DEVICE"
    WEB_ANALYTICS = "WEB_ANALYTICS"
    UNIQUE = "UNIQUE"
    SECONDARY = "SECONDARY"
    LOOKUP_ONLY = "LOOKUP_ONLY"
    NEW_ONLY = "NEW_ONLY"


STRING: Final = ContentType.STRING
NUMBER: Final = ContentType.NUMBER
PHONE_NUMBER: Final = ContentType.PHONE_NUMBER
EMAIL_ADDRESS: Final = ContentType.EMAIL_ADDRESS
NAME: Final = ContentType.NAME

PROFILE: Final = Identifier.PROFILE
UNIQUE: Final = Identifier.UNIQUE
SECONDARY: Final = Identifier.SECONDARY
LOOKUP_ONLY: Final = Identifier.LOOKUP_ONLY
NEW_ONLY: Final = Identifier.NEW_ONLY


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a mapping: where a value comes from and which profile attribute it fills.

    name: 1-64 characters, the field's name inside its object type (keys refer to it).
    source: an accessor (`_source.path.to.member`) or a Handlebars template over `_source`.
    target: an accessor of a standard object (`_profile.EmailAddress`,
        `_profile.Attributes.TrialStatus`), or None for a field that only feeds keys.
    content_type: how the value is compared.
    """

    name: str
    source: str
    target: str | None = None
    content_type: ContentType = ContentType.STRING


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a search key: the fields whose values form it and what it is used for.

    name: global to the domain. Several entries may share one name.
    fields: names of fields of the same object type, in the order in which they form the key.
    identifiers: empty for a key that is only searched.
    """

    name: str
    fields: tuple[str, ...]
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A profile object type: how records of one source become a customer's profile.

    name: 1-255 characters. description: 1-1000 characters.
    allow_profile_creation: whether an object that matches no profile starts a new one; the service
        rejects it to the domain's dead-letter queue otherwise.
    expiration_days: 1-1098, fixed for each object when it is put; None takes the domain's default.
    source_priority: 1 is the highest; None is below every number.
    max_profile_object_count: how many objects of this type one profile keeps before the oldest go.
    source_last_updated_timestamp_format: `EpochMilli` or a Java SimpleDateFormat pattern.
    encryption_key: ARN of a KMS key for objects of this type; None takes the domain's.
    template_id: a template of the service, instead of fields and keys.
    """

    name: str
    description: str
    fields: tuple[Field, ...] = ()
    keys: tuple[Key, ...] = ()
    allow_profile_creation: bool = False
    expiration_days: int | None = None
    source_priority: int | None = None
    max_profile_object_count: int | None = None
    source_last_updated_timestamp_format: str | None = None
    encryption_key: str | None = None
    template_id: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectTypeMapping:
    """A mapping module as loaded: its object type, its example objects and the file it came from.

    file: path relative to the repository, with forward slashes, for messages.
    examples: source records as decoded JSON objects.
    """

    object_type: ObjectType
    examples: tuple[MappingOf[str, Any], ...] = ()
    file: str = field(default="", compare=False)
