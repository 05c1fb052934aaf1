"""Changes in batches: rows of a source database that changed since a watermark, on a schedule."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NotRequired, TypedDict

import pulumi
from pulumi_aws_native import iam, s3, scheduler, ssm, stepfunctions

from components.access import allow, grant, service_role
from components.batch_definition import definition
from components.delivery import KEY_USE, METRICS_NAMESPACE, Delivery
from components.functions import Function
from components.ingestion_settings import BatchSource
from components.place import Place
from components.policies import Document, policy
from components.tags import tag_list

EXPIRY_DAYS: Final = 30
_KMS: Final = s3.BucketServerSideEncryptionByDefaultSseAlgorithm.AWSKMS
NEVER: Final = json.dumps({"watermark": None, "key": None})
"""A watermark before the first run: every row counts as changed."""


class BatchIngestionArgs(TypedDict):
    """Arguments of `BatchIngestion`."""

    place: Place
    delivery: Delivery
    domain_name: pulumi.Input[str]
    sources: Sequence[BatchSource]
    log_retention_days: int
    tags: NotRequired[Mapping[str, str]]


class BatchIngestion(pulumi.ComponentResource):
    """A bucket for batches and backfills, the extract function, and for each source a state machine
    with its schedule and its watermark.
    """

    bucket_name: pulumi.Output[str]
    state_machines: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: BatchIngestionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("customer-lifecycle:index:BatchIngestion", name, {}, opts)
        self._args = args
        self._place, self._tags = args["place"], args.get("tags", {})
        self._delivery = args["delivery"]
        self._bucket = self._batches()
        self._extract = self._extract_function()
        schedules = self._schedules_role()
        self.bucket_name = self._bucket.bucket_name.apply(str)
        self.state_machines = {
            source.name: self._source(source, schedules) for source in args["sources"]
        }
        self.register_outputs(
            {"bucket_name": self.bucket_name, "state_machines": self.state_machines}
        )

    def _named(self, source: BatchSource) -> str:
        return self._place.name(f"batch-{source.name}")

    def _watermark(self, source: BatchSource) -> str:
        return f"/customer-lifecycle/{self._place.domain}/watermarks/{source.name}"

    def _batches(self) -> s3.Bucket:
        place = self._place
        bucket = s3.Bucket(
            "batches",
            # Bucket names are global; they take no upper case and no underscore.
            bucket_name=f"{place.domain}-batches-{place.account}-{place.region}".lower().replace(
                "_", "-"
            ),
            versioning_configuration={"status": s3.BucketVersioningConfigurationStatus.ENABLED},
            bucket_encryption={
                "server_side_encryption_configuration": [
                    {
                        "bucket_key_enabled": True,
                        "server_side_encryption_by_default": {
                            "sse_algorithm": _KMS,
                            "kms_master_key_id": self._delivery.key.arn,
                        },
                    }
                ]
            },
            lifecycle_configuration={
                "rules": [
                    {
                        "id": "expire",
                        "status": s3.BucketRuleStatus.ENABLED,
                        "expiration_in_days": EXPIRY_DAYS,
                        "noncurrent_version_expiration": {"noncurrent_days": EXPIRY_DAYS},
                        "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                    }
                ]
            },
            public_access_block_configuration={
                "block_public_acls": True,
                "block_public_policy": True,
                "ignore_public_acls": True,
                "restrict_public_buckets": True,
            },
            tags=tag_list(self._tags),
            opts=pulumi.ResourceOptions(parent=self),
        )
        s3.BucketPolicy(
            "batches",
            bucket=bucket.bucket_name.apply(str),
            policy_document=bucket.arn.apply(_only_encrypted_transport),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return bucket

    def _extract_function(self) -> Function:
        place, sources = self._place, self._args["sources"]
        executions = [
            place.arn("states", f"execution:{self._named(source)}:*") for source in sources
        ]
        watermarks = [place.arn("ssm", f"parameter{self._watermark(each)}") for each in sources]

        def statements(arns: Sequence[str]) -> list[Document]:
            bucket, key, rejects = arns
            return [
                allow(
                    ["rds-data:ExecuteStatement"], *sorted({each.cluster_arn for each in sources})
                ),
                allow(
                    ["secretsmanager:GetSecretValue"],
                    *sorted({each.secret_arn for each in sources}),
                ),
                allow(["ssm:GetParameter"], *watermarks),
                allow(["s3:PutObject"], f"{bucket}/batches/*", f"{bucket}/locks/*"),
                # Also what a backfill reads, to count it before it is delivered.
                allow(["s3:GetObject"], f"{bucket}/*"),
                allow(["s3:DeleteObject"], f"{bucket}/locks/*"),
                allow(["states:DescribeExecution"], *executions),
                allow(["sqs:SendMessage"], rejects),
                allow(KEY_USE, key),
            ]

        return Function(
            "extract",
            place,
            self._delivery.key,
            self,
            description="Extracts changed rows of the source databases for delivery",
            environment={
                "BUCKET": self._bucket.bucket_name.apply(str),
                "DOMAIN_NAME": self._args["domain_name"],
                "METRICS_NAMESPACE": METRICS_NAMESPACE,
                "REJECTS_QUEUE_URL": self._delivery.rejects_queue_url,
                "WATERMARK_PREFIX": f"/customer-lifecycle/{place.domain}/watermarks/",
            },
            statements=pulumi.Output.all(
                self._bucket.arn, self._delivery.key.arn, self._delivery.rejects_queue_arn
            ).apply(statements),
            timeout_seconds=900,
            memory_megabytes=512,
            log_retention_days=self._args["log_retention_days"],
            tags=self._tags,
        )

    def _schedules_role(self) -> iam.Role:
        role = service_role(
            "batch-schedules", "scheduler.amazonaws.com", self._place, self._tags, self
        )
        machines = [
            self._place.arn("states", f"stateMachine:{self._named(source)}")
            for source in self._args["sources"]
        ]
        grant("batch-schedules", role, [allow(["states:StartExecution"], *machines)], self)
        return role

    def _source(self, source: BatchSource, schedules: iam.Role) -> pulumi.Output[str]:
        watermark = ssm.Parameter(
            f"watermark-{source.name}",
            name=self._watermark(source),
            description=f"How far the rows of {source.name} have been delivered",
            type=ssm.ParameterType.STRING,
            value=NEVER,
            tags=dict(self._tags),
            # The runs move it; a deployment must not move it back.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["value"]),
        )
        machine = self._state_machine(source, watermark)
        scheduler.Schedule(
            f"batch-{source.name}",
            name=self._named(source),
            description=f"Starts the delivery of changed rows of {source.name}",
            schedule_expression=source.schedule,
            state=scheduler.ScheduleState.ENABLED
            if source.enabled
            else scheduler.ScheduleState.DISABLED,
            flexible_time_window={"mode": scheduler.ScheduleFlexibleTimeWindowMode.OFF},
            target={"arn": machine.arn, "role_arn": schedules.arn, "input": "{}"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        return machine.arn

    def _state_machine(
        self, source: BatchSource, watermark: ssm.Parameter
    ) -> stepfunctions.StateMachine:
        place, name = self._place, self._named(source)
        machine_arn = place.arn("states", f"stateMachine:{name}")
        moved = place.arn("ssm", f"parameter{self._watermark(source)}")

        def statements(arns: Sequence[str]) -> list[Document]:
            deliver, extract, bucket, key = arns
            return [
                allow(["lambda:InvokeFunction"], deliver, extract),
                allow(["s3:GetObject"], f"{bucket}/*"),
                allow(["ssm:PutParameter"], moved),
                # A Distributed Map runs as executions of its own state machine (Step Functions
                # developer guide, "IAM policies for using Distributed Map states").
                allow(
                    ["states:DescribeExecution", "states:StartExecution", "states:StopExecution"],
                    machine_arn,
                    f"{place.arn('states', f'execution:{name}')}/*",
                ),
                allow(["kms:Decrypt"], key),
            ]

        role = service_role(f"batch-{source.name}", "states.amazonaws.com", place, self._tags, self)
        arns = (self._delivery.function.arn, self._extract.arn)
        granted = grant(
            f"batch-{source.name}",
            role,
            pulumi.Output.all(*arns, self._bucket.arn, self._delivery.key.arn).apply(statements),
            self,
        )
        return stepfunctions.StateMachine(
            f"batch-{source.name}",
            state_machine_name=name,
            definition_string=pulumi.Output.all(*arns).apply(
                lambda resolved: json.dumps(
                    definition(
                        source,
                        partition=place.partition,
                        deliver_arn=resolved[0],
                        extract_arn=resolved[1],
                        watermark=self._watermark(source),
                    ),
                    sort_keys=True,
                )
            ),
            role_arn=role.arn,
            tags=[{"key": key, "value": value} for key, value in sorted(self._tags.items())],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[granted, watermark]),
        )


def _only_encrypted_transport(bucket_arn: str) -> dict[str, Any]:
    """Refuses whoever does not come over TLS (S3 user guide, "Security best practices")."""
    return policy(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
