"""State machines and schedules where IAM is enforced: what their roles may not, fails."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.backing.accounts import Aws, account_administers, allow, eventually

ECHO = "def handler(event, context):\n    return event"


@dataclass
class Deployment:
    """A machine that reads items, invokes a function with each, sends and keeps something."""

    aws: Aws
    key: str = ""
    function_arn: str = ""
    queue_url: str = ""
    queue_arn: str = ""
    role: str = ""
    machine: str = ""

    def __post_init__(self) -> None:
        aws = self.aws
        self.key = aws.key(account_administers(aws.account))
        function_role = aws.role("lambda")
        name = aws.function(ECHO, Role=function_role)
        self.function_arn = aws.arn("lambda", f"function:{name}")
        self.queue_url, self.queue_arn = aws.queue(KmsMasterKeyId=self.key)
        self._fill_bucket()
        self.machine = aws.arn("states", "stateMachine:batch")
        self.role = aws.role("states", *self.statements())
        aws.client("stepfunctions").create_state_machine(
            name="batch", roleArn=self.role, definition=json.dumps(self.definition())
        )

    def _fill_bucket(self) -> None:
        s3 = self.aws.client("s3")
        self.bucket = f"batch-{self.aws.account}"
        s3.create_bucket(Bucket=self.bucket)
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}
        s3.put_bucket_encryption(
            Bucket=self.bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
            },
        )
        s3.put_object(Bucket=self.bucket, Key="items.jsonl", Body=b'{"number": 1}\n{"number": 2}\n')

    def statements(self) -> list[dict[str, Any]]:
        """What the machine's role needs."""
        return [
            allow("states:StartExecution", self.machine),
            allow("s3:GetObject", f"arn:aws:s3:::{self.bucket}/*"),
            allow("kms:Decrypt", self.key),
            allow("lambda:InvokeFunction", self.function_arn),
            allow("sqs:SendMessage", self.queue_arn),
            allow("kms:GenerateDataKey", self.key),
            allow("ssm:PutParameter", self.aws.arn("ssm", "parameter/batch/watermark")),
        ]

    def definition(self) -> dict[str, Any]:
        reads = {"Bucket": self.bucket, "Key": "items.jsonl"}
        invokes = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": self.function_arn, "Payload.$": "$"},
            "End": True,
        }
        deliver = {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSONL"},
                "Parameters": reads,
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Invoke",
                "States": {"Invoke": invokes},
            },
            "Next": "Send",
        }
        sends = {"QueueUrl": self.queue_url, "MessageBody": "done"}
        keeps = {"Name": "/batch/watermark", "Value": "2", "Type": "String", "Overwrite": True}
        return {
            "StartAt": "Deliver",
            "States": {
                "Deliver": deliver,
                "Send": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::sqs:sendMessage",
                    "Parameters": sends,
                    "Next": "Keep",
                },
                "Keep": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::aws-sdk:ssm:putParameter",
                    "Parameters": keeps,
                    "End": True,
                },
            },
        }

    def run(self) -> dict[str, Any]:
        """Start the machine; its execution once it has ended."""
        machines = self.aws.client("stepfunctions")
        return ended(self.aws, machines.start_execution(stateMachineArn=self.machine))


def ended(aws: Aws, started: dict[str, Any]) -> dict[str, Any]:
    """An execution, once it has ended."""

    def described() -> Any:
        arn = started["executionArn"]
        execution = aws.client("stepfunctions").describe_execution(executionArn=arn)
        return None if execution["status"] == "RUNNING" else execution

    execution: dict[str, Any] = eventually(described)
    return execution


@pytest.fixture
def deployment(enforcing: Aws) -> Deployment:
    return Deployment(enforcing)


def test_with_all_it_needs_a_machine_does_its_work(deployment: Deployment) -> None:
    assert deployment.run()["status"] == "SUCCEEDED"
    assert [each["Body"] for each in deployment.aws.take(deployment.queue_url)] == ["done"]
    told = deployment.aws.client("ssm").get_parameter(Name="/batch/watermark")
    assert told["Parameter"]["Value"] == "2"


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        (0, "States.Permissions"),
        (1, "States.ItemReaderFailed"),
        (2, "States.ItemReaderFailed"),
        (4, "SQS.AmazonSQSException"),
        (5, "SQS.KMS.AccessDeniedException"),
        (6, "Ssm.SsmException"),
    ],
)
def test_without_a_permission_the_execution_fails_and_says_why(
    deployment: Deployment, statement: int, error: str
) -> None:
    statements = deployment.statements()
    missing = statements.pop(statement)
    deployment.aws.permit(deployment.role, *statements)
    execution = deployment.run()
    assert execution["status"] == "FAILED"
    assert execution["error"] == error
    role = deployment.role.rpartition("/")[2]
    session = f"arn:aws:sts::{deployment.aws.account}:assumed-role/{role}/{execution['name']}"
    assert execution["cause"].startswith(
        f"User: {session} is not authorized to perform: {missing['Action']} on resource: "
    )


