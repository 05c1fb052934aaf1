"""Changes as messages: a topic, a queue, the delivery function."""

from collections.abc import Mapping
from typing import Final, NotRequired, TypedDict

import pulumi
from pulumi_aws_native import lambda_, sns, sqs

from components.access import allow, grant
from components.delivery import TIMEOUT_SECONDS, Delivery
from components.place import Place
from components.policies import policy, service_may
from components.queues import queue
from components.tags import tag_list

NAME: Final = "changes"
DEAD_LETTERS: Final = "topic-dead-letters"
MAXIMUM_RECEIVES: Final = 10
BATCH_SIZE: Final = 10
VISIBILITY_SECONDS: Final = 2 * TIMEOUT_SECONDS
"""Above the function's timeout, and below the five minutes in which a repeated reject is dropped.

AWS advises six times the timeout, for functions that are throttled often; ours retries inside.
"""


class TopicIngestionArgs(TypedDict):
    """Arguments of `TopicIngestion`.

    fifo: messages of one customer (message group) stay in order. Without order a change that comes
    late overwrites a newer one: choose it only where every object carries the whole truth.
    visibility_seconds: how long a message that failed waits before it is tried again.
    """

    place: Place
    delivery: Delivery
    fifo: bool
    visibility_seconds: NotRequired[int]
    tags: NotRequired[Mapping[str, str]]


def topic_name(place: Place, *, fifo: bool) -> str:
    """The topic's name, known before it is made: the key's policy names it."""
    return place.name(NAME) + (".fifo" if fifo else "")


class TopicIngestion(pulumi.ComponentResource):
    """SNS topic -> SQS queue -> function, with partial batch responses and dead letters of both.

    A publisher names the object type in the message attribute `ObjectType`, the customer in the
    message group, and the change in the deduplication id. There is no deduplication by content: a
    status that goes back to what it was within five minutes would be lost.
    """

    topic_arn: pulumi.Output[str]
    queue_name: str
    dead_letter_queue_url: pulumi.Output[str]
    dead_letter_queue_name: str

    def __init__(
        self, name: str, args: TopicIngestionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("customer-lifecycle:index:TopicIngestion", name, {}, opts)
        self._place, self._tags = args["place"], args.get("tags", {})
        self._delivery, self._fifo = args["delivery"], args["fifo"]
        options = pulumi.ResourceOptions(parent=self)
        topic = sns.Topic(
            NAME,
            topic_name=topic_name(self._place, fifo=self._fifo),
            fifo_topic=True if self._fifo else None,
            content_based_deduplication=False if self._fifo else None,
            kms_master_key_id=self._delivery.key.arn,
            tags=tag_list(self._tags),
            opts=options,
        )
        dead_letters = self._queue(DEAD_LETTERS, VISIBILITY_SECONDS, None)
        changes = self._queue(
            NAME,
            args.get("visibility_seconds", VISIBILITY_SECONDS),
            dead_letters.arn.apply(
                lambda arn: {"deadLetterTargetArn": arn, "maxReceiveCount": MAXIMUM_RECEIVES}
            ),
        )
        self._connect(topic, changes, dead_letters)
        self._consume(changes)
        self.topic_arn = topic.topic_arn
        self.queue_name = self._named(NAME)
        self.dead_letter_queue_url = dead_letters.queue_url
        self.dead_letter_queue_name = self._named(DEAD_LETTERS)
        self.register_outputs(
            {"topic_arn": self.topic_arn, "dead_letter_queue_url": self.dead_letter_queue_url}
        )

    def _named(self, suffix: str) -> str:
        return self._place.name(suffix) + (".fifo" if self._fifo else "")

    def _queue(
        self,
        name: str,
        visibility_seconds: int,
        redrive: pulumi.Output[dict[str, str | int]] | None,
    ) -> sqs.Queue:
        return queue(
            name,
            self._place,
            self._delivery.key,
            self._tags,
            self,
            fifo=self._fifo,
            visibility_seconds=visibility_seconds,
            redrive=redrive,
        )

    def _connect(self, topic: sns.Topic, changes: sqs.Queue, dead_letters: sqs.Queue) -> None:
        """Only the account's own principals publish; only this topic sends into the queues.

        What SNS may not put into the queue (its policy or its key was changed by hand) it does not
        try again: it goes to the dead letters (SNS developer guide, "Amazon SNS dead-letter
        queues").
        """
        account = self._place.account
        sns.TopicInlinePolicy(
            NAME,
            topic_arn=topic.topic_arn,
            policy_document=topic.topic_arn.apply(
                lambda arn: policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:{self._place.partition}:iam::{account}:root"},
                        "Action": "sns:Publish",
                        "Resource": arn,
                    }
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        sns.Subscription(
            NAME,
            topic_arn=topic.topic_arn,
            protocol="sqs",
            endpoint=changes.arn,
            raw_message_delivery=True,
            redrive_policy=dead_letters.arn.apply(lambda arn: {"deadLetterTargetArn": arn}),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[
                    self._fed(NAME, topic, changes),
                    self._fed(DEAD_LETTERS, topic, dead_letters),
                ],
            ),
        )

    def _fed(self, name: str, topic: sns.Topic, queue: sqs.Queue) -> sqs.QueueInlinePolicy:
        """Lets the topic, and nothing else, send into a queue."""
        return sqs.QueueInlinePolicy(
            name,
            queue=queue.queue_url,
            policy_document=pulumi.Output.all(queue.arn, topic.topic_arn).apply(
                lambda arns: policy(
                    service_may(
                        "sns.amazonaws.com",
                        ["sqs:SendMessage"],
                        arns[0],
                        self._place.account,
                        arns[1],
                    )
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _consume(self, changes: sqs.Queue) -> None:
        function = self._delivery.function
        granted = grant(
            "deliver-topic",
            function.role,
            changes.arn.apply(
                lambda arn: [
                    allow(
                        ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], arn
                    )
                ]
            ),
            self,
        )
        lambda_.EventSourceMapping(
            NAME,
            function_name=function.name,
            event_source_arn=changes.arn,
            batch_size=BATCH_SIZE,
            function_response_types=[
                lambda_.EventSourceMappingFunctionResponseTypesItem.REPORT_BATCH_ITEM_FAILURES
            ],
            # Lambda asks whether the role may receive when the mapping is made.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[granted, function.function]),
        )
