"""Versions made of object types, and what `compare` says about two of them, a row each."""

from dataclasses import replace
from typing import Any

from lifecycle.review.diff import compare
from lifecycle.review.model import Change, Snapshot, Version
from profiles import (
    EMAIL_ADDRESS,
    PROFILE,
    UNIQUE,
    Field,
    Key,
    ObjectType,
)

Types = ObjectType | tuple[ObjectType, ...]

ID = Field("id", "_source.id")
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
PLAN = Field("plan", "_source.plan", "_profile.Attributes.Plan")
EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
NOTE = Field("note", "_source.note")

CRM_ID = Key("crmId", ("id",), (PROFILE, UNIQUE))
BY_EMAIL = Key("_email", ("email",))

CRM = ObjectType(
    name="Crm",
    description="Customers of the sales team",
    fields=(ID, TIER, PLAN, EMAIL),
    keys=(CRM_ID, BY_EMAIL),
    allow_profile_creation=True,
    expiration_days=100,
)


def crm(*rows: Field | Key, without: tuple[Field | Key, ...] = (), **members: Any) -> ObjectType:
    """`CRM` without some rows and with others, which replace those of their name."""
    kept = {
        (type(each), each.name): each for each in (*CRM.fields, *CRM.keys) if each not in without
    }
    kept |= {(type(each), each.name): each for each in rows}
    fields = tuple(each for each in kept.values() if isinstance(each, Field))
    keys = tuple(each for each in kept.values() if isinstance(each, Key))
    return replace(CRM, **{"fields": fields, "keys": keys, **members})


def version(*object_types: ObjectType, name: str = "a version", **members: Any) -> Version:
    """A version of these types, each from a file of its own."""
    snapshots = tuple(Snapshot(each, f"mappings/{each.name}.py") for each in object_types)
    return Version(name, snapshots, **members)


def changes(old: Types, new: Types) -> tuple[Change, ...]:
    """What changes from the types of one version to those of another."""
    before, after = (each if isinstance(each, tuple) else (each,) for each in (old, new))
    return compare(version(*before), version(*after))


def table(old: Types, new: Types) -> str:
    """The same, a line each: `IDENTITY KEY_UNIQUE_REMOVED key crmId`."""
    return "\n".join(
        f"{each.category.name} {each.rule.id} {each.subject}".strip() for each in changes(old, new)
    )
