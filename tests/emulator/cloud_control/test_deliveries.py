"""Resources that Cloud Control made work together: what is sent arrives where it was told to."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

HANDLER = """
import json, os, boto3

def handler(event, context):
    if "Records" not in event:
        raise ValueError("nothing to take")
    sqs = boto3.client("sqs", region_name="us-east-1")
    failures = []
    for record in event["Records"]:
        if record["body"] == "poison":
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            sqs.send_message(QueueUrl=os.environ["DONE"], MessageBody=record["body"])
    return {"batchItemFailures": failures}
"""


@pytest.fixture
def received(world: Any) -> Callable[..., list[str]]:
    """`received(url, count)`: the bodies of this many messages, in order of their arrival."""

    def run(url: str, count: int, seconds: float = 20) -> list[str]:
        bodies: list[str] = []
        deadline = time.monotonic() + seconds
        while len(bodies) < count:
            assert time.monotonic() < deadline, bodies
            told = world.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in told.get("Messages", []):
                bodies.append(message["Body"])
                world.client("sqs").delete_message(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
            time.sleep(0.02)
        return bodies

    return run


@pytest.fixture
def queue(control: Any) -> Callable[..., str]:
    """`queue(name, **properties)`: the URL of a queue that Cloud Control made."""

    def run(name: str, **properties: Any) -> str:
        return str(control.create("AWS::SQS::Queue", {"QueueName": name} | properties))

    return run


@pytest.fixture
def function(control: Any, world: Any, queue: Callable[..., str]) -> str:
    """The name of a function that passes records on to the queue `done`, but for poison."""
    return str(
        control.create(
            "AWS::Lambda::Function",
            {
                "FunctionName": "deliver",
                "Runtime": "python3.11",
                "Handler": "index.handler",
                "Role": world.role,
                "Timeout": 30,
                "Code": {"ZipFile": HANDLER},
                "Environment": {"Variables": {"DONE": queue("done")}},
            },
        )
    )


def test_a_queue_url_is_on_the_same_endpoint_and_works(
    queue: Callable[..., str], world: Any, emulator: Any, received: Callable[..., list[str]]
) -> None:
    url = queue("changes")
    assert url == f"{emulator.url}/{world.account}/changes"
    assert world.client("sqs").get_queue_url(QueueName="changes")["QueueUrl"] == url
    world.client("sqs").send_message(QueueUrl=url, MessageBody="a change")
    assert received(url, 1) == ["a change"]


def test_a_fifo_topic_hands_on_in_order_and_nothing_twice(
    control: Any, queue: Callable[..., str], world: Any, received: Callable[..., list[str]]
) -> None:
    url = queue("changes.fifo", FifoQueue=True)
    topic = control.create(
        "AWS::SNS::Topic",
        {"TopicName": "changes.fifo", "FifoTopic": True, "ContentBasedDeduplication": True},
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": world.arn("sqs", "changes.fifo"),
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    control.create("AWS::SQS::QueueInlinePolicy", {"Queue": url, "PolicyDocument": policy})
    control.create(
        "AWS::SNS::Subscription",
        {
            "TopicArn": topic,
            "Protocol": "sqs",
            "Endpoint": world.arn("sqs", "changes.fifo"),
            "RawMessageDelivery": True,
        },
    )
    for body in ("one", "two", "two", "three"):
        world.client("sns").publish(TopicArn=topic, Message=body, MessageGroupId="customer 7")
    assert received(url, 3) == ["one", "two", "three"]


def test_a_mapping_hands_on_to_the_function_and_leaves_poison_to_the_redrive(
    control: Any,
    queue: Callable[..., str],
    function: str,
    world: Any,
    received: Callable[..., list[str]],
) -> None:
    rejects = queue("rejects")
    redrive = {"deadLetterTargetArn": world.arn("sqs", "rejects"), "maxReceiveCount": 1}
    # Longer than the first start of a function takes on a busy machine.
    changes = queue("changes", VisibilityTimeout=6, RedrivePolicy=redrive)
    control.create(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionName": function,
            "EventSourceArn": world.arn("sqs", "changes"),
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    )
    for body in ("one", "poison", "two"):
        world.client("sqs").send_message(QueueUrl=changes, MessageBody=body)
    done = world.client("sqs").get_queue_url(QueueName="done")["QueueUrl"]
    assert sorted(received(done, 2)) == ["one", "two"]
    assert received(rejects, 1) == ["poison"]


def test_a_rule_hands_on_what_its_pattern_matches(
    control: Any, queue: Callable[..., str], world: Any, received: Callable[..., list[str]]
) -> None:
    url = queue("trials")
    bus = control.create("AWS::Events::EventBus", {"Name": "changes"})
    control.create(
        "AWS::Events::Rule",
        {
            "Name": "trials",
            "EventBusName": bus,
            "EventPattern": {"detail-type": ["TrialSubscription"]},
            "Targets": [{"Id": "queue", "Arn": world.arn("sqs", "trials")}],
        },
    )
    entry = {"EventBusName": bus, "Source": "crm"}
    world.client("events").put_events(
        Entries=[
            entry | {"DetailType": "Another", "Detail": "{}"},
            entry | {"DetailType": "TrialSubscription", "Detail": '{"id": 7}'},
        ]
    )
    (body,) = received(url, 1)
    assert json.loads(body)["detail"] == {"id": 7}


def test_a_failed_invocation_goes_where_its_config_says(
    control: Any,
    queue: Callable[..., str],
    function: str,
    world: Any,
    received: Callable[..., list[str]],
) -> None:
    rejects = queue("rejects")
    control.create(
        "AWS::Lambda::EventInvokeConfig",
        {
            "FunctionName": function,
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": 0,
            "DestinationConfig": {"OnFailure": {"Destination": world.arn("sqs", "rejects")}},
        },
    )
    world.client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=b'{"id": 7}'
    )
    (body,) = received(rejects, 1)
    assert json.loads(body)["requestPayload"] == {"id": 7}


def test_a_state_machine_runs(control: Any, world: Any) -> None:
    state = {"Type": "Pass", "Result": {"delivered": 7}, "End": True}
    arn = control.create(
        "AWS::StepFunctions::StateMachine",
        {
            "StateMachineName": "batch",
            "RoleArn": world.role,
            "DefinitionString": '{"StartAt": "Count", "States": {"Count": ${count}}}',
            "DefinitionSubstitutions": {"count": json.dumps(state)},
        },
    )
    machines = world.client("stepfunctions")
    execution = machines.start_execution(stateMachineArn=arn)["executionArn"]
    deadline = time.monotonic() + 10
    while (told := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (told["status"], json.loads(told["output"])) == ("SUCCEEDED", {"delivered": 7})
    shown = control.get("AWS::StepFunctions::StateMachine", arn)
    assert shown["DefinitionString"] == '{"StartAt": "Count", "States": {"Count": ${count}}}'


def test_a_function_of_a_hundred_thousand_characters_runs(control: Any, world: Any) -> None:
    # Longer than a template may be in a request to CloudFormation.
    padding = f"# {'x' * 78}\n" * 1250
    name = control.create(
        "AWS::Lambda::Function",
        {
            "FunctionName": "large",
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": world.role,
            "Code": {"ZipFile": f"{padding}def handler(event, context):\n    return 1\n"},
        },
    )

    def answer() -> Any:
        told = world.client("lambda").invoke(FunctionName=name)
        return json.loads(told["Payload"].read())

    assert answer() == 1
    code = f"{padding}def handler(event, context):\n    return 2\n"
    operation = {"op": "add", "path": "/Code", "value": {"ZipFile": code}}
    control.update("AWS::Lambda::Function", name, operation)
    assert answer() == 2
    assert world.client("s3").list_buckets()["Buckets"] == []
