"""Whether the roles of the stack's own functions, state machines and schedules may do their work.

Which roles they have, and what a batch source reads, is asked of what is deployed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from lifecycle.clients import said
from lifecycle.doctor import arns, rules
from lifecycle.doctor.model import Finding, Need, found
from lifecycle.doctor.needs import uses_key
from lifecycle.doctor.patient import Patient
from lifecycle.doctor.simulation import refused

_NOT_THERE: Final = ("ResourceNotFound", "StateMachineDoesNotExist", "NoSuchEntity")


@dataclass(frozen=True, slots=True)
class Source:
    """A batch source as its state machine has it. role: of the machine. reads: members of what
    its steps are told, such as `clusterArn`.
    """

    name: str
    machine: str
    role: str
    reads: Mapping[str, str]


@dataclass
class _Roles:
    """sources: those whose state machine is there. missing: what is not, with what AWS said."""

    patient: Patient
    sources: list[Source] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)

    def find(self, name: str, service: str, operation: str, **members: str) -> Any:
        """What AWS answers; None, and taken down as missing, where it has no such thing."""
        try:
            return getattr(self.patient.client(service), operation)(**members)
        except ClientError as error:
            if not said(error).startswith(_NOT_THERE):
                raise
            self.missing.append((name, said(error)))
            return None

    def all(self) -> Iterator[tuple[str, str, Iterator[Need]]]:
        """(what acts, its role's ARN, what it needs)."""
        patient = self.patient
        if function := self._function("deliver"):
            yield "deliver", function["Role"], deliver(patient)
        for name, machine in arns.machines(patient).items():
            self._read(name, machine)
        if self.sources and (function := self._function("extract")):
            yield "extract", function["Role"], extract(patient, self.sources)
        for source in self.sources:
            yield f"batch-{source.name}", source.role, run(patient, source)
            schedule = f"{patient.deployed.domain}-batch-{source.name}"
            name = f"schedule {source.name}"
            if answer := self.find(name, "scheduler", "get_schedule", Name=schedule):
                starts = Need(("states:StartExecution",), source.machine)
                yield name, answer["Target"]["RoleArn"], iter((starts,))

    def _function(self, name: str) -> Any:
        full = f"{self.patient.deployed.domain}-{name}"
        return self.find(name, "lambda", "get_function_configuration", FunctionName=full)

    def _read(self, name: str, machine: str) -> None:
        operation = "describe_state_machine"
        answer = self.find(f"batch-{name}", "stepfunctions", operation, stateMachineArn=machine)
        if answer is not None:
            reads = dict(_texts(json.loads(answer["definition"])))
            self.sources.append(Source(name, machine, answer["roleArn"], reads))


def check_roles(patient: Patient) -> Iterator[Finding]:
    """Each role is simulated with its own policies. Raises: ClientError for a refused look."""
    if patient.deployed.delivery_function_name is None:
        return
    roles = _Roles(patient)
    try:
        for name, role, needs in roles.all():
            yield from _check(patient, name, role, needs)
    except ClientError as error:
        if error.operation_name != "SimulatePrincipalPolicy":
            raise
        yield found(rules.ROLES_UNKNOWN, "roles", said(error))
    for name, reason in roles.missing:
        yield found(rules.ROLE_PERMISSION, name, f"it is not there: {reason}")


def _check(patient: Patient, name: str, role: str, needs: Iterator[Need]) -> Iterator[Finding]:
    for need in needs:
        try:
            denied = refused(patient, role, need)
        except ClientError as error:
            if not said(error).startswith(_NOT_THERE):
                raise
            yield found(rules.ROLE_PERMISSION, name, f"its role is not there: {said(error)}")
            return
        if denied:
            text = f"{role} may not {', '.join(denied)} on {need.resource}"
            yield found(rules.ROLE_PERMISSION, name, text)


def deliver(patient: Patient) -> Iterator[Need]:
    """What the delivery function does, for each way that the stack has."""
    deployed = patient.deployed
    yield from _log(patient, "deliver")
    yield Need(("profile:PutProfileObject",), patient.domain_arn)
    for arn in arns.object_types(patient):
        yield Need(("profile:PutProfileObject",), arn)
    for url in (deployed.rejects_queue_url, deployed.events_dead_letter_queue_url):
        if url is not None:
            yield Need(("sqs:SendMessage",), arns.queue(patient, url))
    changes = arns.changes_queue(patient)
    if changes is not None:
        reads = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
        yield Need(reads, changes)
    yield from uses_key(patient)


def extract(patient: Patient, sources: list[Source]) -> Iterator[Need]:
    """What the extract function does for all sources."""
    yield from _log(patient, "extract")
    for action, member in (
        ("rds-data:ExecuteStatement", "clusterArn"),
        ("secretsmanager:GetSecretValue", "secretArn"),
    ):
        for arn in sorted({each.reads[member] for each in sources if member in each.reads}):
            yield Need((action,), arn)
    bucket = arns.bucket(patient)
    yield Need(("s3:GetObject", "s3:PutObject"), f"{bucket}/batches/any")
    yield Need(("s3:GetObject",), f"{bucket}/backfill/any")
    yield Need(("s3:DeleteObject", "s3:GetObject", "s3:PutObject"), f"{bucket}/locks/any")
    for source in sources:
        yield Need(("ssm:GetParameter",), arns.watermark(patient, source.name))
        yield Need(("states:DescribeExecution",), f"{arns.executions(source.machine)}:any")
    if patient.deployed.rejects_queue_url is not None:
        rejects = arns.queue(patient, patient.deployed.rejects_queue_url)
        yield Need(("sqs:SendMessage",), rejects)
    yield from uses_key(patient)


def run(patient: Patient, source: Source) -> Iterator[Need]:
    """What a run of a state machine does."""
    for name in ("deliver", "extract"):
        yield Need(("lambda:InvokeFunction",), arns.function(patient, name))
    bucket = arns.bucket(patient)
    for folder in ("backfill", "batches"):
        yield Need(("s3:GetObject",), f"{bucket}/{folder}/any")
    yield Need(("ssm:PutParameter",), arns.watermark(patient, source.name))
    yield Need(("states:StartExecution",), source.machine)
    # A Distributed Map runs as executions of the machine (Step Functions developer guide).
    each = f"{arns.executions(source.machine)}/Deliver:any"
    yield Need(("states:DescribeExecution", "states:StopExecution"), each)
    yield from uses_key(patient, ("kms:Decrypt",))


def _log(patient: Patient, name: str) -> Iterator[Need]:
    stream = f"{arns.log_group(patient, name)}:log-stream:any"
    yield Need(("logs:CreateLogStream", "logs:PutLogEvents"), stream)


def _texts(definition: Any) -> Iterator[tuple[str, str]]:
    """(name, value) of every text anywhere in the definition of a state machine."""
    match definition:
        case dict():
            for name, value in definition.items():
                if isinstance(value, str):
                    yield name, value
                else:
                    yield from _texts(value)
        case list():
            for each in definition:
                yield from _texts(each)
