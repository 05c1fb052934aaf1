"""A customer type for the tests of matching, with whatever keys they need."""

from typing import Any

from profiles import (
    EMAIL_ADDRESS,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Key,
    ObjectType,
)

ID = Field("id", "_source.id")
EMAIL = Field("email", "_source.email", None, EMAIL_ADDRESS)
PHONE = Field("phone", "_source.phone", None, PHONE_NUMBER)
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")


def crm(*keys: Key, creates: bool = True, name: str = "Crm", fields: Any = ()) -> ObjectType:
    """A type whose objects are told apart by `id`, which is no PROFILE key, and has these keys."""
    return ObjectType(
        name=name,
        description=name,
        fields=(ID, EMAIL, PHONE, TIER, *fields),
        keys=(Key("crmId", ("id",), (UNIQUE,)), *keys),
        allow_profile_creation=creates,
    )


BY_EMAIL = Key("_email", ("email",), (PROFILE,))
BY_PHONE = Key("_phone", ("phone",), (PROFILE,))
BY_PHONE_SECOND = Key("_phone", ("phone",), (PROFILE, SECONDARY))
