"""Nothing that was not delivered is lost: every consumer has somewhere to put it."""

from collections.abc import Iterator, Sequence
from typing import Final

from policy.model import Expectations, Resource, Rule

_MAPPING: Final = "aws-native:lambda:EventSourceMapping"
_QUEUE: Final = "aws-native:sqs:Queue"
_RULE: Final = "aws-native:events:Rule"
_ASYNCHRONOUS: Final = "aws-native:lambda:EventInvokeConfig"
_SCHEDULE: Final = "aws-native:scheduler:Schedule"
_DOMAIN: Final = "aws-native:customerprofiles:Domain"


def _of_queues(resources: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """SQS itself moves to the dead letters what a function could not take."""
    queues = {each.get("queueName"): each for each in resources if each.type == _QUEUE}
    for consumer in resources:
        if consumer.type != _MAPPING:
            continue
        name = str(consumer.get("eventSourceArn")).rpartition(":")[2]
        queue = queues.get(name)
        if queue is None or not queue.get("redrivePolicy", "deadLetterTargetArn"):
            yield consumer, f"takes from {name}, which has no redrive policy"


def _of_others(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _DOMAIN:
        if not resource.get("deadLetterQueueUrl"):
            yield "has no dead-letter queue"
    elif resource.type == _ASYNCHRONOUS:
        if not resource.get("destinationConfig", "onFailure", "destination"):
            yield "has no on-failure destination"
    elif resource.type == _SCHEDULE:
        if not resource.get("target", "deadLetterConfig", "arn"):
            yield "has a target without a dead-letter queue"
    else:
        for target in resource.get("targets") or ():
            if not (target.get("deadLetterConfig") or {}).get("arn"):
                yield f"has target {target['id']} without a dead-letter queue"


RULES: Final = (
    Rule(
        "QUEUE_CONSUMER_HAS_DEAD_LETTERS",
        "A queue that a function takes from has a redrive policy.",
        "give the queue a dead-letter queue (components/topic_ingestion.py)",
        check_stack=_of_queues,
    ),
    Rule(
        "CONSUMER_HAS_DEAD_LETTERS",
        "Domains, rules, asynchronous functions and schedules have somewhere for what fails.",
        "name a dead-letter queue, or add a documented exception to policy/exceptions.py",
        check=_of_others,
        types=frozenset({_DOMAIN, _RULE, _ASYNCHRONOUS, _SCHEDULE}),
    ),
)
