"""The rules of Amazon Connect Customer Profiles in plain Python: no Pulumi, no boto3, no I/O."""

from profiles.findings import Finding, InvalidMappingError, Rule, Severity
from profiles.vocabulary import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NAME,
    NEW_ONLY,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    STRING,
    UNIQUE,
    ContentType,
    Field,
    Identifier,
    Key,
    ObjectType,
    ObjectTypeMapping,
)

__all__ = [
    "EMAIL_ADDRESS",
    "LOOKUP_ONLY",
    "NAME",
    "NEW_ONLY",
    "NUMBER",
    "PHONE_NUMBER",
    "PROFILE",
    "SECONDARY",
    "STRING",
    "UNIQUE",
    "ContentType",
    "Field",
    "Finding",
    "Identifier",
    "InvalidMappingError",
    "Key",
    "ObjectType",
    "ObjectTypeMapping",
    "Rule",
    "Severity",
]
