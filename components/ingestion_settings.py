"""Which ways in a stack has, as typed and checked values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from components.errors import SettingsError

_KEY: Final = "ingestion"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")
_COLUMN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_ARN: Final = re.compile(r"arn:[^:\s]+:[a-z0-9-]+:[^:\s]*:\d{12}:\S+")
_WATERMARK_TYPES: Final = ("timestamp", "integer", "text")
_SCHEDULE: Final = re.compile(r"(rate|cron|at)\(.+\)")
LOG_RETENTION_DAYS: Final = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922}
    | {3288, 3653}
)
"""The numbers of days that CloudWatch Logs takes (API reference, PutRetentionPolicy)."""


@dataclass(frozen=True, slots=True)
class BatchSource:
    """A table or view whose changed rows become objects.

    name: 1-20 lower-case letters, digits or -. object_type: name of the object type.
    query: a SELECT whose column names are the members of the object.
    watermark_column: grows whenever a row changes. watermark_type: timestamp, integer or text.
    key_column: unique in the query's rows. cluster_arn, secret_arn, database: for the RDS Data API.
    schedule: e.g. `rate(15 minutes)`; with `enabled` false it is there but off.
    page_rows: rows per statement. run_rows: rows per round, after which the watermark moves.
    """

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
    """events, topic: whether the stack has the way. topic_fifo: whether customers' order is kept.

    topic_visibility_seconds: how long a change that failed waits before it is tried again.
    log_retention_days: one of LOG_RETENTION_DAYS. alarm_topic_arn: where alarms go, None nowhere.
    """

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


def read(value: Any, object_types: Sequence[str]) -> IngestionSettings:
    """The settings from the stack's `ingestion` object; None switches every way off.

    object_types: the names that a source may have. Raises: SettingsError naming the path.
    """
    if value is None:
        return IngestionSettings()
    root = _Node(_KEY, value)
    topic, batch = root.child("topic"), root.child("batch")
    sources = tuple(
        _source(_Node(f"{_KEY}.batch.sources[{position}]", each), object_types)
        for position, each in enumerate(batch.items("sources"))
    )
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise batch.error("sources", "two have the same name", "name trials")
    days = root.integer("logRetentionDays", 30, 1, 3653)
    if days not in LOG_RETENTION_DAYS:
        raise root.error("logRetentionDays", "is no number of days that logs can be kept", "30")
    settings = IngestionSettings(
        events=root.boolean("events", default=False),
        topic=topic.boolean("enabled", default=False),
        topic_fifo=topic.boolean("fifo", default=True),
        # At least the function's timeout; and a repeated reject is recognised within five minutes.
        topic_visibility_seconds=topic.integer("visibilitySeconds", 120, 60, 240),
        sources=sources,
        log_retention_days=days,
        alarm_topic_arn=root.text("alarmTopicArn", None, _ARN, "arn:aws:sns:REGION:ACCOUNT:NAME"),
    )
    for node in (root, topic, batch):
        node.refuse_unknown()
    return settings


def _source(node: "_Node", object_types: Sequence[str]) -> BatchSource:
    object_type = node.needed("objectType", re.compile(r".+"), "TrialSubscription")
    if object_type not in object_types:
        known = ", ".join(object_types)
        raise node.error("objectType", f"no mapping defines it; there are {known}", object_types[0])
    watermark_type = node.text("watermarkType", "timestamp", None, "")
    if watermark_type not in _WATERMARK_TYPES:
        raise node.error("watermarkType", "must be timestamp, integer or text", "timestamp")
    defaults = {field.name: field.default for field in fields(BatchSource)}
    source = BatchSource(
        name=node.needed("name", _NAME, "trials"),
        object_type=object_type,
        query=node.needed("query", re.compile(r"(?is)\s*(select|with)\b[^;]+"), "SELECT ..."),
        watermark_column=node.needed("watermarkColumn", _COLUMN, "updated_at"),
        key_column=node.needed("keyColumn", _COLUMN, "UserId"),
        cluster_arn=node.needed("clusterArn", _ARN, "arn:aws:rds:REGION:ACCOUNT:cluster:NAME"),
        secret_arn=node.needed("secretArn", _ARN, "arn:aws:secretsmanager:REGION:ACCOUNT:secret:N"),
        database=node.needed("database", re.compile(r"\S{1,64}"), "crm"),
        watermark_type=watermark_type,
        schedule=node.text("schedule", str(defaults["schedule"]), _SCHEDULE, "rate(15 minutes)")
        or "",
        enabled=node.boolean("enabled", default=True),
        page_rows=node.integer("pageRows", 500, 1, 10_000),
        run_rows=node.integer("runRows", 20_000, 1, 100_000),
        items_per_batch=node.integer("itemsPerBatch", 100, 1, 1_000),
        max_concurrency=node.integer("maxConcurrency", 5, 1, 1_000),
        tolerated_failure_percentage=node.integer("toleratedFailurePercentage", 5, 0, 100),
    )
    node.refuse_unknown()
    return source


class _Node:
    """An object of the configuration that knows where it stands and what was asked of it."""

    def __init__(self, path: str, value: Any) -> None:
        self._path = path
        self._asked: set[str] = set()
        if not isinstance(value, Mapping):
            raise SettingsError(path, "must be an object", f"--path {path}.NAME VALUE")
        self._value = value

    def error(self, name: str, message: str, right: str) -> SettingsError:
        """The error about one member. right: a value that would be right."""
        path = f"{self._path}.{name}"
        return SettingsError(path, message, f"--path '{path}' '{right}'")

    def child(self, name: str) -> "_Node":
        """A member that is an object; an absent one has no members."""
        self._asked.add(name)
        return _Node(f"{self._path}.{name}", self._value.get(name, {}))

    def items(self, name: str) -> list[Any]:
        """A member that is a list; empty if it is absent."""
        self._asked.add(name)
        value = self._value.get(name, [])
        if not isinstance(value, list):
            path = f"{self._path}.{name}"
            raise SettingsError(path, "must be a list", f"--path '{path}[0].NAME' VALUE")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        """A member that is true or false."""
        self._asked.add(name)
        value = self._value.get(name, default)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false", str(default).lower())
        return value

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        self._asked.add(name)
        value = self._value.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.error(name, f"must be a number, {least}-{most}", str(default))
        return value

    def text(
        self, name: str, default: str | None, pattern: re.Pattern[str] | None, right: str
    ) -> str | None:
        """A text that the whole pattern fits."""
        self._asked.add(name)
        value = self._value.get(name, default)
        if value is None:
            return None
        if not isinstance(value, str) or (pattern and pattern.fullmatch(value) is None):
            raise self.error(name, "is not of the right form", right)
        return value

    def needed(self, name: str, pattern: re.Pattern[str], right: str) -> str:
        """A text that has to be there."""
        value = self.text(name, None, pattern, right)
        if value is None:
            raise self.error(name, "is missing", right)
        return value

    def refuse_unknown(self) -> None:
        """Raises: SettingsError for a member that nobody asked for: most often a typing error."""
        for name in self._value:
            if name not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise self.error(str(name), f"is unknown; there are {known}", "...")
