"""Lifecycle rules of buckets, as the resource type and as the service's API spell them."""

from typing import Any, Final

from emulator.cloud_control.paths import Model

_AS_THEY_ARE: Final = ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration", "Status")
_EXPIRATION: Final = {
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
_FILTER: Final = ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_TRANSITIONS: Final = {
    "Transitions": {"TransitionInDays": "Days", "TransitionDate": "Date"},
    "NoncurrentVersionTransitions": {"TransitionInDays": "NoncurrentDays"},
}
_SIZES: Final = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")


def to_api(rule: Model) -> dict[str, Any]:
    """One rule of LifecycleConfiguration as PutBucketLifecycleConfiguration takes it."""
    given: dict[str, Any] = {name: rule[name] for name in _AS_THEY_ARE if name in rule}
    if "Id" in rule:
        given["ID"] = rule["Id"]
    expiration = {api: rule[name] for name, api in _EXPIRATION.items() if name in rule}
    if expiration:
        given["Expiration"] = expiration
    if "NoncurrentVersionExpirationInDays" in rule:
        days = rule["NoncurrentVersionExpirationInDays"]
        given["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    for member, names in _TRANSITIONS.items():
        each = [*rule.get(member, []), *filter(None, [rule.get(member.removesuffix("s"))])]
        if each:
            given[member] = [_renamed(transition, names) for transition in each]
    wanted: dict[str, Any] = {name: rule[name] for name in _FILTER if name in rule}
    wanted |= {name: int(wanted[name]) for name in _SIZES if name in wanted}
    tags = rule.get("TagFilters", [])
    if len(wanted) + len(tags) > 1:
        wanted = {"And": wanted | ({"Tags": tags} if tags else {})}
    elif tags:
        (wanted["Tag"],) = tags
    given["Filter"] = wanted or {"Prefix": ""}
    return given


def from_api(told: dict[str, Any]) -> Model:
    """One rule that the service told as the resource type has it."""
    rule: Model = {name: told[name] for name in _AS_THEY_ARE if name in told}
    if "ID" in told:
        rule["Id"] = told["ID"]
    expiration = told.get("Expiration", {})
    rule |= {name: expiration[api] for name, api in _EXPIRATION.items() if api in expiration}
    for member, names in _TRANSITIONS.items():
        if told.get(member):
            back = {api: name for name, api in names.items()}
            rule[member] = [_renamed(transition, back) for transition in told[member]]
    chosen = told.get("Filter", {})
    parts = chosen.get("And", chosen)
    rule |= {name: str(parts[name]) for name in _FILTER if parts.get(name) not in {None, ""}}
    tags = parts.get("Tags") or [part for part in [parts.get("Tag")] if part]
    return rule | ({"TagFilters": tags} if tags else {})


def _renamed(members: Model, names: dict[str, str]) -> Model:
    return {names.get(name, name): value for name, value in members.items()}
