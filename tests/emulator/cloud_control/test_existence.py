"""What is there decides: resources that others deleted or made behind Cloud Control's back."""

import json
from typing import Any

import pytest

QUEUE = "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"

ROLE = "arn:aws:iam::111122223333:role/lifecycle"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROLE}}],
}
MACHINE = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
SCHEDULE = {
    "Name": "s",
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:sqs:us-east-1:111122223333:q", "RoleArn": ROLE},
}

# type, what is asked for, (service, operation, parameter for the identifier) that deletes it.
DELETIONS: list[tuple[str, dict[str, Any], str, str, str]] = [
    (QUEUE, {"QueueName": "q"}, "sqs", "delete_queue", "QueueUrl"),
    (TOPIC, {"TopicName": "t"}, "sns", "delete_topic", "TopicArn"),
    (
        "AWS::IAM::Role",
        {"RoleName": "r", "AssumeRolePolicyDocument": POLICY},
        "iam",
        "delete_role",
        "RoleName",
    ),
    ("AWS::Events::EventBus", {"Name": "b"}, "events", "delete_event_bus", "Name"),
    (
        "AWS::Scheduler::Schedule",
        SCHEDULE,
        "scheduler",
        "delete_schedule",
        "Name",
    ),
    ("AWS::Logs::LogGroup", {"LogGroupName": "/l"}, "logs", "delete_log_group", "logGroupName"),
    (
        "AWS::SSM::Parameter",
        {"Name": "/p", "Type": "String", "Value": "1"},
        "ssm",
        "delete_parameter",
        "Name",
    ),
]


@pytest.mark.parametrize(
    ("type_name", "desired", "service", "operation", "parameter"),
    DELETIONS,
    ids=[each[0] for each in DELETIONS],
)
def test_what_was_deleted_behind_our_back_is_gone_and_can_be_made_again(
    control: Any,
    world: Any,
    type_name: str,
    desired: dict[str, Any],
    service: str,
    operation: str,
    parameter: str,
) -> None:
    identifier = control.create(type_name, desired)
    getattr(world.client(service), operation)(**{parameter: identifier})
    assert not control.exists(type_name, identifier)
    assert control.identifiers(type_name) == []
    event = control.deletion(type_name, identifier)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotFound")
    assert control.create(type_name, desired) == identifier
    # Nothing of the first one is left that could take the second one along.
    assert control.exists(type_name, identifier)
    assert control.identifiers(type_name) == [identifier]


def test_a_resource_made_again_by_hand_is_the_resource(control: Any, world: Any) -> None:
    identifier = control.create(QUEUE, {"QueueName": "q", "VisibilityTimeout": 60})
    world.client("sqs").delete_queue(QueueUrl=identifier)
    world.queue("q")
    shown = control.get(QUEUE, identifier)
    assert shown["QueueName"] == "q"
    assert shown["VisibilityTimeout"] == 30


@pytest.mark.parametrize(
    ("type_name", "desired", "service", "operation", "parameters"),
    [
        (QUEUE, {"QueueName": "q"}, "sqs", "create_queue", {"QueueName": "q"}),
        (TOPIC, {"TopicName": "t"}, "sns", "create_topic", {"Name": "t"}),
        (
            "AWS::Logs::LogGroup",
            {"LogGroupName": "/l"},
            "logs",
            "create_log_group",
            {"logGroupName": "/l"},
        ),
        ("AWS::Events::EventBus", {"Name": "b"}, "events", "create_event_bus", {"Name": "b"}),
        (
            "AWS::IAM::Role",
            {"RoleName": "r", "AssumeRolePolicyDocument": POLICY},
            "iam",
            "create_role",
            {"RoleName": "r", "AssumeRolePolicyDocument": json.dumps(POLICY)},
        ),
        (
            "AWS::SSM::Parameter",
            {"Name": "/p", "Type": "String", "Value": "1"},
            "ssm",
            "put_parameter",
            {"Name": "/p", "Type": "String", "Value": "by hand"},
        ),
        (
            "AWS::Events::Rule",
            {"Name": "r", "ScheduleExpression": "rate(1 hour)"},
            "events",
            "put_rule",
            {"Name": "r", "ScheduleExpression": "rate(2 hours)"},
        ),
        (
            "AWS::StepFunctions::StateMachine",
            {"StateMachineName": "m", "RoleArn": ROLE, "DefinitionString": MACHINE},
            "stepfunctions",
            "create_state_machine",
            {"name": "m", "roleArn": ROLE, "definition": MACHINE},
        ),
    ],
)
def test_what_somebody_else_made_is_never_overwritten(
    control: Any,
    world: Any,
    type_name: str,
    desired: dict[str, Any],
    service: str,
    operation: str,
    parameters: dict[str, Any],
) -> None:
    getattr(world.client(service), operation)(**parameters)
    event = control.creation(type_name, desired)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert "already exists" in event["StatusMessage"]
    assert not control.exists(type_name, event["Identifier"])


