"""Tags of domains and what they hold, by ARN."""

from dataclasses import dataclass
from typing import Any, Final

from emulator.customer_profiles import definitions
from emulator.customer_profiles.definitions import Kind
from emulator.customer_profiles.object_types import existing_type
from emulator.customer_profiles.wire import BAD_REQUEST, NOT_FOUND
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError

MAX_TAGS: Final = 50
_ARN_PARTS: Final = 6
_OBJECT_TYPES: Final = "object-types"


@dataclass(frozen=True, slots=True)
class _Resource:
    """kind: of the ARN, "" for the domain itself."""

    domain: Domain
    kind: str
    name: str
    tags: dict[str, str]


def tag_resource(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    resource = _resource(world, caller, members["resourceArn"])
    tags = resource.tags | members["tags"]
    if len(tags) > MAX_TAGS:
        raise ServiceError(BAD_REQUEST, f"A resource has at most {MAX_TAGS} tags")
    _keep(world, resource, tags)
    return {}


def untag_resource(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    resource = _resource(world, caller, members["resourceArn"])
    gone = set(members["tagKeys"])
    _keep(world, resource, {key: v for key, v in resource.tags.items() if key not in gone})
    return {}


def list_tags_for_resource(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    return {"tags": _resource(world, caller, members["resourceArn"]).tags}


def _resource(world: World, caller: Caller, arn: str) -> _Resource:
    """What `arn:aws:profile:R:A:domains/D[/KIND/NAME]` names; a name may hold slashes (a URI)."""
    parts = arn.split(":", _ARN_PARTS - 1)
    path = parts[-1].split("/", 3)
    if len(parts) != _ARN_PARTS or parts[2] != "profile" or path[0] != "domains":
        raise ServiceError(BAD_REQUEST, "The ARN is not one of a domain or of what it holds")
    if (parts[3], parts[4]) != (caller.region, caller.account):
        raise ServiceError(NOT_FOUND, "The resource is not in this account and region", 404)
    match path[1:]:
        case [domain_name]:
            domain = world.domain(caller, domain_name)
            return _Resource(domain, "", "", domain.tags)
        case [domain_name, kind, name] if kind == _OBJECT_TYPES:
            domain = world.domain(caller, domain_name)
            return _Resource(domain, kind, name, existing_type(domain, name).tags)
        case [domain_name, kind, name] if kind in set(Kind):
            domain = world.domain(caller, domain_name)
            found = definitions.existing(world, domain, Kind(kind), name)
            return _Resource(domain, kind, name, found.tags)
        case _:
            raise ServiceError(BAD_REQUEST, "The ARN is not one of a domain or of what it holds")


def _keep(world: World, resource: _Resource, tags: dict[str, str]) -> None:
    domain, name = resource.domain, resource.name
    if not resource.kind:
        domain.tags = tags
        world.save(domain)
    elif resource.kind == _OBJECT_TYPES:
        record = domain.types[name]
        record.tags = tags
        world.save_type(domain, name, record)
    else:
        kind = Kind(resource.kind)
        body = definitions.existing(world, domain, kind, name).body
        definitions.put(world, domain, kind, name, body, tags)
