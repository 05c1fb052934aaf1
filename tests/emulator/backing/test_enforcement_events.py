"""Events where IAM is enforced: take away one permission, and the delivery fails visibly."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.backing.accounts import (
    Aws,
    account_administers,
    allow,
    eventually,
    service_may,
)

REPORT = """
import json, os, boto3
def handler(event, context):
    print("seen", event["detail"]["number"])
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["REPORTS"], MessageBody=json.dumps(event["detail"]))
    if event["detail"].get("fails"):
        raise LookupError("not today")
"""
USE = ["kms:Decrypt", "kms:GenerateDataKey"]


@dataclass
class Deployment:
    """Bus, rule, function, queues for reports and for dead letters, all with what they need."""

    aws: Aws
    bus: str = ""
    rule_arn: str = ""
    role: str = ""
    function: str = ""
    key: str = ""
    reports: str = ""
    reports_arn: str = ""
    letters: str = ""
    letters_arn: str = ""

    def __post_init__(self) -> None:
        aws = self.aws
        rules = aws.arn("events", "rule/*")
        events_use_it = service_may("events", USE, "*", rules, aws.account)
        self.key = aws.key(account_administers(aws.account), events_use_it)
        self.reports, self.reports_arn = aws.queue(KmsMasterKeyId=self.key)
        self.letters, self.letters_arn = aws.queue(KmsMasterKeyId=self.key)
        self.role = aws.role("lambda", *self.statements())
        variables = {"Variables": {"REPORTS": self.reports}}
        self.function = aws.function(REPORT, Role=self.role, Environment=variables)
        dead_letters = {"DeadLetterConfig": {"Arn": self.letters_arn}}
        self.bus, self.rule_arn = aws.rule(self.function, **dead_letters)
        sends = service_may("events", "sqs:SendMessage", self.letters_arn, rules, aws.account)
        aws.set_queue_policy(self.letters, sends)
        functions = aws.client("lambda")
        functions.put_function_event_invoke_config(
            FunctionName=self.function,
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": self.letters_arn}},
        )
        functions.add_permission(
            FunctionName=self.function,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=self.rule_arn,
            SourceAccount=aws.account,
        )

    def statements(self) -> list[dict[str, Any]]:
        """What the function's role needs."""
        log = self.aws.arn("logs", "log-group:/aws/lambda/*")
        return [
            allow("logs:CreateLogGroup", log),
            allow("logs:CreateLogStream", f"{log}:*"),
            allow("logs:PutLogEvents", f"{log}:*"),
            allow("sqs:SendMessage", self.reports_arn, self.letters_arn),
            allow(USE, self.key),
        ]

    def send(self, **detail: Any) -> None:
        self.aws.send_event(self.bus, {"number": 1} | detail)

    def log_lines(self) -> list[str]:
        """What the function has written to its log."""
        logs, group = self.aws.client("logs"), f"/aws/lambda/{self.function}"
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if not groups:
            return []
        events = logs.filter_log_events(logGroupName=group)["events"]
        return [each["message"] for each in events]


@pytest.fixture
def deployment(enforcing: Aws) -> Deployment:
    return Deployment(enforcing)


def test_with_all_it_needs_an_event_is_delivered_and_logged(deployment: Deployment) -> None:
    deployment.send()
    assert json.loads(deployment.aws.taken(deployment.reports, 1)[0]["Body"]) == {"number": 1}
    eventually(lambda: "seen 1" in deployment.log_lines())


def test_with_all_it_needs_a_failed_event_reaches_its_destination(deployment: Deployment) -> None:
    deployment.send(fails=True)
    (failure,) = deployment.aws.taken(deployment.letters, 1)
    assert json.loads(failure["Body"])["responsePayload"]["errorType"] == "LookupError"


def test_without_permission_of_the_function_the_event_is_a_dead_letter(
    deployment: Deployment,
) -> None:
    deployment.aws.client("lambda").remove_permission(
        FunctionName=deployment.function, StatementId="rule"
    )
    deployment.send()
    (letter,) = deployment.aws.taken(deployment.letters, 1)
    attributes = letter["MessageAttributes"]
    assert attributes["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    function = deployment.aws.arn("lambda", f"function:{deployment.function}")
    assert attributes["ERROR_MESSAGE"]["StringValue"] == (
        "User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on"
        f" resource: {function} because no resource-based policy allows the"
        " lambda:InvokeFunction action"
    )
    assert json.loads(letter["Body"])["detail"] == {"number": 1}
    assert deployment.aws.take(deployment.reports) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"SourceArn": "arn:aws:events:us-east-1:111111111111:rule/other/all"},
        {"SourceAccount": "111111111111"},
        {"Principal": "sns.amazonaws.com"},
        {"Action": "lambda:GetFunction"},
    ],
)
def test_a_permission_for_something_else_is_none(
    deployment: Deployment, wrong: dict[str, str]
) -> None:
    functions = deployment.aws.client("lambda")
    functions.remove_permission(FunctionName=deployment.function, StatementId="rule")
    permission = {
        "StatementId": "rule",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": deployment.rule_arn,
        "SourceAccount": deployment.aws.account,
    }
    functions.add_permission(FunctionName=deployment.function, **(permission | wrong))
    deployment.send()
    (letter,) = deployment.aws.taken(deployment.letters, 1)
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"


