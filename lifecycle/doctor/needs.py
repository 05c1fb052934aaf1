"""What each command needs to be allowed, and on which resources: what its code calls.

Calls in the name of a service count too: who writes to what is encrypted needs the key as well
(SNS and SQS developer guides, "Configuring AWS KMS permissions"; S3 user guide, "Using SSE-KMS").
"""

from collections.abc import Callable, Iterator
from typing import Final

from lifecycle.doctor import arns
from lifecycle.doctor.deployment import deploy, destroy
from lifecycle.doctor.model import Need
from lifecycle.doctor.patient import Patient

_QUEUE_READS: Final = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
_GET_TYPE: Final = "profile:GetProfileObjectType"
_ENCRYPTS: Final = ("kms:Decrypt", "kms:GenerateDataKey")


def verify(patient: Patient) -> Iterator[Need]:
    """What `lifecycle verify` calls."""
    yield Need(
        ("profile:DeleteProfile", "profile:PutProfileObject", "profile:SearchProfiles"),
        patient.domain_arn,
    )
    for arn in arns.object_types(patient):
        yield Need(("profile:PutProfileObject",), arn)
    yield Need(("ssm:PutParameter",), arns.verify_record(patient))
    if patient.deployed.connect_instance_arn is not None:
        yield Need(("profile:ListAccountIntegrations",), "*")


def send(patient: Patient) -> Iterator[Need]:
    """What `lifecycle send` calls, by each way that the stack has."""
    if patient.deployed.event_bus_name is not None:
        yield Need(("events:PutEvents",), arns.bus(patient))
    if patient.deployed.topic_arn is not None:
        yield Need(("sns:Publish",), patient.deployed.topic_arn)
        yield from uses_key(patient)
    yield from _backfill(patient)


def load(patient: Patient) -> Iterator[Need]:
    """What `lifecycle load` calls, also by the stack's batch source."""
    put = ("profile:BatchPutProfileObject", "profile:PutProfileObject")
    # For a type's own actions the domain is asked for too (service authorization reference).
    yield Need((*put, _GET_TYPE, "profile:SearchProfiles"), patient.domain_arn)
    for arn in arns.object_types(patient):
        yield Need((*put, _GET_TYPE), arn)
    yield from _backfill(patient)


def rejects(patient: Patient) -> Iterator[Need]:
    """What `lifecycle rejects` calls."""
    keys = set()
    for queue, key in arns.waiting_queues(patient):
        yield Need((*_QUEUE_READS, "sqs:ChangeMessageVisibility"), queue)
        keys.add(key)
    for key in sorted(filter(None, keys)):
        yield Need(("kms:Decrypt",), key)
    yield Need(("profile:PutProfileObject",), patient.domain_arn)
    for arn in arns.object_types(patient):
        yield Need(("profile:PutProfileObject",), arn)


def doctor(patient: Patient) -> Iterator[Need]:
    """What the doctor itself calls: it changes nothing."""
    reads = ("profile:GetDomain", _GET_TYPE, "profile:ListProfileObjectTypes")
    yield Need(reads, patient.domain_arn)
    for arn in arns.object_types(patient):
        yield Need((_GET_TYPE,), arn)
    yield Need(("profile:ListDomains", "servicequotas:ListServiceQuotas"), "*")
    lists = ("profile:ListCalculatedAttributeDefinitions", "profile:ListIntegrations")
    yield Need(lists, patient.domain_arn)
    for queue, _ in arns.waiting_queues(patient):
        yield Need(("sqs:GetQueueAttributes",), queue)
    if patient.deployed.event_bus_name is not None:
        yield Need(("events:ListRules",), arns.rule(patient, "*"))
    if patient.deployed.encryption_key_arn is not None:
        yield Need(("kms:DescribeKey", "kms:GetKeyPolicy"), patient.deployed.encryption_key_arn)
    yield Need(("ssm:GetParameter",), arns.verify_record(patient))
    if patient.deployed.delivery_function_name is not None:
        yield Need(("lambda:GetFunctionConfiguration",), arns.function(patient, "deliver"))
    for source, machine in arns.machines(patient).items():
        yield Need(("lambda:GetFunctionConfiguration",), arns.function(patient, "extract"))
        yield Need(("states:DescribeStateMachine",), machine)
        yield Need(("scheduler:GetSchedule",), arns.schedule(patient, source))


NEEDS: Final[dict[str, Callable[[Patient], Iterator[Need]]]] = {
    "deploy": deploy,
    "verify": verify,
    "send": send,
    "load": load,
    "rejects": rejects,
    "doctor": doctor,
    "destroy": destroy,
}
"""By name, as `--need` takes them."""


def _backfill(patient: Patient) -> Iterator[Need]:
    """A file for a batch source: `send --way batch` and `load --via batch`."""
    bucket, machines = arns.bucket(patient), arns.machines(patient)
    if bucket is None or not machines:
        return
    yield Need(("s3:PutObject",), f"{bucket}/backfill/any")
    yield from uses_key(patient)
    for machine in machines.values():
        yield Need(("states:DescribeStateMachine", "states:StartExecution"), machine)
        yield Need(("states:DescribeExecution",), f"{arns.executions(machine)}:any")


def uses_key(patient: Patient, actions: tuple[str, ...] = _ENCRYPTS) -> Iterator[Need]:
    """Actions on the key of the ways in; by default those of who writes what it encrypts."""
    # A stack of an older release does not tell the key; of any other it could not be said.
    if patient.deployed.ingestion_key_arn is not None:
        yield Need(actions, patient.deployed.ingestion_key_arn)
