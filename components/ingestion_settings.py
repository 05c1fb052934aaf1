"""Which ways in a stack has, as typed and checked values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.errors import SettingsError
from components.ingestion_declared import INGESTION
from components.setting_reader import read_members


@dataclass(frozen=True, slots=True)
class BatchSource:
    """A table or view whose changed rows become objects; see `ingestion_declared`."""

    name: str
    object_type: str
    query: str
    watermark_column: str
    key_column: str
    cluster_arn: str
    secret_arn: str
    database: str
    watermark_type: str = "timestamp"
    schedule: str = "rate(15 minutes)"
    enabled: bool = True
    page_rows: int = 500
    run_rows: int = 20_000
    items_per_batch: int = 100
    max_concurrency: int = 5
    tolerated_failure_percentage: int = 5

    def settings(self) -> dict[str, Any]:
        """What the extract function is told, beside the action."""
        return {
            "objectType": self.object_type,
            "query": self.query,
            "watermarkColumn": self.watermark_column,
            "watermarkType": self.watermark_type,
            "keyColumn": self.key_column,
            "clusterArn": self.cluster_arn,
            "secretArn": self.secret_arn,
            "database": self.database,
            "pageRows": self.page_rows,
            "runRows": self.run_rows,
        }


@dataclass(frozen=True, slots=True)
class IngestionSettings:
    """Which ways in there are; see `ingestion_declared` for what each member means."""

    events: bool = False
    topic: bool = False
    topic_fifo: bool = True
    topic_visibility_seconds: int = 120
    sources: tuple[BatchSource, ...] = ()
    log_retention_days: int = 30
    alarm_topic_arn: str | None = None

    @property
    def any(self) -> bool:
        """Whether there is any way in."""
        return self.events or self.topic or bool(self.sources)

    def of_region(self, region: str) -> "IngestionSettings":
        """What of it a region has: the sources whose cluster is there, its own alarm topic."""
        topic = self.alarm_topic_arn
        return replace(
            self,
            sources=tuple(each for each in self.sources if region_of(each.cluster_arn) == region),
            alarm_topic_arn=topic and topic.replace(f":{region_of(topic)}:", f":{region}:", 1),
        )


def region_of(arn: str) -> str:
    """`eu-central-1` of `arn:aws:rds:eu-central-1:111122223333:cluster:crm`."""
    return arn.split(":")[3]


def read(value: Any, object_types: Sequence[str]) -> IngestionSettings:
    """The settings from the stack's `ingestion` object; None switches every way off.

    object_types: the names that a source may have. Raises: SettingsError naming the path.
    """
    return from_members(read_members(INGESTION.name, value or {}, INGESTION.members), object_types)


def from_members(members: Mapping[str, Any], object_types: Sequence[str]) -> IngestionSettings:
    """The settings from members that were read already. Raises: SettingsError naming the path."""
    topic = members["topic"]
    sources = tuple(
        _source(f"{INGESTION.name}.batch.sources[{position}]", each, object_types)
        for position, each in enumerate(members["batch"]["sources"])
    )
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        path = f"{INGESTION.name}.batch.sources"
        raise SettingsError(path, "two have the same name", f"--path '{path}[0].name' trials")
    return IngestionSettings(
        events=members["events"],
        topic=topic["enabled"],
        topic_fifo=topic["fifo"],
        topic_visibility_seconds=topic["visibilitySeconds"],
        sources=sources,
        log_retention_days=members["logRetentionDays"],
        alarm_topic_arn=members["alarmTopicArn"],
    )


def _source(path: str, members: Mapping[str, Any], object_types: Sequence[str]) -> BatchSource:
    object_type = members["objectType"]
    if object_type not in object_types:
        message = (
            f"no mapping defines it; there are {', '.join(object_types)}; take the source out, or "
            "let it feed one of these"
        )
        right = f"--path '{path}.objectType' '{object_types[0] if object_types else 'NAME'}'"
        raise SettingsError(f"{path}.objectType", message, right)
    return BatchSource(
        name=members["name"],
        object_type=object_type,
        query=members["query"],
        watermark_column=members["watermarkColumn"],
        key_column=members["keyColumn"],
        cluster_arn=members["clusterArn"],
        secret_arn=members["secretArn"],
        database=members["database"],
        watermark_type=members["watermarkType"],
        schedule=members["schedule"],
        enabled=members["enabled"],
        page_rows=members["pageRows"],
        run_rows=members["runRows"],
        items_per_batch=members["itemsPerBatch"],
        max_concurrency=members["maxConcurrency"],
        tolerated_failure_percentage=members["toleratedFailurePercentage"],
    )
