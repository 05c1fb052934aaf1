"""`lifecycle doctor` of a stack that was really deployed, with every way in."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def deployment(deploy_ingestion: Callable[..., Any]) -> Iterator[Any]:
    """A stack of this test alone: what other tests leave in queues is a finding."""
    with deploy_ingestion() as ingestion:
        yield ingestion.deployment


def test_a_deployed_and_verified_stack_is_healthy_until_somebody_changes_it(
    deployment: Any,
) -> None:
    fresh = deployment.lifecycle("doctor", "-s", "local", "--json")
    told = json.loads(fresh.stdout)
    assert [each["id"] for each in told["findings"] if each["severity"] == "problem"] == []
    assert deployment.lifecycle("verify", "-s", "local").returncode == 0
    healthy = deployment.lifecycle("doctor", "-s", "local")
    assert healthy.returncode == 0, healthy.stdout + healthy.stderr
    assert "local (domain customer-lifecycle-local): healthy" in healthy.stdout

    profiles = deployment.client("customer-profiles")
    profiles.update_domain(DomainName="customer-lifecycle-local", DefaultExpirationDays=9)
    harmed = deployment.lifecycle("doctor", "-s", "local")
    profiles.update_domain(DomainName="customer-lifecycle-local", DefaultExpirationDays=366)
    assert harmed.returncode == 1
    assert "DefaultExpirationDays is 9, the stack's is 366 [DOMAIN_SETTING]" in harmed.stdout
    assert "pulumi up -s local" in harmed.stdout


def test_a_role_that_lost_a_statement_is_found_before_anything_is_rejected(deployment: Any) -> None:
    iam = deployment.client("iam")
    (role,) = [
        each["RoleName"]
        for each in iam.list_roles()["Roles"]
        if each["RoleName"].startswith("deliver-")
    ]
    iam.delete_role_policy(RoleName=role, PolicyName="deliver")
    told = json.loads(deployment.lifecycle("doctor", "-s", "local", "--json").stdout)
    found = [each for each in told["findings"] if each["id"] == "ROLE_PERMISSION"]
    assert {each["subject"] for each in found} == {"deliver"}
    assert any("may not profile:PutProfileObject on" in each["message"] for each in found)
