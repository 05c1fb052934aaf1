"""Operations on calculated attributes: their definitions, and their values for profiles."""

from typing import Any, Final

from emulator.customer_profiles import definitions
from emulator.customer_profiles.definitions import Definition, Kind
from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST, NOT_FOUND
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError
from profiles.calculated import DefinitionError, Window, calculate, make_definition

_KIND: Final = Kind.CALCULATED_ATTRIBUTE
_BODY: Final[tuple[str, ...]] = (
    "DisplayName",
    "Description",
    "AttributeDetails",
    "Conditions",
    "Filter",
    "Statistic",
    "UseHistoricalData",
)
_CHANGED: Final[tuple[str, ...]] = ("DisplayName", "Description", "Conditions")
_LISTED: Final[tuple[str, ...]] = ("DisplayName", "Description", "UseHistoricalData")
_READY: Final = {"Status": "COMPLETED", "Readiness": {"ProgressPercentage": 100}}


def create_calculated_attribute_definition(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    name = members["CalculatedAttributeName"]
    if definitions.find(world, domain, _KIND, name) is not None:
        raise ServiceError(BAD_REQUEST, f"Calculated attribute {name} already exists")
    body = {key: members[key] for key in _BODY if key in members}
    _checked(domain, body)
    made = definitions.put(world, domain, _KIND, name, body, members.get("Tags", {}))
    return _shown(made)


def get_calculated_attribute_definition(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    return _shown(_existing(world, domain, members))


def update_calculated_attribute_definition(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    """Absent members stay; Conditions are replaced as a whole."""
    domain = world.domain(caller, members["DomainName"])
    before = _existing(world, domain, members)
    body = before.body | {key: members[key] for key in _CHANGED if key in members}
    _checked(domain, body)
    shown = _shown(definitions.put(world, domain, _KIND, before.name, body))
    # The model's answer to an update has no filter.
    shown.pop("Filter", None)
    return shown


def delete_calculated_attribute_definition(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    definitions.remove(world, domain, _KIND, members["CalculatedAttributeName"])
    return {}


def list_calculated_attribute_definitions(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    shown, token = definitions.listed_page(world, domain, _KIND, members)
    items = [
        {
            "CalculatedAttributeName": each.name,
            **{key: each.body[key] for key in _LISTED if key in each.body},
            "Status": _READY["Status"],
            **each.stamps,
        }
        for each in shown
    ]
    return {"Items": items, "NextToken": token}


def get_calculated_attribute_for_profile(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    definition = _existing(world, domain, members)
    _check_profile(domain, members["ProfileId"])
    return _value(world, domain, definition, members["ProfileId"], None)


def list_calculated_attributes_for_profile(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    """Those that have a value."""
    domain = world.domain(caller, members["DomainName"])
    profile_id = members["ProfileId"]
    _check_profile(domain, profile_id)
    values = values_of(world, domain, profile_id)
    scope = f"calculated values {domain.id} {profile_id}"
    shown, token = page(values, lambda each: each["CalculatedAttributeName"], members, scope)
    return {"Items": shown, "NextToken": token}


def batch_get_calculated_attribute_for_profile(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    definition = _existing(world, domain, members)
    overrides = members.get("ConditionOverrides")
    window = None if overrides is None else _window(overrides.get("Range"))
    values, missing = [], []
    for profile_id in dict.fromkeys(members["ProfileIds"]):
        if domain.engine.store.profile(profile_id) is None:
            text = "The profile does not exist."
            missing.append({"Code": NOT_FOUND, "Message": text, "ProfileId": profile_id})
        else:
            value = _value(world, domain, definition, profile_id, window)
            values.append(value | {"ProfileId": profile_id})
    answer = {"CalculatedAttributeValues": values, "Errors": missing}
    return answer if overrides is None else answer | {"ConditionOverrides": overrides}


def values_of(world: World, domain: Domain, profile_id: str) -> list[dict[str, Any]]:
    """All calculated attributes of a profile that have a value, by name."""
    values = [
        _value(world, domain, each, profile_id, None)
        for each in definitions.listed(world, domain, _KIND)
    ]
    return [each for each in values if each["Value"] is not None]


def _value(
    world: World, domain: Domain, stored: Definition, profile_id: str, window: Window | None
) -> dict[str, Any]:
    answer: dict[str, Any] = {"CalculatedAttributeName": stored.name, "Value": None}
    if "DisplayName" in stored.body:
        answer["DisplayName"] = stored.body["DisplayName"]
    try:
        definition = make_definition(stored.body, _object_types(domain))
    except DefinitionError:
        # The object type was deleted, or changed beyond what the definition names.
        return answer
    objects = domain.engine.store.objects(profile_id, definition.object_type)
    since = None if stored.body.get("UseHistoricalData") else stored.created
    result = calculate(definition, objects, world.clock(), since, window)
    answer |= {"Value": result.value, "IsDataPartial": "true" if result.partial else "false"}
    if result.newest is not None:
        answer["LastObjectTimestamp"] = result.newest
    return answer


def _window(asked: dict[str, Any] | None) -> Window | None:
    if asked is None:
        return None
    window = Window(asked["Start"], asked.get("End", 0))
    if window.start < window.end:
        text = "A range starts before it ends: Start is the larger number of days"
        raise ServiceError(BAD_REQUEST, text)
    return window


def _checked(domain: Domain, body: dict[str, Any]) -> None:
    try:
        make_definition(body, _object_types(domain))
    except DefinitionError as error:
        text = f"Invalid calculated attribute definition: {error}"
        raise ServiceError(BAD_REQUEST, text) from None


def _object_types(domain: Domain) -> dict[str, Any]:
    return {name: plan.object_type for name, plan in domain.engine.plans.items()}


def _existing(world: World, domain: Domain, members: dict[str, Any]) -> Definition:
    return definitions.existing(world, domain, _KIND, members["CalculatedAttributeName"])


def _check_profile(domain: Domain, profile_id: str) -> None:
    if domain.engine.store.profile(profile_id) is None:
        raise ServiceError(NOT_FOUND, "The profile does not exist.", 404)


def _shown(definition: Definition) -> dict[str, Any]:
    name = {"CalculatedAttributeName": definition.name}
    return name | definition.body | _READY | definition.stamps
