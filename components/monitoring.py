"""Alarms on what needs somebody, and one dashboard."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NotRequired, TypedDict

import pulumi
from pulumi_aws_native import cloudwatch

from components.delivery import METRICS_NAMESPACE
from components.place import Place
from components.tags import tag_list

PERIOD_SECONDS: Final = 300
OLDEST_MESSAGE_SECONDS: Final = 600
FAILED_EXECUTIONS: Final = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
_WIDTH: Final = 12
_HEIGHT: Final = 6


class MonitoringArgs(TypedDict):
    """Arguments of `Monitoring`.

    depth_queues: names of queues in which no message should be. age_queues: names of queues in
    which none should grow old. machines: names of state machines, which should not fail.
    alarm_topic_arn: what alarms are sent to, None for nothing.
    """

    place: Place
    dashboard_name: str
    depth_queues: Sequence[str]
    age_queues: Sequence[str]
    machines: Sequence[str]
    alarm_topic_arn: str | None
    tags: NotRequired[Mapping[str, str]]


class Monitoring(pulumi.ComponentResource):
    """One alarm per queue or state machine, and a dashboard with what they look at."""

    dashboard_name: str

    def __init__(
        self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("customer-lifecycle:index:Monitoring", name, {}, opts)
        self._args, self._place = args, args["place"]
        for queue in args["depth_queues"]:
            self._alarm(
                f"{queue}-depth",
                f"{queue} has messages: see lifecycle rejects list",
                _queue_metric("ApproximateNumberOfMessagesVisible", queue),
                statistic="Maximum",
                threshold=0,
            )
        for queue in args["age_queues"]:
            self._alarm(
                f"{queue}-age",
                f"A message waits in {queue} for more than {OLDEST_MESSAGE_SECONDS} s",
                _queue_metric("ApproximateAgeOfOldestMessage", queue),
                statistic="Maximum",
                threshold=OLDEST_MESSAGE_SECONDS,
            )
        for machine in args["machines"]:
            arn = self._place.arn("states", f"stateMachine:{machine}")
            for metric in FAILED_EXECUTIONS:
                self._alarm(
                    f"{machine}-{metric}",
                    f"{machine}: {metric}; its watermark stands where it was",
                    ("AWS/States", metric, {"StateMachineArn": arn}),
                    statistic="Sum",
                    threshold=0,
                )
        self.dashboard_name = args["dashboard_name"]
        cloudwatch.Dashboard(
            "ingestion",
            dashboard_name=self.dashboard_name,
            dashboard_body=json.dumps({"widgets": self._widgets()}, sort_keys=True),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"dashboard_name": self.dashboard_name})

    def _alarm(
        self,
        name: str,
        description: str,
        metric: tuple[str, str, dict[str, str]],
        *,
        statistic: str,
        threshold: float,
    ) -> None:
        namespace, metric_name, dimensions = metric
        topic = self._args["alarm_topic_arn"]
        cloudwatch.Alarm(
            name.replace(".", "-"),
            alarm_name=name,
            alarm_description=description,
            namespace=namespace,
            metric_name=metric_name,
            dimensions=[{"name": key, "value": value} for key, value in dimensions.items()],
            statistic=statistic,
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            # A queue that nobody uses, a machine that does not run, tells nothing.
            treat_missing_data="notBreaching",
            alarm_actions=[topic] if topic else None,
            tags=tag_list(self._args.get("tags", {})),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _widgets(self) -> list[dict[str, Any]]:
        delivery = [
            [METRICS_NAMESPACE, metric, "Domain", self._place.domain, "Way", way]
            for metric in ("Delivered", "Retried", "Rejected")
            for way in ("events", "topic", "batch")
        ]
        ages = [
            [METRICS_NAMESPACE, "ObjectAge", "Domain", self._place.domain, "Way", way]
            for way in ("events", "topic", "batch")
        ]
        depth = [
            _row(_queue_metric("ApproximateNumberOfMessagesVisible", each))
            for each in self._args["depth_queues"]
        ]
        oldest = [
            _row(_queue_metric("ApproximateAgeOfOldestMessage", each))
            for each in self._args["age_queues"]
        ]
        executions = [
            _row(
                (
                    "AWS/States",
                    metric,
                    {"StateMachineArn": self._place.arn("states", f"stateMachine:{machine}")},
                )
            )
            for machine in self._args["machines"]
            for metric in ("ExecutionsSucceeded", *FAILED_EXECUTIONS)
        ]
        shown = (
            ("Objects by way and outcome", delivery, "Sum"),
            ("Age of objects when they were put (p99)", ages, "p99"),
            ("Rejects and dead letters", depth, "Maximum"),
            ("Age of the oldest waiting message", oldest, "Maximum"),
            ("Batch runs", executions, "Sum"),
        )
        return [
            {
                "type": "metric",
                "x": _WIDTH * (position % 2),
                "y": _HEIGHT * (position // 2),
                "width": _WIDTH,
                "height": _HEIGHT,
                "properties": {
                    "title": title,
                    "metrics": metrics,
                    "stat": statistic,
                    "period": PERIOD_SECONDS,
                    "region": self._place.region,
                    "view": "timeSeries",
                },
            }
            for position, (title, metrics, statistic) in enumerate(
                each for each in shown if each[1]
            )
        ]


def _queue_metric(metric: str, queue: str) -> tuple[str, str, dict[str, str]]:
    return "AWS/SQS", metric, {"QueueName": queue}


def _row(metric: tuple[str, str, dict[str, str]]) -> list[str]:
    namespace, name, dimensions = metric
    return [namespace, name, *(part for pair in dimensions.items() for part in pair)]
