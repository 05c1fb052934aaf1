"""Operations on integrations: records of where a domain's objects come from; nothing is pulled."""

from typing import Any, Final

from emulator.customer_profiles import definitions
from emulator.customer_profiles.definitions import Definition, Kind
from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError

MAX_INTEGRATIONS: Final = 50
"""Of a domain (quotas page)."""

_EVENT_TYPES: Final = (
    "SegmentIdentify",
    "ShopifyCreateCustomers",
    "ShopifyUpdateCustomers",
    "ShopifyCreateDraftOrders",
    "ShopifyUpdateDraftOrders",
    "ShopifyCreateOrders",
    "ShopifyUpdatedOrders",
)
"""What an external application can tell (API reference, PutIntegration, ObjectTypeNames)."""

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
    _check_said(members)
    uri = members.get("Uri") or str(flow_uri(caller, members))
    holders = definitions.holders(world, caller, _KIND, uri)
    if holders:
        _check_own(domain, uri, holders, members)
    elif len(definitions.listed(world, domain, _KIND)) >= MAX_INTEGRATIONS:
        text = f"A domain has at most {MAX_INTEGRATIONS} integrations: delete one first"
        raise ServiceError(BAD_REQUEST, text)
    body = {"Scope": "PROFILE"} | {key: members[key] for key in _BODY if key in members}
    tags = None if holders else members.get("Tags", {})
    return _shown(domain, definitions.put(world, domain, _KIND, uri, body, tags))


def flow_uri(caller: Caller, members: dict[str, Any]) -> str | None:
    """The URI that a request's flow gets; None where it defines none. members: unchecked."""
    flow = members.get("FlowDefinition")
    name = flow.get("FlowName") if isinstance(flow, dict) else None
    if not isinstance(name, str):
        return None
    return f"arn:aws:appflow:{caller.region}:{caller.account}:flow/{name}"


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


def _check_said(members: dict[str, Any]) -> None:
    """Raises: ServiceError for what contradicts itself, and for event types that nobody knows."""
    if ("Uri" in members) == ("FlowDefinition" in members):
        raise ServiceError(BAD_REQUEST, "An integration has either Uri or FlowDefinition")
    if "ObjectTypeName" in members and "ObjectTypeNames" in members:
        text = "An integration has either ObjectTypeName or ObjectTypeNames"
        raise ServiceError(BAD_REQUEST, text)
    if not set(_EVENT_TYPES).issuperset(members.get("ObjectTypeNames", ())):
        text = f"ObjectTypeNames has an unknown event type; it knows {', '.join(_EVENT_TYPES)}"
        raise ServiceError(BAD_REQUEST, text)


def _check_own(domain: Domain, uri: str, holders: list[str], members: dict[str, Any]) -> None:
    """Raises: ServiceError for a flow that is there, and for a URI that another domain has."""
    if "FlowDefinition" in members:
        name = members["FlowDefinition"]["FlowName"]
        raise ServiceError(BAD_REQUEST, f"Flow with name {name} already exists.")
    if domain.name not in holders:
        text = (
            f"Integration {uri} belongs to domain {holders[0]}; an integration can belong to only"
            " one domain: delete it there first"
        )
        raise ServiceError(BAD_REQUEST, text)


def _shown(domain: Domain, integration: Definition) -> dict[str, Any]:
    body = {key: value for key, value in integration.body.items() if key not in _HIDDEN}
    return {"DomainName": domain.name, "Uri": integration.name} | body | integration.stamps
