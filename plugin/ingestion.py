"""`Ingestion` with arguments that programs in other languages can give."""

from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

import pulumi
from pulumi.provider.experimental.util import camel_case

from components import ingestion, ingestion_settings
from components.errors import SettingsError
from plugin import object_types
from plugin.object_types import ObjectTypeDefinition
from plugin.wire import whole


class Topic(TypedDict):
    """Changes through an SNS topic and an SQS queue."""

    enabled: NotRequired[bool]
    """False by default."""
    fifo: NotRequired[bool]
    """Whether changes of one customer stay in order; true by default."""
    visibility_seconds: NotRequired[int]
    """60-240, how long a change that failed waits before it is tried again; 120 by default."""


class Source(TypedDict):
    """A table or view whose changed rows become objects, read through the RDS Data API."""

    name: str
    """1-20 lower-case letters, digits or -."""
    object_type: str
    """Name of one of the object types."""
    query: str
    """A SELECT whose column names are the members of the object."""
    watermark_column: str
    """Grows whenever a row changes."""
    key_column: str
    """Unique in the query's rows."""
    cluster_arn: str
    secret_arn: str
    database: str
    watermark_type: NotRequired[str]
    """timestamp (the default), integer or text."""
    schedule: NotRequired[str]
    """`rate(15 minutes)` by default."""
    enabled: NotRequired[bool]
    """Whether the schedule is on; true by default."""
    page_rows: NotRequired[int]
    """Rows per statement; 500 by default."""
    run_rows: NotRequired[int]
    """Rows per round, after which the watermark moves; 20000 by default."""
    items_per_batch: NotRequired[int]
    """1-1000; 100 by default."""
    max_concurrency: NotRequired[int]
    """1-1000; 5 by default."""
    tolerated_failure_percentage: NotRequired[int]
    """0-100; 5 by default."""


class Batch(TypedDict):
    """Changed rows of source databases, on a schedule."""

    sources: NotRequired[list[Source]]


class IngestionArgs(TypedDict):
    """Which ways in a domain has."""

    domain: str
    """The domain's name; the ingestion's resources are named after it."""
    domain_name: pulumi.Input[str]
    """`readyDomainName` of `CustomerProfiles`: nothing is delivered before the domain is there."""
    region: str
    """Where the aws-native provider deploys to, such as `us-east-1`."""
    object_types: list[ObjectTypeDefinition]
    """Those of `CustomerProfiles`."""
    events: NotRequired[bool]
    """Whether there is an event bus; false by default."""
    topic: NotRequired[Topic]
    batch: NotRequired[Batch]
    log_retention_days: NotRequired[int]
    """A number of days that CloudWatch Logs takes; 30 by default."""
    alarm_topic_arn: NotRequired[str]
    """SNS topic for alarms."""
    dashboard_name: NotRequired[str]
    """Of its own where a domain of this name is in a second region: dashboards are global."""
    tags: NotRequired[dict[str, str]]
    """On every resource that takes them."""


class Ingestion(ingestion.Ingestion):
    """Events, topic and batch into a Customer Profiles domain, and the alarms over them."""

    delivery_function_name: pulumi.Output[str] | None
    rejects_queue_url: pulumi.Output[str] | None
    ingestion_key_arn: pulumi.Output[str] | None
    event_bus_name: pulumi.Output[str] | None
    events_dead_letter_queue_url: pulumi.Output[str] | None
    topic_arn: pulumi.Output[str] | None
    topic_dead_letter_queue_url: pulumi.Output[str] | None
    batch_bucket: pulumi.Output[str] | None
    batch_state_machines: pulumi.Output[dict[str, str]] | None
    dashboard_name: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: IngestionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, read(args), opts)
        for output, value in self.outputs.items():
            setattr(self, output, value)


_SETTINGS: Final = ("events", "topic", "batch", "log_retention_days", "alarm_topic_arn")


def read(args: Mapping[str, Any]) -> ingestion.IngestionArgs:
    """The component's own arguments. Raises: ValueError about what is wrong."""
    types = object_types.read(args["object_types"])
    given = _configured({name: args[name] for name in _SETTINGS if name in args})
    try:
        settings = ingestion_settings.read(given, [each.name for each in types])
    except SettingsError as error:
        # Nobody has set it in a stack's configuration.
        raise ValueError(error.problem.removeprefix("ingestion.")) from None
    own: ingestion.IngestionArgs = {
        "domain": args["domain"],
        "domain_name": args["domain_name"],
        "region": args["region"],
        "object_types": types,
        "settings": settings,
        "tags": args.get("tags", {}),
    }
    if "dashboard_name" in args:
        own["dashboard_name"] = args["dashboard_name"]
    return own


def _configured(value: Any) -> Any:
    """The same as a stack's configuration has it: names in camel case, whole numbers."""
    if isinstance(value, Mapping):
        return {camel_case(name): _configured(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_configured(each) for each in value]
    return whole(value)
