"""The roles of the stack's own functions, machines and schedules: what is asked and said."""

from collections.abc import Iterator
from typing import Any

import pytest

from lifecycle.doctor.model import Finding
from lifecycle.doctor.permissions import check_credentials
from lifecycle.doctor.roles import check_roles
from tests.unit.doctor import patients
from tests.unit.doctor.patients import CLUSTER, INGESTION_KEY, SECRET, Clinic, refusal

DELIVER, EXTRACT, MACHINE, SCHEDULE = (
    "customers-deliver",
    "customers-extract",
    "batch-crm",
    "schedules",
)


@pytest.fixture
def clinic() -> Clinic:
    clinic = patients.clinic()
    assert list(check_credentials(clinic.patient)) == []
    return clinic


def examined(clinic: Clinic) -> list[Finding]:
    return list(check_roles(clinic.patient))


def simulated(clinic: Clinic) -> Iterator[tuple[str, str, str]]:
    """(role, action, resource) of all that was asked."""
    for operation, asked in clinic.fakes["iam"].calls:
        if operation == "simulate_principal_policy":
            for action in asked["ActionNames"]:
                yield asked["PolicySourceArn"], action, asked["ResourceArns"][0]


@pytest.mark.parametrize(
    ("role", "action", "resource"),
    [
        (DELIVER, "logs:PutLogEvents", "log-group:/aws/lambda/customers-deliver:log-stream:"),
        (DELIVER, "profile:PutProfileObject", "domains/customers/object-types/TrialSubscription"),
        (DELIVER, "sqs:SendMessage", ":customers-rejects.fifo"),
        (DELIVER, "sqs:SendMessage", ":customers-events-dead-letters"),
        (DELIVER, "sqs:ReceiveMessage", ":customers-changes.fifo"),
        (DELIVER, "kms:GenerateDataKey", INGESTION_KEY),
        (EXTRACT, "rds-data:ExecuteStatement", CLUSTER),
        (EXTRACT, "secretsmanager:GetSecretValue", SECRET),
        (EXTRACT, "ssm:GetParameter", "watermarks/crm"),
        (EXTRACT, "s3:PutObject", "arn:aws:s3:::batches/batches/"),
        (EXTRACT, "s3:DeleteObject", "arn:aws:s3:::batches/locks/"),
        (EXTRACT, "s3:GetObject", "arn:aws:s3:::batches/backfill/"),
        (EXTRACT, "states:DescribeExecution", "execution:crm:"),
        (EXTRACT, "sqs:SendMessage", ":customers-rejects.fifo"),
        (MACHINE, "lambda:InvokeFunction", "function:customers-deliver"),
        (MACHINE, "lambda:InvokeFunction", "function:customers-extract"),
        (MACHINE, "s3:GetObject", "arn:aws:s3:::batches/backfill/"),
        (MACHINE, "ssm:PutParameter", "watermarks/crm"),
        (MACHINE, "states:StartExecution", "stateMachine:crm"),
        (MACHINE, "kms:Decrypt", INGESTION_KEY),
        (SCHEDULE, "states:StartExecution", "stateMachine:crm"),
    ],
)
def test_a_role_that_lost_a_permission_is_named_with_what_it_may_not_do(
    clinic: Clinic, role: str, action: str, resource: str
) -> None:
    def simulate(**asked: Any) -> Any:
        lost = asked["PolicySourceArn"] == role and resource in asked["ResourceArns"][0]
        return patients.allowing(*([action] if lost else []))(**asked)

    clinic.change("iam", simulate_principal_policy=simulate)
    findings = examined(clinic)
    assert {each.rule.id for each in findings} == {"ROLE_PERMISSION"}
    assert all(each.message.startswith(f"{role} may not {action} on ") for each in findings)


@pytest.mark.parametrize(
    ("service", "operation", "code", "subjects"),
    [
        (
            "lambda",
            "get_function_configuration",
            "ResourceNotFoundException",
            {"deliver", "extract"},
        ),
        ("stepfunctions", "describe_state_machine", "StateMachineDoesNotExist", {MACHINE}),
        ("scheduler", "get_schedule", "ResourceNotFoundException", {"schedule crm"}),
        (
            "iam",
            "simulate_principal_policy",
            "NoSuchEntity",
            {"deliver", "extract", MACHINE, "schedule crm"},
        ),
    ],
)
def test_what_is_gone_is_a_problem_and_the_rest_is_still_looked_at(
    clinic: Clinic, service: str, operation: str, code: str, subjects: set[str]
) -> None:
    clinic.change(service, **{operation: refusal(code)})
    findings = examined(clinic)
    assert {each.subject for each in findings} == subjects
    assert {each.rule.id for each in findings} == {"ROLE_PERMISSION"}
    assert all("not there" in each.message for each in findings)


def test_a_stack_without_ways_in_has_no_roles(clinic: Clinic) -> None:
    clinic.patient.deployed = patients.without_ways(clinic.patient.deployed)
    assert examined(clinic) == []
    assert list(simulated(clinic)) == []


def test_the_account_roots_own_permissions_do_not_hide_those_of_the_roles(clinic: Clinic) -> None:
    clinic.patient.caller = f"arn:aws:iam::{patients.ACCOUNT}:root"
    examined(clinic)
    assert {role for role, _, _ in simulated(clinic)} == {DELIVER, EXTRACT, MACHINE, SCHEDULE}
