"""Small mappings that the tests of the catalogue share."""

from collections.abc import Mapping, Sequence
from typing import Any

from profiles import (
    PROFILE,
    UNIQUE,
    Field,
    Identifier,
    Key,
    ObjectType,
    ObjectTypeMapping,
)

ACCOUNT = Field("UserId", "_source.UserId", "_profile.AccountNumber")
ACCOUNT_KEY = Key("_account", ("UserId",), (PROFILE, UNIQUE))
ASSET = Identifier.ASSET


def object_type(
    name: str = "Order",
    fields: Sequence[Field] = (),
    keys: Sequence[Key] = (),
    **settings: Any,
) -> ObjectType:
    """An object type with an account key, and the given fields and keys besides."""
    given: dict[str, Any] = {"allow_profile_creation": True} | settings
    description = given.pop("description", f"{name} of a shop")
    return ObjectType(name, description, (ACCOUNT, *fields), (ACCOUNT_KEY, *keys), **given)


def mapping(
    *examples: Mapping[str, Any],
    name: str = "Order",
    fields: Sequence[Field] = (),
    keys: Sequence[Key] = (),
    **settings: Any,
) -> ObjectTypeMapping:
    """A mapping of such an object type, with these example objects."""
    made = object_type(name, fields, keys, **settings)
    return ObjectTypeMapping(made, examples, f"mappings/{name.lower()}.py")


def attribute_field(name: str, attribute: str | None = None) -> Field:
    """A field that fills an attribute of its own name, or the given one."""
    return Field(name, f"_source.{name}", f"_profile.Attributes.{attribute or name}")


HOSTILE = "<script>alert('x')</script> & \"quoted\" </title></style>"
"""Text that would do harm where it is not escaped."""

HOSTILE_MAPPING = mapping(
    {"UserId": "1", "bad": HOSTILE, HOSTILE: "member"},
    {"UserId": HOSTILE},
    name="CON",
    description=HOSTILE,
    fields=(
        Field("bad", "_source.bad", f"_profile.Attributes.{HOSTILE}"),
        Field("template", "{{#if _source.bad}}<b>{{_source.bad}}</b>{{/if}}"),
        Field("dots", "_source.dots", "_profile.Attributes.../../etc/passwd"),
        Field("one", "_source.one", "_profile.Attributes.Price"),
        Field("other", "_source.other", "_profile.Attributes.price"),
    ),
    keys=(Key("templated", ("template", "bad")),),
)
"""Every text of it is hostile, and no name of it suits a file."""
