"""The state machine of a batch source, as a document that Step Functions can run."""

import json
from typing import Any

import pytest

from components.batch_definition import definition
from components.ingestion_settings import BatchSource

DELIVER, EXTRACT = "arn:deliver", "arn:extract"
SOURCE = BatchSource(
    name="trials",
    object_type="TrialSubscription",
    query="SELECT 1",
    watermark_column="updated_at",
    key_column="UserId",
    cluster_arn="arn:cluster",
    secret_arn="arn:secret",
    database="crm",
    max_concurrency=7,
    items_per_batch=50,
    tolerated_failure_percentage=3,
)


@pytest.fixture
def machine() -> dict[str, Any]:
    return definition(
        SOURCE,
        partition="aws-cn",
        deliver_arn=DELIVER,
        extract_arn=EXTRACT,
        watermark="/watermark",
    )


def nexts(state: dict[str, Any]) -> set[str]:
    """The states that can follow."""
    found = {state[name] for name in ("Next", "Default") if name in state}
    for choice in (*state.get("Choices", []), *state.get("Catch", [])):
        found.add(choice["Next"])
    return found


def reachable(states: dict[str, Any], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(nexts(states[name]))
    return seen


def test_every_state_is_there_and_can_be_reached(machine: dict[str, Any]) -> None:
    states = machine["States"]
    assert reachable(states, machine["StartAt"]) == set(states)


def test_every_way_to_an_end_gives_the_lock_back(machine: dict[str, Any]) -> None:
    states = machine["States"]
    ends = {name for name, state in states.items() if state["Type"] in {"Succeed", "Fail"}}
    assert ends == {"Done", "BatchFailed", "AnotherRunIsDelivering"}
    for name, state in states.items():
        if nexts(state) & {"Done", "BatchFailed"}:
            assert name in {"Release", "ReleaseAfterFailure"}
    # It never had it.
    assert [n for n, s in states.items() if "AnotherRunIsDelivering" in nexts(s)] == ["Acquired?"]


def test_the_watermark_moves_only_after_every_row_was_accounted_for(
    machine: dict[str, Any],
) -> None:
    states = machine["States"]
    assert [name for name, state in states.items() if "Advance" in nexts(state)] == ["Advance?"]
    before = {name for name, state in states.items() if "Advance?" in nexts(state)}
    assert before == {"AllAccountedFor?", "AnyRows?"}
    (choice,) = states["AllAccountedFor?"]["Choices"]
    assert choice["NumericEqualsPath"] == "$.file.count"
    assert states["AllAccountedFor?"]["Default"] == "NotAllDelivered"
    (nothing,) = states["AnyRows?"]["Choices"]
    assert nothing["NumericEquals"] == 0


def test_a_backfill_moves_no_watermark_of_itself(machine: dict[str, Any]) -> None:
    states = machine["States"]
    assert states["Measure"]["Next"] == "AnyRows?"
    (choice,) = states["Advance?"]["Choices"]
    # `measure` of the extract function answers that it is not to be moved.
    assert choice["Variable"] == "$.file.advance"


def test_any_failure_of_a_step_gives_the_lock_back_and_fails_the_run(
    machine: dict[str, Any],
) -> None:
    for name, state in machine["States"].items():
        if state["Type"] in {"Task", "Map"}:
            (catch,) = state["Catch"]
            assert catch["ErrorEquals"] == ["States.ALL"]
            expected = "BatchFailed" if name == "ReleaseAfterFailure" else "ReleaseAfterFailure"
            assert catch["Next"] == expected


def test_delivery_is_bounded_and_what_it_cannot_deliver_is_put_on_record(
    machine: dict[str, Any],
) -> None:
    delivery = machine["States"]["Deliver"]
    assert delivery["MaxConcurrency"] == 7
    assert delivery["ItemBatcher"]["MaxItemsPerBatch"] == 50
    assert delivery["ToleratedFailurePercentage"] == 3
    states = delivery["ItemProcessor"]["States"]
    task = states["DeliverItems"]
    assert task["Retry"][0]["ErrorEquals"] == ["DeliveryError"]
    assert [catch["Next"] for catch in task["Catch"]] == ["Record"]
    record = states["Record"]["Parameters"]
    assert record == {
        "FunctionName": EXTRACT,
        "Payload": {"action": "record", "batch.$": "$"},
    }


def test_the_source_decides_what_is_extracted(machine: dict[str, Any]) -> None:
    payload = machine["States"]["Extract"]["Parameters"]["Payload"]
    assert SOURCE.settings().items() <= payload.items()
    assert payload["source"] == "trials"


def test_the_definition_is_json(machine: dict[str, Any]) -> None:
    assert json.loads(json.dumps(machine)) == machine


def test_its_integrations_are_those_of_its_partition(machine: dict[str, Any]) -> None:
    text = json.dumps(machine)
    assert "arn:aws-cn:states:::lambda:invoke" in text
    assert "arn:aws:" not in text
