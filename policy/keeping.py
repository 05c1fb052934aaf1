"""What is kept, how long, and how it is found again: retention, protection, tags."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy.kinds import TAGGED
from policy.model import UNKNOWN, Expectations, Resource, Rule

_QUEUE: Final = "aws-native:sqs:Queue"
_LOGS: Final = "aws-native:logs:LogGroup"
_BUCKET: Final = "aws-native:s3:Bucket"
_DOMAIN: Final = "aws-native:customerprofiles:Domain"
_TYPE: Final = "aws-native:customerprofiles:ObjectType"
_KEY: Final = "aws-native:kms:Key"
_FILTERS: Final = (
    "prefix",
    "tagFilters",
    "objectSizeGreaterThan",
    "objectSizeLessThan",
)


def _retention(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _BUCKET:
        rules = resource.get("lifecycleConfiguration", "rules") or ()
        everywhere = [rule for rule in rules if rule.get("status") == "Enabled" and _of_all(rule)]
        if not any(rule.get("expirationInDays") for rule in everywhere):
            yield "keeps objects for ever"
        if not any(rule.get("noncurrentVersionExpiration") for rule in everywhere):
            yield "keeps earlier versions of objects for ever"
        return
    name = "messageRetentionPeriod" if resource.type == _QUEUE else "retentionInDays"
    if not resource.get(name):
        yield f"does not say {name}"


def _of_all(rule: Mapping[str, Any]) -> bool:
    """Whether a lifecycle rule is about all objects of its bucket."""
    return not any(rule.get(name) for name in _FILTERS)


def _versions(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.get("versioningConfiguration", "status") != "Enabled":
        yield "loses at once what is overwritten or deleted"


def _protection(resource: Resource, expected: Expectations) -> Iterator[str]:
    if not expected.keeps_customer_data:
        return
    if resource.type == _TYPE and resource.name in expected.deletable_object_types:
        return
    if not resource.protected:
        yield "is not protected"
    elif resource.retained is False:
        yield "is not retained when it is taken out of the state"


def _tags(resource: Resource, expected: Expectations) -> Iterator[str]:
    tags = resource.get("tags")
    if tags is UNKNOWN:
        return
    if isinstance(tags, Mapping):
        keys = {key for key, value in tags.items() if value}
    else:
        keys = {each["key"] for each in tags or () if each["value"]}
    for key in expected.required_tags:
        if key not in keys:
            yield f"has no tag {key}"


RULES: Final = (
    Rule(
        "RETENTION_SAID",
        "Queues, log groups and buckets say how long they keep what is in them.",
        "set it; components/queues.py and components/functions.py show how",
        check=_retention,
        types=frozenset({_QUEUE, _LOGS, _BUCKET}),
    ),
    Rule(
        "VERSIONED",
        "A bucket keeps what is overwritten or deleted, as long as it says.",
        "set versioning_configuration (components/batch_ingestion.py)",
        check=_versions,
        types=frozenset({_BUCKET}),
    ),
    Rule(
        "PROTECTED",
        "What holds customers' data is protected: domains, object types and keys.",
        "register it with protect and retain_on_delete, or see deletableObjectTypes",
        check=_protection,
        types=frozenset({_DOMAIN, _TYPE, _KEY}),
    ),
    Rule(
        "TAGGED",
        "Whatever takes tags has those that are required.",
        "pass the stack's tags on (components/tags.py)",
        check=_tags,
        types=TAGGED,
    ),
)
