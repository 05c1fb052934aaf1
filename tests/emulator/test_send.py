"""`lifecycle send` against the real local AWS: what arrives through each way."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.stack import Stack

SECONDS = 10.0


@pytest.fixture
def stack(emulator: Any, tmp_path: Path) -> Stack:
    """A stack of the test's own, without anything yet."""
    return Stack(emulator, tmp_path)


def trial(user: str, status: str) -> dict[str, str]:
    return {"UserId": user, "status": status}


def lines(*objects: Any) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def received(stack: Stack, url: str, number: int) -> list[dict[str, Any]]:
    """The messages of a queue once there are as many."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + SECONDS
    while len(found) < number and time.monotonic() < deadline:
        answer = stack.client("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=1,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        for each in answer.get("Messages", []):
            found.append(each)
            stack.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    assert len(found) == number
    return found


@pytest.fixture
def subscribed(stack: Stack) -> str:
    """The URL of a FIFO queue into which the stack's FIFO topic delivers."""
    sns = stack.client("sns")
    topic = sns.create_topic(Name=f"{stack.name}.fifo", Attributes={"FifoTopic": "true"})
    url = stack.queue("changes", fifo=True)
    del stack.outputs["changes"]
    stack.outputs["topic_arn"] = topic["TopicArn"]
    sns.subscribe(
        TopicArn=topic["TopicArn"],
        Protocol="sqs",
        Endpoint=stack.arn(url),
        Attributes={"RawMessageDelivery": "true"},
    )
    return url


def test_messages_of_a_customer_arrive_in_the_order_of_the_file(
    stack: Stack, subscribed: str
) -> None:
    objects = [trial(user, f"s{number}") for number in range(8) for user in ("1", "2", "3")]
    done = stack.run(
        "send", "--way", "topic", "--type", "TrialSubscription", "-", stdin=lines(*objects)
    )
    assert (done.returncode, done.stdout) == (0, "24 of 24 TrialSubscription sent as topic\n")
    assert "24 sent" in done.stderr
    found = received(stack, subscribed, 24)
    for user in ("1", "2", "3"):
        bodies = [each for each in found if each["Attributes"]["MessageGroupId"] == user]
        assert [json.loads(each["Body"])["status"] for each in bodies] == [
            f"s{number}" for number in range(8)
        ]
    assert {each["MessageAttributes"]["ObjectType"]["StringValue"] for each in found} == {
        "TrialSubscription"
    }


def test_the_same_change_sent_twice_arrives_twice_unless_its_identity_is_given(
    stack: Stack, subscribed: str
) -> None:
    text = lines(trial("1", "Active"), trial("1", "Expired"))
    command = ("send", "--way", "topic", "--type", "TrialSubscription", "-")
    for _ in range(2):
        assert stack.run(*command, stdin=text).returncode == 0
    for _ in range(2):
        assert stack.run(*command, "--id", "import-7", stdin=text).returncode == 0
    found = received(stack, subscribed, 6)
    identities = [each["Attributes"]["MessageDeduplicationId"] for each in found]
    assert identities[-2:] == ["import-7-1", "import-7-2"]
    assert len(set(identities)) == 6


def test_a_topic_that_is_gone_is_named_and_nothing_was_sent(stack: Stack) -> None:
    stack.outputs["topic_arn"] = "arn:aws:sns:us-east-1:000000000000:gone.fifo"
    command = ("send", "--way", "topic", "--type", "TrialSubscription", "-")
    done = stack.run(*command, stdin=lines(trial("1", "marker-value")))
    assert (done.returncode, done.stdout) == (2, "")
    assert "could not run: nothing was sent: PublishBatch on arn:aws:sns:" in done.stderr
    assert "marker-value" not in done.stdout + done.stderr


def test_events_have_the_type_and_the_object(stack: Stack, tmp_path: Path) -> None:
    events = stack.client("events")
    events.create_event_bus(Name=stack.name)
    stack.outputs["event_bus_name"] = stack.name
    url = stack.queue("caught")
    del stack.outputs["caught"]
    rule = events.put_rule(
        Name="all",
        EventBusName=stack.name,
        EventPattern=json.dumps({"detail-type": ["TrialSubscription"]}),
    )
    stack.let_send(url, "events.amazonaws.com", rule["RuleArn"])
    events.put_targets(
        Rule="all", EventBusName=stack.name, Targets=[{"Id": "q", "Arn": stack.arn(url)}]
    )
    file = tmp_path / "objects.json"
    objects = [trial(str(number), "Zoë") for number in range(23)]
    file.write_text(json.dumps(objects, indent=2), encoding="utf-8")
    done = stack.run("send", "--way", "events", "--type", "TrialSubscription", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "ok": True,
        "way": "events",
        "object_type": "TrialSubscription",
        "read": 23,
        "sent": 23,
        "not_sent": [],
        "to": stack.name,
    }
    found = [json.loads(each["Body"]) for each in received(stack, url, 23)]
    assert (
        sorted((each["detail"] for each in found), key=lambda each: int(each["UserId"])) == objects
    )
    assert {(each["detail-type"], each["source"]) for each in found} == {
        ("TrialSubscription", "customer-lifecycle")
    }


