"""What Cloud Control made is still there, as it was, after the local AWS was killed."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from tests.ports import free_port

Model = dict[str, Any]

DOCUMENT = "2012-10-17"
CODE = "def handler(event, context):\n    return 42\n"


@pytest.fixture
def run(start_emulator: Any, tmp_path: Path) -> Callable[[], Any]:
    """`with run() as emulator`: on the same port and the same file each time."""
    port = free_port()

    @contextmanager
    def start() -> Iterator[Any]:
        arguments = ("--port", port, "--data", str(tmp_path / "state.db"))
        with start_emulator(tmp_path / "log", *arguments) as emulator:
            yield emulator
        assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")

    return start


def kill(emulator: Any) -> None:
    emulator.process.send_signal(signal.SIGKILL)
    emulator.process.wait()


class Control:
    """Cloud Control in one account."""

    def __init__(self, emulator: Any, account: str) -> None:
        self._client = emulator.client("cloudcontrol", account)

    def create(self, type_name: str, desired: Model) -> str:
        state = json.dumps(desired)
        answer = self._client.create_resource(TypeName=type_name, DesiredState=state)
        event = answer["ProgressEvent"]
        while event["OperationStatus"] in {"PENDING", "IN_PROGRESS"}:
            time.sleep(0.003)
            token = event["RequestToken"]
            told = self._client.get_resource_request_status(RequestToken=token)
            event = told["ProgressEvent"]
        assert event["OperationStatus"] == "SUCCESS", event
        return str(event["Identifier"])

    def get(self, type_name: str, identifier: str) -> Model:
        told = self._client.get_resource(TypeName=type_name, Identifier=identifier)
        return dict(json.loads(told["ResourceDescription"]["Properties"]))


@dataclass(frozen=True)
class Names:
    """What the resources are called in one account."""

    account: str

    def arn(self, service: str, name: str) -> str:
        return f"arn:aws:{service}:us-east-1:{self.account}:{name}"

    @property
    def role(self) -> str:
        return f"arn:aws:iam::{self.account}:role/delivery"

    @property
    def bucket(self) -> str:
        return f"batches-{self.account}"

    @property
    def queue(self) -> str:
        return self.arn("sqs", "objects.fifo")

    @property
    def topic(self) -> str:
        return self.arn("sns", "objects.fifo")

    @property
    def function(self) -> str:
        return self.arn("lambda", "function:deliver")


def allow(**statement: Any) -> Model:
    return {"Version": DOCUMENT, "Statement": [{"Effect": "Allow", **statement}]}


def resources(names: Names) -> dict[str, Model]:
    """One of each type that the components of this repository deploy, in order of need."""
    everyone = {"Principal": "*"}
    machine = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
    account = {"AWS": f"arn:aws:iam::{names.account}:root"}
    put = allow(Action="profile:PutProfileObject", Resource="*")
    trust = allow(Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    return {
        "AWS::IAM::Role": {"RoleName": "delivery", "AssumeRolePolicyDocument": trust},
        "AWS::IAM::RolePolicy": {
            "RoleName": "delivery",
            "PolicyName": "put",
            "PolicyDocument": put,
        },
        "AWS::KMS::Key": {"KeyPolicy": allow(Action="kms:*", Resource="*", Principal=account)},
        "AWS::SQS::Queue": {"QueueName": "objects.fifo", "FifoQueue": True},
        "AWS::SQS::QueueInlinePolicy": {
            "Queue": "",
            "PolicyDocument": allow(Action="sqs:SendMessage", Resource="*", **everyone),
        },
        "AWS::SNS::Topic": {"TopicName": "objects.fifo", "FifoTopic": True},
        "AWS::SNS::TopicInlinePolicy": {
            "TopicArn": names.topic,
            "PolicyDocument": allow(
                Sid="publish", Action="sns:Publish", Resource=names.topic, **everyone
            ),
        },
        "AWS::SNS::Subscription": {
            "TopicArn": names.topic,
            "Protocol": "sqs",
            "Endpoint": names.queue,
        },
        "AWS::Lambda::Function": {
            "FunctionName": "deliver",
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": names.role,
            "Code": {"ZipFile": CODE},
        },
        "AWS::Lambda::Permission": {
            "FunctionName": "deliver",
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
        },
        "AWS::Lambda::EventSourceMapping": {
            "FunctionName": "deliver",
            "EventSourceArn": names.queue,
        },
        "AWS::Lambda::EventInvokeConfig": {
            "FunctionName": "deliver",
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": 1,
        },
        "AWS::Events::EventBus": {"Name": "changes"},
        "AWS::Events::Rule": {
            "Name": "trials",
            "EventBusName": "changes",
            "EventPattern": {"detail-type": ["Trial"]},
            "Targets": [{"Id": "deliver", "Arn": names.function}],
        },
        "AWS::StepFunctions::StateMachine": {
            "StateMachineName": "batch",
            "RoleArn": names.role,
            "DefinitionString": json.dumps(machine),
        },
        "AWS::Scheduler::Schedule": {
            "Name": "nightly",
            "ScheduleExpression": "rate(1 hour)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": names.arn("states", "stateMachine:batch"), "RoleArn": names.role},
        },
        "AWS::S3::Bucket": {"BucketName": names.bucket},
        "AWS::S3::BucketPolicy": {
            "Bucket": names.bucket,
            "PolicyDocument": allow(
                Action="s3:GetObject", Resource=f"arn:aws:s3:::{names.bucket}/*", **everyone
            ),
        },
        "AWS::CloudWatch::Alarm": {
            "AlarmName": "rejects",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "Period": 60,
            "Statistic": "Sum",
            "Threshold": 1,
        },
        "AWS::CloudWatch::Dashboard": {"DashboardName": "rejects", "DashboardBody": "{}"},
        "AWS::SSM::Parameter": {"Name": "/watermark", "Type": "String", "Value": "0"},
        "AWS::Logs::LogGroup": {"LogGroupName": "/deliver", "RetentionInDays": 7},
    }


def seen(emulator: Any, names: Names, queue: str, key: str) -> dict[str, Any]:
    """What each service itself says of its resource."""

    def ask(service: str, operation: str, **parameters: Any) -> Any:
        answer = getattr(emulator.client(service, names.account), operation)(**parameters)
        answer.pop("ResponseMetadata", None)
        return answer

    function = {"FunctionName": "deliver"}
    return {
        "role": ask("iam", "get_role", RoleName="delivery")["Role"]["Arn"],
        "role policy": ask("iam", "get_role_policy", RoleName="delivery", PolicyName="put"),
        "key": ask("kms", "describe_key", KeyId=key)["KeyMetadata"]["Arn"],
        "queue": ask("sqs", "get_queue_url", QueueName="objects.fifo")["QueueUrl"],
        "queue policy": ask(
            "sqs", "get_queue_attributes", QueueUrl=queue, AttributeNames=["Policy", "QueueArn"]
        ),
        "topic": ask("sns", "get_topic_attributes", TopicArn=names.topic),
        "subscription": ask("sns", "list_subscriptions_by_topic", TopicArn=names.topic),
        "function": ask("lambda", "get_function", **function)["Configuration"],
        "permission": ask("lambda", "get_policy", **function),
        "mapping": [
            each["UUID"]
            for each in ask("lambda", "list_event_source_mappings", **function)[
                "EventSourceMappings"
            ]
        ],
        "invoke config": ask(
            "lambda", "get_function_event_invoke_config", Qualifier="$LATEST", **function
        ),
        "bus": ask("events", "describe_event_bus", Name="changes"),
        "rule": ask("events", "list_targets_by_rule", Rule="trials", EventBusName="changes"),
        "machine": ask(
            "stepfunctions",
            "describe_state_machine",
            stateMachineArn=names.arn("states", "stateMachine:batch"),
        ),
        "schedule": ask("scheduler", "get_schedule", Name="nightly"),
        "bucket": ask("s3", "get_bucket_policy", Bucket=names.bucket),
        "alarm": ask("cloudwatch", "describe_alarms", AlarmNames=["rejects"])["MetricAlarms"],
        "dashboard": ask("cloudwatch", "get_dashboard", DashboardName="rejects"),
        "parameter": ask("ssm", "get_parameter", Name="/watermark"),
        "log group": ask("logs", "describe_log_groups", logGroupNamePrefix="/deliver"),
    }


def test_one_of_each_type_outlives_a_kill_with_its_identifiers(
    run: Callable[[], Any], account: str
) -> None:
    names, made = Names(account), dict[str, str]()
    with run() as emulator:
        control = Control(emulator, account)
        for type_name, desired in resources(names).items():
            if type_name == "AWS::SQS::QueueInlinePolicy":
                desired["Queue"] = made["AWS::SQS::Queue"]
            made[type_name] = control.create(type_name, desired)
        before = {each: control.get(each, identifier) for each, identifier in made.items()}
        queue, key = made["AWS::SQS::Queue"], made["AWS::KMS::Key"]
        told = seen(emulator, names, queue, key)
        secret = emulator.client("kms", account).encrypt(KeyId=key, Plaintext=b"secret")
        emulator.client("s3", account).put_object(Bucket=names.bucket, Key="k", Body=b"line")
        kill(emulator)
    with run() as emulator:
        control = Control(emulator, account)
        assert {each: control.get(each, identifier) for each, identifier in made.items()} == before
        assert seen(emulator, names, queue, key) == told
        # And they do what they are for.
        blob = secret["CiphertextBlob"]
        assert emulator.client("kms", account).decrypt(CiphertextBlob=blob)["Plaintext"] == (
            b"secret"
        )
        body = emulator.client("s3", account).get_object(Bucket=names.bucket, Key="k")["Body"]
        assert body.read() == b"line"
        answer = emulator.client("lambda", account).invoke(FunctionName="deliver")
        assert json.load(answer["Payload"]) == 42


def test_updates_and_deletions_outlive_a_kill(run: Callable[[], Any], account: str) -> None:
    with run() as emulator:
        control = Control(emulator, account)
        for name in ("kept", "deleted"):
            control.create("AWS::SSM::Parameter", {"Name": name, "Type": "String", "Value": "1"})
        client = emulator.client("cloudcontrol", account)
        patch = '[{"op": "replace", "path": "/Value", "value": "2"}]'
        ended(
            client,
            client.update_resource(
                TypeName="AWS::SSM::Parameter", Identifier="kept", PatchDocument=patch
            ),
        )
        ended(client, client.delete_resource(TypeName="AWS::SSM::Parameter", Identifier="deleted"))
        kill(emulator)
    with run() as emulator:
        assert Control(emulator, account).get("AWS::SSM::Parameter", "kept")["Value"] == "2"
        client = emulator.client("cloudcontrol", account)
        listed = client.list_resources(TypeName="AWS::SSM::Parameter")["ResourceDescriptions"]
        assert [each["Identifier"] for each in listed] == ["kept"]


def ended(client: Any, answer: Any) -> None:
    event = answer["ProgressEvent"]
    while event["OperationStatus"] == "IN_PROGRESS":
        time.sleep(0.003)
        token = event["RequestToken"]
        event = client.get_resource_request_status(RequestToken=token)["ProgressEvent"]
    assert event["OperationStatus"] == "SUCCESS", event


def test_every_acknowledged_resource_outlives_kills_under_load(
    run: Callable[[], Any], account: str
) -> None:
    """Four connections create queues and functions; six kills."""
    acknowledged: list[tuple[str, str, Model]] = []

    def create(emulator: Any, place: str) -> None:
        control, number = Control(emulator, account), 0
        try:
            while True:
                number += 1
                name = f"{place}-{number}"
                queue = control.create("AWS::SQS::Queue", {"QueueName": name})
                acknowledged.append(("AWS::SQS::Queue", queue, {"QueueName": name}))
                parameter = {"Name": name, "Type": "String", "Value": place}
                made = control.create("AWS::SSM::Parameter", parameter)
                acknowledged.append(("AWS::SSM::Parameter", made, parameter))
        except (OSError, BotoCoreError):
            return

    for turn in range(6):
        with run() as emulator:
            lost = [each for each in acknowledged if not kept(emulator, account, *each)]
            assert lost == []
            before = len(acknowledged)
            threads = [
                threading.Thread(target=create, args=(emulator, f"t{turn}-{at}")) for at in range(4)
            ]
            for thread in threads:
                thread.start()
            while len(acknowledged) < before + 3 + 4 * turn:
                assert any(thread.is_alive() for thread in threads)
                time.sleep(0.001)
            kill(emulator)
            for thread in threads:
                thread.join()
    with run() as emulator:
        assert all(kept(emulator, account, *each) for each in acknowledged)


def kept(emulator: Any, account: str, type_name: str, identifier: str, desired: Model) -> bool:
    return desired.items() <= Control(emulator, account).get(type_name, identifier).items()


def test_what_others_made_is_kept_soon(
    run: Callable[[], Any], account: str, tmp_path: Path
) -> None:
    """Without Cloud Control nothing waits for the disk; it is written once a second."""
    with run() as emulator:
        queues = emulator.client("sqs", account)
        url = queues.create_queue(QueueName="direct")["QueueUrl"]
        queues.send_message(QueueUrl=url, MessageBody="a letter")
        file = tmp_path / "state.db.backing" / "sqs.json"
        deadline = time.monotonic() + 30
        while not file.exists() or "a letter" not in file.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        kill(emulator)
    with run() as emulator:
        (message,) = emulator.client("sqs", account).receive_message(QueueUrl=url)["Messages"]
        assert message["Body"] == "a letter"


def test_every_rejected_object_reaches_its_queue_though_a_kill_comes_between(
    run: Callable[[], Any], account: str, connect: Any, open_domain: Any, open_queue: Any
) -> None:
    """At least once: a letter whose queue had it already may come again."""
    rejected = set()
    with run() as emulator:
        queue = open_queue(emulator)
        # Cloud Control answers when all that there is in the backing emulator is kept.
        marker = {"Name": "kept", "Type": "String", "Value": "1"}
        Control(emulator, account).create("AWS::SSM::Parameter", marker)
        people = open_domain(
            connect(account, on=emulator), DomainName="people", DeadLetterQueueUrl=queue.url
        )
        person = {"id": ("id",), "first": ("first", "FirstName")}
        people.declare("Person", person, {"personId": ("id", "PROFILE", "UNIQUE")})
        for number in range(20):
            people.put("Person", id=str(number), first="x" * 256)
            rejected.add(str(number))
        kill(emulator)
    with run() as emulator:
        client, letters = emulator.client("sqs", account), set()
        deadline = time.monotonic() + 30
        while letters != rejected:
            assert time.monotonic() < deadline, rejected - letters
            answer = client.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
            letters |= {json.loads(each["Body"])["id"] for each in answer.get("Messages", [])}
            time.sleep(0.01)
