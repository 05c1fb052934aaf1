"""Nothing that was not delivered is lost: every consumer has somewhere to put it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policy.model import UNKNOWN, Expectations, Resource, Rule

_MAPPING: Final = "aws-native:lambda:EventSourceMapping"
_QUEUE: Final = "aws-native:sqs:Queue"
_RULE: Final = "aws-native:events:Rule"
_ASYNCHRONOUS: Final = "aws-native:lambda:EventInvokeConfig"
_FUNCTION: Final = "aws-native:lambda:Function"
_PERMISSION: Final = "aws-native:lambda:Permission"
_SCHEDULE: Final = "aws-native:scheduler:Schedule"
_SUBSCRIPTION: Final = "aws-native:sns:Subscription"
_DOMAIN: Final = "aws-native:customerprofiles:Domain"
_PATHS: Final = {
    _DOMAIN: ("deadLetterQueueUrl",),
    _ASYNCHRONOUS: ("destinationConfig", "onFailure", "destination"),
    _SUBSCRIPTION: ("redrivePolicy", "deadLetterTargetArn"),
    _SCHEDULE: ("target", "deadLetterConfig", "arn"),
}


def _of_sources(resources: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """SQS itself moves to the dead letters what a function could not take; of a stream Lambda does.

    Lambda developer guide, "Creating an event source mapping".
    """
    queues = {each.get("queueName"): each for each in resources if each.type == _QUEUE}
    for consumer in resources:
        source = consumer.get("eventSourceArn")
        if consumer.type != _MAPPING or source is UNKNOWN:
            continue
        if ":sqs:" in str(source):
            queue = queues.get(_last(source))
            told = queue is not None and queue.get("redrivePolicy", "deadLetterTargetArn")
        else:
            told = consumer.get("destinationConfig", "onFailure", "destination")
        if not told:
            yield consumer, f"takes from {_last(source)}, whose dead letters go nowhere"


def _of_functions(resources: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """A service with a permission of its own starts a function without waiting for it.

    Lambda developer guide, "Invoking a Lambda function asynchronously".
    """
    started = {_last(each.get("functionName")) for each in resources if each.type == _PERMISSION}
    told = {_last(each.get("functionName")) for each in resources if each.type == _ASYNCHRONOUS}
    for function in resources:
        if function.type != _FUNCTION or function.get("deadLetterConfig", "targetArn"):
            continue
        name = function.get("functionName")
        if name is not UNKNOWN and name in started - told:
            yield function, "is started by a service, and what it gives up goes nowhere"


def _last(name: Any) -> str:
    """A queue's or function's name, of it or of its ARN."""
    return str(name).rpartition(":")[2]


def _of_others(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _RULE:
        for target in resource.get("targets") or ():
            if not (target.get("deadLetterConfig") or {}).get("arn"):
                yield f"has target {target['id']} without a dead-letter queue"
    elif not resource.get(*_PATHS[resource.type]):
        yield "has no dead-letter queue"


RULES: Final = (
    Rule(
        "SOURCE_HAS_DEAD_LETTERS",
        "What a function takes from has a redrive policy, or a destination for what failed.",
        "give the queue a dead-letter queue (components/topic_ingestion.py)",
        check_stack=_of_sources,
    ),
    Rule(
        "FUNCTION_HAS_DEAD_LETTERS",
        "A function that services start has a destination for what it gives up.",
        "give it an EventInvokeConfig (components/event_ingestion.py)",
        check_stack=_of_functions,
    ),
    Rule(
        "CONSUMER_HAS_DEAD_LETTERS",
        "Domains, rules, subscriptions, asynchronous functions and schedules have a dead-letter "
        "queue.",
        "name a dead-letter queue, or add a documented exception to policy/exceptions.py",
        check=_of_others,
        types=frozenset({*_PATHS, _RULE}),
    ),
)
