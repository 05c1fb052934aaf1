"""What the doctor asks for, held against what the program really registers."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

import mappings
from emulator.cloud_control import schemas
from lifecycle.doctor import deployment, roles
from lifecycle.doctor.patient import Patient
from lifecycle.doctor.roles import Source
from lifecycle.review.model import Snapshot, Version
from lifecycle.stack_outputs import Deployed
from tests.pages import ROOT
from tests.unit.test_program import committed, program

ACCOUNT = "111122223333"
NAMES = (
    "functionName",
    "logGroupName",
    "queueName",
    "topicName",
    "bucketName",
    "stateMachineName",
    "dashboardName",
    "aliasName",
)


@pytest.fixture
def engine(run_program: Any) -> Any:
    """What the program registers with every way in."""
    ways = committed("local")["customer-lifecycle:ingestion"]
    return run_program(program, committed("dev") | {"customer-lifecycle:ingestion": ways}, "dev")


@pytest.fixture
def patient(engine: Any) -> Patient:
    """That stack, by its outputs."""
    outputs = engine.stack_outputs
    given = {name: outputs.get(name) for name in Deployed.__slots__ if name != "domain"}
    types = tuple(Snapshot(each.object_type) for each in mappings.load())
    deployed = Deployed(outputs["domain_name"], **given)
    patient = Patient(deployed, Version("here", types), (), 30, lambda _: None)
    patient.caller = f"arn:aws:iam::{ACCOUNT}:root"
    return patient


def cloudformation(kind: str) -> str:
    """`AWS::SQS::Queue` of `aws-native:sqs:Queue`: a type of the same letters."""
    _, service, name = kind.split(":")
    wanted = f"aws::{service}::{name}".lower()
    (found,) = [each for each in schemas._types(schemas.DEFAULT_REGION) if each.lower() == wanted]
    return found


def test_every_type_that_the_program_registers_is_asked_for(engine: Any, patient: Patient) -> None:
    registered = {
        cloudformation(each.type)
        for each in engine.resources
        if each.type.startswith("aws-native:")
    }
    assert {each.type_name for each in deployment.resources(patient)} == registered


def test_every_name_that_the_program_gives_is_asked_for(engine: Any, patient: Patient) -> None:
    named = {
        str(each.inputs[name]) for each in engine.resources for name in NAMES if name in each.inputs
    }
    asked = " ".join(need.resource for need in deployment.deploy(patient)) + " "
    ends = (" ", ":*")
    assert len(named) >= 16
    assert {each for each in named if not any(f"{each}{end}" in asked for end in ends)} == set()


def test_a_deployment_asks_for_no_feature_that_no_resource_has(patient: Patient) -> None:
    actions = {action for need in deployment.deploy(patient) for action in need.actions}
    assert {action.partition(":")[0] for action in actions} == {
        "cloudformation",
        "cloudwatch",
        "events",
        "iam",
        "kms",
        "lambda",
        "logs",
        "profile",
        "s3",
        "scheduler",
        "sns",
        "sqs",
        "ssm",
        "states",
    }
    writes = {each.partition(":")[2] for each in actions if ":Get" not in each}
    assert {each for each in writes if "Website" in each or "Concurrency" in each} == set()


DELETES = re.compile(
    r":(Delete|Remove|Schedule|Unsubscribe)|:SetQueueAttributes|:SetTopicAttributes"
)


def test_deletions_of_every_type_are_asked_for_by_the_need_of_that_name_alone(
    patient: Patient,
) -> None:
    asked = {action for need in deployment.destroy(patient) for action in need.actions}
    for each in deployment.resources(patient):
        schema = schemas.load(each.type_name, schemas.DEFAULT_REGION)
        assert schema is not None
        permissions = schema.document["handlers"]["delete"]["permissions"]
        deleting = {action for action in permissions if DELETES.search(action)}
        assert deleting, each.type_name
        assert deleting & asked, each.type_name
    assert "profile:DeleteDomain" in asked
    assert "cloudformation:CreateResource" not in asked
    deployed = {action for need in deployment.deploy(patient) for action in need.actions}
    data = {"profile:DeleteDomain", "profile:DeleteProfileObjectType", "kms:ScheduleKeyDeletion"}
    assert data <= asked
    assert deployed.isdisjoint(data)


def test_a_role_is_passed_to_the_service_that_takes_it_on(patient: Patient) -> None:
    passed = {
        (need.resource.rpartition("/")[2].removesuffix("-any"), need.passed_to)
        for need in deployment.deploy(patient)
        if "iam:PassRole" in need.actions
    }
    machines = {(f"batch-{name}", "states.amazonaws.com") for name in ("offers", "trials")}
    assert {
        ("deliver", "lambda.amazonaws.com"),
        ("extract", "lambda.amazonaws.com"),
        ("batch-schedules", "scheduler.amazonaws.com"),
        *machines,
    } <= passed


def granted(engine: Any) -> Iterator[tuple[str, str, str]]:
    """(role, action, pattern of resources) of every statement of every role."""
    for policy in engine.created("iam:RolePolicy"):
        role = policy.inputs["roleName"].removesuffix("-id")
        for statement in policy.inputs["policyDocument"]["Statement"]:
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    yield role, action, resource


def needed(patient: Patient) -> Iterator[tuple[str, str, str]]:
    """(role, action, resource) of all that the roles are asked for."""
    reads = {
        "clusterArn": "arn:aws:rds:us-east-1:000000000000:cluster:crm",
        "secretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
    }
    machines = (patient.deployed.batch_state_machines or {}).items()
    sources = [Source(name, arn, f"batch-{name}", reads) for name, arn in machines]
    asked = {"deliver": roles.deliver(patient), "extract": roles.extract(patient, sources)}
    asked |= {each.role: roles.run(patient, each) for each in sources}
    for role, needs in asked.items():
        for need in needs:
            for action in need.actions:
                yield role, action, need.resource


def test_the_roles_are_asked_for_all_that_they_are_granted_and_for_nothing_else(
    engine: Any, patient: Patient
) -> None:
    statements = [each for each in granted(engine) if each[0] != "batch-schedules"]
    asked = list(needed(patient))

    def covers(statement: tuple[str, str, str], need: tuple[str, str, str]) -> bool:
        return statement[:2] == need[:2] and fnmatchcase(need[2], statement[2])

    assert [n for n in asked if not any(covers(s, n) for s in statements)] == []
    # One statement may name several resources for several actions, of which not all pairs exist.
    assert {s[:2] for s in statements} == {n[:2] for n in asked}


def test_the_on_call_guide_names_every_alarm(engine: Any) -> None:
    guide = (ROOT / "docs" / "guides" / "on-call.md").read_text(encoding="utf-8")
    domain = engine.stack_outputs["domain_name"]
    alarms = {each.inputs["alarmName"] for each in engine.created("cloudwatch:Alarm")}
    assert len(alarms) > 8
    missing = set()
    for alarm in alarms:
        shown = alarm.replace(f"{domain}-", "DOMAIN-")
        for source in engine.stack_outputs["batch_state_machines"]:
            shown = shown.replace(f"-batch-{source}-", "-batch-SOURCE-")
        _, _, metric = shown.rpartition("-")
        if f"`{shown}`" not in guide and f"`-{metric}`" not in guide:
            missing.add(shown)
    assert missing == set()
