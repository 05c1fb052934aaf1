"""What is read is what is there: changes and deletions behind Cloud Control's back."""

import json
from typing import Any

import pytest

QUEUE = "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def machine(state: str) -> str:
    return json.dumps({"StartAt": state, "States": {state: {"Type": "Pass", "End": True}}})


ROLE = "arn:aws:iam::111122223333:role/lifecycle"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROLE}}],
}

INLINE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}],
}
OTHER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
}

SCHEDULE = {
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:sqs:us-east-1:111122223333:q", "RoleArn": ROLE},
}

ALARM = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "NumberOfMessagesSent",
    "Namespace": "AWS/SQS",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1.0,
}

# type, what is asked for, (service, operation, parameters) that changes it behind our back, with
# {id} for the identifier, and what GetResource shows then.
CHANGES: list[tuple[str, dict[str, Any], tuple[str, str, dict[str, Any]], dict[str, Any]]] = [
    (
        QUEUE,
        {"QueueName": "q", "VisibilityTimeout": 60},
        (
            "sqs",
            "set_queue_attributes",
            {"QueueUrl": "{id}", "Attributes": {"VisibilityTimeout": "7", "DelaySeconds": "5"}},
        ),
        {"VisibilityTimeout": 7, "DelaySeconds": 5},
    ),
    (
        QUEUE,
        {"QueueName": "q", "Tags": [{"Key": "a", "Value": "1"}]},
        ("sqs", "tag_queue", {"QueueUrl": "{id}", "Tags": {"b": "2"}}),
        {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
    ),
    (
        TOPIC,
        {"TopicName": "t", "DisplayName": "Changes"},
        (
            "sns",
            "set_topic_attributes",
            {"TopicArn": "{id}", "AttributeName": "DisplayName", "AttributeValue": "Other"},
        ),
        {"DisplayName": "Other"},
    ),
    (
        "AWS::KMS::Key",
        {"Description": "profiles", "EnableKeyRotation": True, "KeyPolicy": POLICY},
        ("kms", "disable_key_rotation", {"KeyId": "{id}"}),
        {"EnableKeyRotation": False},
    ),
    (
        "AWS::IAM::Role",
        {
            "RoleName": "r",
            "AssumeRolePolicyDocument": POLICY,
            "Policies": [{"PolicyName": "put", "PolicyDocument": INLINE}],
        },
        (
            "iam",
            "put_role_policy",
            {"RoleName": "{id}", "PolicyName": "put", "PolicyDocument": json.dumps(OTHER)},
        ),
        {"Policies": [{"PolicyName": "put", "PolicyDocument": OTHER}]},
    ),
    (
        "AWS::Events::EventBus",
        {"Name": "b", "Description": "asked"},
        ("events", "update_event_bus", {"Name": "{id}", "Description": "other"}),
        {"Description": "other"},
    ),
    (
        "AWS::Events::Rule",
        {"Name": "r", "EventPattern": {"source": ["crm"]}},
        ("events", "disable_rule", {"Name": "r"}),
        {"State": "DISABLED"},
    ),
    (
        "AWS::StepFunctions::StateMachine",
        {
            "StateMachineName": "m",
            "RoleArn": ROLE,
            "DefinitionString": machine("A"),
        },
        (
            "stepfunctions",
            "update_state_machine",
            {"stateMachineArn": "{id}", "definition": machine("B")},
        ),
        {"DefinitionString": machine("B")},
    ),
    (
        "AWS::Scheduler::Schedule",
        SCHEDULE | {"Name": "s", "Description": "asked"},
        ("scheduler", "update_schedule", SCHEDULE | {"Name": "{id}", "State": "DISABLED"}),
        {"Description": None, "State": "DISABLED"},
    ),
    (
        "AWS::Logs::LogGroup",
        {"LogGroupName": "/l", "RetentionInDays": 30},
        ("logs", "put_retention_policy", {"logGroupName": "{id}", "retentionInDays": 7}),
        {"RetentionInDays": 7},
    ),
    (
        "AWS::SSM::Parameter",
        {"Name": "/p", "Type": "String", "Value": "1"},
        ("ssm", "put_parameter", {"Name": "{id}", "Value": "2", "Overwrite": True}),
        {"Value": "2"},
    ),
    (
        "AWS::CloudWatch::Alarm",
        ALARM | {"AlarmName": "a"},
        ("cloudwatch", "put_metric_alarm", ALARM | {"AlarmName": "{id}", "Threshold": 9.0}),
        {"Threshold": 9.0},
    ),
    (
        "AWS::CloudWatch::Dashboard",
        {"DashboardName": "d", "DashboardBody": '{"widgets": []}'},
        (
            "cloudwatch",
            "put_dashboard",
            {"DashboardName": "{id}", "DashboardBody": '{"start": "1"}'},
        ),
        {"DashboardBody": '{"start": "1"}'},
    ),
]


@pytest.mark.parametrize(
    ("type_name", "desired", "behind", "drift"), CHANGES, ids=[each[0] for each in CHANGES]
)
def test_a_change_behind_our_back_is_read_and_can_be_put_right(
    control: Any,
    world: Any,
    type_name: str,
    desired: dict[str, Any],
    behind: tuple[str, str, dict[str, Any]],
    drift: dict[str, Any],
) -> None:
    identifier = control.create(type_name, desired)
    before = control.get(type_name, identifier)
    service, operation, parameters = behind
    given = {name: identifier if each == "{id}" else each for name, each in parameters.items()}
    getattr(world.client(service), operation)(**given)

    drifted = control.get(type_name, identifier)
    renewed = {"StateMachineRevisionId": drifted.get("StateMachineRevisionId")}
    expected = before | drift | renewed
    assert drifted == {name: each for name, each in expected.items() if each is not None}

    operations = [
        replace(f"/{name}", before[name])
        if name in before and name in drifted
        else {"op": "add", "path": f"/{name}", "value": before[name]}
        if name in before
        else {"op": "remove", "path": f"/{name}"}
        for name in drift
    ]
    after = control.update(type_name, identifier, *operations)
    if "StateMachineRevisionId" in before:
        before["StateMachineRevisionId"] = after["StateMachineRevisionId"]
    assert after == before


def test_drift_of_a_function_is_read_and_put_right(control: Any, world: Any) -> None:
    desired = {
        "FunctionName": "f",
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": world.role,
        "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
        "Timeout": 30,
    }
    identifier = control.create("AWS::Lambda::Function", desired)
    functions = world.client("lambda")
    functions.update_function_configuration(
        FunctionName="f", Timeout=3, Environment={"Variables": {"MODE": "debug"}}
    )
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    drifted = control.get("AWS::Lambda::Function", identifier)
    assert drifted["Timeout"] == 3
    assert drifted["Environment"] == {"Variables": {"MODE": "debug"}}
    assert drifted["ReservedConcurrentExecutions"] == 1
    after = control.update(
        "AWS::Lambda::Function",
        identifier,
        replace("/Timeout", 30),
        {"op": "remove", "path": "/Environment"},
        {"op": "remove", "path": "/ReservedConcurrentExecutions"},
    )
    del desired["Code"]
    assert after == desired | {"Arn": world.arn("lambda", "function:f")}


def test_a_change_of_one_property_leaves_drift_of_another_alone(control: Any, world: Any) -> None:
    # The update's patch is applied to what is there, not to what was asked for once.
    identifier = control.create(QUEUE, {"QueueName": "q", "VisibilityTimeout": 60})
    world.client("sqs").set_queue_attributes(
        QueueUrl=identifier, Attributes={"VisibilityTimeout": "7"}
    )
    after = control.update(QUEUE, identifier, {"op": "add", "path": "/DelaySeconds", "value": 5})
    assert (after["VisibilityTimeout"], after["DelaySeconds"]) == (7, 5)
    told = world.client("sqs").get_queue_attributes(QueueUrl=identifier, AttributeNames=["All"])
    assert told["Attributes"]["VisibilityTimeout"] == "7"
    assert told["Attributes"]["DelaySeconds"] == "5"


def test_a_subscription_that_was_changed_by_hand_shows_it(control: Any, world: Any) -> None:
    topic, queue = world.topic("t"), world.arn("sqs", "q")
    desired = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue, "RawMessageDelivery": True}
    identifier = control.create("AWS::SNS::Subscription", desired)
    world.client("sns").set_subscription_attributes(
        SubscriptionArn=identifier,
        AttributeName="RawMessageDelivery",
        AttributeValue="false",
    )
    shown = control.get("AWS::SNS::Subscription", identifier)
    assert shown == desired | {"RawMessageDelivery": False, "Arn": identifier}


def test_policies_that_are_resources_themselves_are_no_drift_of_their_role(control: Any) -> None:
    role = control.create("AWS::IAM::Role", {"RoleName": "r", "AssumeRolePolicyDocument": POLICY})
    before = control.get("AWS::IAM::Role", role)
    policy = {"RoleName": role, "PolicyName": "put", "PolicyDocument": INLINE}
    control.create("AWS::IAM::RolePolicy", policy)
    assert control.get("AWS::IAM::Role", role) == before
    after = control.update(
        "AWS::IAM::Role", role, {"op": "add", "path": "/Description", "value": "Delivers"}
    )
    assert after == before | {"Description": "Delivers"}
    assert control.get("AWS::IAM::RolePolicy", f"put|{role}") == policy
