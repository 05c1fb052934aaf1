"""The ways in that a stack has, and what watches over them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.batch_ingestion import BatchIngestion
from components.delivery import Delivery
from components.event_ingestion import EventIngestion
from components.ingestion_settings import IngestionSettings
from components.monitoring import Monitoring
from components.place import Place
from components.renamed import with_earlier_names
from components.topic_ingestion import TopicIngestion, topic_name
from profiles import ObjectType


class IngestionArgs(TypedDict):
    """Arguments of `Ingestion`.

    domain_name: as an output of the domain and its object types. dashboard_name: dashboards are
    global (CloudWatch API reference, PutDashboard), so a second region needs a name of its own.
    """

    domain: str
    domain_name: pulumi.Input[str]
    region: str
    object_types: Sequence[ObjectType]
    settings: IngestionSettings
    tags: NotRequired[Mapping[str, str]]
    dashboard_name: NotRequired[str]


class Ingestion(pulumi.ComponentResource):
    """Events, topic and batch as the settings say, over one delivery function.

    outputs: what the stack exports of it.
    """

    outputs: dict[str, pulumi.Input[Any]]

    def __init__(
        self, name: str, args: IngestionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        options = with_earlier_names(opts)
        super().__init__("customer-lifecycle:index:Ingestion", name, {}, options)
        self._args, self._settings = args, args["settings"]
        self._tags = args.get("tags", {})
        self._place = Place.ask(self, args["region"], args["domain"])
        self._options = pulumi.ResourceOptions(parent=self)
        self._depth_queues: list[str] = [self._place.name("dead-letters")]
        self._age_queues: list[str] = []
        self._machines: list[str] = []
        self.outputs = {}
        if self._settings.any:
            delivery = self._delivery()
            if self._settings.events:
                self._events(delivery)
            if self._settings.topic:
                self._topic(delivery)
            if self._settings.sources:
                self._batch(delivery)
        self._watch()
        self.register_outputs(self.outputs)

    def _delivery(self) -> Delivery:
        fifo = self._settings.topic_fifo
        delivery = Delivery(
            "delivery",
            {
                "place": self._place,
                "domain_name": self._args["domain_name"],
                "object_types": self._args["object_types"],
                "topic": topic_name(self._place, fifo=fifo) if self._settings.topic else None,
                "log_retention_days": self._settings.log_retention_days,
                "tags": self._tags,
            },
            self._options,
        )
        self._depth_queues.append(delivery.rejects_queue_name)
        self.outputs["delivery_function_name"] = delivery.function.name
        self.outputs["rejects_queue_url"] = delivery.rejects_queue_url
        self.outputs["ingestion_key_arn"] = delivery.key.arn
        return delivery

    def _events(self, delivery: Delivery) -> None:
        way = EventIngestion(
            "events",
            {
                "place": self._place,
                "delivery": delivery,
                "object_types": self._args["object_types"],
                "tags": self._tags,
            },
            self._options,
        )
        self._depth_queues.append(way.dead_letter_queue_name)
        self.outputs["event_bus_name"] = way.bus_name
        self.outputs["events_dead_letter_queue_url"] = way.dead_letter_queue_url

    def _topic(self, delivery: Delivery) -> None:
        way = TopicIngestion(
            "topic",
            {
                "place": self._place,
                "delivery": delivery,
                "fifo": self._settings.topic_fifo,
                "visibility_seconds": self._settings.topic_visibility_seconds,
                "tags": self._tags,
            },
            self._options,
        )
        self._depth_queues.append(way.dead_letter_queue_name)
        self._age_queues.append(way.queue_name)
        self.outputs["topic_arn"] = way.topic_arn
        self.outputs["topic_dead_letter_queue_url"] = way.dead_letter_queue_url

    def _batch(self, delivery: Delivery) -> None:
        way = BatchIngestion(
            "batch",
            {
                "place": self._place,
                "delivery": delivery,
                "domain_name": self._args["domain_name"],
                "sources": self._settings.sources,
                "log_retention_days": self._settings.log_retention_days,
                "tags": self._tags,
            },
            self._options,
        )
        self._machines.extend(
            self._place.name(f"batch-{source.name}") for source in self._settings.sources
        )
        self.outputs["batch_bucket"] = way.bucket_name
        self.outputs["batch_state_machines"] = way.state_machines

    def _watch(self) -> None:
        monitoring = Monitoring(
            "monitoring",
            {
                "place": self._place,
                "dashboard_name": self._args.get("dashboard_name", self._place.name("ingestion")),
                "depth_queues": self._depth_queues,
                "age_queues": self._age_queues,
                "machines": self._machines,
                "alarm_topic_arn": self._settings.alarm_topic_arn,
                "tags": self._tags,
            },
            self._options,
        )
        self.outputs["dashboard_name"] = monitoring.dashboard_name
