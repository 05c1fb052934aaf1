"""Operations on profile objects."""

from typing import Any

import orjson

from emulator.customer_profiles.object_types import existing_type
from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST, NOT_FOUND
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError
from profiles.content import normal_form
from profiles.documents import nested
from profiles.errors import EngineError, NotFoundError
from profiles.outcome import Outcome
from profiles.profile_writes import delete_object
from profiles.standard import STANDARD_OBJECTS, StandardDefinition, id_key
from profiles.store import StandardObject
from profiles.vocabulary import ContentType


def put_object(world: World, caller: Caller, members: dict[str, Any]) -> tuple[Domain, Outcome]:
    """Ingest one object; the caller sees to the dead-letter queue.

    Raises: ServiceError for what the service refuses at once.
    """
    domain = world.domain(caller, members["DomainName"])
    return domain, ingest(domain, members["ObjectTypeName"], members["Object"])


def ingest(domain: Domain, type_name: str, text: str) -> Outcome:
    """Ingest one object of an object type of the domain. Raises: ServiceError."""
    if type_name.startswith("_"):
        raise ServiceError(
            BAD_REQUEST, f"{type_name} is a standard object type, which takes no objects"
        )
    existing_type(domain, type_name)
    try:
        return domain.engine.put(type_name, text)
    except EngineError as error:
        raise ServiceError(BAD_REQUEST, str(error)) from None


def list_profile_objects(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """Objects of one type of one profile; standard objects under their own name (`_asset`)."""
    domain = world.domain(caller, members["DomainName"])
    type_name, profile_id = members["ObjectTypeName"], members["ProfileId"]
    scope = f"objects {domain.id} {profile_id} {type_name}"
    definition = STANDARD_OBJECTS.get(type_name)
    item: dict[str, Any]
    items = []
    if definition is not None and type_name != "_profile":
        standard = list(domain.engine.store.standard_objects(profile_id, type_name))
        standard = _filtered(standard, definition, members.get("ObjectFilter"))
        shown, token = page(standard, lambda each: each.sequence, members, scope)
        for each in shown:
            item = {"ObjectTypeName": type_name, "ProfileObjectUniqueKey": each.id}
            items.append(item | {"Object": _standard_text(each, definition)})
        return {"Items": items, "NextToken": token}
    existing_type(domain, type_name)
    if "ObjectFilter" in members:
        text = "ObjectFilter is for standard objects: _asset, _case, _order"
        raise ServiceError(BAD_REQUEST, text)
    now = world.clock()
    stored = [
        each for each in domain.engine.store.objects(profile_id, type_name) if each.expires > now
    ]
    listed, token = page(stored, lambda each: each.sequence, members, scope)
    for one in listed:
        item = {"ObjectTypeName": type_name, "ProfileObjectUniqueKey": one.unique_key}
        items.append(item | {"Object": one.text})
    return {"Items": items, "NextToken": token}


def delete_profile_object(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    type_name = members["ObjectTypeName"]
    existing_type(domain, type_name)
    try:
        delete_object(
            domain.engine, members["ProfileId"], type_name, members["ProfileObjectUniqueKey"]
        )
    except NotFoundError as error:
        raise ServiceError(NOT_FOUND, str(error), 404) from None
    return {"Message": "OK"}


def _standard_text(standard: StandardObject, definition: StandardDefinition) -> str:
    body = {definition.id_field: standard.id, "DataSource": standard.object_type}
    return orjson.dumps(body | nested(standard.values)).decode()


def _filtered(
    standard: list[StandardObject],
    definition: StandardDefinition,
    condition: dict[str, Any] | None,
) -> list[StandardObject]:
    """Those with one of the wanted values under one of the documented keys (API model)."""
    if condition is None:
        return standard
    key = condition["KeyName"]
    wanted = {normal_form(value, ContentType.STRING) for value in condition["Values"]}
    if key == id_key(definition):
        return [each for each in standard if each.id in wanted]
    paths = dict(definition.indexes)
    if key not in paths:
        known = ", ".join([id_key(definition), *paths])
        raise ServiceError(BAD_REQUEST, f"{definition.root} is filtered by {known}")
    return [each for each in standard if each.values.get(paths[key]) in wanted]
