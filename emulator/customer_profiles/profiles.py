"""Operations on profiles: search, reads and the writes that people make."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from botocore.model import StructureShape

from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST, NOT_FOUND, service_model
from emulator.customer_profiles.world import World
from emulator.http import Caller, ServiceError
from profiles import profile_writes
from profiles.documents import document, flatten
from profiles.errors import NotFoundError
from profiles.search import forms_of, search
from profiles.store import Profile

_NOT_VALUES: Final = frozenset({"DomainName", "ProfileId"})


def search_profiles(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """All of SearchProfiles (aws-semantics 3.1); FoundByItems when several keys were given."""
    domain = world.domain(caller, members["DomainName"])
    asked = [members, *members.get("AdditionalSearchKeys", ())]
    criteria = [(each["KeyName"], each["Values"]) for each in asked]
    every = members.get("LogicalOperator") == "AND"
    try:
        found = search(world.searched(domain), criteria, every=every)
    except NotFoundError as error:
        raise ServiceError(NOT_FOUND, str(error), 404) from None
    scope = f"search {domain.id} {every} {criteria!r}"
    shown, token = page(found, lambda hit: hit.profile.sequence, members, scope)
    items = []
    for hit in shown:
        item = _shown(hit.profile)
        if len(criteria) > 1:
            item["FoundByItems"] = [
                {"KeyName": criteria[at][0], "Values": criteria[at][1]} for at in hit.criteria
            ]
        items.append(item)
    return {"Items": items, "NextToken": token}


def batch_get_profile(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    shown, missing = [], []
    for profile_id in dict.fromkeys(members["ProfileIds"]):
        profile = domain.engine.store.profile(profile_id)
        if profile is None:
            text = "The profile does not exist."
            missing.append({"Code": NOT_FOUND, "Message": text, "ProfileId": profile_id})
        else:
            shown.append(_shown(profile))
    return {"Profiles": shown, "Errors": missing}


def create_profile(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    profile = profile_writes.create_profile(domain.engine, _values(members))
    return {"ProfileId": profile.id}


def update_profile(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """Empty text clears, absent stays (API reference, UpdateProfile)."""
    domain = world.domain(caller, members["DomainName"])
    profile_id = members["ProfileId"]
    values = _values(members)
    _found(lambda: profile_writes.update_profile(domain.engine, profile_id, values))
    return {"ProfileId": profile_id}


def delete_profile(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    _found(lambda: profile_writes.delete_profile(domain.engine, members["ProfileId"]))
    return {"Message": "OK"}


def add_profile_key(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    key, values = members["KeyName"], members["Values"]
    _found(lambda: profile_writes.add_key(domain.engine, members["ProfileId"], key, values))
    if not any(forms_of(domain.engine, key, values)):
        # The transaction is undone: an answer that binds nothing would not be true.
        raise ServiceError(BAD_REQUEST, f"The values are not those of the fields of key {key}")
    return {"KeyName": key, "Values": values}


def delete_profile_key(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    key, values = members["KeyName"], members["Values"]
    _found(lambda: profile_writes.delete_key(domain.engine, members["ProfileId"], key, values))
    return {"Message": "OK"}


def merge_profiles(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """Texts and codes are live ones (aws-semantics 3.3)."""
    domain = world.domain(caller, members["DomainName"])
    main, merged = members["MainProfileId"], members["ProfileIdsToBeMerged"]
    sources = flatten(members.get("FieldSourceProfileIds", {}))
    try:
        profile_writes.merge_profiles(domain.engine, main, merged, sources)
    except NotFoundError as error:
        raise ServiceError(BAD_REQUEST, str(error)) from None
    return {"Message": "Success!"}


def _values(members: dict[str, Any]) -> dict[str, Any]:
    return flatten({name: value for name, value in members.items() if name not in _NOT_VALUES})


def _found(action: Callable[[], object]) -> None:
    try:
        action()
    except NotFoundError as error:
        raise ServiceError(NOT_FOUND, str(error), 404) from None


@cache
def _unset() -> dict[str, None]:
    """Scalar members of a profile, which the service sends as null while they have no value."""
    shape = service_model().shape_for("Profile")
    assert isinstance(shape, StructureShape)  # noqa: S101 - so it stands in the model
    return {name: None for name, each in shape.members.items() if each.type_name == "string"}


def _shown(profile: Profile) -> dict[str, Any]:
    return {**_unset(), **document(profile)}
