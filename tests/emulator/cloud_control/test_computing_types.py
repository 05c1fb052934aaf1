"""Functions, what calls them and what runs them: made by Cloud Control, there in their services."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

Lives = Callable[..., None]

CODE = "def handler(event, context):\n    return {}\n"
TAGS = [{"Key": "team", "Value": "care"}]


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def allowing(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusting(service: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_role_lives_in_iam_with_its_policies(lives: Lives, world: Any) -> None:
    def seen() -> Any:
        told = world.told("iam", "get_role", RoleName="deliver")
        if told is None:
            return None
        inline = world.told("iam", "get_role_policy", RoleName="deliver", PolicyName="put")
        trusted = told["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        return trusted["Service"], inline["PolicyDocument"], told["Role"]["MaxSessionDuration"]

    action = "/Policies/0/PolicyDocument/Statement/0/Action"
    lives(
        "AWS::IAM::Role",
        {
            "RoleName": "deliver",
            "Description": "Delivers objects",
            "AssumeRolePolicyDocument": trusting("lambda"),
            "MaxSessionDuration": 7200,
            "Policies": [{"PolicyName": "put", "PolicyDocument": allowing("profile:PutObject")}],
            "PermissionsBoundary": f"arn:aws:iam::{world.account}:policy/boundary",
            "Tags": TAGS,
        },
        replace(action, "profile:PutProfileObject"),
        replace("/AssumeRolePolicyDocument", trusting("states")),
        {"op": "remove", "path": "/MaxSessionDuration"},
        identifier="deliver",
        adds={"Arn": f"arn:aws:iam::{world.account}:role/deliver", "RoleId": ANY},
        seen=seen,
        before=("lambda.amazonaws.com", allowing("profile:PutObject"), 7200),
        after=("states.amazonaws.com", allowing("profile:PutProfileObject"), 3600),
    )


def test_a_policy_of_a_role_lives_in_iam(lives: Lives, world: Any) -> None:
    world.client("iam").create_role(
        RoleName="deliver", AssumeRolePolicyDocument=json.dumps(trusting("lambda"))
    )

    def seen() -> Any:
        told = world.told("iam", "get_role_policy", RoleName="deliver", PolicyName="put")
        return told and told["PolicyDocument"]

    lives(
        "AWS::IAM::RolePolicy",
        {
            "RoleName": "deliver",
            "PolicyName": "put",
            "PolicyDocument": allowing("profile:PutProfileObject"),
        },
        replace("/PolicyDocument", allowing("profile:BatchPutProfileObject")),
        identifier="put|deliver",
        adds={},
        listed=None,
        seen=seen,
        before=allowing("profile:PutProfileObject"),
        after=allowing("profile:BatchPutProfileObject"),
    )


def test_a_function_lives_in_lambda_and_runs_its_inline_code(lives: Lives, world: Any) -> None:
    queue, key = world.arn("sqs", "rejects"), world.arn("kms", f"key/{world.key()}")

    def seen() -> Any:
        told = world.told("lambda", "get_function", FunctionName="deliver")
        if told is None:
            return None
        settings = told["Configuration"]
        answer = world.client("lambda").invoke(FunctionName="deliver")
        return (
            json.loads(answer["Payload"].read()),
            settings["Environment"]["Variables"],
            settings["DeadLetterConfig"]["TargetArn"],
            settings["KMSKeyArn"],
            told["Concurrency"].get("ReservedConcurrentExecutions"),
        )

    said = CODE.replace("{}", "__import__('os').environ['DOMAIN']")
    lives(
        "AWS::Lambda::Function",
        {
            "FunctionName": "deliver",
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": world.role,
            "Code": {"ZipFile": said},
            "DeadLetterConfig": {"TargetArn": queue},
            "Environment": {"Variables": {"DOMAIN": "crm"}},
            "KmsKeyArn": key,
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/lifecycle/deliver"},
            "MemorySize": 256,
            "ReservedConcurrentExecutions": 5,
            "Tags": TAGS,
            "Timeout": 60,
        },
        replace("/Environment/Variables/DOMAIN", "customers"),
        replace("/ReservedConcurrentExecutions", 7),
        {"op": "add", "path": "/Code", "value": {"ZipFile": said.replace("return ", "return 1,")}},
        identifier="deliver",
        adds={"Arn": world.arn("lambda", "function:deliver")},
        hides=("Code",),
        seen=seen,
        before=("crm", {"DOMAIN": "crm"}, queue, key, 5),
        after=([1, "customers"], {"DOMAIN": "customers"}, queue, key, 7),
    )


def test_a_permission_lives_in_the_policy_of_its_function(lives: Lives, world: Any) -> None:
    world.function("deliver")
    rule = world.arn("events", "rule/changes/TrialSubscription")

    def seen() -> Any:
        told = world.told("lambda", "get_policy", FunctionName="deliver")
        return [
            (each["Principal"]["Service"], each["Condition"])
            for each in json.loads(told["Policy"] if told else "{}").get("Statement", [])
        ]

    lives(
        "AWS::Lambda::Permission",
        {
            "FunctionName": "deliver",
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
            "SourceArn": rule,
        },
        identifier=ANY,
        adds={"Id": ANY},
        listed='{"FunctionName": "deliver"}',
        seen=seen,
        before=[("events.amazonaws.com", {"ArnLike": {"AWS:SourceArn": rule}})],
    )


def test_an_event_source_mapping_lives_in_lambda(lives: Lives, world: Any) -> None:
    world.function("deliver")
    world.queue("changes.fifo")

    def seen() -> Any:
        told = world.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        return [
            (each["BatchSize"], each["FunctionResponseTypes"], each["State"], each["ScalingConfig"])
            for each in told
        ]

    partial = ["ReportBatchItemFailures"]
    lives(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionName": "deliver",
            "EventSourceArn": world.arn("sqs", "changes.fifo"),
            "BatchSize": 5,
            "Enabled": True,
            "FunctionResponseTypes": partial,
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
        replace("/BatchSize", 7),
        replace("/Enabled", value=False),
        {"op": "remove", "path": "/ScalingConfig"},
        identifier=ANY,
        adds={"Id": ANY, "EventSourceMappingArn": ANY},
        seen=seen,
        before=[(5, partial, "Enabled", {"MaximumConcurrency": 2})],
        after=[(7, partial, "Disabled", {})],
    )


def test_an_event_invoke_config_lives_in_lambda(lives: Lives, world: Any) -> None:
    world.function("deliver")
    failures = {"OnFailure": {"Destination": world.arn("sqs", "rejects")}}

    def seen() -> Any:
        told = world.told(
            "lambda",
            "get_function_event_invoke_config",
            FunctionName="deliver",
            Qualifier="$LATEST",
        )
        return told and (told["MaximumRetryAttempts"], told["DestinationConfig"]["OnFailure"])

    lives(
        "AWS::Lambda::EventInvokeConfig",
        {
            "FunctionName": "deliver",
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": 1,
            "MaximumEventAgeInSeconds": 600,
            "DestinationConfig": failures,
        },
        replace("/MaximumRetryAttempts", 0),
        identifier="deliver|$LATEST",
        adds={},
        listed='{"FunctionName": "deliver"}',
        seen=seen,
        before=(1, failures["OnFailure"]),
        after=(0, failures["OnFailure"]),
    )


def machine(state: str) -> str:
    return json.dumps({"StartAt": state, "States": {state: {"Type": "Pass", "End": True}}})


def test_a_state_machine_lives_in_step_functions(lives: Lives, world: Any) -> None:
    arn = world.arn("states", "stateMachine:batch")

    def seen() -> Any:
        told = world.told("stepfunctions", "describe_state_machine", stateMachineArn=arn)
        if told is None:
            return None
        logging = told["loggingConfiguration"]
        return json.loads(told["definition"])["StartAt"], logging["level"], logging["destinations"]

    group = world.arn("logs", "log-group:batch:*")
    logs = [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]
    lives(
        "AWS::StepFunctions::StateMachine",
        {
            "StateMachineName": "batch",
            "RoleArn": world.role,
            "DefinitionString": machine("Extract"),
            "LoggingConfiguration": {
                "Level": "ERROR",
                "IncludeExecutionData": False,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": group}}],
            },
            "TracingConfiguration": {"Enabled": True},
            "Tags": TAGS,
        },
        replace("/LoggingConfiguration/Level", "ALL"),
        replace("/DefinitionString", machine("Deliver")),
        identifier=arn,
        adds={"Arn": arn, "Name": "batch", "StateMachineRevisionId": ANY},
        renews=("StateMachineRevisionId",),
        seen=seen,
        before=("Extract", "ERROR", logs),
        after=("Deliver", "ALL", logs),
    )
