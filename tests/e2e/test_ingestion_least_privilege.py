"""Least privilege, proven: with IAM enforced every way works, and without any statement one fails.

Each case takes one statement away, tries what it is for until a deadline, and gives it back.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.ingestion import (
    ATTRIBUTES,
    OFFER,
    SOURCES,
    TRIAL,
    Ingestion,
    customer_ids,
    until,
)

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS = 30.0
HOPELESS_SECONDS = 3.0
"""How long is waited for what must not come; it comes within one second otherwise."""
SCHEDULE_SECONDS = 11.0
"""The local AWS looks every ten seconds for what is due."""
TRIES_SECONDS = 9.0
"""Three invocations of two seconds each, and the pauses between."""
TOO_LONG = "x" * 210_000

# (policy of a role, an action of its statement, what fails without it)
STATEMENTS = [
    ("deliver", "logs:PutLogEvents", "log"),
    ("deliver", "profile:PutProfileObject", "topic"),
    ("deliver", "sqs:SendMessage", "reject"),
    ("deliver", "kms:Decrypt", "topic"),
    ("deliver-events", "sqs:SendMessage", "on_failure"),
    ("deliver-topic", "sqs:ReceiveMessage", "topic"),
    ("extract", "logs:PutLogEvents", "extract_log"),
    ("extract", "rds-data:ExecuteStatement", "batch"),
    ("extract", "secretsmanager:GetSecretValue", "batch"),
    ("extract", "ssm:GetParameter", "batch"),
    ("extract", "s3:PutObject", "batch"),
    ("extract", "s3:GetObject", "backfill"),
    ("extract", "s3:DeleteObject", "release"),
    ("extract", "states:DescribeExecution", "takeover"),
    ("extract", "sqs:SendMessage", "too_long_row"),
    ("extract", "kms:Decrypt", "batch"),
    ("batch-offers", "lambda:InvokeFunction", "batch"),
    ("batch-offers", "s3:GetObject", "batch"),
    ("batch-offers", "ssm:PutParameter", "batch"),
    ("batch-offers", "states:StartExecution", "batch"),
    ("batch-offers", "kms:Decrypt", "batch"),
    ("batch-schedules", "states:StartExecution", "schedule"),
]
TRUSTED = [
    ("deliver", "topic"),
    ("extract", "batch"),
    ("batch-offers", "batch"),
    ("batch-schedules", "schedule"),
]
# What the other sources' machines have is the same, name for name.
SAME = ("batch-trials", "batch-purchases")


class Guarded:
    """The deployed stack, what can be tried on it, and the statements that can be taken away."""

    def __init__(self, ingestion: Ingestion) -> None:
        self.ingestion = ingestion
        self.patience = PATIENCE_SECONDS
        self._iam = ingestion.client("iam")
        self._roles = {
            role["RoleName"].rpartition("-")[0]: role["RoleName"]
            for role in self._iam.list_roles()["Roles"]
        }

    # Statements

    def policies(self) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
        """(role, policy, statements) of every inline policy of the stack's roles."""
        for role in self._roles.values():
            for name in self._iam.list_role_policies(RoleName=role)["PolicyNames"]:
                found = self._iam.get_role_policy(RoleName=role, PolicyName=name)
                yield role, name, found["PolicyDocument"]["Statement"]

    @contextmanager
    def without(self, policy: str, action: str) -> Iterator[None]:
        """The statement of the policy that has the action is gone for a while."""
        ((role, statements),) = [(r, s) for r, name, s in self.policies() if name == policy]
        left = [each for each in statements if action not in each["Action"]]
        assert len(left) == len(statements) - 1
        self._put(role, policy, left)
        self.patience = HOPELESS_SECONDS
        try:
            yield
        finally:
            self.patience = PATIENCE_SECONDS
            self._put(role, policy, statements)

    @contextmanager
    def untrusted(self, role: str) -> Iterator[None]:
        """No service may take on the role for a while."""
        name = self._roles[role]
        document = self._iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        nobody = json.loads(json.dumps(document))
        nobody["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}
        self._trust(name, nobody)
        self.patience = HOPELESS_SECONDS
        try:
            yield
        finally:
            self.patience = PATIENCE_SECONDS
            self._trust(name, document)

    def _trust(self, name: str, document: dict[str, Any]) -> None:
        self._iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document))

    def _put(self, role: str, policy: str, statements: list[dict[str, Any]]) -> None:
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": statements})
            self._iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=document)
        else:
            self._iam.delete_role_policy(RoleName=role, PolicyName=policy)

    # What can be tried: each says whether it worked before the deadline

    def topic(self) -> bool:
        """A message reaches its profile."""
        (customer,) = customer_ids(1)
        self.ingestion.publish(TRIAL, [(customer, "Active")])
        return self._comes(lambda: self.ingestion.attribute(customer, ATTRIBUTES[TRIAL]))

    def events(self) -> bool:
        """An event reaches its profile."""
        (customer,) = customer_ids(1)
        self.ingestion.publish_events(TRIAL, [(customer, "Active")])
        return self._comes(lambda: self.ingestion.attribute(customer, ATTRIBUTES[TRIAL]))

    def batch(self) -> bool:
        """A changed row reaches its profile, and the run succeeds."""
        (customer,) = customer_ids(1)
        self.ingestion.write_rows(OFFER, [(customer, "true")])
        return self._succeeds(self.ingestion.start(OFFER)) and self._comes(
            lambda: self.ingestion.attribute(customer, ATTRIBUTES[OFFER])
        )

    def backfill(self) -> bool:
        """A file is delivered, and the run succeeds."""
        (customer,) = customer_ids(1)
        bucket, key = self.ingestion.outputs["batch_bucket"], f"backfill/{customer}"
        body = json.dumps({"UserId": customer})
        self.ingestion.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return self._succeeds(self.ingestion.start(OFFER, bucket=bucket, key=key))

    def schedule(self) -> bool:
        """The schedule's target starts a run."""
        (customer,) = customer_ids(1)
        self.ingestion.write_rows(OFFER, [(customer, "true")])
        scheduler = self.ingestion.client("scheduler")
        name = f"{self.ingestion.domain}-batch-{SOURCES[OFFER]}"
        deployed = scheduler.get_schedule(Name=name)
        due = datetime.now(UTC) + timedelta(seconds=1)
        scheduler.create_schedule(
            Name=f"now-{customer}",
            ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow=deployed["FlexibleTimeWindow"],
            Target=deployed["Target"],
            ActionAfterCompletion="DELETE",
        )
        return self._comes(
            lambda: self.ingestion.attribute(customer, ATTRIBUTES[OFFER]), more=SCHEDULE_SECONDS
        )

    def reject(self) -> bool:
        """What is no object is put on record."""
        (customer,) = customer_ids(1)
        self.ingestion.publish_texts(TRIAL, [(customer, f"{customer} is no JSON")])
        return self._comes(lambda: self.ingestion.rejects(customer) or None)

    def too_long_row(self) -> bool:
        """A row that no state can take is put on record, and the run succeeds."""
        (customer,) = customer_ids(1)
        self.ingestion.write_rows(OFFER, [(customer, TOO_LONG)])
        done = self._succeeds(self.ingestion.start(OFFER))
        self.ingestion.sql(
            "DELETE FROM marketing_assigned_offers WHERE user_id = :customer", customer=customer
        )
        return done and bool(self.ingestion.rejects(customer))

    def release(self) -> bool:
        """After a run its lock is gone."""
        self._succeeds(self.ingestion.start(OFFER))
        found = self._lock()
        if found:
            # Somebody has to clean up what the run was not able to.
            self.ingestion.client("s3").delete_object(
                Bucket=self.ingestion.outputs["batch_bucket"], Key=f"locks/{SOURCES[OFFER]}"
            )
        return not found

    def takeover(self) -> bool:
        """A run takes over the lock of one that is over."""
        ended = self.ingestion.start(OFFER)
        self.ingestion.finished(ended)
        self.ingestion.client("s3").put_object(
            Bucket=self.ingestion.outputs["batch_bucket"],
            Key=f"locks/{SOURCES[OFFER]}",
            Body=ended.encode(),
        )
        return self._succeeds(self.ingestion.start(OFFER)) and not self._lock()

    def on_failure(self) -> bool:
        """An event that cannot be delivered is kept."""
        (customer,) = customer_ids(1)
        functions = self.ingestion.client("lambda")
        name = self.ingestion.outputs["delivery_function_name"]
        # With a minute for each of its tries it would take three.
        functions.update_function_configuration(FunctionName=name, Timeout=7)
        rule = {"operation": "PutProfileObject", "probability": 1, "error": "ThrottlingException"}
        self.ingestion.faults(rule)
        try:
            self.ingestion.publish_events(TRIAL, [(customer, "Active")])
            return self._comes(lambda: self._kept(customer), more=TRIES_SECONDS)
        finally:
            self.ingestion.faults()
            functions.update_function_configuration(FunctionName=name, Timeout=60)

    def undeliverable(self) -> bool:
        """An event that may not be handed to the function is kept."""
        (customer,) = customer_ids(1)
        functions = self.ingestion.client("lambda")
        name = self.ingestion.outputs["delivery_function_name"]
        document = json.loads(functions.get_policy(FunctionName=name)["Policy"])
        for statement in document["Statement"]:
            functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
        try:
            self.ingestion.publish_events(TRIAL, [(customer, "Active")])
            return self._comes(lambda: self._kept(customer))
        finally:
            for statement in document["Statement"]:
                functions.add_permission(
                    FunctionName=name,
                    StatementId=statement["Sid"],
                    Action=statement["Action"],
                    Principal=statement["Principal"]["Service"],
                    SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
                    SourceAccount=statement["Condition"]["StringEquals"]["AWS:SourceAccount"],
                )

    def log(self) -> bool:
        """The delivery function's log has a line about an object."""
        return self._logs("deliver", self.topic)

    def extract_log(self) -> bool:
        """The extract function's log has a line about a round."""
        return self._logs("extract", self.batch)

    def _logs(self, function: str, happens: Callable[[], bool]) -> bool:
        since = int(time.time() * 1000)
        assert happens()
        group = f"/aws/lambda/{self.ingestion.domain}-{function}"
        logs = self.ingestion.client("logs")
        return self._comes(
            lambda: logs.filter_log_events(logGroupName=group, startTime=since)["events"] or None
        )

    def _kept(self, customer: str) -> Any:
        found = self.ingestion.messages("events_dead_letter_queue_url")
        return [each for each in found if customer in each["Body"]] or None

    def _lock(self) -> bool:
        answer = self.ingestion.client("s3").list_objects_v2(
            Bucket=self.ingestion.outputs["batch_bucket"], Prefix=f"locks/{SOURCES[OFFER]}"
        )
        return bool(answer["KeyCount"])

    def _succeeds(self, execution: str) -> bool:
        told = self.ingestion.finished(execution)
        return bool(told["status"] == "SUCCEEDED" and "accounted" in told["output"]) or (
            told["status"] == "SUCCEEDED" and '"count": 0' in told["output"]
        )

    def _comes(self, found: Callable[[], Any], more: float = 0) -> bool:
        """more: seconds that it takes in any case."""
        deadline = time.monotonic() + self.patience + more
        while time.monotonic() < deadline:
            if found() is not None:
                return True
            time.sleep(0.05)
        return False


