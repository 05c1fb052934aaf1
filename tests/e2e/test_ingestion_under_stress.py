"""Nothing lost, nothing twice, in order: under poison, kills, throttling and dead runs."""

import json
import random
import threading
import time
from typing import Any

import pytest

from tests.e2e.ingestion import ATTRIBUTES, PURCHASE, TRIAL, customer_ids, record, until

pytestmark = pytest.mark.e2e

CUSTOMERS = 100
CHANGES = 1_000
POISON = 50


class Changes:
    """Changes of customers in a random order with poison between them, and what must come of it."""

    def __init__(self, changes: int, poison: int, customers: int, seed: int) -> None:
        chance = random.Random(seed)
        self.customers = customer_ids(customers)
        self.messages: list[tuple[str, str]] = []
        self.expected: dict[str, str] = {}
        for number in range(changes):
            customer = chance.choice(self.customers)
            status = f"status {number}"
            self.messages.append((customer, json.dumps(record(PURCHASE, customer, status))))
            self.expected[customer] = status
        self.poison = [f"{self.customers[0][:8]} is no JSON {number}" for number in range(poison)]
        for body in self.poison:
            place = chance.randrange(len(self.messages) + 1)
            self.messages.insert(place, (chance.choice(self.customers), body))

    def arrived(self, ingestion: Any) -> None:
        """Every good one is in its profile, every poisonous one in rejects, and nothing else."""
        ingestion.wait_for(PURCHASE, self.expected)
        ingestion.wait_until_quiet()
        mark = self.customers[0][:8]
        rejects = ingestion.wait_for_rejects(f"{mark} is no JSON", len(self.poison))
        assert sorted(each["Body"] for each in rejects) == sorted(self.poison)
        reasons = {each["MessageAttributes"]["Reason"]["StringValue"] for each in rejects}
        assert all("JSON" in reason for reason in reasons)
        # What was put last stands, also after everything has settled.
        ingestion.wait_for(PURCHASE, self.expected)
        assert ingestion.messages("topic_dead_letter_queue_url") == []
        for customer in self.expected:
            (profile,) = ingestion.client("customer-profiles").search_profiles(
                DomainName=ingestion.domain, KeyName="_account", Values=[customer]
            )["Items"]
            objects = ingestion.client("customer-profiles").list_profile_objects(
                DomainName=ingestion.domain,
                ProfileId=profile["ProfileId"],
                ObjectTypeName=PURCHASE,
            )["Items"]
            assert len(objects) == 1


def test_1000_changes_with_5_percent_poison_arrive_in_order_and_once(ingestion: Any) -> None:
    changes = Changes(CHANGES, POISON, CUSTOMERS, seed=1)
    ingestion.publish_texts(PURCHASE, changes.messages)
    changes.arrived(ingestion)


def test_the_same_when_the_function_is_killed_in_the_middle_of_batches(ingestion: Any) -> None:
    changes = Changes(300, 15, 30, seed=2)
    # Slow enough that a batch is under way whenever somebody strikes.
    ingestion.faults({"operation": "PutProfileObject", "probability": 1, "latencyMilliseconds": 5})
    killed = 0
    # A batch that was killed comes back after this time, which deployed is two minutes.
    ingestion.set_visibility(3)
    try:
        sender = threading.Thread(target=ingestion.publish_texts, args=(PURCHASE, changes.messages))
        sender.start()
        while killed < 3:
            time.sleep(0.4)
            killed += ingestion.kill_function()
        sender.join()
        changes.arrived(ingestion)
    finally:
        ingestion.faults()
        ingestion.set_visibility(120)


def test_the_same_when_30_percent_of_puts_are_throttled_and_1_percent_fail(
    ingestion: Any,
) -> None:
    changes = Changes(CHANGES, POISON, CUSTOMERS, seed=3)
    ingestion.faults(
        {"operation": "PutProfileObject", "probability": 0.3, "error": "ThrottlingException"},
        {"operation": "PutProfileObject", "probability": 0.01, "error": "InternalServerException"},
    )
    try:
        ingestion.publish_texts(PURCHASE, changes.messages)
        changes.arrived(ingestion)
    finally:
        ingestion.faults()


def test_events_that_fail_for_a_while_are_delivered_or_kept(ingestion: Any) -> None:
    customers = customer_ids(40)
    ingestion.faults(
        {"operation": "PutProfileObject", "probability": 0.3, "error": "ThrottlingException"},
        {"operation": "PutProfileObject", "probability": 0.05, "error": "concurrent-update"},
    )
    try:
        ingestion.publish_events(TRIAL, [(customer, "Active") for customer in customers])
        ingestion.wait_for(TRIAL, dict.fromkeys(customers, "Active"))
    finally:
        ingestion.faults()
    assert ingestion.messages("events_dead_letter_queue_url") == []


def test_a_batch_run_that_died_before_delivery_is_repeated_without_loss(ingestion: Any) -> None:
    customers = customer_ids(20)
    ingestion.write_rows(TRIAL, [(customer, "Repeated") for customer in customers])
    before = ingestion.watermark(TRIAL)
    stepfunctions = ingestion.client("stepfunctions")
    # Nothing can be delivered, so the run dies between extract and delivery.
    throttled = {"operation": "PutProfileObject", "probability": 1, "error": "ThrottlingException"}
    ingestion.faults(throttled)
    try:
        died = ingestion.start(TRIAL)

        def delivering() -> Any:
            events = stepfunctions.get_execution_history(executionArn=died)["events"]
            entered = [each.get("stateEnteredEventDetails", {}).get("name") for each in events]
            return True if "Deliver" in entered else None

        until(delivering)
        stepfunctions.stop_execution(executionArn=died)
    finally:
        ingestion.faults()
    assert ingestion.finished(died)["status"] == "ABORTED"
    assert ingestion.watermark(TRIAL) == before

    again = ingestion.finished(ingestion.start(TRIAL))
    assert again["status"] == "SUCCEEDED"
    assert json.loads(again["output"])["file"]["count"] >= len(customers)
    ingestion.wait_for(TRIAL, dict.fromkeys(customers, "Repeated"))
    assert ingestion.watermark(TRIAL) != before
    (first,) = [ingestion.attribute(customers[0], ATTRIBUTES[TRIAL])]
    assert first == "Repeated"
