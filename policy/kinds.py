"""The types of resources that the rules were written for; of any other they know nothing."""

from collections.abc import Iterator
from typing import Final

from policy.model import Expectations, Resource, Rule

TAGGED: Final = frozenset(
    f"aws-native:{each}"
    for each in (
        "cloudwatch:Alarm",
        "customerprofiles:Domain",
        "customerprofiles:ObjectType",
        "events:EventBus",
        "iam:Role",
        "kms:Key",
        "lambda:Function",
        "logs:LogGroup",
        "s3:Bucket",
        "sns:Topic",
        "sqs:Queue",
        "ssm:Parameter",
        "stepfunctions:StateMachine",
    )
)
"""Types that take tags."""

UNTAGGED: Final = frozenset(
    f"aws-native:{each}"
    for each in (
        "iam:RolePolicy",
        "kms:Alias",
        "lambda:EventInvokeConfig",
        "lambda:Permission",
        "s3:BucketPolicy",
        "scheduler:Schedule",
        "sns:Subscription",
        "sns:TopicInlinePolicy",
        "sqs:QueueInlinePolicy",
    )
)
"""Types that take none."""

TAGGED_LATER: Final = frozenset(
    {
        "aws-native:cloudwatch:Dashboard",
        "aws-native:events:Rule",
        "aws-native:lambda:EventSourceMapping",
    }
)
"""Types that take tags only in releases of the provider after the one that can be built here."""

_OF_NO_PROVIDER: Final = ("customer-lifecycle:", "pulumi:")
"""Components, whose resources are looked at, and what the engine itself has."""


def _known(resource: Resource, _: Expectations) -> Iterator[str]:
    known = resource.type in TAGGED | UNTAGGED | TAGGED_LATER
    if not known and not resource.type.startswith(_OF_NO_PROVIDER):
        yield "is of a type that the rules do not know"


RULES: Final = (
    Rule(
        "KNOWN_TYPE",
        "Every resource is of a type that these rules were written for.",
        "write down what has to hold for it, then add the type to policy/kinds.py",
        check=_known,
    ),
)
