"""Changes as events: a bus, a rule per object type, the delivery function."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NotRequired, TypedDict

import pulumi
from pulumi_aws_native import events, lambda_, sqs

from components.access import allow, grant
from components.delivery import Delivery
from components.place import Place
from components.policies import policy, service_may
from components.queues import queue
from components.tags import tag_list
from profiles import ObjectType

EVENTS: Final = "events.amazonaws.com"
UNKNOWN: Final = "unknown-object-type"
MAXIMUM_AGE_SECONDS: Final = 6 * 3600
TARGET_RETRIES: Final = 24
MAXIMUM_RULE_NAME: Final = 64
FUNCTION_RETRIES: Final = 2
"""The most that Lambda's asynchronous invocation allows."""


class EventIngestionArgs(TypedDict):
    """Arguments of `EventIngestion`. delivery: the function that puts the objects."""

    place: Place
    delivery: Delivery
    object_types: Sequence[ObjectType]
    tags: NotRequired[Mapping[str, str]]


class EventIngestion(pulumi.ComponentResource):
    """An event's detail-type is the object type, its detail the object.

    A detail-type that no object type has goes to the function all the same, which puts it on record
    as a reject: an event that matches no rule would vanish. What cannot be handed to the function
    (its rule's dead-letter queue), and what it could not deliver after all retries (its on-failure
    destination), is in one queue.
    """

    bus_name: pulumi.Output[str]
    dead_letter_queue_url: pulumi.Output[str]
    dead_letter_queue_name: str

    def __init__(
        self, name: str, args: EventIngestionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("customer-lifecycle:index:EventIngestion", name, {}, opts)
        self._place, self._tags = args["place"], args.get("tags", {})
        self._delivery = args["delivery"]
        dead_letters = self._dead_letters()
        bus = events.EventBus(
            "lifecycle",
            name=self._place.domain,
            description="Changes of trials, subscriptions and offers",
            tags=tag_list(self._tags),
            opts=pulumi.ResourceOptions(parent=self),
        )
        names = sorted(each.name for each in args["object_types"])
        for object_type in names:
            self._rule(object_type, [object_type], bus, dead_letters)
        self._rule(UNKNOWN, [{"anything-but": names}], bus, dead_letters)
        self._after_retries(dead_letters)
        self.bus_name = bus.name
        self.dead_letter_queue_url = dead_letters.queue_url
        self.dead_letter_queue_name = self._place.name("events-dead-letters")
        self.register_outputs(
            {"bus_name": self.bus_name, "dead_letter_queue_url": self.dead_letter_queue_url}
        )

    def _dead_letters(self) -> sqs.Queue:
        """A standard queue: EventBridge and Lambda do not send to a FIFO one."""
        dead_letters = queue(
            "events-dead-letters", self._place, self._delivery.key, self._tags, self
        )
        rules = self._place.arn("events", f"rule/{self._place.domain}/*")
        sqs.QueueInlinePolicy(
            "events-dead-letters",
            queue=dead_letters.queue_url,
            policy_document=dead_letters.arn.apply(
                lambda arn: policy(
                    service_may(EVENTS, ["sqs:SendMessage"], arn, self._place.account, rules)
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return dead_letters

    def _rule(
        self,
        name: str,
        detail_types: Sequence[str | Mapping[str, Any]],
        bus: events.EventBus,
        dead_letters: sqs.Queue,
    ) -> None:
        options = pulumi.ResourceOptions(parent=self)
        rule = events.Rule(
            name,
            name=rule_name(name),
            description="To the delivery function",
            event_bus_name=bus.name,
            event_pattern=json.dumps({"detail-type": detail_types}),
            targets=[
                {
                    "id": "deliver",
                    "arn": self._delivery.function.arn,
                    "dead_letter_config": {"arn": dead_letters.arn},
                    "retry_policy": {
                        "maximum_event_age_in_seconds": MAXIMUM_AGE_SECONDS,
                        "maximum_retry_attempts": TARGET_RETRIES,
                    },
                }
            ],
            opts=options,
        )
        lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function_name=self._delivery.function.name,
            principal=EVENTS,
            source_account=self._place.account,
            source_arn=rule.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._delivery.function.function]),
        )

    def _after_retries(self, dead_letters: sqs.Queue) -> None:
        function = self._delivery.function
        granted = grant(
            "deliver-events",
            function.role,
            dead_letters.arn.apply(lambda arn: [allow(["sqs:SendMessage"], arn)]),
            self,
        )
        lambda_.EventInvokeConfig(
            "deliver",
            function_name=function.name,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=MAXIMUM_AGE_SECONDS,
            maximum_retry_attempts=FUNCTION_RETRIES,
            destination_config={"on_failure": {"destination": dead_letters.arn}},
            # Lambda asks whether the role may send there when it is told the destination.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[granted, function.function]),
        )


def rule_name(object_type: str) -> str:
    """The object type's name; a rule's has 64 characters at most, an object type's 255."""
    if len(object_type) <= MAXIMUM_RULE_NAME:
        return object_type
    digest = hashlib.sha256(object_type.encode()).hexdigest()[:8]
    return f"{object_type[: MAXIMUM_RULE_NAME - 9]}-{digest}"
