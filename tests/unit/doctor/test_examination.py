"""What the doctor finds where no local AWS can be made so: who asks, quotas, other accounts."""

from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import doctor_command
from lifecycle.doctor import needs, run
from lifecycle.doctor.model import Finding, Report, Severity
from lifecycle.doctor.rules import RULES
from lifecycle.doctor.run import examine
from lifecycle.errors import CouldNotRunError
from tests.unit.doctor import patients
from tests.unit.doctor.patients import ACCOUNT, INGESTION_KEY, KEY, ROLE, SESSION, Clinic, refusal


@pytest.fixture
def clinic(monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """A healthy stack, whose object types are those of the tree."""
    clinic = patients.clinic()
    tree = clinic.patient.tree
    monkeypatch.setattr("lifecycle.doctor.domain.load_deployed", lambda *_: tree)
    return clinic


def ids(report: Report) -> list[str]:
    return [each.rule.id for each in report.findings]


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def test_a_healthy_stack_has_no_finding_and_every_check_was_made(clinic: Clinic) -> None:
    report = examine(clinic.patient)
    assert report.findings == ()
    assert report.checks == tuple(run.CHECKS)


@pytest.mark.parametrize(
    "error", [NoCredentialsError(), refusal("ExpiredToken", "GetCallerIdentity")]
)
def test_without_credentials_nothing_else_is_looked_at(clinic: Clinic, error: Exception) -> None:
    clinic.change("sts", get_caller_identity=error)
    report = examine(clinic.patient)
    assert only(report).rule.id == "CREDENTIALS"
    assert report.checks == ("credentials",)
    assert clinic.fakes["customer-profiles"].calls == []


@pytest.mark.parametrize(
    ("need", "action", "resource"),
    [
        ("deploy", "profile:UpdateDomain", "domains/customers"),
        ("deploy", "profile:PutProfileObjectType", "object-types/TrialSubscription"),
        ("deploy", "kms:PutKeyPolicy", KEY),
        ("deploy", "kms:CreateKey", "*"),
        ("deploy", "sqs:SetQueueAttributes", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:letters"),
        ("deploy", "cloudformation:UpdateResource", "*"),
        ("deploy", "kms:PutKeyPolicy", INGESTION_KEY),
        ("deploy", "kms:CreateAlias", "alias/customer-profiles/customers-ingestion"),
        ("deploy", "lambda:CreateFunction", "function:customers-deliver"),
        ("deploy", "lambda:CreateFunction", "function:customers-extract"),
        ("deploy", "lambda:AddPermission", "function:customers-deliver"),
        ("deploy", "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/deliver-"),
        ("deploy", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/batch-crm-"),
        ("deploy", "logs:CreateLogGroup", "log-group:/aws/lambda/customers-deliver:*"),
        ("deploy", "events:PutRule", "rule/changes/"),
        ("deploy", "events:CreateEventBus", "event-bus/changes"),
        ("deploy", "sns:CreateTopic", ":customers-changes.fifo"),
        ("deploy", "sqs:CreateQueue", ":customers-changes.fifo"),
        ("deploy", "sqs:CreateQueue", ":customers-rejects.fifo"),
        ("deploy", "sqs:CreateQueue", ":customers-events-dead-letters"),
        ("deploy", "sqs:CreateQueue", ":customers-topic-dead-letters.fifo"),
        ("deploy", "lambda:CreateEventSourceMapping", "*"),
        ("deploy", "s3:CreateBucket", "arn:aws:s3:::batches"),
        ("deploy", "states:CreateStateMachine", "stateMachine:crm"),
        ("deploy", "scheduler:CreateSchedule", "schedule/default/customers-batch-crm"),
        ("deploy", "ssm:PutParameter", "/customer-lifecycle/customers/watermarks/crm"),
        ("deploy", "cloudwatch:PutMetricAlarm", "alarm:customers-dead-letters-depth"),
        ("deploy", "cloudwatch:PutDashboard", "dashboard/customers-ingestion"),
        ("verify", "profile:DeleteProfile", "domains/customers"),
        ("verify", "ssm:PutParameter", "parameter/customer-lifecycle/customers/last-verify"),
        ("send", "events:PutEvents", "event-bus/changes"),
        ("send", "sns:Publish", "changes.fifo"),
        ("send", "kms:GenerateDataKey", INGESTION_KEY),
        ("send", "s3:PutObject", "arn:aws:s3:::batches/backfill/"),
        ("send", "states:StartExecution", "stateMachine:crm"),
        ("load", "states:DescribeStateMachine", "stateMachine:crm"),
        ("load", "states:DescribeExecution", "execution:crm:"),
        ("load", "kms:GenerateDataKey", INGESTION_KEY),
        ("load", "profile:BatchPutProfileObject", "object-types/TrialSubscription"),
        ("load", "states:StartExecution", "stateMachine:crm"),
        ("load", "s3:PutObject", "arn:aws:s3:::batches/"),
        ("rejects", "sqs:DeleteMessage", f"{ACCOUNT}:letters"),
        ("rejects", "sqs:ReceiveMessage", f"{ACCOUNT}:customers-rejects.fifo"),
        ("rejects", "kms:Decrypt", INGESTION_KEY),
        ("rejects", "kms:Decrypt", KEY),
        ("rejects", "profile:PutProfileObject", "object-types/TrialSubscription"),
        ("doctor", "kms:GetKeyPolicy", KEY),
        ("doctor", "sqs:GetQueueAttributes", f"{ACCOUNT}:customers-rejects.fifo"),
        ("doctor", "lambda:GetFunctionConfiguration", "function:customers-extract"),
        ("doctor", "states:DescribeStateMachine", "stateMachine:crm"),
        ("doctor", "scheduler:GetSchedule", "schedule/default/customers-batch-crm"),
    ],
)
def test_what_the_caller_may_not_do_is_named_by_need_action_and_resource(
    clinic: Clinic, need: str, action: str, resource: str
) -> None:
    refuses = patients.allowing(action)
    clinic.change(
        "iam",
        simulate_principal_policy=lambda **asked: (
            refuses if asked["PolicySourceArn"] == ROLE else patients.allowing()
        )(**asked),
    )
    clinic.patient.needs = (need,)
    report = examine(clinic.patient)
    assert set(ids(report)) == {"PERMISSION"}
    assert {each.subject for each in report.findings} == {need}
    assert any(action in each.message and resource in each.message for each in report.findings)


def test_a_session_is_simulated_as_its_role_with_the_roles_path(clinic: Clinic) -> None:
    examine(clinic.patient)
    asked = {
        members["PolicySourceArn"]
        for operation, members in clinic.fakes["iam"].calls
        if operation == "simulate_principal_policy"
    }
    assert ROLE in asked
    assert SESSION not in asked
    assert ("get_role", {"RoleName": "Operator"}) in clinic.fakes["iam"].calls


@pytest.mark.parametrize(
    ("operation", "unknown"),
    [
        ("GetRole", ["PERMISSIONS_UNKNOWN"]),
        ("SimulatePrincipalPolicy", ["PERMISSIONS_UNKNOWN", "ROLES_UNKNOWN"]),
    ],
)
def test_where_nothing_can_be_simulated_the_permissions_are_not_known(
    clinic: Clinic, operation: str, unknown: list[str]
) -> None:
    clinic.change("iam", **{xform_name(operation): refusal(operation=operation)})
    report = examine(clinic.patient)
    assert ids(report) == unknown
    assert report.checks == tuple(run.CHECKS)


def test_a_federated_user_has_no_policies_of_its_own(clinic: Clinic) -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/me"
    clinic.change("sts", get_caller_identity={"Arn": arn})
    assert only(examine(clinic.patient)).message == (
        "the permissions of a federated-user cannot be simulated"
    )


def test_a_check_that_is_refused_is_a_warning_and_the_others_are_made(clinic: Clinic) -> None:
    clinic.change("ssm", get_parameter=refusal("AccessDeniedException", "GetParameter", "ssm"))
    report = examine(clinic.patient)
    assert only(report).message == "GetParameter: AccessDeniedException: ssm"
    assert (only(report).rule.id, only(report).severity) == ("CHECK_REFUSED", Severity.WARNING)
    assert report.checks == tuple(run.CHECKS)


def test_an_endpoint_that_does_not_answer_could_not_run(clinic: Clinic) -> None:
    error = EndpointConnectionError(endpoint_url="https://profile")
    clinic.change("customer-profiles", get_domain=error)
    with pytest.raises(CouldNotRunError, match="https://profile does not answer"):
        examine(clinic.patient)


def test_a_dead_letter_queue_of_another_account_is_a_problem(clinic: Clinic) -> None:
    attributes = clinic.fakes["sqs"].answers["get_queue_attributes"]["Attributes"]
    attributes["QueueArn"] = "arn:aws:sqs:eu-west-1:444455556666:letters"
    assert only(examine(clinic.patient)).rule.id == "QUEUE_ACCOUNT"


def test_customer_profiles_cannot_use_a_key_that_aws_manages(clinic: Clinic) -> None:
    metadata = {"Arn": KEY, "KeyState": "Enabled", "KeyManager": "AWS"}
    clinic.change("kms", describe_key={"KeyMetadata": metadata})
    assert set(ids(examine(clinic.patient))) == {"KEY_UNUSABLE"}


def test_a_key_that_is_gone_is_a_problem(clinic: Clinic) -> None:
    gone = patients.NotThereError({"Error": {"Code": "NotFoundException"}}, "DescribeKey")
    clinic.change("kms", describe_key=gone)
    assert {each.message for each in examine(clinic.patient).findings} == {f"there is no key {KEY}"}


def test_the_accounts_own_quota_counts_where_it_is_known(clinic: Clinic) -> None:
    quota = {"QuotaName": "Keys per object type", "Value": 3.0}
    clinic.change("service-quotas", list_service_quotas={"Quotas": [quota]})
    finding = only(examine(clinic.patient))
    assert finding.rule.id == "QUOTA_REACHED"
    assert finding.subject == "MarketingAssignedOffers"
    assert finding.message == "3 of 3 keys of an object type"


def test_where_quotas_may_not_be_read_the_defaults_are_taken_and_that_is_said(
    clinic: Clinic,
) -> None:
    clinic.change("service-quotas", list_service_quotas=refusal("AccessDeniedException"))
    report = examine(clinic.patient)
    assert only(report).rule.id == "QUOTA_DEFAULT"
    assert only(report).severity is Severity.NOTE
    assert {each.limit for each in report.usages} == {10, 50, 100, 250, 1000}


def test_every_page_of_domains_is_counted(clinic: Clinic) -> None:
    def pages(**members: Any) -> Any:
        last = members.get("NextToken") == "b"
        return {"Items": [{}] * 40} | ({} if last else {"NextToken": "b"})

    clinic.change("customer-profiles", list_domains=pages)
    assert only(examine(clinic.patient)).message == "80 of 100 domains"


@given(st.lists(st.sampled_from(RULES)))
def test_the_exit_code_is_that_of_the_worst_finding(rules: list[Any]) -> None:
    findings = tuple(Finding(rule, "s", "m", "w") for rule in rules)
    worst = {each.severity for each in rules}
    code = 1 if Severity.PROBLEM in worst else 3 if Severity.WARNING in worst else 0
    assert doctor_command._code(Report("d", (), findings)) == code


def test_rules_have_ids_of_their_own_and_say_what_to_do() -> None:
    assert len({each.id for each in RULES}) == len(RULES)
    assert all(each.purpose and each.way_out for each in RULES)


def test_the_command_line_takes_every_need() -> None:
    assert tuple(needs.NEEDS) == doctor_command.NEEDS
    assert set(needs.NEEDS) - set(doctor_command.USUAL) == {"destroy"}
