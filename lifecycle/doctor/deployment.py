"""What `pulumi up` and `destroy` need: for each resource what its type's own handlers say.

The CloudFormation registry's schemas (`handlers.*.permissions`) name all that any resource of a
type may make a handler call. Asked for is what ours make it call: actions of the services that the
resource stands in, without those of features that the program does not use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from emulator.cloud_control import schemas
from lifecycle.doctor import arns
from lifecycle.doctor.model import Need
from lifecycle.doctor.patient import Patient

_ANYWHERE: Final = frozenset(
    {
        "kms:CreateKey",
        "kms:ListAliases",
        "kms:ListKeys",
        "lambda:CreateEventSourceMapping",
        "logs:DescribeResourcePolicies",
        "sns:GetSubscriptionAttributes",
        "sns:SetSubscriptionAttributes",
        "sns:Unsubscribe",
    }
)
"""Actions that name no resource that is there (service authorization reference)."""
_READS: Final = ("cloudformation:GetResource", "cloudformation:GetResourceRequestStatus")
_DELETES: Final = (*_READS, "cloudformation:DeleteResource")
_WRITES: Final = ("cloudformation:CreateResource", "cloudformation:UpdateResource")
_FUNCTION: Final = "AWS::Lambda::Function"
_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_SCHEDULE: Final = "AWS::Scheduler::Schedule"
_PASSED: Final = {
    _FUNCTION: "lambda.amazonaws.com",
    _MACHINE: "states.amazonaws.com",
    _SCHEDULE: "scheduler.amazonaws.com",
}
"""To which service the resource's role is passed."""
_UNUSED: Final = {
    "AWS::IAM::Role": r"^(Attach|Detach)|Boundary",
    _FUNCTION: r"Layer|CapacityProvider|RuntimeAlias|Concurrency|PublishVersion|^GetCodeSigning"
    r"|^(Put|Delete).*(CodeSigning|Recursion|RuntimeManagement|Scaling)",
    "AWS::Logs::LogGroup": r"Delivery$|^(Put|Delete).*(ResourcePolicy|DataProtection|Index)"
    r"|BearerToken|DeletionProtection",
    "AWS::S3::Bucket": r"^(?!Get|List).*(Abac|Accelerate|Acl|Analytics|BucketEncryption|CORS"
    r"|Cors|DeleteBucketLifecycle|DeleteObject|Inventory|Logging|Metadata|Metrics|Notification"
    r"|ObjectLock|Ownership|Replication|Tiering|Website)",
    "AWS::SNS::Topic": r"DataProtection|^(Sub|Unsub)scribe$",
}
"""Names of a type's actions, after the service, that serve features which ours do not have."""


@dataclass(frozen=True, slots=True)
class Resource:
    """type_name: e.g. `AWS::SQS::Queue`. places: the prefix of a service, or a whole action, to the
    ARN for which it is asked.
    """

    type_name: str
    places: Mapping[str, str]


def deploy(patient: Patient) -> Iterator[Need]:
    """What `pulumi up` needs for all that the stack has; each place once.

    Where it also takes away, a way in or an object type, it needs what `destroy` lists.
    """
    yield Need((*_WRITES, *_DELETES), "*")
    yield from _handled(patient, "create", "read", "update")
    instance = patient.deployed.connect_instance_arn
    if instance is not None:
        yield Need(("connect:ListInstances",), "*")
        yield Need(("connect:DescribeInstance",), instance)


def destroy(patient: Patient) -> Iterator[Need]:
    """What `pulumi destroy` needs for all that the stack has; each place once."""
    yield Need(_DELETES, "*")
    yield from _handled(patient, "delete", "read")


def resources(patient: Patient) -> Iterator[Resource]:
    """What the program deploys, as far as the stack's outputs tell which of its ways are on."""
    deployed = patient.deployed
    key = deployed.encryption_key_arn or "*"
    yield Resource("AWS::CustomerProfiles::Domain", {"profile": patient.domain_arn, "kms": key})
    for arn in arns.object_types(patient):
        yield Resource("AWS::CustomerProfiles::ObjectType", {"profile": arn, "kms": key})
    if deployed.dead_letter_queue_url is not None:
        yield from _queue(arns.queue(patient, deployed.dead_letter_queue_url))
    yield from _key(key, arns.key_alias(patient))
    yield Resource("AWS::CloudWatch::Alarm", {"cloudwatch": arns.alarm(patient)})
    if deployed.dashboard_name is not None:
        yield Resource("AWS::CloudWatch::Dashboard", {"cloudwatch": arns.dashboard(patient)})
    if deployed.delivery_function_name is None:
        return
    # A stack of an older release does not tell the key; of any other it could not be said.
    if deployed.ingestion_key_arn is not None:
        yield from _key(deployed.ingestion_key_arn, arns.key_alias(patient, "-ingestion"))
    yield from _function(patient, "deliver")
    if deployed.rejects_queue_url is not None:
        yield from _queue(arns.queue(patient, deployed.rejects_queue_url))
    yield from _events(patient)
    yield from _topic(patient)
    yield from _batch(patient)


