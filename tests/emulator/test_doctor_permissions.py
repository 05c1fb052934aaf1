"""The doctor's simulation against policies that a local AWS really enforces."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lifecycle.doctor import needs
from lifecycle.doctor.patient import Patient
from lifecycle.doctor.permissions import check_credentials, check_permissions
from lifecycle.review.versions import load_folder
from tests.emulator.doctoring import Ward
from tests.emulator.stack import Stack


@pytest.fixture(scope="module")
def enforcing(
    tmp_path_factory: pytest.TempPathFactory, start_emulator: Callable[..., Any]
) -> Iterator[Any]:
    with start_emulator(tmp_path_factory.mktemp("iam") / "log", "--iam") as emulator:
        yield emulator


def patient_of(ward: Ward, key: dict[str, str], *asked: str) -> Patient:
    """The stack as it is looked at by whoever has the key."""
    import boto3  # noqa: PLC0415

    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    connect = partial(session.client, endpoint_url=ward.stack.emulator.url)
    return Patient(ward.stack.deployed, load_folder(), asked, 30, connect)


def user(ward: Ward, *statements: dict[str, Any]) -> dict[str, str]:
    """Who may do these. Returns: the access key."""
    iam = ward.stack.client("iam")
    iam.create_user(UserName=ward.stack.name)
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_user_policy(
        UserName=ward.stack.name, PolicyName="p", PolicyDocument=json.dumps(document)
    )
    key: dict[str, str] = iam.create_access_key(UserName=ward.stack.name)["AccessKey"]
    return key


def allow(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


SIMULATES = allow("sts:GetCallerIdentity", "iam:SimulatePrincipalPolicy")


def examined(patient: Patient) -> list[tuple[str, str, str]]:
    findings = [*check_credentials(patient), *check_permissions(patient)]
    return [(each.rule.id, each.subject, each.message) for each in findings]


@pytest.mark.parametrize("need", ["verify", "destroy"])
def test_a_user_with_what_a_need_lists_can_do_it(enforcing: Any, tmp_path: Path, need: str) -> None:
    ward = Ward.admit(Stack(enforcing, tmp_path))
    key = user(ward, SIMULATES)
    patient = patient_of(ward, key, need)
    assert {each[:2] for each in examined(patient)} == {("PERMISSION", need)}
    statements = [
        allow(*each.actions, resource=each.resource) for each in needs.NEEDS[need](patient)
    ]
    document = {"Version": "2012-10-17", "Statement": [SIMULATES, *statements]}
    ward.stack.client("iam").put_user_policy(
        UserName=ward.stack.name, PolicyName="p", PolicyDocument=json.dumps(document)
    )
    assert examined(patient) == []


def test_what_is_missing_is_named(enforcing: Any, tmp_path: Path) -> None:
    ward = Ward.admit(Stack(enforcing, tmp_path))
    key = user(ward, SIMULATES, allow("profile:*"))
    (finding,) = examined(patient_of(ward, key, "verify"))
    assert finding[2].startswith("not allowed to ssm:PutParameter on arn:aws:ssm:us-east-1:")


def test_who_may_not_simulate_is_told_so(enforcing: Any, tmp_path: Path) -> None:
    ward = Ward.admit(Stack(enforcing, tmp_path))
    key = user(ward, allow("sts:GetCallerIdentity"))
    (finding,) = examined(patient_of(ward, key, "verify"))
    assert finding[0] == "PERMISSIONS_UNKNOWN"


def test_a_key_that_nobody_has_is_refused(enforcing: Any, tmp_path: Path) -> None:
    ward = Ward.admit(Stack(enforcing, tmp_path))
    key = {"AccessKeyId": "AKIA" + "0" * 16, "SecretAccessKey": "none"}
    (finding, *_) = check_credentials(patient_of(ward, key, "verify"))
    assert finding.rule.id == "CREDENTIALS"
