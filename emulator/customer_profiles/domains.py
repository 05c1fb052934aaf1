"""Operations on domains."""

from typing import Any, Final
from urllib.parse import urlsplit

from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError
from profiles.engine import OBJECTS_PER_METERED_PROFILE

MAX_DOMAINS: Final = 100

_BODY: Final = (
    "DefaultExpirationDays",
    "DefaultEncryptionKey",
    "DeadLetterQueueUrl",
    "Matching",
    "RuleBasedMatching",
    "DataStore",
)
_CLEARED_BY_EMPTY: Final = ("DefaultEncryptionKey", "DeadLetterQueueUrl")
_ARN_PARTS: Final = 6


def create_domain(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    name = members["DomainName"]
    if world.exists(caller, name):
        raise ServiceError(BAD_REQUEST, f"Domain {name} already exists")
    if len(world.names(caller)) >= MAX_DOMAINS:
        raise ServiceError(BAD_REQUEST, f"An account has at most {MAX_DOMAINS} domains")
    body = _given(members)
    _check_ownership(caller, body)
    return _shown(world.create(caller, name, body, members.get("Tags", {})))


def get_domain(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    world.drop_expired(domain)
    objects, size = domain.engine.store.totals()
    profiles = domain.engine.store.profile_count()
    query = (
        "SELECT coalesce(sum((n - 1) / ?), 0) FROM"
        " (SELECT count(*) AS n FROM objects WHERE domain=? GROUP BY profile)"
    )
    extra = world.database.execute(query, (OBJECTS_PER_METERED_PROFILE, domain.id)).fetchone()[0]
    stats = {
        "ProfileCount": profiles,
        "MeteringProfileCount": profiles + extra,
        "ObjectCount": objects,
        "TotalSize": size,
    }
    return _shown(domain) | {"Stats": stats}


def update_domain(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """Absent members stay; an empty key or queue removes it (API reference, UpdateDomain)."""
    domain = world.domain(caller, members["DomainName"])
    changes = _given(members)
    _check_ownership(caller, changes)
    body = domain.body | changes
    for key in _CLEARED_BY_EMPTY:
        if members.get(key) == "":
            body.pop(key, None)
    domain.body = body
    if "Tags" in members:
        domain.tags = members["Tags"]
    domain.updated = world.clock()
    world.save(domain)
    return _shown(domain)


def delete_domain(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    world.remove(world.domain(caller, members["DomainName"]))
    return {"Message": "OK"}


def list_domains(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    scope = f"domains {caller.account} {caller.region}"
    names, token = page(world.names(caller), str, members, scope)
    items = []
    for name in names:
        domain = world.domain(caller, name)
        items.append(
            {
                "DomainName": name,
                "CreatedAt": domain.created,
                "LastUpdatedAt": domain.updated,
                "Tags": domain.tags,
            }
        )
    return {"Items": items, "NextToken": token}


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {key: members[key] for key in _BODY if members.get(key) not in (None, "")}


def _shown(domain: Domain) -> dict[str, Any]:
    shown = {
        "DomainName": domain.name,
        **domain.body,
        "CreatedAt": domain.created,
        "LastUpdatedAt": domain.updated,
    }
    if domain.tags:
        shown["Tags"] = domain.tags
    return shown


def _check_ownership(caller: Caller, body: dict[str, Any]) -> None:
    """Queue and key belong to the caller's account (live texts: aws-semantics 2.7 and 3.3)."""
    url = body.get("DeadLetterQueueUrl")
    if url is not None:
        try:
            owner = urlsplit(url).path.strip("/").split("/")[0]
        except ValueError:
            owner = ""
        if owner != caller.account:
            raise ServiceError(BAD_REQUEST, "Error queue URL does not belong to your account ID")
    parts = body.get("DefaultEncryptionKey", "").split(":")
    if len(parts) >= _ARN_PARTS and parts[4] != caller.account:
        raise ServiceError(BAD_REQUEST, "Failed to grant access to key")