def _events(patient: Patient) -> Iterator[Resource]:
    deployed = patient.deployed
    if deployed.event_bus_name is None:
        return
    yield Resource("AWS::Events::EventBus", {"events": arns.bus(patient)})
    yield Resource("AWS::Events::Rule", {"events": arns.rule(patient, "any")})
    function = arns.function(patient, "deliver")
    yield Resource("AWS::Lambda::Permission", {"lambda": function})
    yield Resource("AWS::Lambda::EventInvokeConfig", {"lambda": function})
    if deployed.events_dead_letter_queue_url is not None:
        yield from _queue(arns.queue(patient, deployed.events_dead_letter_queue_url))


def _topic(patient: Patient) -> Iterator[Resource]:
    deployed, queue = patient.deployed, arns.changes_queue(patient)
    if deployed.topic_arn is None or queue is None:
        return
    for kind in ("Topic", "TopicInlinePolicy", "Subscription"):
        yield Resource(f"AWS::SNS::{kind}", {"sns": deployed.topic_arn})
    yield from _queue(queue)
    if deployed.topic_dead_letter_queue_url is not None:
        yield from _queue(arns.queue(patient, deployed.topic_dead_letter_queue_url))
    mapping = patient.arn("lambda", "event-source-mapping:any")
    yield Resource("AWS::Lambda::EventSourceMapping", {"lambda": mapping})


def _batch(patient: Patient) -> Iterator[Resource]:
    bucket, machines = arns.bucket(patient), arns.machines(patient)
    if bucket is None or not machines:
        return
    yield Resource("AWS::S3::Bucket", {"s3": bucket})
    yield Resource("AWS::S3::BucketPolicy", {"s3": bucket})
    yield from _function(patient, "extract")
    schedules = arns.role(patient, "batch-schedules")
    yield from _role(schedules)
    for source, machine in machines.items():
        role = arns.role(patient, f"batch-{source}")
        yield from _role(role)
        yield Resource(_MACHINE, {"states": machine, "iam": role})
        schedule = arns.schedule(patient, source)
        yield Resource(_SCHEDULE, {"scheduler": schedule, "iam": schedules})
        yield Resource("AWS::SSM::Parameter", {"ssm": arns.watermark(patient, source)})


def _function(patient: Patient, name: str) -> Iterator[Resource]:
    role, group = arns.role(patient, name), arns.log_group(patient, name)
    yield from _role(role)
    yield Resource(_FUNCTION, {"lambda": arns.function(patient, name), "iam": role})
    # The actions on tags alone name the group without `:*` (CloudWatch Logs user guide).
    tags = dict.fromkeys(
        ("logs:ListTagsForResource", "logs:TagResource", "logs:UntagResource"), group
    )
    yield Resource("AWS::Logs::LogGroup", {"logs": f"{group}:*", **tags})


def _role(role: str) -> Iterator[Resource]:
    yield Resource("AWS::IAM::Role", {"iam": role})
    yield Resource("AWS::IAM::RolePolicy", {"iam": role})


def _queue(arn: str) -> Iterator[Resource]:
    yield Resource("AWS::SQS::Queue", {"sqs": arn})
    yield Resource("AWS::SQS::QueueInlinePolicy", {"sqs": arn})


def _key(key: str, alias: str) -> Iterator[Resource]:
    yield Resource("AWS::KMS::Key", {"kms": key})
    # An alias is made and moved by who may do so with both of them (KMS developer guide).
    yield Resource("AWS::KMS::Alias", {"kms": alias})
    yield Resource("AWS::KMS::Alias", {"kms": key})


def _handled(patient: Patient, *handlers: str) -> Iterator[Need]:
    """What these handlers of all resources need; each place once."""
    actions: dict[tuple[str, str], set[str]] = {}
    for resource in resources(patient):
        for action, place in _asked(resource, patient.deployed.region, handlers):
            passed = _PASSED[resource.type_name] if action == "iam:PassRole" else ""
            actions.setdefault((place, passed), set()).add(action)
    for (place, passed), found in actions.items():
        yield Need(tuple(sorted(found)), place, passed)


def _asked(resource: Resource, region: str, handlers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(action, the ARN for which it is asked)."""
    name = resource.type_name
    # A region that the schemas do not know yet has the types that others have.
    schema = schemas.load(name, region) or schemas.load(name, schemas.DEFAULT_REGION)
    told = {} if schema is None else schema.document.get("handlers", {})
    for handler in handlers:
        for action in told.get(handler, {}).get("permissions", ()):
            service, _, operation = action.partition(":")
            place = resource.places.get(action) or resource.places.get(service)
            unused = name in _UNUSED and re.search(_UNUSED[name], operation)
            passes = action != "iam:PassRole" or name in _PASSED
            if place is not None and passes and not unused:
                yield action, "*" if action in _ANYWHERE else place
