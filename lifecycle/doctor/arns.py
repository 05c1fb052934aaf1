"""ARNs of what a stack has, as far as its outputs or its names tell them.

Names follow from the domain's, as `components` gives them; `tests/unit/doctor/test_deployment.py`
compares the two. Of a name that AWS makes up, the part that is ours stands before `-any`.
"""

from collections.abc import Iterator

from lifecycle.doctor.patient import Patient
from lifecycle.verify_record import parameter_name


def object_types(patient: Patient) -> Iterator[str]:
    """Of each mapping's object type in the domain."""
    for snapshot in patient.tree.snapshots:
        yield f"{patient.domain_arn}/object-types/{snapshot.object_type.name}"


def queue(patient: Patient, url: str) -> str:
    """By its name: a queue of ours is of the caller's own account."""
    return patient.arn("sqs", url.rsplit("/", 1)[-1])


def changes_queue(patient: Patient) -> str | None:
    """Of the queue behind the topic, which is called as the topic."""
    topic = patient.deployed.topic_arn
    return None if topic is None else patient.arn("sqs", topic.rsplit(":", 1)[-1])


def waiting_queues(patient: Patient) -> Iterator[tuple[str, str | None]]:
    """(ARN, that of its key as far as it is known) of each queue of undelivered objects."""
    deployed = patient.deployed
    if deployed.dead_letter_queue_url is not None:
        yield queue(patient, deployed.dead_letter_queue_url), deployed.encryption_key_arn
    for url in (
        deployed.rejects_queue_url,
        deployed.events_dead_letter_queue_url,
        deployed.topic_dead_letter_queue_url,
    ):
        if url is not None:
            yield queue(patient, url), deployed.ingestion_key_arn


def key_alias(patient: Patient, suffix: str = "") -> str:
    """suffix: of the key's name, after the domain's."""
    return patient.arn("kms", f"alias/customer-profiles/{patient.deployed.domain}{suffix}")


def bus(patient: Patient) -> str:
    """Of the event bus. The stack has one."""
    return patient.arn("events", f"event-bus/{patient.deployed.event_bus_name}")


def rule(patient: Patient, name: str) -> str:
    """Of a rule of the event bus."""
    return patient.arn("events", f"rule/{patient.deployed.event_bus_name}/{name}")


def bucket(patient: Patient) -> str | None:
    """Of the bucket of batches."""
    name = patient.deployed.batch_bucket
    return None if name is None else f"arn:{patient.partition}:s3:::{name}"


def machines(patient: Patient) -> dict[str, str]:
    """Name of a batch source to the ARN of its state machine."""
    return dict(patient.deployed.batch_state_machines or {})


def executions(machine: str) -> str:
    """Of the executions of a state machine, up to their names."""
    return machine.replace(":stateMachine:", ":execution:")


def function(patient: Patient, name: str) -> str:
    """name: `deliver` or `extract`."""
    return patient.arn("lambda", f"function:{patient.deployed.domain}-{name}")


def log_group(patient: Patient, name: str) -> str:
    """Of a function's log, without the `:*` that most policies want behind it."""
    return patient.arn("logs", f"log-group:/aws/lambda/{patient.deployed.domain}-{name}")


def role(patient: Patient, name: str) -> str:
    """Of a role of the stack's own."""
    return f"arn:{patient.partition}:iam::{patient.account}:role/{name}-any"


def schedule(patient: Patient, source: str) -> str:
    """Of a batch source's schedule."""
    return patient.arn("scheduler", f"schedule/default/{patient.deployed.domain}-batch-{source}")


def watermark(patient: Patient, source: str) -> str:
    """Of the parameter that says how far a batch source is."""
    name = f"/customer-lifecycle/{patient.deployed.domain}/watermarks/{source}"
    return patient.arn("ssm", f"parameter{name}")


def verify_record(patient: Patient) -> str:
    """Of the parameter that has the last verify."""
    return patient.arn("ssm", f"parameter{parameter_name(patient.deployed.domain)}")


def alarm(patient: Patient) -> str:
    """Of the alarm that every stack has; the others are named like it."""
    return patient.arn("cloudwatch", f"alarm:{patient.deployed.domain}-dead-letters-depth")


def dashboard(patient: Patient) -> str:
    """Dashboards are global (service authorization reference, CloudWatch)."""
    name = patient.deployed.dashboard_name
    return f"arn:{patient.partition}:cloudwatch::{patient.account}:dashboard/{name}"
