"""Cases of the rules on encryption, on what is kept, and on what was not delivered."""

from typing import Any

from policy.model import Resource
from tests.policy.made import KEY, QUEUE, Case, bucket_policy, made, permission

TAGS = [{"key": "project", "value": "a"}, {"key": "environment", "value": "dev"}]
BUCKET = made("s3:Bucket", bucketName="batches")
PLAIN = {"aws:SecureTransport": "false"}
CONSUMER = made("lambda:EventSourceMapping", "queue", eventSourceArn=QUEUE)
STREAM = QUEUE.replace(":sqs:", ":kinesis:")
DEAD = {"deadLetterTargetArn": f"{QUEUE}-dead"}
FUNCTION = made("lambda:Function", functionName="deliver")
STARTED = permission("events.amazonaws.com")
ON_FAILURE = {"onFailure": {"destination": QUEUE}}


def by(key: Any, algorithm: str = "aws:kms") -> Resource:
    """A bucket that is encrypted by default with a key."""
    rule = {"serverSideEncryptionByDefault": {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}}
    return made("s3:Bucket", bucketEncryption={"serverSideEncryptionConfiguration": [rule]})


def expiring(**changed: Any) -> Resource:
    """A bucket whose objects and their earlier versions expire."""
    rule = {
        "status": "Enabled",
        "expirationInDays": 30,
        "noncurrentVersionExpiration": {"noncurrentDays": 30},
    } | changed
    return made("s3:Bucket", lifecycleConfiguration={"rules": [rule]})


CASES = [
    Case(
        "KNOWN_TYPE",
        [
            made("sqs:Queue"),
            Resource("customer-lifecycle:index:Ingestion", "ingestion", {}),
            Resource("pulumi:providers:aws", "connect", {}),
        ],
        [made("dynamodb:Table"), Resource("aws:s3/bucket:Bucket", "classic", {})],
    ),
    Case(
        "ENCRYPTED_AT_REST",
        [
            made("sqs:Queue", kmsMasterKeyId=KEY),
            made("logs:LogGroup", kmsKeyId=KEY),
            by(KEY),
            made("customerprofiles:Domain", defaultEncryptionKey=KEY),
        ],
        [
            made("sqs:Queue"),
            made("sqs:Queue", kmsMasterKeyId="alias/aws/sqs"),
            made("sns:Topic", kmsMasterKeyId=""),
            made("logs:LogGroup"),
            BUCKET,
            by(None, "AES256"),
            by("arn:aws:kms:us-east-1:111122223333:alias/aws/s3"),
            made("s3:Bucket", bucketEncryption={"serverSideEncryptionConfiguration": [{}]}),
            made("customerprofiles:Domain"),
        ],
    ),
    Case(
        "KEY_ROTATES",
        [made("kms:Key", enableKeyRotation=True)],
        [made("kms:Key"), made("kms:Key", enableKeyRotation=False)],
    ),
    Case("ENCRYPTED_IN_TRANSIT", [BUCKET, bucket_policy()], [BUCKET]),
    Case("ENCRYPTED_IN_TRANSIT", [BUCKET, bucket_policy(Action="s3:*", Principal={"AWS": "*"})]),
    Case("ENCRYPTED_IN_TRANSIT", wrong=[made("s3:Bucket")], beside=[made("s3:BucketPolicy")]),
    *(
        Case("ENCRYPTED_IN_TRANSIT", wrong=[BUCKET], beside=[bucket_policy(**changed)])
        for changed in (
            {"Effect": "Allow"},
            {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
            {"Action": "s3:GetObject"},
            {"Resource": "arn:aws:s3:::batches/*"},
            {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
            {"Condition": {}},
            {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Condition": {"Bool": PLAIN, "StringEquals": {"aws:PrincipalTag/a": "b"}}},
            {"Condition": {"Bool": PLAIN | {"aws:ViaAWSService": "false"}}},
        )
    ),
    Case(
        "RETENTION_SAID",
        [
            made("sqs:Queue", messageRetentionPeriod=1209600),
            made("logs:LogGroup", retentionInDays=30),
            expiring(),
        ],
        [
            made("sqs:Queue"),
            made("logs:LogGroup"),
            BUCKET,
            expiring(status="Disabled"),
            expiring(prefix="batches/"),
            expiring(expirationInDays=None),
            expiring(noncurrentVersionExpiration=None),
        ],
    ),
    Case(
        "VERSIONED",
        [made("s3:Bucket", versioningConfiguration={"status": "Enabled"})],
        [BUCKET, made("s3:Bucket", versioningConfiguration={"status": "Suspended"})],
    ),
    Case(
        "PROTECTED",
        [
            made("customerprofiles:Domain", protected=True),
            made("customerprofiles:ObjectType", "Trial", protected=True),
            made("kms:Key", "encryption", protected=True),
            made("sqs:Queue"),
        ],
        [
            made("customerprofiles:Domain"),
            made("customerprofiles:ObjectType", "Trial"),
            made("kms:Key", "another"),
            Resource("aws-native:kms:Key", "forgotten", {}, protected=True, retained=False),
        ],
    ),
    Case(
        "TAGGED",
        [
            made("sqs:Queue", tags=TAGS),
            made("ssm:Parameter", tags={"project": "a", "environment": "b"}),
            made("kms:Alias"),
            Resource("customer-lifecycle:index:Ingestion", "ingestion", {}),
        ],
        [
            made("sqs:Queue"),
            made("sqs:Queue", tags=TAGS[:1]),
            made("ssm:Parameter", tags={"project": "a", "environment": ""}),
        ],
    ),
    Case(
        "SOURCE_HAS_DEAD_LETTERS",
        [
            CONSUMER,
            made("sqs:Queue", queueName="changes", redrivePolicy=DEAD),
            made("lambda:EventSourceMapping", eventSourceArn=STREAM, destinationConfig=ON_FAILURE),
        ],
        [CONSUMER, made("lambda:EventSourceMapping", "stream", eventSourceArn=STREAM)],
        [made("sqs:Queue", queueName="changes")],
    ),
    Case("SOURCE_HAS_DEAD_LETTERS", wrong=[CONSUMER]),
    Case(
        "FUNCTION_HAS_DEAD_LETTERS",
        [
            FUNCTION,
            STARTED,
            made("lambda:EventInvokeConfig", functionName="deliver"),
            made("lambda:Function", functionName="extract"),
        ],
        [FUNCTION],
        [STARTED, made("lambda:EventInvokeConfig", functionName="extract")],
    ),
    Case(
        "FUNCTION_HAS_DEAD_LETTERS",
        [made("lambda:Function", functionName="deliver", deadLetterConfig={"targetArn": QUEUE})],
        beside=[STARTED],
    ),
    Case(
        "CONSUMER_HAS_DEAD_LETTERS",
        [
            made("customerprofiles:Domain", deadLetterQueueUrl="https://sqs"),
            made("events:Rule", targets=[{"id": "a", "deadLetterConfig": {"arn": QUEUE}}]),
            made("lambda:EventInvokeConfig", destinationConfig=ON_FAILURE),
            made("scheduler:Schedule", target={"deadLetterConfig": {"arn": QUEUE}}),
            made("sns:Subscription", redrivePolicy=DEAD),
        ],
        [
            made("customerprofiles:Domain"),
            made("events:Rule", targets=[{"id": "a"}]),
            made(
                "events:Rule",
                targets=[{"id": "a", "deadLetterConfig": {"arn": QUEUE}}, {"id": "b"}],
            ),
            made("lambda:EventInvokeConfig"),
            made("scheduler:Schedule", target={}),
            made("sns:Subscription"),
        ],
    ),
]
