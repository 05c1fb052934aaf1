"""What is kept, how long, and how it is found again: retention, protection, tags."""

from collections.abc import Iterator, Mapping
from typing import Final

from policy.model import Expectations, Resource, Rule

_QUEUE: Final = "aws-native:sqs:Queue"
_LOGS: Final = "aws-native:logs:LogGroup"
_BUCKET: Final = "aws-native:s3:Bucket"
_DOMAIN: Final = "aws-native:customerprofiles:Domain"
_TYPE: Final = "aws-native:customerprofiles:ObjectType"
_KEY: Final = "aws-native:kms:Key"
DOMAIN_KEY: Final = "encryption"
"""Name of the key of a domain. That of the ingestion goes with the last way in, like its queues."""

UNTAGGED: Final = frozenset(
    f"aws-native:{each}"
    for each in (
        # They take no tags.
        "iam:RolePolicy",
        "kms:Alias",
        "lambda:EventInvokeConfig",
        "lambda:Permission",
        "s3:BucketPolicy",
        "scheduler:Schedule",
        "sns:Subscription",
        "sns:TopicInlinePolicy",
        "sqs:QueueInlinePolicy",
        # They take them only in releases of the provider after the one that can be built here.
        "cloudwatch:Dashboard",
        "events:Rule",
        "lambda:EventSourceMapping",
    )
)


def _retention(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _BUCKET:
        rules = resource.get("lifecycleConfiguration", "rules") or ()
        if not any(rule.get("expirationInDays") for rule in rules):
            yield "keeps objects for ever"
        return
    name = "messageRetentionPeriod" if resource.type == _QUEUE else "retentionInDays"
    if not resource.get(name):
        yield f"does not say {name}"


def _protection(resource: Resource, expected: Expectations) -> Iterator[str]:
    if not expected.keeps_customer_data:
        return
    if resource.type == _KEY and resource.name != DOMAIN_KEY:
        return
    if resource.type == _TYPE and resource.name in expected.deletable_object_types:
        return
    if not resource.protected:
        yield "is not protected"
    if resource.retained is False:
        yield "is not retained when it is taken out of the state"


def _tags(resource: Resource, expected: Expectations) -> Iterator[str]:
    if resource.type in UNTAGGED or not resource.type.startswith("aws-native:"):
        return
    tags = resource.get("tags") or ()
    if isinstance(tags, Mapping):
        keys = {key for key, value in tags.items() if value}
    else:
        keys = {each["key"] for each in tags if each["value"]}
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
        "PROTECTED",
        "What holds customers' data is protected: domain, object types and the domain's key.",
        "register it with protect and retain_on_delete, or see deletableObjectTypes",
        check=_protection,
        types=frozenset({_DOMAIN, _TYPE, _KEY}),
    ),
    Rule(
        "TAGGED",
        "Whatever takes tags has those that are required.",
        "pass the stack's tags on (components/tags.py)",
        check=_tags,
    ),
)
