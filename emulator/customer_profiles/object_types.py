"""Operations on profile object types."""

from typing import Any, Final

from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import BAD_REQUEST, NOT_FOUND
from emulator.customer_profiles.world import Domain, TypeRecord, World
from emulator.http import Caller, ServiceError
from profiles.findings import Finding
from profiles.profile_writes import delete_type
from profiles.requests import from_request
from profiles.validation import MAX_TYPES, check_against, check_object_type, errors

_BODY: Final[tuple[str, ...]] = (
    "Description",
    "TemplateId",
    "ExpirationDays",
    "EncryptionKey",
    "AllowProfileCreation",
    "SourceLastUpdatedTimestampFormat",
    "MaxProfileObjectCount",
    "SourcePriority",
    "Fields",
    "Keys",
)
_LISTED: Final[tuple[str, ...]] = ("Description", "MaxProfileObjectCount", "SourcePriority")


def put_profile_object_type(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    """Create or fully replace; tags stay as they were (aws-semantics 1.7)."""
    domain = world.domain(caller, members["DomainName"])
    name = members["ObjectTypeName"]
    body = {key: members[key] for key in _BODY if key in members}
    if "TemplateId" in body and "AllowProfileCreation" in body:
        # Shows only in the request: an object type always has a value for it.
        raise ServiceError(BAD_REQUEST, "AllowProfileCreation cannot stand beside TemplateId")
    object_type = from_request(name, body)
    others = [plan.object_type for each, plan in domain.engine.plans.items() if each != name]
    findings = (
        *check_object_type(object_type, backend="api"),
        *check_against(object_type, others),
    )
    if broken := errors(findings):
        text = "; ".join(_sentence(finding) for finding in broken)
        raise ServiceError(BAD_REQUEST, f"Invalid object type mapping: {text}")
    now = world.clock()
    before = domain.types.get(name)
    if before is None and len(domain.types) >= MAX_TYPES:
        raise ServiceError(BAD_REQUEST, f"A domain has at most {MAX_TYPES} object types")
    tags = members.get("Tags", {}) if before is None else before.tags
    record = TypeRecord(body, tags, now if before is None else before.created, now)
    world.save_type(domain, name, record)
    return _shown(name, record)


def get_profile_object_type(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    name = members["ObjectTypeName"]
    return _shown(name, existing_type(world.domain(caller, members["DomainName"]), name))


def list_profile_object_types(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    names, token = page(sorted(domain.types), str, members, f"types {domain.id}")
    items = []
    for name in names:
        record = domain.types[name]
        items.append(
            {
                "ObjectTypeName": name,
                **{key: record.body[key] for key in _LISTED if key in record.body},
                "CreatedAt": record.created,
                "LastUpdatedAt": record.updated,
                "Tags": record.tags,
            }
        )
    return {"Items": items, "NextToken": token}


def delete_profile_object_type(
    world: World, caller: Caller, members: dict[str, Any]
) -> dict[str, Any]:
    """Objects and their values in profiles go too; profiles remain (aws-semantics 1.7)."""
    domain = world.domain(caller, members["DomainName"])
    name = members["ObjectTypeName"]
    existing_type(domain, name)
    delete_type(domain.engine, name)
    world.remove_type(domain, name)
    return {"Message": "OK"}


def existing_type(domain: Domain, name: str) -> TypeRecord:
    """The domain's object type. Raises: ServiceError."""
    record = domain.types.get(name)
    if record is None:
        text = f"Object type {name} is not found in domain {domain.name}"
        raise ServiceError(NOT_FOUND, text, 404)
    return record


def _shown(name: str, record: TypeRecord) -> dict[str, Any]:
    shown = {
        "ObjectTypeName": name,
        "AllowProfileCreation": False,
        **record.body,
        "CreatedAt": record.created,
        "LastUpdatedAt": record.updated,
    }
    if record.tags:
        shown["Tags"] = record.tags
    return shown


def _sentence(finding: Finding) -> str:
    place = f"{finding.place}: " if finding.place else ""
    return f"{place}{finding.message} [{finding.rule.id}]"
