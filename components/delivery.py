"""Putting objects into the domain: the function that all ways share, its key and its rejects."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NotRequired, TypedDict

import pulumi
from pulumi_aws_native import kms

from components.access import allow
from components.functions import Function
from components.place import Place
from components.policies import ingestion_key_policy
from components.queues import queue
from components.tags import tag_list
from profiles import Identifier, ObjectType
from profiles.sources import SourceError, parse

TIMEOUT_SECONDS: Final = 60
METRICS_NAMESPACE: Final = "CustomerLifecycle"
KEY_USE: Final = ("kms:Decrypt", "kms:GenerateDataKey")


class DeliveryArgs(TypedDict):
    """Arguments of `Delivery`.

    domain_name: as an output of the domain, which then is there before anything is delivered.
    topic: name of the topic that will deliver into an encrypted queue, None without it.
    """

    place: Place
    domain_name: pulumi.Input[str]
    object_types: Sequence[ObjectType]
    topic: str | None
    log_retention_days: int
    tags: NotRequired[Mapping[str, str]]


class Delivery(pulumi.ComponentResource):
    """Function, rejects queue and encryption key of the ingestion."""

    key: kms.Key
    function: Function
    rejects_queue_url: pulumi.Output[str]
    rejects_queue_arn: pulumi.Output[str]
    rejects_queue_name: str

    def __init__(
        self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("customer-lifecycle:index:Delivery", name, {}, opts)
        place, tags = args["place"], args.get("tags", {})
        options = pulumi.ResourceOptions(parent=self)
        self.key = kms.Key(
            "ingestion",
            description=f"What is on its way into Customer Profiles domain {place.domain}",
            enable_key_rotation=True,
            key_policy=ingestion_key_policy(place, topic=args["topic"]),
            tags=tag_list(tags),
            opts=options,
        )
        kms.Alias(
            "ingestion",
            alias_name=f"alias/customer-profiles/{place.name('ingestion')}",
            target_key_id=self.key.key_id,
            opts=options,
        )
        rejects = queue("rejects", place, self.key, tags, self, fifo=True)
        self.rejects_queue_url, self.rejects_queue_arn = rejects.queue_url, rejects.arn
        self.rejects_queue_name = place.name("rejects.fifo")
        self.function = Function(
            "deliver",
            place,
            self.key,
            self,
            description="Puts objects into the Customer Profiles domain",
            environment={
                "DOMAIN_NAME": args["domain_name"],
                "REJECTS_QUEUE_URL": rejects.queue_url,
                "METRICS_NAMESPACE": METRICS_NAMESPACE,
                "OBJECT_KEYS": json.dumps(unique_keys(args["object_types"]), sort_keys=True),
            },
            statements=pulumi.Output.all(self.key.arn, rejects.arn).apply(
                lambda arns: [
                    # The service authorization reference lists both resources for this action.
                    allow(
                        ["profile:PutProfileObject"],
                        place.domain_arn,
                        f"{place.domain_arn}/object-types/*",
                    ),
                    allow(["sqs:SendMessage"], arns[1]),
                    allow(KEY_USE, arns[0]),
                ]
            ),
            timeout_seconds=TIMEOUT_SECONDS,
            memory_megabytes=256,
            log_retention_days=args["log_retention_days"],
            tags=tags,
        )
        self.register_outputs(
            {
                "rejects_queue_url": self.rejects_queue_url,
                "rejects_queue_arn": self.rejects_queue_arn,
                "function_arn": self.function.arn,
                "key_arn": self.key.arn,
            }
        )


def unique_keys(object_types: Sequence[ObjectType]) -> dict[str, str]:
    """Object type name to the path, below `_source`, of the first field of its UNIQUE key.

    Left out where that is a template. The function's log names objects by a hash of this value.
    """
    paths: dict[str, str] = {}
    for object_type in object_types:
        sources = {field.name: field.source for field in object_type.fields}
        for key in object_type.keys:
            if Identifier.UNIQUE not in key.identifiers:
                continue
            try:
                path = parse(sources[key.fields[0]]).path
            except SourceError:
                continue
            if path is not None:
                paths[object_type.name] = ".".join(path)
    return paths
