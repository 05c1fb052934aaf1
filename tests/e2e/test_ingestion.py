"""The three ways in, on the deployed stack: real CLI, real provider, local AWS."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.ingestion import (
    ATTRIBUTES,
    OFFER,
    PURCHASE,
    SOURCES,
    TRIAL,
    customer_ids,
    record,
    until,
)

pytestmark = pytest.mark.e2e

WAYS = ("events", "topic", "batch")
TOO_LONG = "x" * 300_000


@pytest.mark.parametrize("object_type", [TRIAL, PURCHASE, OFFER])
@pytest.mark.parametrize("way", WAYS)
def test_a_change_arrives_by_each_way_for_each_object_type(
    ingestion: Any, way: str, object_type: str
) -> None:
    (customer,) = customer_ids(1)
    ingestion.send(way, object_type, [(customer, "first")])
    ingestion.wait_for(object_type, {customer: "first"})
    time.sleep(1.1 if way == "batch" else 0)  # The rows' time of change is in whole seconds.
    ingestion.send(way, object_type, [(customer, "second")])
    ingestion.wait_for(object_type, {customer: "second"})


def test_changes_of_all_ways_meet_in_one_profile(ingestion: Any) -> None:
    (customer,) = customer_ids(1)
    for way, object_type in zip(WAYS, (TRIAL, PURCHASE, OFFER), strict=True):
        ingestion.send(way, object_type, [(customer, way)])
    for way, object_type in zip(WAYS, (TRIAL, PURCHASE, OFFER), strict=True):
        ingestion.wait_for(object_type, {customer: way})


def test_a_status_that_goes_back_to_what_it_was_is_not_taken_for_a_repetition(
    ingestion: Any,
) -> None:
    (customer,) = customer_ids(1)
    changes = [(customer, status) for status in ("Active", "Paused", "Active")]
    ingestion.publish(PURCHASE, changes)
    ingestion.wait_until_quiet()
    assert ingestion.attribute(customer, ATTRIBUTES[PURCHASE]) == "Active"


def test_an_event_of_an_unknown_object_type_ends_in_rejects(ingestion: Any) -> None:
    (customer,) = customer_ids(1)
    entry = {
        "EventBusName": ingestion.outputs["event_bus_name"],
        "Source": "tests",
        "DetailType": "Newsletter",
        "Detail": json.dumps({"UserId": customer}),
    }
    ingestion.client("events").put_events(Entries=[entry])
    (reject,) = ingestion.wait_for_rejects(customer, 1)
    attributes = {k: v["StringValue"] for k, v in reject["MessageAttributes"].items()}
    assert attributes["ObjectType"] == "Newsletter"
    assert attributes["Reason"].startswith("ResourceNotFoundException")
    assert attributes["Origin"].startswith("event ")
    assert attributes["Way"] == "events"


def test_a_body_that_is_no_json_ends_in_rejects_word_for_word(ingestion: Any) -> None:
    (customer,) = customer_ids(1)
    body = f"{customer}; status=Active"
    ingestion.publish_texts(TRIAL, [(customer, body)])
    (reject,) = ingestion.wait_for_rejects(customer, 1)
    assert reject["Body"] == body
    assert "JSON" in reject["MessageAttributes"]["Reason"]["StringValue"]
    ingestion.wait_until_quiet()


def test_an_object_of_300_kb_ends_in_rejects_by_events(ingestion: Any) -> None:
    (customer,) = customer_ids(1)
    ingestion.publish_events(TRIAL, [(customer, TOO_LONG)])
    (reject,) = ingestion.wait_for_rejects(customer, 1)
    assert json.loads(reject["Body"]) == record(TRIAL, customer, TOO_LONG)


def test_an_object_of_300_kb_ends_in_rejects_by_batch_and_stops_no_other(ingestion: Any) -> None:
    large, small = customer_ids(2)
    ingestion.run_batch(TRIAL, [(large, TOO_LONG), (small, "Active")])
    (reject,) = ingestion.wait_for_rejects(large, 1)
    assert reject["MessageAttributes"]["Way"]["StringValue"] == "batch"
    ingestion.wait_for(TRIAL, {small: "Active"})


def test_the_schedule_starts_the_state_machine(ingestion: Any) -> None:
    (customer,) = customer_ids(1)
    ingestion.write_rows(OFFER, [(customer, "scheduled")])
    scheduler = ingestion.client("scheduler")
    name = f"{ingestion.domain}-batch-{SOURCES[OFFER]}"
    schedule = scheduler.get_schedule(Name=name)
    assert (schedule["State"], schedule["ScheduleExpression"]) == ("ENABLED", "rate(15 minutes)")
    # The same target with the same role, without waiting for a quarter of an hour.
    due = datetime.now(UTC) + timedelta(seconds=2)
    scheduler.create_schedule(
        Name=f"{name}-now",
        ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow=schedule["FlexibleTimeWindow"],
        Target=schedule["Target"],
        ActionAfterCompletion="DELETE",
    )
    ingestion.wait_for(OFFER, {customer: "scheduled"})


def test_a_backfill_is_the_same_machine_with_a_file(ingestion: Any) -> None:
    customers = customer_ids(50)
    before = ingestion.watermark(TRIAL)
    lines = [json.dumps(record(TRIAL, customer, "Backfilled")) for customer in customers]
    bucket = ingestion.outputs["batch_bucket"]
    key = f"backfill/{customers[0]}.jsonl"
    ingestion.client("s3").put_object(Bucket=bucket, Key=key, Body="\n".join(lines))
    execution = ingestion.start(TRIAL, bucket=bucket, key=key)
    assert ingestion.finished(execution)["status"] == "SUCCEEDED"
    ingestion.wait_for(TRIAL, dict.fromkeys(customers, "Backfilled"))
    assert ingestion.watermark(TRIAL) == before


def test_only_rows_that_changed_since_are_extracted(ingestion: Any) -> None:
    first, second = customer_ids(2)
    ingestion.run_batch(PURCHASE, [(first, "Active")])
    before = ingestion.watermark(PURCHASE)
    time.sleep(1.1)  # The rows' time of change is in whole seconds.
    ingestion.write_rows(PURCHASE, [(second, "Active")])
    told = ingestion.finished(ingestion.start(PURCHASE))
    ingestion.wait_for(PURCHASE, {second: "Active"})
    # The row at the watermark is read again, since others may have joined it.
    assert json.loads(told["output"])["file"]["count"] <= 2
    assert ingestion.watermark(PURCHASE) != before


def test_two_runs_of_a_source_never_overlap(ingestion: Any) -> None:
    customers = customer_ids(5)
    ingestion.write_rows(TRIAL, [(customer, "once") for customer in customers])
    delay = {"operation": "PutProfileObject", "probability": 1, "latencyMilliseconds": 300}
    ingestion.faults(delay)
    try:
        first = ingestion.start(TRIAL)
        history = ingestion.client("stepfunctions").get_execution_history

        def extracting() -> Any:
            names = [
                event.get("stateEnteredEventDetails", {}).get("name")
                for event in history(executionArn=first)["events"]
            ]
            return True if "Extract" in names else None

        until(extracting)
        second = ingestion.finished(ingestion.start(TRIAL))
    finally:
        ingestion.faults()
    assert second["status"] == "SUCCEEDED"
    assert json.loads(second["output"])["lock"]["acquired"] is False
    assert ingestion.finished(first)["status"] == "SUCCEEDED"
    ingestion.wait_for(TRIAL, dict.fromkeys(customers, "once"))


def test_a_second_up_and_a_refresh_change_nothing_after_runs_have_moved_the_watermarks(
    ingestion: Any,
) -> None:
    ingestion.run_batch(TRIAL, [(customer_ids(1)[0], "Active")])
    moved = ingestion.watermark(TRIAL)
    assert moved["watermark"] is not None
    ingestion.deployment.pulumi("refresh", "--yes", "--skip-preview")
    ingestion.deployment.up("--expect-no-changes")
    assert ingestion.watermark(TRIAL) == moved


def test_no_log_of_a_function_has_a_value_of_a_customer(ingestion: Any) -> None:
    (customer,) = customer_ids(1)
    ingestion.publish(TRIAL, [(customer, "confidential")])
    ingestion.publish_texts(TRIAL, [(customer, f"{customer} confidential")])
    ingestion.wait_for(TRIAL, {customer: "confidential"})
    ingestion.wait_for_rejects(customer, 1)
    logs = ingestion.client("logs")
    group = f"/aws/lambda/{ingestion.outputs['delivery_function_name']}"

    def events() -> Any:
        found = logs.filter_log_events(logGroupName=group)["events"]
        texts = [event["message"] for event in found]
        return texts if any('"outcome": "rejected"' in text for text in texts) else None

    for text in until(events):
        assert customer not in text
        assert "confidential" not in text
