"""What each command needs to be allowed, and on which resources.

For `deploy` it is what the resource types' own handlers say (CloudFormation registry schemas,
`handlers.*.permissions`), on the ARNs of the stack; for the others what their code calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from emulator.cloud_control import schemas
from lifecycle.doctor.patient import Patient
from lifecycle.verify_record import parameter_name

_HANDLERS: Final = ("create", "read", "update")
_ANYWHERE: Final = frozenset({"kms:CreateKey", "kms:ListKeys"})
"""Actions that name no resource that is there (service authorization reference)."""
_CLOUD_CONTROL: Final = (
    "cloudformation:CreateResource",
    "cloudformation:DeleteResource",
    "cloudformation:GetResource",
    "cloudformation:GetResourceRequestStatus",
    "cloudformation:UpdateResource",
)
_QUEUE_READS: Final = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")


@dataclass(frozen=True, slots=True)
class Need:
    """Actions on one resource. resource: its ARN, or `*`."""

    actions: tuple[str, ...]
    resource: str


def deploy(patient: Patient) -> Iterator[Need]:
    """What `pulumi up` needs for the domain, its types, its queue and its key."""
    yield Need(_CLOUD_CONTROL, "*")
    region, domain = patient.deployed.region, patient.domain_arn
    key = patient.deployed.encryption_key_arn or "*"
    yield from _handled("AWS::CustomerProfiles::Domain", region, {"profile": domain, "kms": key})
    for snapshot in patient.tree.snapshots:
        arn = f"{domain}/object-types/{snapshot.object_type.name}"
        places = {"profile": arn, "kms": key}
        yield from _handled("AWS::CustomerProfiles::ObjectType", region, places)
    queue = _queue_arn(patient, patient.deployed.dead_letter_queue_url)
    if queue is not None:
        yield from _handled("AWS::SQS::Queue", region, {"sqs": queue})
        yield from _handled("AWS::SQS::QueueInlinePolicy", region, {"sqs": queue})
    yield from _handled("AWS::KMS::Key", region, {"kms": key})


def verify(patient: Patient) -> Iterator[Need]:
    """What `lifecycle verify` calls."""
    yield Need(
        ("profile:DeleteProfile", "profile:PutProfileObject", "profile:SearchProfiles"),
        patient.domain_arn,
    )
    for snapshot in patient.tree.snapshots:
        arn = f"{patient.domain_arn}/object-types/{snapshot.object_type.name}"
        yield Need(("profile:PutProfileObject",), arn)
    yield Need(("ssm:PutParameter",), _record(patient))


def send(patient: Patient) -> Iterator[Need]:
    """What `lifecycle send` calls, by each way that the stack has."""
    if patient.deployed.event_bus_name is not None:
        bus = patient.arn("events", f"event-bus/{patient.deployed.event_bus_name}")
        yield Need(("events:PutEvents",), bus)
    if patient.deployed.topic_arn is not None:
        yield Need(("sns:Publish",), patient.deployed.topic_arn)


def load(patient: Patient) -> Iterator[Need]:
    """What `lifecycle load` calls, also by the stack's batch source."""
    put = ("profile:BatchPutProfileObject", "profile:PutProfileObject")
    yield Need((*put, "profile:SearchProfiles"), patient.domain_arn)
    for snapshot in patient.tree.snapshots:
        arn = f"{patient.domain_arn}/object-types/{snapshot.object_type.name}"
        yield Need((*put, "profile:GetProfileObjectType"), arn)
    if patient.deployed.batch_bucket is not None:
        bucket = f"arn:{patient.partition}:s3:::{patient.deployed.batch_bucket}"
        yield Need(("s3:PutObject",), f"{bucket}/backfill/any")
    for arn in (patient.deployed.batch_state_machines or {}).values():
        yield Need(("states:StartExecution",), arn)
        executions = arn.replace(":stateMachine:", ":execution:")
        yield Need(("states:DescribeExecution",), f"{executions}:any")


def rejects(patient: Patient) -> Iterator[Need]:
    """What `lifecycle rejects` calls."""
    for url in (
        patient.deployed.dead_letter_queue_url,
        patient.deployed.rejects_queue_url,
        patient.deployed.events_dead_letter_queue_url,
        patient.deployed.topic_dead_letter_queue_url,
    ):
        queue = _queue_arn(patient, url)
        if queue is not None:
            yield Need((*_QUEUE_READS, "sqs:ChangeMessageVisibility"), queue)
    yield Need(("profile:PutProfileObject",), patient.domain_arn)


def doctor(patient: Patient) -> Iterator[Need]:
    """What the doctor itself calls: it changes nothing."""
    yield Need(("profile:GetDomain", "profile:ListProfileObjectTypes"), patient.domain_arn)
    for snapshot in patient.tree.snapshots:
        arn = f"{patient.domain_arn}/object-types/{snapshot.object_type.name}"
        yield Need(("profile:GetProfileObjectType",), arn)
    yield Need(("profile:ListDomains", "servicequotas:ListServiceQuotas"), "*")
    lists = ("profile:ListCalculatedAttributeDefinitions", "profile:ListIntegrations")
    yield Need(lists, patient.domain_arn)
    queue = _queue_arn(patient, patient.deployed.dead_letter_queue_url)
    if queue is not None:
        yield Need(("sqs:GetQueueAttributes",), queue)
    if patient.deployed.event_bus_name is not None:
        rules = patient.arn("events", f"rule/{patient.deployed.event_bus_name}/*")
        yield Need(("events:ListRules",), rules)
    if patient.deployed.encryption_key_arn is not None:
        yield Need(("kms:DescribeKey", "kms:GetKeyPolicy"), patient.deployed.encryption_key_arn)
    yield Need(("ssm:GetParameter",), _record(patient))


NEEDS: Final[dict[str, Callable[[Patient], Iterator[Need]]]] = {
    "deploy": deploy,
    "verify": verify,
    "send": send,
    "load": load,
    "rejects": rejects,
    "doctor": doctor,
}
"""By name, as `--need` takes them."""


def _handled(type_name: str, region: str, places: dict[str, str]) -> Iterator[Need]:
    """places: service prefix of an action to the ARN that it is asked for."""
    # A region that the schemas do not know yet has the types that others have.
    schema = schemas.load(type_name, region) or schemas.load(type_name, schemas.DEFAULT_REGION)
    handlers = {} if schema is None else schema.document.get("handlers", {})
    actions = {
        action
        for name in _HANDLERS
        for action in handlers.get(name, {}).get("permissions", ())
        if not action.startswith("kms:") or "kms" in places
    }
    for resource in {*places.values(), "*"}:
        wanted = sorted(
            action
            for action in actions
            if resource
            == ("*" if action in _ANYWHERE else places.get(action.partition(":")[0], "*"))
        )
        if wanted:
            yield Need(tuple(wanted), resource)


def _queue_arn(patient: Patient, url: str | None) -> str | None:
    """By its name: a queue of ours is of the caller's own account."""
    return None if url is None else patient.arn("sqs", url.rsplit("/", 1)[-1])


def _record(patient: Patient) -> str:
    return patient.arn("ssm", f"parameter{parameter_name(patient.deployed.domain)}")
