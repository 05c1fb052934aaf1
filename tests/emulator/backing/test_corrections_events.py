"""Events on their way to a function: repeated, given up, or never delivered."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.emulator.backing.accounts import Aws

REPORT = """
import json, os, boto3
def handler(event, context):
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["REPORTS"], MessageBody=json.dumps(event["detail"]))
    if event["detail"].get("fails"):
        raise LookupError("not today")
"""


def reporting(aws: Aws) -> tuple[str, str]:
    """A function that reports what it gets, and fails if it is told to; its name, the queue."""
    reports, _ = aws.queue()
    name = aws.function(REPORT, Environment={"Variables": {"REPORTS": reports}})
    return name, reports


def test_an_event_reaches_the_function_of_its_rule_once(aws: Aws) -> None:
    function, reports = reporting(aws)
    bus, _ = aws.rule(function)
    aws.send_event(bus, {"number": 1})
    aws.send_event(bus, {"number": 2})
    bodies = [json.loads(each["Body"]) for each in aws.taken(reports, 2)]
    assert sorted(each["number"] for each in bodies) == [1, 2]


@pytest.mark.parametrize("retries", [0, 1])
def test_a_failed_event_is_repeated_and_then_goes_to_the_on_failure_destination(
    aws: Aws, retries: int
) -> None:
    function, reports = reporting(aws)
    failures, failures_arn = aws.queue()
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=retries,
        DestinationConfig={"OnFailure": {"Destination": failures_arn}},
    )
    bus, _ = aws.rule(function)
    event_id = aws.send_event(bus, {"fails": True})
    (failure,) = aws.taken(failures, 1)
    told = json.loads(failure["Body"])
    assert told["requestPayload"]["id"] == event_id
    assert told["responsePayload"]["errorType"] == "LookupError"
    assert told["responsePayload"]["errorMessage"] == "not today"
    assert len(aws.take(reports)) == 1 + retries


def test_an_event_without_its_function_goes_to_the_targets_dead_letter_queue(aws: Aws) -> None:
    letters, letters_arn = aws.queue()
    bus, rule_arn = aws.rule("gone", DeadLetterConfig={"Arn": letters_arn})
    event_id = aws.send_event(bus, {"number": 1})
    (letter,) = aws.taken(letters, 1)
    event = json.loads(letter["Body"])
    assert (event["id"], event["detail"]) == (event_id, {"number": 1})
    told = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    target_arn = aws.arn("lambda", "function:gone")
    assert told == {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target_arn,
        "ERROR_CODE": "NO_RESOURCE",
        "ERROR_MESSAGE": f"Function not found: {target_arn}",
    }


def test_a_burst_of_events_is_delivered_whole_by_a_few_processes(aws: Aws) -> None:
    function, reports = reporting(aws)
    bus, _ = aws.rule(function)
    for number in range(200):
        aws.send_event(bus, {"number": number})
    bodies = [json.loads(each["Body"]) for each in aws.taken(reports, 200)]
    assert sorted(each["number"] for each in bodies) == list(range(200))


def test_a_throttled_event_waits_until_the_function_may_run(aws: Aws) -> None:
    function, reports = reporting(aws)
    failures, failures_arn = aws.queue()
    functions = aws.client("lambda")
    functions.put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failures_arn}},
    )
    functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=1)
    bus, _ = aws.rule(function)
    for number in range(6):
        aws.send_event(bus, {"number": number})
    assert len(aws.taken(reports, 6)) == 6
    assert aws.take(failures) == []


def entries(*sizes: int) -> list[dict[str, str]]:
    """Events whose `Source`, `DetailType` and `Detail` have these sizes in all."""
    made = []
    for size in sizes:
        entry = {"Source": "test", "DetailType": "T", "Detail": '""'}
        filler = "x" * (size - sum(map(len, entry.values())))
        made.append(entry | {"Detail": f'"{filler}"'})
    return made


def test_a_request_of_a_mebibyte_is_taken(aws: Aws) -> None:
    answer = aws.client("events").put_events(Entries=entries(524_288, 524_288))
    assert answer["FailedEntryCount"] == 0


def test_a_request_of_more_than_a_mebibyte_is_refused_whole(aws: Aws) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client("events").put_events(Entries=entries(524_288, 524_289))
    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"] == "Total size of the entries in the request is over the limit."
