"""Buses, rules and schedules: made by Cloud Control, there in EventBridge."""

import json
from collections.abc import Callable
from typing import Any

Lives = Callable[..., None]

TAGS = [{"Key": "team", "Value": "care"}]


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def test_an_event_bus_lives_in_eventbridge(lives: Lives, world: Any) -> None:
    queue, key = world.arn("sqs", "rejects"), world.arn("kms", f"key/{world.key()}")
    arn = world.arn("events", "event-bus/changes")
    statement = {
        "Sid": "put",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": arn,
    }

    def seen() -> Any:
        told = world.told("events", "describe_event_bus", Name="changes")
        if told is None:
            return None
        allowed = [each["Action"] for each in json.loads(told["Policy"])["Statement"]]
        return told["Description"], told["DeadLetterConfig"], told["KmsKeyIdentifier"], allowed

    lives(
        "AWS::Events::EventBus",
        {
            "Name": "changes",
            "Description": "Changes of customers",
            "DeadLetterConfig": {"Arn": queue},
            "KmsKeyIdentifier": key,
            "Policy": {"Version": "2012-10-17", "Statement": [statement]},
            "Tags": TAGS,
        },
        replace("/Description", "All changes"),
        {"op": "remove", "path": "/KmsKeyIdentifier"},
        identifier="changes",
        adds={"Arn": arn},
        seen=seen,
        before=("Changes of customers", {"Arn": queue}, key, ["events:PutEvents"]),
        after=("All changes", {"Arn": queue}, "", ["events:PutEvents"]),
    )


def test_a_rule_lives_on_its_bus_with_its_targets(lives: Lives, world: Any) -> None:
    world.client("events").create_event_bus(Name="changes")
    function, queue = world.function("deliver"), world.arn("sqs", "rejects")
    arn = world.arn("events", "rule/changes/trials")
    target = {
        "Id": "deliver",
        "Arn": function,
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600},
        "DeadLetterConfig": {"Arn": queue},
    }

    def seen() -> Any:
        told = world.told("events", "describe_rule", Name="trials", EventBusName="changes")
        if told is None:
            return None
        targets = world.client("events").list_targets_by_rule(Rule="trials", EventBusName="changes")
        return json.loads(told["EventPattern"]), told["State"], targets["Targets"]

    retries = target["RetryPolicy"] | {"MaximumRetryAttempts": 4}
    lives(
        "AWS::Events::Rule",
        {
            "Name": "trials",
            "EventBusName": "changes",
            "Description": "Trials to their function",
            "EventPattern": {"detail-type": ["TrialSubscription"]},
            "State": "ENABLED",
            "Targets": [target],
            "Tags": TAGS,
        },
        replace("/Targets/0/RetryPolicy/MaximumRetryAttempts", 4),
        replace("/EventPattern/detail-type", ["TrialSubscription", "Trial"]),
        replace("/State", "DISABLED"),
        identifier=arn,
        adds={"Arn": arn, "RuleName": "trials"},
        seen=seen,
        before=({"detail-type": ["TrialSubscription"]}, "ENABLED", [target]),
        after=(
            {"detail-type": ["TrialSubscription", "Trial"]},
            "DISABLED",
            [target | {"RetryPolicy": retries}],
        ),
    )


def test_a_scheduled_rule_lives_on_the_default_bus(lives: Lives, world: Any) -> None:
    arn = world.arn("events", "rule/hourly")

    def seen() -> Any:
        told = world.told("events", "describe_rule", Name="hourly")
        return told and told["ScheduleExpression"]

    lives(
        "AWS::Events::Rule",
        {"Name": "hourly", "ScheduleExpression": "rate(1 hour)"},
        replace("/ScheduleExpression", "rate(2 hours)"),
        identifier=arn,
        adds={"Arn": arn, "RuleName": "hourly"},
        seen=seen,
        before="rate(1 hour)",
        after="rate(2 hours)",
    )


def test_a_schedule_lives_in_the_scheduler(lives: Lives, world: Any) -> None:
    key = world.arn("kms", f"key/{world.key()}")

    def seen() -> Any:
        told = world.told("scheduler", "get_schedule", Name="nightly")
        return told and (
            told["ScheduleExpression"],
            told["ScheduleExpressionTimezone"],
            told["State"],
            told["KmsKeyArn"],
            told["Target"]["Input"],
            told["EndDate"].isoformat(),
        )

    dates = {"StartDate": "2030-01-01T00:00:00Z", "EndDate": "2031-01-01T00:00:00Z"}
    lives(
        "AWS::Scheduler::Schedule",
        {
            "Name": "nightly",
            "Description": "The nightly batch",
            "ScheduleExpression": "cron(0 2 * * ? *)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "KmsKeyArn": key,
            "State": "ENABLED",
            "Target": {
                "Arn": world.arn("states", "stateMachine:batch"),
                "RoleArn": world.role,
                "Input": "{}",
                "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 600},
                "DeadLetterConfig": {"Arn": world.arn("sqs", "rejects")},
            },
        }
        | dates,
        replace("/ScheduleExpression", "cron(0 3 * * ? *)"),
        replace("/State", "DISABLED"),
        replace("/Target/Input", '{"source": "crm"}'),
        identifier="nightly",
        adds={"Arn": world.arn("scheduler", "schedule/default/nightly")},
        seen=seen,
        before=(
            "cron(0 2 * * ? *)",
            "Europe/Berlin",
            "ENABLED",
            key,
            "{}",
            "2031-01-01T00:00:00+00:00",
        ),
        after=(
            "cron(0 3 * * ? *)",
            "Europe/Berlin",
            "DISABLED",
            key,
            '{"source": "crm"}',
            "2031-01-01T00:00:00+00:00",
        ),
    )