@pytest.fixture(scope="session")
def guarded(deploy_ingestion: Any) -> Iterator[Guarded]:
    """The stack on a local AWS that verifies signatures and enforces IAM."""
    # State machines there wait a twentieth of what they say before they try again.
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SFN_WAIT_SCALE", "0.05")
        with deploy_ingestion("--iam") as ingestion:
            yield Guarded(ingestion)


WORKS = sorted({probe for *_, probe in STATEMENTS} | {"events", "undeliverable"})


@pytest.mark.parametrize("probe", WORKS)
def test_with_every_statement_it_works(guarded: Guarded, probe: str) -> None:
    assert getattr(guarded, probe)()


@pytest.mark.parametrize(("policy", "action", "probe"), STATEMENTS)
def test_without_any_one_statement_something_fails(
    guarded: Guarded, policy: str, action: str, probe: str
) -> None:
    with guarded.without(policy, action):
        assert not getattr(guarded, probe)()
    until(lambda: True if getattr(guarded, probe)() else None)


@pytest.mark.parametrize(("role", "probe"), TRUSTED)
def test_a_role_that_its_service_may_not_take_on_fails(
    guarded: Guarded, role: str, probe: str
) -> None:
    with guarded.untrusted(role):
        assert not getattr(guarded, probe)()
    until(lambda: True if getattr(guarded, probe)() else None)


def test_every_statement_of_every_role_is_among_these_cases(guarded: Guarded) -> None:
    deployed = {
        (policy, tuple(statement["Action"]))
        for _, policy, statements in guarded.policies()
        if policy not in SAME
        for statement in statements
    }
    assert len(deployed) == len(STATEMENTS)
    for policy, actions in deployed:
        assert [a for p, a, _ in STATEMENTS if p == policy and a in actions], (policy, actions)


def test_the_sources_machines_have_the_same_statements(guarded: Guarded) -> None:
    shapes = {
        policy: [sorted(statement["Action"]) for statement in statements]
        for _, policy, statements in guarded.policies()
    }
    for policy in SAME:
        assert shapes[policy] == shapes["batch-offers"]
