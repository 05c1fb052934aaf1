"""`CustomerProfiles` with arguments that programs in other languages can give."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NotRequired, TypedDict

import pulumi

from components import customer_profiles
from components.settings import MAX_EXPIRATION_DAYS, MAX_RETENTION_DAYS
from plugin import object_types
from plugin.object_types import ObjectTypeDefinition
from plugin.wire import whole
from profiles import InvalidMappingError, ObjectType

# Shape `name` of the service's API model.
DOMAIN_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class CustomerProfilesArgs(TypedDict):
    """What a domain is made of."""

    domain_name: str
    """1-64 letters, digits, _ or -."""
    region: str
    """Where the aws-native provider deploys to, such as `us-east-1`."""
    object_types: list[ObjectTypeDefinition]
    default_expiration_days: NotRequired[int]
    """1-1098, for objects of types without their own; 366 by default."""
    dead_letter_retention_days: NotRequired[int]
    """1-14, how long rejected objects wait to be looked at; 14 by default."""
    keeps_customer_data: NotRequired[bool]
    """Protect what holds customers' data, the object types too, from deletion; true by default."""
    deletable_object_types: NotRequired[list[str]]
    """Object types that the next deployment may delete, with their customers' data."""
    tags: NotRequired[dict[str, str]]
    """On every resource that takes them."""


class CustomerProfiles(customer_profiles.CustomerProfiles):
    """A Customer Profiles domain with its object types, encryption key and dead-letter queue."""

    def __init__(
        self, name: str, args: CustomerProfilesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, read(args), opts)


def read(args: Mapping[str, Any]) -> customer_profiles.CustomerProfilesArgs:
    """The component's own arguments. Raises: ValueError that lists all that is wrong."""
    members = {name: whole(value) for name, value in args.items()}
    members.setdefault("default_expiration_days", 366)
    members.setdefault("dead_letter_retention_days", 14)
    members.setdefault("keeps_customer_data", True)
    members.setdefault("deletable_object_types", [])
    problems = list(_problems(members))
    types: tuple[ObjectType, ...] = ()
    try:
        types = object_types.read(args["object_types"])
    except InvalidMappingError as error:
        problems.append(str(error))
    if problems:
        raise ValueError("\n".join(problems))
    return {
        "domain_name": members["domain_name"],
        "region": members["region"],
        "object_types": types,
        "default_expiration_days": members["default_expiration_days"],
        "dead_letter_retention_days": members["dead_letter_retention_days"],
        "keeps_customer_data": members["keeps_customer_data"],
        "deletable_object_types": members["deletable_object_types"],
        "tags": members.get("tags", {}),
    }


def _problems(members: Mapping[str, Any]) -> Iterator[str]:
    name = members["domain_name"]
    if not isinstance(name, str) or DOMAIN_NAME.fullmatch(name) is None:
        yield "domainName: must have 1-64 letters, digits, _ or -, and be known before deployment"
    if not isinstance(members["region"], str) or not members["region"]:
        yield "region: must be a region such as us-east-1, and be known before deployment"
    if not _within(members["default_expiration_days"], MAX_EXPIRATION_DAYS):
        yield f"defaultExpirationDays: must be a number of days, 1-{MAX_EXPIRATION_DAYS}"
    if not _within(members["dead_letter_retention_days"], MAX_RETENTION_DAYS):
        yield f"deadLetterRetentionDays: must be a number of days, 1-{MAX_RETENTION_DAYS}"
    if not isinstance(members["keeps_customer_data"], bool):
        yield "keepsCustomerData: must be true or false"
    deletable = members["deletable_object_types"]
    if not isinstance(deletable, list) or not all(isinstance(each, str) for each in deletable):
        yield "deletableObjectTypes: must be a list of names, and be known before deployment"


def _within(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most
