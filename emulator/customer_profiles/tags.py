"""Tags of domains and object types, by ARN."""

from typing import Any, Final

from emulator.customer_profiles.object_types import existing_type
from emulator.customer_profiles.wire import BAD_REQUEST, NOT_FOUND
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError

MAX_TAGS: Final = 50
_ARN_PARTS: Final = 6


def tag_resource(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain, type_name = _resource(world, caller, members["resourceArn"])
    tags = _tags(domain, type_name) | members["tags"]
    if len(tags) > MAX_TAGS:
        raise ServiceError(BAD_REQUEST, f"A resource has at most {MAX_TAGS} tags")
    _keep(world, domain, type_name, tags)
    return {}


def untag_resource(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain, type_name = _resource(world, caller, members["resourceArn"])
    gone = set(members["tagKeys"])
    tags = {key: value for key, value in _tags(domain, type_name).items() if key not in gone}
    _keep(world, domain, type_name, tags)
    return {}


def list_tags_for_resource(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    return {"tags": _tags(*_resource(world, caller, members["resourceArn"]))}


def _resource(world: World, caller: Caller, arn: str) -> tuple[Domain, str | None]:
    """(domain, object type or None) of `arn:aws:profile:R:A:domains/D[/object-types/T]`."""
    parts = arn.split(":", _ARN_PARTS - 1)
    path = parts[-1].split("/")
    if len(parts) != _ARN_PARTS or parts[2] != "profile" or path[0] != "domains":
        raise ServiceError(BAD_REQUEST, "The ARN is not one of a domain or an object type")
    if (parts[3], parts[4]) != (caller.region, caller.account):
        raise ServiceError(NOT_FOUND, "The resource is not in this account and region", 404)
    match path[1:]:
        case [name]:
            return world.domain(caller, name), None
        case [name, "object-types", type_name]:
            domain = world.domain(caller, name)
            existing_type(domain, type_name)
            return domain, type_name
        case _:
            raise ServiceError(BAD_REQUEST, "The ARN is not one of a domain or an object type")


def _tags(domain: Domain, type_name: str | None) -> dict[str, str]:
    return domain.tags if type_name is None else domain.types[type_name].tags


def _keep(world: World, domain: Domain, type_name: str | None, tags: dict[str, str]) -> None:
    if type_name is None:
        domain.tags = tags
        world.save(domain)
    else:
        record = domain.types[type_name]
        record.tags = tags
        world.save_type(domain, type_name, record)
