"""Operations on segment definitions: stored and validated; nobody's membership is evaluated."""

from typing import Any, Final

from emulator.customer_profiles import definitions
from emulator.customer_profiles.definitions import Definition, Kind
from emulator.customer_profiles.wire import BAD_REQUEST
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError

_KIND: Final = Kind.SEGMENT
_BODY: Final[tuple[str, ...]] = (
    "DisplayName",
    "Description",
    "SegmentGroups",
    "SegmentSort",
    "SegmentSqlQuery",
)
_LISTED: Final[tuple[str, ...]] = ("DisplayName", "Description")


def create_segment_definition(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    """By groups or by a query, of what the domain has."""
    domain = world.domain(caller, members["DomainName"])
    name = members["SegmentDefinitionName"]
    if definitions.find(world, domain, _KIND, name) is not None:
        raise ServiceError(BAD_REQUEST, f"Segment definition {name} already exists")
    body = {key: members[key] for key in _BODY if key in members}
    if ("SegmentGroups" in body) == ("SegmentSqlQuery" in body):
        raise ServiceError(BAD_REQUEST, "A segment has either SegmentGroups or SegmentSqlQuery")
    _check_references(world, domain, body.get("SegmentGroups", {}))
    made = definitions.put(world, domain, _KIND, name, body, members.get("Tags", {}))
    shown = _shown(domain, made)
    del shown["SegmentType"]
    return shown


def get_segment_definition(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    name = members["SegmentDefinitionName"]
    found = definitions.existing(world, domain, _KIND, name)
    return found.body | _shown(domain, found)


def list_segment_definitions(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    shown, token = definitions.listed_page(world, domain, _KIND, members)
    items = [
        {key: each.body[key] for key in _LISTED if key in each.body} | _shown(domain, each)
        for each in shown
    ]
    return {"Items": items, "NextToken": token}


def delete_segment_definition(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    definitions.remove(world, domain, _KIND, members["SegmentDefinitionName"])
    return {"Message": "OK"}


def _shown(domain: Domain, segment: Definition) -> dict[str, Any]:
    """A segment is never changed, so that no answer says when it was."""
    shown = {
        "SegmentDefinitionName": segment.name,
        "DisplayName": segment.body["DisplayName"],
        "SegmentDefinitionArn": definitions.arn(domain, _KIND, segment.name),
        "SegmentType": "ENHANCED" if "SegmentSqlQuery" in segment.body else "CLASSIC",
        **segment.stamps,
    }
    del shown["LastUpdatedAt"]
    return shown


def _check_references(world: World, domain: Domain, groups: dict[str, Any]) -> None:
    for group in groups.get("Groups", []):
        for source in group.get("SourceSegments", []):
            if "SegmentDefinitionName" in source:
                definitions.existing(world, domain, _KIND, source["SegmentDefinitionName"])
        for dimension in group.get("Dimensions", []):
            for name in dimension.get("CalculatedAttributes", {}):
                definitions.existing(world, domain, Kind.CALCULATED_ATTRIBUTE, name)
