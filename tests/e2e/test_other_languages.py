"""The examples in other languages, deployed by the real CLI onto the local AWS."""

import json
import re

import pytest

from tests.e2e.examples import EXAMPLES, Example, commands

pytestmark = pytest.mark.e2e


def assert_deployed(example: Example) -> None:
    """The domain takes an object which becomes a customer's profile, a second `up` is idle, and
    `destroy` leaves no domain.
    """
    client = example.client("customer-profiles")
    assert client.get_domain(DomainName="web-shop")["DeadLetterQueueUrl"]
    types = client.list_profile_object_types(DomainName="web-shop")["Items"]
    assert [each["ObjectTypeName"] for each in types] == ["Orders"]
    for order in (
        {"customerId": "00001", "email": "first@example.com", "total": "10"},
        {"customerId": "00001", "email": "second@example.com", "total": "25"},
    ):
        client.put_profile_object(
            DomainName="web-shop", ObjectTypeName="Orders", Object=json.dumps(order)
        )
    profile = example.profile("00001")
    assert profile["EmailAddress"] == "second@example.com"
    assert profile["Attributes"] == {"LastOrderTotal": "25"}
    buses = example.client("events").list_event_buses()["EventBuses"]
    assert "web-shop" in [each["Name"] for each in buses]
    assert re.search(r"^    \d+ unchanged$", example.up("--expect-no-changes"), re.MULTILINE)
    example.run("pulumi", "destroy", "--yes")
    assert client.list_domains()["Items"] == []


@pytest.mark.parametrize("example", ["yaml"], indirect=True)
def test_a_program_in_yaml_deploys_the_domain_and_the_ways_in(example: Example) -> None:
    for command in commands("yaml"):
        example.run(*command)
    assert_deployed(example)


@pytest.mark.parametrize("example", ["yaml"], indirect=True)
def test_a_wrong_mapping_in_yaml_is_refused_with_every_finding_before_any_call(
    example: Example,
) -> None:
    program = example.folder / "Pulumi.yaml"
    text = program.read_text(encoding="utf-8")
    text = text.replace("source: _source.email", "source: email")
    program.write_text(text.replace("EMAIL_ADDRESS", "COLOUR"), encoding="utf-8")
    example.run("pulumi", "stack", "init", "local")
    said = example.up(code=1)
    assert "[FIELD_SOURCE]" in said
    assert "[FIELD_CONTENT_TYPE]" in said
    # What is wrong, not where in our code.
    assert "File " not in said
    assert "Unexpected" not in said
    assert example.client("customer-profiles").list_domains()["Items"] == []


@pytest.mark.parametrize("example", ["typescript"], indirect=True)
def test_a_program_in_typescript_is_type_checked_and_deploys_the_same(example: Example) -> None:
    for command in commands("typescript"):
        example.run(*command)
    assert_deployed(example)
    tsc = ("npx", "tsc", "--strict", "--noEmit", "-p", ".")
    program = example.folder / "index.ts"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("domainName: ", "domainNames: "), encoding="utf-8")
    assert "'domainNames' does not exist" in example.run(*tsc, code=2)


@pytest.mark.parametrize("example", ["go"], indirect=True)
def test_a_program_in_go_is_type_checked_and_deploys_the_same(example: Example) -> None:
    for command in commands("go"):
        example.run(*command)
    assert_deployed(example)
    # What is committed is complete: a user's `up` leaves no change in git.
    for name in ("go.mod", "go.sum"):
        assert (example.folder / name).read_bytes() == (EXAMPLES / "go" / name).read_bytes()
    program = example.folder / "main.go"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("DomainName:  ", "DomainNames: "), encoding="utf-8")
    assert "unknown field DomainNames" in example.up(code=1)
