"""`lifecycle verify` against a stack that was really deployed."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

DOMAIN = "customer-lifecycle-local"


def test_verify_proves_a_deployment_with_an_account_of_its_own(deployment: Any) -> None:
    deployment.up()
    done = deployment.lifecycle("verify", "-s", "local", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"] is True
    (profile,) = told["profiles"]
    assert profile["account"] != "00001"
    assert len(profile["rows"]) == 16
    assert all(row["ok"] for row in profile["rows"])
    stats = deployment.client("customer-profiles").get_domain(DomainName=DOMAIN)["Stats"]
    assert (stats["ProfileCount"], stats["ObjectCount"]) == (0, 0)


def test_verify_finds_what_was_not_deployed_as_the_mappings_say(deployment: Any) -> None:
    deployment.edit("trial_subscription", "_profile.Attributes.TrialDays", "_profile.Attributes.Tr")
    deployment.up()
    done = deployment.lifecycle("verify", "-s", "local", "--json", "--timeout", "1")
    assert done.returncode == 1, done.stderr
    rows = {row["attribute"]: row for row in json.loads(done.stdout)["profiles"][0]["rows"]}
    assert not rows["Attributes.TrialDays"]["ok"]
    assert not rows["Attributes.Tr"]["ok"]
    assert [name for name, row in rows.items() if not row["ok"]] == [
        "Attributes.Tr",
        "Attributes.TrialDays",
    ]


def test_verify_of_a_stack_that_is_not_there_could_not_run(deployment: Any) -> None:
    done = deployment.lifecycle("verify", "-s", "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
