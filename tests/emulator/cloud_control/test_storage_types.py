"""Buckets, parameters, logs, alarms and dashboards: made by Cloud Control, there in services."""

import json
from collections.abc import Callable
from typing import Any

Lives = Callable[..., None]

TAGS = [{"Key": "team", "Value": "care"}]


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def test_a_bucket_lives_in_s3(lives: Lives, world: Any) -> None:
    name = f"batches-{world.account}"
    key = world.arn("kms", f"key/{world.key()}")
    blocked = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )

    def seen() -> Any:
        if name not in {each["Name"] for each in world.client("s3").list_buckets()["Buckets"]}:
            return None
        lifecycle = world.told("s3", "get_bucket_lifecycle_configuration", Bucket=name)
        encryption = world.told("s3", "get_bucket_encryption", Bucket=name)
        (encrypted,) = encryption["ServerSideEncryptionConfiguration"]["Rules"]
        return (
            world.told("s3", "get_bucket_versioning", Bucket=name)["Status"],
            encrypted["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID"),
            lifecycle and [each["Expiration"]["Days"] for each in lifecycle["Rules"]],
            world.told("s3", "get_bucket_tagging", Bucket=name)["TagSet"],
            world.told("s3", "get_public_access_block", Bucket=name) is not None,
        )

    encryption = {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
    }
    lives(
        "AWS::S3::Bucket",
        {
            "BucketName": name,
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "expire",
                        "Status": "Enabled",
                        "ExpirationInDays": 30,
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    }
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": blocked,
            "VersioningConfiguration": {"Status": "Enabled"},
            "Tags": TAGS,
        },
        replace("/LifecycleConfiguration/Rules/0/ExpirationInDays", 31),
        {"op": "remove", "path": "/BucketEncryption"},
        replace("/VersioningConfiguration/Status", "Suspended"),
        replace("/Tags/0/Value", "sales"),
        identifier=name,
        adds={
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.us-east-1.amazonaws.com",
        },
        seen=seen,
        before=("Enabled", key, [30], TAGS, True),
        after=("Suspended", None, [31], [{"Key": "team", "Value": "sales"}], True),
    )


def test_the_policy_of_a_bucket_lives_in_s3(lives: Lives, world: Any) -> None:
    name = f"batches-{world.account}"
    world.client("s3").create_bucket(Bucket=name)

    def policy(effect: str) -> dict[str, Any]:
        statement = {
            "Effect": effect,
            "Principal": "*",
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    def seen() -> Any:
        told = world.told("s3", "get_bucket_policy", Bucket=name)
        return told and json.loads(told["Policy"])

    lives(
        "AWS::S3::BucketPolicy",
        {"Bucket": name, "PolicyDocument": policy("Deny")},
        replace("/PolicyDocument/Statement/0/Effect", "Allow"),
        identifier=name,
        adds={},
        seen=seen,
        before=policy("Deny"),
        after=policy("Allow"),
    )


def test_a_parameter_lives_in_ssm(lives: Lives, world: Any) -> None:
    def seen() -> Any:
        told = world.told("ssm", "get_parameter", Name="/crm/watermark")
        return told and (told["Parameter"]["Value"], told["Parameter"]["Type"])

    lives(
        "AWS::SSM::Parameter",
        {
            "Name": "/crm/watermark",
            "Type": "String",
            "Value": "1970-01-01",
            "Description": "How far the batch came",
            "Tags": {"team": "care"},
        },
        replace("/Value", "2030-01-01"),
        replace("/Tags/team", "sales"),
        identifier="/crm/watermark",
        adds={"Arn": world.arn("ssm", "parameter/crm/watermark")},
        hides=("Description",),
        seen=seen,
        before=("1970-01-01", "String"),
        after=("2030-01-01", "String"),
    )


def test_a_log_group_lives_in_cloudwatch_logs(lives: Lives, world: Any) -> None:
    key = world.arn("kms", f"key/{world.key()}")

    def seen() -> Any:
        told = world.client("logs").describe_log_groups(logGroupNamePrefix="/lifecycle/deliver")
        return [(each["retentionInDays"], each.get("kmsKeyId")) for each in told["logGroups"]]

    lives(
        "AWS::Logs::LogGroup",
        {
            "LogGroupName": "/lifecycle/deliver",
            "RetentionInDays": 30,
            "KmsKeyId": key,
            "Tags": TAGS,
        },
        replace("/RetentionInDays", 90),
        {"op": "remove", "path": "/KmsKeyId"},
        identifier="/lifecycle/deliver",
        adds={"Arn": world.arn("logs", "log-group:/lifecycle/deliver:*")},
        seen=seen,
        before=[(30, key)],
        after=[(90, None)],
    )


def test_an_alarm_lives_in_cloudwatch(lives: Lives, world: Any) -> None:
    topic = world.topic("alarms")

    def seen() -> Any:
        told = world.client("cloudwatch").describe_alarms(AlarmNames=["rejects"])["MetricAlarms"]
        return [(each["Threshold"], each["AlarmActions"], each["Dimensions"]) for each in told]

    dimensions = [{"Name": "QueueName", "Value": "rejects"}]
    lives(
        "AWS::CloudWatch::Alarm",
        {
            "AlarmName": "rejects",
            "AlarmDescription": "Objects were rejected",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": dimensions,
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [topic],
            "Tags": TAGS,
        },
        replace("/Threshold", 5),
        {"op": "remove", "path": "/AlarmActions"},
        identifier="rejects",
        adds={"Arn": world.arn("cloudwatch", "alarm:rejects")},
        seen=seen,
        before=[(0.0, [topic], dimensions)],
        after=[(5.0, [], dimensions)],
    )


def test_a_dashboard_lives_in_cloudwatch(lives: Lives, world: Any) -> None:
    def body(text: str) -> str:
        return json.dumps({"widgets": [{"type": "text", "properties": {"markdown": text}}]})

    def seen() -> Any:
        told = world.told("cloudwatch", "get_dashboard", DashboardName="deliveries")
        return told and told["DashboardBody"]

    lives(
        "AWS::CloudWatch::Dashboard",
        {"DashboardName": "deliveries", "DashboardBody": body("Deliveries")},
        replace("/DashboardBody", body("Deliveries and rejects")),
        identifier="deliveries",
        adds={},
        seen=seen,
        before=body("Deliveries"),
        after=body("Deliveries and rejects"),
    )
