"""Operations on integrations: records of where a domain's objects come from; nothing is pulled."""

from typing import Any, Final

from emulator.customer_profiles import definitions
from emulator.customer_profiles.definitions import Definition, Kind
from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError

_KIND: Final = Kind.INTEGRATION
_BODY: Final[tuple[str, ...]] = (
    "ObjectTypeName",
    "ObjectTypeNames",
    "RoleArn",
    "EventTriggerNames",
    "Scope",
    "FlowDefinition",
)
_HIDDEN: Final = frozenset({"FlowDefinition"})
"""What no answer of the model has."""


def put_integration(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """Create or replace; tags stay as they were. A flow definition gives the URI of its flow.

    A URI belongs to one domain (API reference, PutIntegration). A flow is made once; the text is
    the one that the CloudFormation handler looks for.
    """
    domain = world.domain(caller, members["DomainName"])
    if ("Uri" in members) == ("FlowDefinition" in members):
        raise ServiceError(BAD_REQUEST, "An integration has either Uri or FlowDefinition")
    if "ObjectTypeName" in members and "ObjectTypeNames" in members:
        text = "An integration has either ObjectTypeName or ObjectTypeNames"
        raise ServiceError(BAD_REQUEST, text)
    uri = members.get("Uri") or _flow_arn(caller, members["FlowDefinition"]["FlowName"])
    body = {"Scope": "PROFILE"} | {key: members[key] for key in _BODY if key in members}
    holders = definitions.holders(world, caller, _KIND, uri)
    if holders and "FlowDefinition" in members:
        name = members["FlowDefinition"]["FlowName"]
        raise ServiceError(BAD_REQUEST, f"Flow with name {name} already exists.")
    if holders and domain.name not in holders:
        text = (
            f"Integration {uri} belongs to domain {holders[0]}; an integration can belong to only"
            " one domain: delete it there first"
        )
        raise ServiceError(BAD_REQUEST, text)
    before = definitions.find(world, domain, _KIND, uri)
    tags = members.get("Tags", {}) if before is None else None
    return _shown(domain, definitions.put(world, domain, _KIND, uri, body, tags))


def get_integration(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    return _shown(domain, definitions.existing(world, domain, _KIND, members["Uri"]))


def list_integrations(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    shown, token = definitions.listed_page(world, domain, _KIND, members)
    return {"Items": [_shown(domain, each) for each in shown], "NextToken": token}


def list_account_integrations(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    """Those of all of the caller's domains with this URI, by domain.

    One at most, unless a state file of an older release has several.
    """
    uri = members["Uri"]
    scope = f"integrations {caller.account} {caller.region} {uri}"
    holders = definitions.holders(world, caller, _KIND, uri)
    domains = [world.domain(caller, name) for name in holders]
    found = [_shown(each, definitions.existing(world, each, _KIND, uri)) for each in domains]
    shown, token = page(found, lambda each: each["DomainName"], members, scope)
    return {"Items": shown, "NextToken": token}


def delete_integration(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    definitions.remove(world, domain, _KIND, members["Uri"])
    return {"Message": "OK"}


def _flow_arn(caller: Caller, name: str) -> str:
    return f"arn:aws:appflow:{caller.region}:{caller.account}:flow/{name}"


def _shown(domain: Domain, integration: Definition) -> dict[str, Any]:
    body = {key: value for key, value in integration.body.items() if key not in _HIDDEN}
    return {"DomainName": domain.name, "Uri": integration.name} | body | integration.stamps