def test_without_the_permission_to_invoke_every_child_execution_fails(
    deployment: Deployment,
) -> None:
    statements = deployment.statements()
    statements[3]["Resource"] = [f"{deployment.function_arn}:other"]
    deployment.aws.permit(deployment.role, *statements)
    assert deployment.run()["error"] == "States.ExceedToleratedFailureThreshold"
    machines = deployment.aws.client("stepfunctions")
    (run,) = machines.list_map_runs(
        executionArn=machines.list_executions(stateMachineArn=deployment.machine)["executions"][0][
            "executionArn"
        ]
    )["mapRuns"]
    children = machines.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    told = [machines.describe_execution(executionArn=each["executionArn"]) for each in children]
    assert [each["error"] for each in told] == ["Lambda.AWSLambdaException"] * 2
    assert f"lambda:InvokeFunction on resource: {deployment.function_arn} " in told[0]["cause"]


@pytest.mark.parametrize(
    "trust",
    [
        {"Principal": {"Service": "lambda.amazonaws.com"}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:other"}}},
    ],
)
def test_a_machine_needs_a_role_that_trusts_step_functions(
    deployment: Deployment, trust: dict[str, Any]
) -> None:
    role = deployment.aws.role("states", *deployment.statements(), **trust)
    deployment.aws.client("stepfunctions").update_state_machine(
        stateMachineArn=deployment.machine, roleArn=role
    )
    execution = deployment.run()
    assert execution["status"] == "FAILED"
    assert "states.amazonaws.com, nor the regional one is authorized" in execution["cause"]


def test_a_machine_may_be_trusted_by_its_regional_principal_and_by_its_arn(
    deployment: Deployment,
) -> None:
    role = deployment.aws.role(
        "states",
        *deployment.statements(),
        Principal={"Service": "states.us-east-1.amazonaws.com"},
        Condition={"ArnLike": {"aws:SourceArn": deployment.machine}},
    )
    deployment.aws.client("stepfunctions").update_state_machine(
        stateMachineArn=deployment.machine, roleArn=role
    )
    assert deployment.run()["status"] == "SUCCEEDED"


def test_the_caller_of_a_machine_lends_it_no_permissions(deployment: Deployment) -> None:
    deployment.aws.permit(deployment.role, *deployment.statements()[:4])
    caller = deployment.aws.user(allow("*", "*"))("stepfunctions")
    started = caller.start_execution(stateMachineArn=deployment.machine)
    execution = ended(deployment.aws, started)
    assert execution["error"] == "SQS.AmazonSQSException"


@pytest.mark.parametrize(
    ("integration", "parameters", "error"),
    [
        (
            "states:startExecution",
            {"StateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:other"},
            "StepFunctions.AWSStepFunctionsException",
        ),
        ("sns:publish", {"TopicArn": "arn:t", "Message": "m"}, "SNS.AmazonSNSException"),
        ("aws-sdk:s3:headObject", {"Bucket": "b", "Key": "k"}, "S3.S3Exception"),
        ("aws-sdk:sqs:purgeQueue", {"QueueUrl": "https://q/1/n"}, "Sqs.SqsException"),
    ],
)
def test_whatever_a_task_calls_is_called_as_the_role(
    enforcing: Aws, integration: str, parameters: dict[str, str], error: str
) -> None:
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{integration}",
        "Parameters": parameters,
        "End": True,
    }
    machines = enforcing.client("stepfunctions")
    machine = machines.create_state_machine(
        name="calling",
        roleArn=enforcing.role("states", allow("lambda:InvokeFunction", "*")),
        definition=json.dumps({"StartAt": "Call", "States": {"Call": task}}),
    )["stateMachineArn"]
    execution = ended(enforcing, machines.start_execution(stateMachineArn=machine))
    assert execution["error"] == error
    assert "is not authorized to perform: " in execution["cause"]


def test_a_schedule_starts_what_its_role_may_start(enforcing: Aws) -> None:
    machines, schedules = enforcing.client("stepfunctions"), enforcing.client("scheduler")
    passing = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    machine_role = enforcing.role("states")
    group = enforcing.arn("scheduler", "schedule-group/default")
    roles: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
        "may": ([allow("states:StartExecution", "*")], {}),
        "may-not": ([allow("states:StopExecution", "*")], {}),
        "untrusting": ([allow("*", "*")], {"Principal": {"Service": "events.amazonaws.com"}}),
        "for-its-group": (
            [allow("states:StartExecution", "*")],
            {"Condition": {"ArnEquals": {"aws:SourceArn": group}}},
        ),
    }
    arns = {}
    for name, (statements, trust) in roles.items():
        arns[name] = machines.create_state_machine(
            name=name, roleArn=machine_role, definition=passing
        )["stateMachineArn"]
        role = enforcing.role("scheduler", *statements, **trust)
        schedules.create_schedule(
            Name=name,
            ScheduleExpression="at(2020-01-01T00:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arns[name], "RoleArn": role, "Input": "{}"},
        )

    def runs(name: str) -> int:
        return len(machines.list_executions(stateMachineArn=arns[name])["executions"])

    for name in ("may-not", "untrusting"):
        schedule = enforcing.arn("scheduler", f"schedule/default/{name}")
        eventually(lambda schedule=schedule: enforcing.told(f"schedule {schedule} did not run: "))
    eventually(lambda: runs("may") and runs("for-its-group"))
    assert {name: runs(name) for name in roles} == {
        "may": 1,
        "may-not": 0,
        "untrusting": 0,
        "for-its-group": 1,
    }
