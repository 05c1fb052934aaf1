"""Amazon CloudWatch: alarms, dashboards and log groups."""

from typing import Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    tag_list,
    tag_map,
)

# Amazon CloudWatch API reference, PutMetricAlarm; CloudWatch Logs API reference, CreateLogGroup.
_ALARM_DEFAULTS: Final[Model] = {"ActionsEnabled": True, "TreatMissingData": "missing"}
_GROUP_DEFAULTS: Final[Model] = {"LogGroupClass": "STANDARD"}

_ALARM: Final = (
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "OKActions",
    "Period",
    "TreatMissingData",
    "Unit",
)


async def _read_alarm(call: Call, name: str, asked: Model) -> Live | None:
    told = (await call("cloudwatch", "DescribeAlarms", AlarmNames=[name])).get("MetricAlarms")
    if not told:
        return None
    (alarm,) = told
    tags = await call("cloudwatch", "ListTagsForResource", ResourceARN=alarm["AlarmArn"])
    values: Model = {member: alarm.get(member) or None for member in _ALARM}
    values |= {
        "ActionsEnabled": alarm.get("ActionsEnabled"),
        "AlarmName": alarm["AlarmName"],
        "Arn": alarm["AlarmArn"],
        "Tags": tag_list(tag_map(tags.get("Tags", []))),
        "Threshold": alarm.get("Threshold"),
    }
    if "Statistic" in asked:
        # Beside a percentile, the service there tells an average as well.
        values["Statistic"] = alarm.get("Statistic")
    return Live(values, _ALARM_DEFAULTS)


async def _read_dashboard(call: Call, name: str, asked: Model) -> Live | None:  # noqa: ARG001
    told = await answered(call, "cloudwatch", "GetDashboard", DashboardName=name)
    return None if told is None else Live({"DashboardBody": told["DashboardBody"]})


async def _read_group(call: Call, name: str, asked: Model) -> Live | None:  # noqa: ARG001
    told = await call("logs", "DescribeLogGroups", logGroupNamePrefix=name)
    found = [each for each in told.get("logGroups", []) if each["logGroupName"] == name]
    if not found:
        return None
    (group,) = found
    tags = await call("logs", "ListTagsLogGroup", logGroupName=name)
    values: Model = {
        "Arn": group["arn"],
        "KmsKeyId": group.get("kmsKeyId"),
        "LogGroupClass": group.get("logGroupClass"),
        "LogGroupName": name,
        "RetentionInDays": group.get("retentionInDays"),
        "Tags": tag_list(tags.get("tags", {})),
    }
    return Live(values, _GROUP_DEFAULTS)


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::CloudWatch::Alarm": TypeSupport(read=_read_alarm, attributes=("Arn",)),
    "AWS::CloudWatch::Dashboard": TypeSupport(read=_read_dashboard, attributes=()),
    "AWS::Logs::LogGroup": TypeSupport(read=_read_group, attributes=("Arn",)),
}
