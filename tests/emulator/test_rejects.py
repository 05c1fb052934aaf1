"""`lifecycle rejects` against the real local AWS: every kind of queue, and nothing is ever lost."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.backing.accounts import Aws
from tests.emulator.stack import Stack

SECONDS = 10.0
MARKER = "marker-value"


@pytest.fixture
def stack(emulator: Any, tmp_path: Path) -> Stack:
    """A stack of the test's own, without anything yet."""
    return Stack(emulator, tmp_path)


@pytest.fixture
def rejects(stack: Stack) -> str:
    """The URL of the stack's rejects queue."""
    return stack.queue("rejects_queue_url", fifo=True)


def reject(stack: Stack, url: str, record: Any, **changes: str) -> None:
    """Send one reject as the delivery function does."""
    attributes = {
        "Reason": "BadRequestException: no",
        "ObjectType": "TrialSubscription",
        "Origin": "event 1",
        "Way": "events",
        "RejectedAt": "2025-11-25T08:00:00.000+00:00",
    }
    identity = f"{time.time_ns()}"
    stack.client("sqs").send_message(
        QueueUrl=url,
        MessageBody=json.dumps(record),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value}
            for name, value in (attributes | changes).items()
        },
        MessageDeduplicationId=identity,
        MessageGroupId=identity,
    )


def trial(user: str, status: str) -> dict[str, str]:
    return {"UserId": user, "status": status}


def listed(stack: Stack, *arguments: str) -> list[dict[str, Any]]:
    done = stack.run("rejects", "list", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["undelivered"])


def until(found: Callable[[], Any]) -> Any:
    """What is found, once something is."""
    deadline = time.monotonic() + SECONDS
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def test_looking_shows_all_and_leaves_all(stack: Stack, rejects: str) -> None:
    for number in range(25):
        reject(stack, rejects, trial(MARKER, f"s{number}"), Origin=f"event {number}")
    for _ in range(2):
        done = stack.run("rejects", "list")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("BadRequestException: no") == 25
        assert stack.counts(rejects) == (25, 0)
        assert MARKER not in done.stdout + done.stderr
    assert {each["origin"] for each in listed(stack)} == {f"event {n}" for n in range(25)}


def test_show_prints_the_object_and_leaves_it(stack: Stack, rejects: str) -> None:
    reject(stack, rejects, trial(MARKER, "x"))
    (each,) = listed(stack)
    done = stack.run("rejects", "show", each["id"])
    assert json.loads(done.stdout.partition("\n\n")[2]) == trial(MARKER, "x")
    assert stack.counts(rejects) == (1, 0)


def test_after_the_object_type_was_put_right_what_it_refused_is_put_again(
    stack: Stack, rejects: str
) -> None:
    client = stack.domain()
    name = {"DomainName": stack.name, "ObjectTypeName": "TrialSubscription"}
    right = client.get_profile_object_type(**name)
    client.delete_profile_object_type(**name)
    reject(stack, rejects, trial("1", "Active"))
    reject(stack, rejects, trial("1", "Expired"), RejectedAt="2025-11-25T09:00:00+00:00")
    done = stack.run("rejects", "redrive", "--all")
    assert done.returncode == 1
    assert done.stdout.count("not put: ResourceNotFoundException") == 2
    assert stack.counts(rejects) == (2, 0)
    client.put_profile_object_type(
        **name,
        **{part: right[part] for part in ("Description", "Fields", "Keys", "AllowProfileCreation")},
    )
    done = stack.run("rejects", "redrive", "--all")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("2 put again, 0 not\n")
    assert stack.counts(rejects) == (0, 0)
    assert stack.attributes("1") == {"TrialStatus": "Expired"}


def test_what_the_domain_rejected_is_recognised_and_put_again(stack: Stack) -> None:
    url = stack.queue("dead_letter_queue_url")
    stack.let_send(url, "profile.amazonaws.com")
    client = stack.domain(DeadLetterQueueUrl=url)
    record = trial("1", "x") | {"trialDays": "9" * 256}
    client.put_profile_object(
        DomainName=stack.name, ObjectTypeName="TrialSubscription", Object=json.dumps(record)
    )
    (each,) = until(lambda: listed(stack, "--queue", "domain"))
    assert (each["queue"], each["object_type"]) == ("domain", "TrialSubscription")
    assert "TrialDays is longer than 255 characters" in each["reason"]
    done = stack.run("rejects", "redrive", each["id"])
    assert done.returncode == 0
    (again,) = until(lambda: listed(stack, "--queue", "domain"))
    assert again["id"] != each["id"]


@pytest.fixture
def bus(stack: Stack) -> Callable[[str], str]:
    """`bus(function)`: a bus whose trials go to this function, or else to the dead letters."""

    def create(function: str) -> str:
        url = stack.queue("events_dead_letter_queue_url")
        events = stack.client("events")
        events.create_event_bus(Name=stack.name)
        stack.outputs["event_bus_name"] = stack.name
        pattern = json.dumps({"detail-type": ["TrialSubscription"]})
        rule = events.put_rule(Name="all", EventBusName=stack.name, EventPattern=pattern)
        stack.let_send(url, "events.amazonaws.com", rule["RuleArn"])
        target = {
            "Id": "deliver",
            "Arn": f"arn:aws:lambda:us-east-1:000000000000:function:{function}",
            "DeadLetterConfig": {"Arn": stack.arn(url)},
        }
        events.put_targets(Rule="all", EventBusName=stack.name, Targets=[target])
        return url

    return create


