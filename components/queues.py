"""Encrypted queues."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi
from pulumi_aws_native import kms, sqs

from components.place import Place
from components.tags import tag_list

SECONDS_PER_DAY: Final = 86_400
RETENTION_DAYS: Final = 14
"""The longest that SQS keeps a message: time to look at what was not delivered."""


def queue(
    name: str,
    place: Place,
    key: kms.Key,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    *,
    fifo: bool = False,
    visibility_seconds: int = 30,
    redrive: pulumi.Input[Mapping[str, Any]] | None = None,
) -> sqs.Queue:
    """A queue named after the domain, with `.fifo` at the end if it is one.

    Deduplication stays within a message group, which lets a FIFO queue take 3,000 messages a second
    and more (SQS developer guide, "High throughput for FIFO queues").
    """
    return sqs.Queue(
        name,
        queue_name=place.name(name) + (".fifo" if fifo else ""),
        kms_master_key_id=key.arn,
        message_retention_period=RETENTION_DAYS * SECONDS_PER_DAY,
        visibility_timeout=visibility_seconds,
        fifo_queue=True if fifo else None,
        deduplication_scope="messageGroup" if fifo else None,
        fifo_throughput_limit="perMessageGroupId" if fifo else None,
        redrive_policy=redrive,
        tags=tag_list(tags),
        opts=pulumi.ResourceOptions(parent=parent),
    )
