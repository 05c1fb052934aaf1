"""The state machine of one batch source, in Amazon States Language.

It takes a lock, extracts changed rows in rounds, has each round delivered by a Distributed Map,
and moves the watermark only when every row of the round was delivered or is on record as a
reject. Started with `{"bucket": ..., "key": ...}` it delivers that file instead: a backfill.
"""

from collections.abc import Mapping
from typing import Any, Final

from components.ingestion_settings import BatchSource

State = dict[str, Any]

FAILED: Final = "BatchFailed"

# What Lambda itself may answer for a moment (Step Functions developer guide, "Invoke Lambda
# functions": handle transient Lambda service exceptions).
_TRANSIENT: Final = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)


def definition(
    source: BatchSource,
    *,
    partition: str,
    deliver_arn: str,
    extract_arn: str,
    watermark: str,
) -> State:
    """The definition as a document.

    partition: e.g. `aws`. watermark: name of the parameter.
    """
    states = _States(source, partition, deliver_arn, extract_arn)
    return {
        "Comment": f"Changed rows of {source.name} into Customer Profiles, or a backfill from S3",
        "StartAt": "Acquire",
        "States": states.lock() | states.rounds(watermark) | states.ends(),
    }


class _States:
    def __init__(
        self,
        source: BatchSource,
        partition: str,
        deliver_arn: str,
        extract_arn: str,
    ) -> None:
        self._source = source
        self._integration = f"arn:{partition}:states:::"
        self._deliver = deliver_arn
        self._extract = extract_arn

    def lock(self) -> dict[str, State]:
        """Two runs never overlap: rows of an older one would overwrite those of a newer one."""
        acquire = self._task("acquire", {}, ["acquired"], "$.lock")
        return {
            "Acquire": {**acquire, "Next": "Acquired?"},
            "Acquired?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.lock.acquired", "BooleanEquals": True, "Next": "Backfill?"}
                ],
                "Default": "AnotherRunIsDelivering",
            },
            "AnotherRunIsDelivering": {"Type": "Succeed"},
            "Backfill?": {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [
                            {"Variable": "$.bucket", "IsPresent": True},
                            {"Variable": "$.key", "IsPresent": True},
                        ],
                        "Next": "Measure",
                    }
                ],
                "Default": "Begin",
            },
        }

    def rounds(self, watermark: str) -> dict[str, State]:
        """Extract, deliver, account for every row, advance; again while there is more."""
        settings = self._source.settings()
        measure = self._task("measure", {"bucket.$": "$.bucket", "key.$": "$.key"}, _FILE, "$.file")
        extract = self._task(
            "extract",
            settings | {"after.$": "$.file.after", "round.$": "$.file.round"},
            _FILE,
            "$.file",
        )
        advance = {
            "Type": "Task",
            "Resource": f"{self._integration}aws-sdk:ssm:putParameter",
            "Parameters": {
                "Name": watermark,
                "Value.$": "States.JsonToString($.file.after)",
                "Overwrite": True,
            },
            "ResultPath": None,
            "Retry": [_retry("States.TaskFailed", 4)],
            "Catch": _catch(),
        }
        return {
            "Measure": {**measure, "Next": "AnyRows?"},
            "Begin": {
                "Type": "Pass",
                "Result": {"after": None, "round": 0},
                "ResultPath": "$.file",
                "Next": "Extract",
            },
            "Extract": {**extract, "Next": "AnyRows?"},
            "AnyRows?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.file.count", "NumericEquals": 0, "Next": "Advance?"}],
                "Default": "Deliver",
            },
            "Deliver": {**self._map(), "Next": "Account"},
            "Account": {
                "Type": "Pass",
                "QueryLanguage": "JSONata",
                "Output": {
                    "file": "{% $states.input.file %}",
                    "accounted": "{% $sum($states.input.results.accounted) %}",
                },
                "Next": "AllAccountedFor?",
            },
            "AllAccountedFor?": {
                "Type": "Choice",
                "Choices": [
                    {
                        "Variable": "$.accounted",
                        "NumericEqualsPath": "$.file.count",
                        "Next": "Advance?",
                    }
                ],
                "Default": "NotAllDelivered",
            },
            "NotAllDelivered": {
                "Type": "Pass",
                "Result": {
                    "Error": "NotAllDelivered",
                    "Cause": "Rows were neither delivered nor recorded as rejects",
                },
                "ResultPath": "$.error",
                "Next": "ReleaseAfterFailure",
            },
            "Advance?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.file.advance", "BooleanEquals": True, "Next": "Advance"}
                ],
                "Default": "Release",
            },
            "Advance": {**advance, "Next": "More?"},
            "More?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.file.more", "BooleanEquals": True, "Next": "Extract"}],
                "Default": "Release",
            },
        }

    def ends(self) -> dict[str, State]:
        """The lock is given back however the run ends; a lock of a dead run is taken over."""
        release = self._task("release", {}, None, None)
        after_failure = {**release, "Catch": [_catch()[0] | {"Next": FAILED}]}
        return {
            "Release": {**release, "Next": "Done"},
            "Done": {"Type": "Succeed"},
            "ReleaseAfterFailure": {**after_failure, "Next": FAILED},
            FAILED: {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"},
        }

    def _map(self) -> State:
        source = self._source
        accounted = {"accounted.$": "$.Payload.accounted"}
        deliver = {
            "Type": "Task",
            "Resource": f"{self._integration}lambda:invoke",
            "Parameters": {"FunctionName": self._deliver, "Payload.$": "$"},
            "ResultSelector": accounted,
            "Retry": [
                _retry("DeliveryError", 6),
                _retry(_TRANSIENT, 6),
                _retry("States.ALL", 2),
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Record"}],
            "End": True,
        }
        record = {
            "Type": "Task",
            "Resource": f"{self._integration}lambda:invoke",
            "Parameters": {
                "FunctionName": self._extract,
                "Payload": {"action": "record", "batch.$": "$"},
            },
            "ResultSelector": accounted,
            "Retry": [_retry("States.ALL", 4)],
            "End": True,
        }
        return {
            "Type": "Map",
            "Label": "Deliver",
            "ItemReader": {
                "Resource": f"{self._integration}s3:getObject",
                "ReaderConfig": {"InputType": "JSONL"},
                "Parameters": {"Bucket.$": "$.file.bucket", "Key.$": "$.file.key"},
            },
            "ItemSelector": {
                "ObjectType": source.object_type,
                "Object.$": "$$.Map.Item.Value",
                "Origin.$": "States.Format('item {}/{}', $.file.key, $$.Map.Item.Index)",
                "ExtractedAt.$": "$.file.extractedAt",
            },
            "ItemBatcher": {
                "MaxItemsPerBatch": source.items_per_batch,
                "MaxInputBytesPerBatch": _BATCH_BYTES,
            },
            "MaxConcurrency": source.max_concurrency,
            "ToleratedFailurePercentage": source.tolerated_failure_percentage,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "DeliverItems",
                "States": {"DeliverItems": deliver, "Record": record},
            },
            "ResultPath": "$.results",
            "Catch": _catch(),
        }

    def _task(
        self,
        action: str,
        settings: Mapping[str, Any],
        kept: list[str] | None,
        result_path: str | None,
    ) -> State:
        """An invocation of the extract function. kept: members of its answer that are kept."""
        payload = {
            "action": action,
            "source": self._source.name,
            "executionArn.$": "$$.Execution.Id",
            **settings,
        }
        task: State = {
            "Type": "Task",
            "Resource": f"{self._integration}lambda:invoke",
            "Parameters": {"FunctionName": self._extract, "Payload": payload},
            "ResultPath": result_path,
            "Retry": [_retry("States.ALL", 3)],
            "Catch": _catch(),
        }
        if kept is not None:
            task["ResultSelector"] = {f"{name}.$": f"$.Payload.{name}" for name in kept}
        return task


_FILE: Final = ["bucket", "key", "count", "after", "round", "more", "advance", "extractedAt"]
"""What extract and measure answer of the file that the Map then reads."""

_BATCH_BYTES: Final = 204_800
"""Below the 256 KiB that Step Functions hands to a task."""


def _retry(errors: str | tuple[str, ...], attempts: int) -> State:
    return {
        "ErrorEquals": [errors] if isinstance(errors, str) else list(errors),
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }


def _catch() -> list[State]:
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "ReleaseAfterFailure"}]
