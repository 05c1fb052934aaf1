"""The rules as a policy pack of the real CLI."""

import json
from pathlib import Path
from typing import Any

import pytest

from lifecycle.workspace import PROGRAM

pytestmark = pytest.mark.e2e

PACK = PROGRAM / "policy" / "run"
LOCAL = PROGRAM / "policy" / "local.json"


def up(deployment: Any, configuration: Path | None = LOCAL) -> Any:
    """`pulumi up` under the pack."""
    options = ["--policy-pack", str(PACK)]
    if configuration is not None:
        options += ["--policy-pack-config", str(configuration)]
    return deployment.cli("up", "--yes", "--skip-preview", *options)


def test_a_deployment_that_keeps_the_rules_goes_through(deployment: Any) -> None:
    done = up(deployment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mandatory" not in done.stdout


def test_a_stack_that_does_not_protect_its_data_is_stopped_before_anything_is_made(
    deployment: Any,
) -> None:
    done = up(deployment, None)
    assert done.returncode != 0
    assert "is not protected [PROTECTED]" in done.stdout + done.stderr
    assert deployment.client("customer-profiles").list_domains()["Items"] == []


def test_a_preview_judges_what_is_known_and_is_silent_on_what_only_the_deployment_tells(
    deployment: Any,
) -> None:
    options = ["--policy-pack", str(PACK), "--policy-pack-config", str(LOCAL)]
    done = deployment.cli("preview", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "customer-lifecycle@v" in done.stdout
    assert "advisory" not in done.stdout

    file = deployment.program / "components" / "functions.py"
    text = file.read_text(encoding="utf-8")
    assert text.count("retention_in_days=log_retention_days,") == 1
    file.write_text(text.replace("retention_in_days=log_retention_days,", ""), encoding="utf-8")
    done = deployment.cli("preview", *options)
    assert done.returncode != 0
    assert "does not say retentionInDays [RETENTION_SAID]" in done.stdout + done.stderr


def test_a_resource_that_breaks_a_rule_is_not_made(deployment: Any) -> None:
    file = deployment.program / "components" / "customer_profiles.py"
    text = file.read_text(encoding="utf-8")
    assert text.count("enable_key_rotation=True") == 1
    file.write_text(text.replace("enable_key_rotation=True", "enable_key_rotation=False"))
    done = up(deployment)
    assert done.returncode != 0
    assert "does not rotate [KEY_ROTATES] -> set enable_key_rotation" in done.stdout + done.stderr
    keys = deployment.client("kms").list_aliases()["Aliases"]
    assert [each for each in keys if each["AliasName"].endswith("/customer-lifecycle-local")] == []


def test_rules_over_several_resources_are_applied_too(deployment: Any) -> None:
    file = deployment.program / "components" / "topic_ingestion.py"
    text = file.read_text(encoding="utf-8")
    assert text.count("            redrive=redrive,\n") == 1
    file.write_text(text.replace("            redrive=redrive,\n", ""), encoding="utf-8")
    done = up(deployment)
    assert done.returncode != 0
    assert "[SOURCE_HAS_DEAD_LETTERS]" in done.stdout + done.stderr


def test_the_configuration_for_the_local_stack_lets_off_protection_alone() -> None:
    configured = json.loads(LOCAL.read_text(encoding="utf-8"))
    assert configured == {"protected": {"keepsCustomerData": False}}