@pytest.mark.parametrize(
    ("type_name", "desired"),
    [
        (
            "AWS::SQS::QueueInlinePolicy",
            {"Queue": "{queue}", "PolicyDocument": POLICY},
        ),
        ("AWS::SNS::TopicInlinePolicy", {"TopicArn": "{topic}", "PolicyDocument": POLICY}),
        (
            "AWS::SNS::Subscription",
            {"TopicArn": "{topic}", "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:1:q"},
        ),
        (
            "AWS::Lambda::Permission",
            {
                "FunctionName": "nobody",
                "Action": "lambda:InvokeFunction",
                "Principal": "events.amazonaws.com",
            },
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            {"FunctionName": "nobody", "EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:q"},
        ),
        ("AWS::Lambda::EventInvokeConfig", {"FunctionName": "nobody", "Qualifier": "$LATEST"}),
        (
            "AWS::Events::Rule",
            {"Name": "r", "EventBusName": "nowhere", "ScheduleExpression": "rate(1 hour)"},
        ),
        (
            "AWS::IAM::RolePolicy",
            {"RoleName": "nobody", "PolicyName": "put", "PolicyDocument": POLICY},
        ),
        ("AWS::S3::BucketPolicy", {"Bucket": "no-such-bucket", "PolicyDocument": POLICY}),
    ],
)
def test_what_belongs_to_nothing_fails_and_leaves_nothing(
    control: Any, world: Any, emulator: Any, type_name: str, desired: dict[str, Any]
) -> None:
    places = {
        "{queue}": f"{emulator.url}/{world.account}/nowhere",
        "{topic}": world.arn("sns", "nowhere"),
    }
    given = {
        name: places.get(value, value) if isinstance(value, str) else value
        for name, value in desired.items()
    }
    event = control.creation(type_name, given)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotFound")
    assert event["StatusMessage"]
    assert world.client("cloudformation").describe_stacks()["Stacks"] == []


@pytest.mark.parametrize(
    "desired",
    [
        {"TopicName": "t", "FifoTopic": True},
        {"TopicName": "t.fifo"},
        {"TopicName": "t.fifo", "FifoTopic": False},
        {"FifoTopic": True},
    ],
)
def test_a_topic_whose_name_does_not_fit_its_kind_fails_and_leaves_nothing(
    control: Any, world: Any, desired: dict[str, Any]
) -> None:
    event = control.creation(TOPIC, desired)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert ".fifo" in event["StatusMessage"]
    assert world.client("sns").list_topics()["Topics"] == []
    assert control.identifiers(TOPIC) == []


def test_an_update_that_the_service_refuses_leaves_all_as_it_was(control: Any, world: Any) -> None:
    url = control.create(QUEUE, {"QueueName": "q", "VisibilityTimeout": 60})
    before = control.get(QUEUE, url)
    redrive = {"deadLetterTargetArn": world.arn("sqs", "rejects"), "maxReceiveCount": 9_999}
    event = control.change(
        QUEUE,
        url,
        {"op": "replace", "path": "/VisibilityTimeout", "value": 7},
        {"op": "add", "path": "/RedrivePolicy", "value": redrive},
    )
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert control.get(QUEUE, url) == before
    told = world.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert told["Attributes"]["VisibilityTimeout"] == "60"
    after = control.update(QUEUE, url, {"op": "replace", "path": "/VisibilityTimeout", "value": 9})
    assert after["VisibilityTimeout"] == 9


def test_an_update_to_what_is_not_there_leaves_all_as_it_was(control: Any, world: Any) -> None:
    world.function("deliver")
    world.queue("q")
    mapping = "AWS::Lambda::EventSourceMapping"
    desired = {"FunctionName": "deliver", "EventSourceArn": world.arn("sqs", "q"), "BatchSize": 5}
    identifier = control.create(mapping, desired)
    before = control.get(mapping, identifier)
    event = control.change(
        mapping,
        identifier,
        {"op": "replace", "path": "/FunctionName", "value": "nobody"},
        {"op": "replace", "path": "/BatchSize", "value": 7},
    )
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotFound")
    assert control.get(mapping, identifier) == before
    (told,) = world.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert (told["BatchSize"], told["FunctionArn"].rpartition(":")[2]) == (5, "deliver")


def test_a_function_takes_from_a_queue_once(control: Any, world: Any) -> None:
    world.function("deliver")
    world.queue("q")
    mapping = "AWS::Lambda::EventSourceMapping"
    desired = {"FunctionName": "deliver", "EventSourceArn": world.arn("sqs", "q")}
    identifier = control.create(mapping, desired)
    event = control.creation(mapping, desired)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert event["Identifier"] == identifier
    assert len(world.client("lambda").list_event_source_mappings()["EventSourceMappings"]) == 1