MachineOf = Callable[..., str]


@pytest.fixture
def machine(stack: Stack) -> MachineOf:
    """`machine(name, object_type)`: a source whose machine counts the lines of its file."""
    bucket = f"{stack.name}-batches"
    stack.client("s3").create_bucket(Bucket=bucket)
    stack.outputs |= {"batch_bucket": bucket, "batch_state_machines": {}}

    def create(name: str, object_type: str, end: dict[str, Any] | None = None) -> str:
        reader = {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSONL"},
            "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.key"},
        }
        deliver = {
            "Type": "Map",
            "ItemReader": reader,
            "ItemSelector": {"ObjectType": object_type, "Object.$": "$$.Map.Item.Value"},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "One",
                "States": {"One": {"Type": "Pass", "End": True}},
            },
            "ResultPath": "$.results",
            "Next": "End",
        }
        account = {
            "Type": "Pass",
            "QueryLanguage": "JSONata",
            "Output": {"accounted": "{% $count($states.input.results) %}"},
            "End": True,
        }
        states = {"Deliver": deliver, "End": end or account}
        made = stack.client("stepfunctions").create_state_machine(
            name=f"{stack.name}-{name}",
            definition=json.dumps({"StartAt": "Deliver", "States": states}),
            roleArn="arn:aws:iam::000000000000:role/any",
        )
        stack.outputs["batch_state_machines"][name] = made["stateMachineArn"]
        return str(made["stateMachineArn"])

    return create


def test_a_backfill_runs_the_machine_of_the_type_over_the_file_and_tells_its_end(
    stack: Stack, machine: MachineOf
) -> None:
    arn = machine("trials", "TrialSubscription")
    machine("offers", "MarketingAssignedOffers")
    objects = [trial(str(number), "Zoë \u2028") for number in range(30)]
    done = stack.run(
        "send", "--way", "batch", "--type", "TrialSubscription", "--wait", "--json", "-",
        stdin=json.dumps(objects, ensure_ascii=False, indent=1),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["sent"], answer["accounted"], answer["status"]) == (30, 30, "SUCCEEDED")
    assert answer["to"] == arn
    assert answer["key"].startswith("backfill/")
    file = stack.client("s3").get_object(Bucket=answer["bucket"], Key=answer["key"])
    assert [json.loads(line) for line in file["Body"].read().decode().splitlines()] == objects
    execution = stack.client("stepfunctions").describe_execution(executionArn=answer["execution"])
    assert json.loads(execution["input"]) == {"bucket": answer["bucket"], "key": answer["key"]}


def test_of_two_sources_of_a_type_one_has_to_be_named(stack: Stack, machine: MachineOf) -> None:
    machine("trials", "TrialSubscription")
    arn = machine("old", "TrialSubscription")
    command = ("send", "--way", "batch", "--type", "TrialSubscription", "-")
    done = stack.run(*command, stdin=lines(trial("1", "x")))
    assert done.returncode == 2
    assert "add --source, one of old, trials" in done.stderr
    done = stack.run(*command, "--source", "old", "--json", stdin=lines(trial("1", "x")))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["to"] == arn


def test_a_run_that_failed_is_told_with_its_cause(stack: Stack, machine: MachineOf) -> None:
    end = {"Type": "Fail", "Error": "NotAllDelivered", "Cause": "rows are left"}
    machine("trials", "TrialSubscription", end)
    command = ("send", "--way", "batch", "--type", "TrialSubscription", "--wait", "-")
    done = stack.run(*command, stdin=lines(trial("1", "x")))
    assert done.returncode == 1
    assert "FAILED: NotAllDelivered: rows are left" in done.stdout


def test_nothing_to_send_starts_nothing(stack: Stack, machine: MachineOf) -> None:
    arn = machine("trials", "TrialSubscription")
    done = stack.run("send", "--way", "batch", "--type", "TrialSubscription", "-", stdin="[]")
    assert (done.returncode, done.stdout) == (0, "0 of 0 TrialSubscription sent as batch\n")
    listed = stack.client("stepfunctions").list_executions(stateMachineArn=arn)
    assert listed["executions"] == []
