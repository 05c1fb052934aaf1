"""A stack of fakes: clients that answer from tables, and refuse what a test says."""

import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

import mappings
from lifecycle.doctor.needs import NEEDS
from lifecycle.doctor.patient import Patient
from lifecycle.review.model import Snapshot, Version
from lifecycle.stack_outputs import Deployed
from lifecycle.verify_record import VerifyRecord

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
INGESTION_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/i"
QUEUES = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}"
QUEUE = f"{QUEUES}/letters"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/Operator"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/me"


CLUSTER = f"arn:aws:rds:eu-west-1:{ACCOUNT}:cluster:crm"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:crm"
SETTINGS = {"Payload": {"clusterArn": CLUSTER, "secretArn": SECRET}}


class NotThereError(ClientError):
    """What a client raises for a thing that is not there."""


class _Exceptions:
    def __getattr__(self, name: str) -> type[Exception]:
        return NotThereError


@dataclass
class Fake:
    """A client. answers: operation to its answer, or to the exception that it raises."""

    answers: dict[str, Any]
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    exceptions: Any = field(default_factory=_Exceptions)

    def __getattr__(self, operation: str) -> Any:
        def call(**members: Any) -> Any:
            self.calls.append((operation, members))
            answer = self.answers[operation]
            if callable(answer):
                answer = answer(**members)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation: str) -> Any:
        fake = self

        class Pages:
            def paginate(self, **members: Any) -> Any:
                pages = getattr(fake, operation)(**members)
                return pages if isinstance(pages, list) else [pages]

        return Pages()


def refusal(code: str = "AccessDenied", operation: str = "Some", text: str = "no") -> ClientError:
    """An error answer of AWS."""
    return ClientError({"Error": {"Code": code, "Message": text}}, operation)


def policy(principal: str, *actions: str, **condition: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": condition},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowing(*refused: str) -> Any:
    """A simulation that allows all actions but these."""

    def simulate(**members: Any) -> Any:
        decided = {True: "implicitDeny", False: "allowed"}
        return {
            "EvaluationResults": [
                {"EvalActionName": each, "EvalDecision": decided[each in refused]}
                for each in members["ActionNames"]
            ]
        }

    return simulate


@dataclass
class Clinic:
    """fakes: client by service, each as it is for a healthy stack."""

    fakes: dict[str, Fake]
    patient: Patient

    def change(self, service: str, **answers: Any) -> None:
        self.fakes[service].answers |= answers


def clinic() -> Clinic:
    """A healthy stack."""
    types = tuple(each.object_type for each in mappings.load())
    record = VerifyRecord.of(types, ok=True)
    page = {"Items": []}
    fakes = {
        "sts": Fake({"get_caller_identity": {"Arn": SESSION}}),
        "iam": Fake({"get_role": {"Role": {"Arn": ROLE}}, "simulate_principal_policy": allowing()}),
        "customer-profiles": Fake(
            {
                "get_domain": {
                    "DefaultExpirationDays": 366,
                    "DefaultEncryptionKey": KEY,
                    "DeadLetterQueueUrl": QUEUE,
                    "Stats": {"ProfileCount": 2, "ObjectCount": 5},
                },
                "list_domains": {"Items": [{"DomainName": "customers"}]},
                "list_profile_object_types": page,
                "list_integrations": page,
                "list_calculated_attribute_definitions": page,
            }
        ),
        "kms": Fake(
            {
                "describe_key": {
                    "KeyMetadata": {"Arn": KEY, "KeyState": "Enabled", "KeyManager": "CUSTOMER"}
                },
                "get_key_policy": {
                    "Policy": policy("profile.amazonaws.com", "kms:Decrypt", "kms:GenerateDataKey")
                },
            }
        ),
        "sqs": Fake(
            {
                "get_queue_attributes": {
                    "Attributes": {
                        "QueueArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:letters",
                        "Policy": policy("profile.amazonaws.com", "sqs:SendMessage"),
                        "ApproximateNumberOfMessages": "0",
                        "ApproximateNumberOfMessagesNotVisible": "0",
                        "KmsMasterKeyId": KEY,
                    }
                }
            }
        ),
        "events": Fake({"list_rules": {"Rules": []}}),
        "lambda": Fake(
            {"get_function_configuration": lambda **asked: {"Role": asked["FunctionName"]}}
        ),
        "stepfunctions": Fake(
            {
                "describe_state_machine": {
                    "roleArn": "batch-crm",
                    "definition": json.dumps({"States": {"Extract": {"Parameters": SETTINGS}}}),
                }
            }
        ),
        "scheduler": Fake({"get_schedule": {"Target": {"RoleArn": "schedules"}}}),
        "ssm": Fake({"get_parameter": {"Parameter": {"Value": record.text()}}}),
        "service-quotas": Fake({"list_service_quotas": {"Quotas": []}}),
    }
    deployed = Deployed(
        "customers",
        "eu-west-1",
        dead_letter_queue_url=QUEUE,
        encryption_key_arn=KEY,
        default_expiration_days=366,
        delivery_function_name="customers-deliver",
        rejects_queue_url=f"{QUEUES}/customers-rejects.fifo",
        ingestion_key_arn=INGESTION_KEY,
        event_bus_name="changes",
        events_dead_letter_queue_url=f"{QUEUES}/customers-events-dead-letters",
        topic_arn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:customers-changes.fifo",
        topic_dead_letter_queue_url=f"{QUEUES}/customers-topic-dead-letters.fifo",
        dashboard_name="customers-ingestion",
        batch_bucket="batches",
        batch_state_machines={"crm": f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:crm"},
    )
    tree = Version("here", tuple(Snapshot(each) for each in types))
    patient = Patient(deployed, tree, tuple(NEEDS), 30, fakes.__getitem__)
    return Clinic(fakes, patient)


def without_ways(deployed: Deployed) -> Deployed:
    """The stack with its ways in switched off."""
    return Deployed(
        deployed.domain,
        deployed.region,
        dead_letter_queue_url=deployed.dead_letter_queue_url,
        encryption_key_arn=deployed.encryption_key_arn,
    )
