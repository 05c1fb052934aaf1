"""Whether the instance of Amazon Connect uses the stack's domain, as the service would answer."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import CliRunner

from lifecycle import verify_command
from lifecycle.cli import main
from lifecycle.connect_association import find_association
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed

INSTANCE = "arn:aws:connect:us-east-1:111122223333:instance/11111111-1111-1111-1111-111111111111"
STACK = Deployed("customers", "us-east-1", connect_instance_arn=INSTANCE)
ASKED = {"Uri": INSTANCE, "IncludeHidden": True}


@pytest.fixture
def service() -> Any:
    """A client whose answers botocore checks against the service's model."""
    client = boto3.client(
        "customer-profiles",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def integration(domain: str) -> dict[str, Any]:
    """One item of the list."""
    now = datetime.now(UTC)
    return {
        "DomainName": domain,
        "Uri": INSTANCE,
        "ObjectTypeName": "CTR",
        "CreatedAt": now,
        "LastUpdatedAt": now,
    }


def test_an_instance_that_uses_the_domain_is_right(service: Any) -> None:
    client, stubber = service
    answer = {"Items": [integration("customers")]}
    stubber.add_response("list_account_integrations", answer, ASKED)
    found = find_association(client, STACK)
    assert found.ok
    assert str(found) == f"{INSTANCE} uses domain customers"


def test_every_page_is_read(service: Any) -> None:
    client, stubber = service
    stubber.add_response("list_account_integrations", {"Items": [], "NextToken": "next"}, ASKED)
    answer = {"Items": [integration("customers")]}
    stubber.add_response("list_account_integrations", answer, ASKED | {"NextToken": "next"})
    assert find_association(client, STACK).ok


@pytest.mark.parametrize(
    ("items", "uses"), [([], "no domain"), ([integration("other")], "domain other")]
)
def test_one_that_does_not_is_wrong_with_the_way_through_the_console(
    service: Any, items: list[dict[str, Any]], uses: str
) -> None:
    client, stubber = service
    stubber.add_response("list_account_integrations", {"Items": items}, ASKED)
    found = find_association(client, STACK)
    assert not found.ok
    assert f"uses {uses}, not customers" in str(found)
    assert "choose the existing domain customers" in str(found)


def test_a_call_that_is_refused_is_told_by_its_name(service: Any) -> None:
    client, stubber = service
    stubber.add_client_error("list_account_integrations", "AccessDeniedException", "no")
    with pytest.raises(CouldNotRunError, match=r"ListAccountIntegrations.*AccessDenied"):
        find_association(client, STACK)


def test_a_stack_without_an_instance_says_how_to_name_one(service: Any) -> None:
    with pytest.raises(CouldNotRunError, match="connectInstanceAlias"):
        find_association(service[0], Deployed("customers", "us-east-1"))


@pytest.mark.parametrize(("domain", "code"), [("customers", 0), ("other", 1)])
@pytest.mark.parametrize("shown", ["text", "json"])
def test_verify_checks_it_beside_the_profile(
    service: Any, monkeypatch: pytest.MonkeyPatch, domain: str, code: int, shown: str
) -> None:
    client, stubber = service
    stubber.add_response("list_account_integrations", {"Items": [integration(domain)]}, ASKED)
    monkeypatch.setattr("lifecycle.where.read_outputs", lambda *_, **__: STACK)
    monkeypatch.setattr(verify_command, "_keep", lambda *_: None)
    monkeypatch.setattr(verify_command, "client", lambda *_: client)
    monkeypatch.setattr(verify_command.Verification, "run", lambda *_: [])

    options = ["verify", "-s", "prod", "--connect", *(["--json"] if shown == "json" else [])]
    done = CliRunner().invoke(main, options)

    assert done.exit_code == code, done.output
    if shown == "json":
        answer = json.loads(done.stdout)
        assert answer["ok"] is (code == 0)
        (checked,) = answer["connect"]
        assert checked == {
            "instance": INSTANCE,
            "domain": "customers",
            "found": [domain],
            "ok": code == 0,
        }
    else:
        assert f"uses domain {domain}" in done.stdout