def test_a_dead_letter_needs_the_policy_of_its_queue(deployment: Deployment) -> None:
    deployment.aws.set_queue_policy(
        deployment.letters, allow("sqs:SendMessage", "*") | {"Principal": {"Service": "sns"}}
    )
    deployment.aws.client("lambda").delete_function(FunctionName=deployment.function)
    deployment.send()
    eventually(
        lambda: deployment.aws.told(f"an event of {deployment.rule_arn} is lost: NO_RESOURCE")
    )
    assert deployment.aws.take(deployment.letters) == []


@pytest.mark.parametrize("action", USE)
def test_a_dead_letter_needs_the_key_of_its_queue(deployment: Deployment, action: str) -> None:
    aws = deployment.aws
    rules = aws.arn("events", "rule/*")
    rest = [each for each in USE if each != action]
    policy = [
        account_administers(aws.account),
        service_may("events", rest, "*", rules, aws.account),
    ]
    aws.client("kms").put_key_policy(
        KeyId=deployment.key, PolicyName="default", Policy=json.dumps({"Statement": policy})
    )
    aws.client("lambda").delete_function(FunctionName=deployment.function)
    deployment.send()
    eventually(
        lambda: deployment.aws.told(f"an event of {deployment.rule_arn} is lost: NO_RESOURCE")
    )
    assert deployment.aws.told(f"events.amazonaws.com is not authorized to perform: {action}")
    assert aws.take(deployment.letters) == []


def test_a_failed_event_needs_the_roles_permission_to_reach_its_destination(
    deployment: Deployment,
) -> None:
    statements = deployment.statements()
    statements[3]["Resource"] = [deployment.reports_arn]
    deployment.aws.permit(deployment.role, *statements)
    deployment.send(fails=True)
    lost = f"an event that {deployment.function} could not process is lost: User: "
    eventually(lambda: deployment.aws.told(lost))
    assert deployment.aws.told(f"sqs:SendMessage on resource: {deployment.letters_arn}")
    assert deployment.aws.take(deployment.letters) == []


@pytest.mark.parametrize("action", USE)
def test_a_function_needs_the_key_of_the_queue_that_it_sends_to(
    deployment: Deployment, action: str
) -> None:
    statements = deployment.statements()
    statements[4]["Action"] = [each for each in USE if each != action]
    deployment.aws.permit(deployment.role, *statements)
    deployment.send()
    denied = f"not authorized to perform: {action} on resource: {deployment.key}"
    eventually(lambda: any(denied in line for line in deployment.log_lines()))
    assert deployment.aws.take(deployment.reports) == []


@pytest.mark.parametrize(
    "statement", [0, 1, 2], ids=["CreateLogGroup", "CreateLogStream", "PutLogEvents"]
)
def test_a_function_logs_only_what_its_role_may(deployment: Deployment, statement: int) -> None:
    statements = deployment.statements()
    del statements[statement]
    deployment.aws.permit(deployment.role, *statements)
    deployment.send()
    deployment.aws.taken(deployment.reports, 1)
    name = ["CreateLogGroup", "CreateLogStream", "PutLogEvents"][statement]
    eventually(lambda: deployment.aws.told(f"function:{deployment.function} log: User: "))
    assert deployment.aws.told(f"logs:{name} on resource: ")
    assert deployment.log_lines() == []


def test_a_function_needs_no_permission_for_a_log_group_that_is_there(
    deployment: Deployment,
) -> None:
    deployment.aws.client("logs").create_log_group(
        logGroupName=f"/aws/lambda/{deployment.function}"
    )
    deployment.aws.permit(deployment.role, *deployment.statements()[1:])
    deployment.send()
    eventually(lambda: "seen 1" in deployment.log_lines())


@pytest.mark.parametrize(
    "trust",
    [
        {"Principal": {"Service": "states.amazonaws.com"}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}},
        {"Action": "sts:TagSession"},
        {"Effect": "Deny"},
    ],
)
def test_a_function_needs_a_role_that_trusts_lambda(
    deployment: Deployment, trust: dict[str, Any]
) -> None:
    role = deployment.aws.role("lambda", *deployment.statements(), **trust)
    deployment.aws.client("lambda").update_function_configuration(
        FunctionName=deployment.function, Role=role
    )
    deployment.aws.permit(role, *deployment.statements())
    deployment.send()
    (failure,) = deployment.aws.taken(deployment.letters, 1)
    told = json.loads(failure["Body"])["responsePayload"]
    assert told["errorMessage"] == "The role defined for the function cannot be assumed by Lambda."
    assert deployment.aws.take(deployment.reports) == []