def send_event(stack: Stack, status: str) -> None:
    command = ("send", "--way", "events", "--type", "TrialSubscription", "-")
    assert stack.run(*command, stdin=json.dumps(trial("1", status))).returncode == 0


def test_an_event_without_a_function_is_recognised_and_put_again(
    stack: Stack, bus: Callable[[str], str]
) -> None:
    stack.domain()
    url = bus("nobody")
    send_event(stack, "Zoë")
    (each,) = until(lambda: listed(stack))
    assert each["reason"].startswith("NO_RESOURCE: ")
    assert (each["queue"], each["object_type"]) == ("events", "TrialSubscription")
    assert stack.run("rejects", "redrive", "--all").returncode == 0
    assert stack.attributes("1") == {"TrialStatus": "Zoë"}
    assert stack.counts(url) == (0, 0)


def test_an_event_that_its_function_gave_up_is_recognised_and_put_again(
    stack: Stack, bus: Callable[[str], str]
) -> None:
    stack.domain()
    aws = Aws(stack.emulator, "000000000000")
    code = """
        class DeliveryError(Exception):
            pass

        def handler(event, context):
            raise DeliveryError("1 of 1 to be tried again")
    """
    function = aws.function(code)
    url = bus(function)
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": stack.arn(url)}},
    )
    send_event(stack, "Zoë")
    (each,) = until(lambda: listed(stack))
    assert each["reason"] == "RetriesExhausted: DeliveryError: 1 of 1 to be tried again"
    assert (each["queue"], each["object_type"]) == ("events", "TrialSubscription")
    assert each["origin"].startswith("event ")
    assert stack.run("rejects", "redrive", each["id"]).returncode == 0
    assert stack.attributes("1") == {"TrialStatus": "Zoë"}
    assert stack.counts(url) == (0, 0)


def test_messages_of_the_topic_that_were_received_too_often_are_put_in_their_order(
    stack: Stack,
) -> None:
    stack.domain()
    letters = stack.queue("topic_dead_letter_queue_url", fifo=True)
    redrive = {"deadLetterTargetArn": stack.arn(letters), "maxReceiveCount": 1}
    url = stack.queue("changes", fifo=True, RedrivePolicy=json.dumps(redrive))
    del stack.outputs["changes"]
    sqs = stack.client("sqs")
    kind = {"DataType": "String", "StringValue": "TrialSubscription"}
    for number in range(25):
        sqs.send_message(
            QueueUrl=url,
            MessageBody=json.dumps(trial("1", f"s{number}")),
            MessageAttributes={"ObjectType": kind},
            MessageGroupId="1",
            MessageDeduplicationId=str(number),
        )
    for _ in range(5):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    assert stack.counts(letters) == (25, 0)
    done = stack.run("rejects", "list", "--json")
    answer = json.loads(done.stdout)
    assert (len(answer["undelivered"]), answer["not_shown"]) == (10, 15)
    assert "about 15 more are not shown" in done.stderr
    assert stack.counts(letters) == (25, 0)
    done = stack.run("rejects", "redrive", "--all")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("25 put again, 0 not\n")
    assert stack.attributes("1") == {"TrialStatus": "s24"}
    assert stack.counts(letters) == (0, 0)


def test_what_nobody_understands_is_shown_and_never_deleted(stack: Stack, rejects: str) -> None:
    stack.domain()
    stack.client("sqs").send_message(
        QueueUrl=rejects, MessageBody="{}", MessageGroupId="g", MessageDeduplicationId="d"
    )
    (each,) = listed(stack)
    assert each["reason"].startswith("unreadable")
    done = stack.run("rejects", "redrive", each["id"], "--as", "TrialSubscription")
    assert done.returncode == 1
    assert stack.counts(rejects) == (1, 0)


def test_two_who_redrive_at_once_lose_nothing(stack: Stack, rejects: str) -> None:
    stack.domain()
    for number in range(60):
        reject(stack, rejects, trial(str(number), f"s{number}"))
    running = [stack.start("rejects", "redrive", "--all") for _ in range(2)]
    said = []
    for process in running:
        with process:
            stdout, stderr = process.communicate(timeout=60)
        assert (process.returncode, stderr) == (0, "")
        said.append(stdout)
    assert stack.counts(rejects) == (0, 0)
    assert {str(n): stack.attributes(str(n)) for n in range(60)} == {
        str(n): {"TrialStatus": f"s{n}"} for n in range(60)
    }
    put = [line for text in said for line in text.splitlines() if line.endswith("put again")]
    assert len(put) == len(set(put)) == 60


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_redrive_that_is_stopped_leaves_the_rest_visible_at_once(
    stack: Stack, rejects: str, number: signal.Signals
) -> None:
    stack.domain()
    for user in range(200):
        reject(stack, rejects, trial(str(user), MARKER))
    with stack.start("rejects", "redrive", "--all") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(number)
        rest, stderr = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert "Traceback" not in stderr
    assert MARKER not in first + rest + stderr
    put = (first + rest).count("put again")
    visible, received = stack.counts(rejects)
    assert received == 0
    assert 0 < put <= 200 - visible <= put + 1
    assert visible > 0
    assert stack.run("rejects", "redrive", "--all").returncode == 0
    stats = stack.client("customer-profiles").get_domain(DomainName=stack.name)["Stats"]
    assert stats["ObjectCount"] == 200
