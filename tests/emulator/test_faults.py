"""Faults on demand, as a client meets them."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Ask = Callable[..., Any]


@pytest.fixture
def ask(emulator: Any) -> Iterator[Ask]:
    """`ask(method, body)`: (status, answer) of `/_emulator/faults`; no rule outlives the test."""

    def run(method: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        address = f"{emulator.url}/_emulator/faults"
        request = urllib.request.Request(address, data, method=method)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request) as response:  # noqa: S310
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    yield run
    run("DELETE")


def refused(call: Callable[[], Any]) -> tuple[str, str, int]:
    """Code, message and status with which a call is refused."""
    with pytest.raises(ClientError) as error:
        call()
    response = error.value.response
    told = response["Error"]
    return told["Code"], told["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def certain(error: str, **rule: Any) -> dict[str, Any]:
    return {"rules": [{"probability": 1, "error": error} | rule]}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ThrottlingException", ("ThrottlingException", "Rate exceeded", 429)),
        ("concurrent-update", ("BadRequestException", "A concurrent update is in-progress", 400)),
    ],
)
def test_a_put_fails_as_the_model_says(
    ask: Ask, customer_profiles: Any, domain: str, error: str, told: tuple[str, str, int]
) -> None:
    assert ask("PUT", certain(error, operation="PutProfileObject"))[0] == 200

    def put() -> Any:
        customer_profiles.put_profile_object(DomainName=domain, ObjectTypeName="Trial", Object="{}")

    assert refused(put) == told


def test_an_internal_error_is_a_500_of_the_service(
    ask: Ask, customer_profiles: Any, domain: str
) -> None:
    ask("PUT", certain("InternalServerException", service="profile"))
    code, message, status = refused(lambda: customer_profiles.get_domain(DomainName=domain))
    assert (code, status) == ("InternalServerException", 500)
    assert "/_emulator/faults" in message


def test_other_operations_and_services_go_on(
    ask: Ask, emulator: Any, account: str, customer_profiles: Any, domain: str
) -> None:
    ask("PUT", certain("ThrottlingException", operation="PutProfileObject"))
    assert customer_profiles.get_domain(DomainName=domain)["DomainName"] == domain
    assert emulator.client("sts", account).get_caller_identity()["Account"] == account


def test_cloud_control_fails_in_its_own_shape(ask: Ask, emulator: Any, account: str) -> None:
    ask("PUT", certain("ThrottlingException", service="cloudcontrolapi"))
    client = emulator.client("cloudcontrol", account)
    code, _, status = refused(lambda: client.list_resources(TypeName="AWS::SQS::Queue"))
    assert (code, status) == ("ThrottlingException", 400)


def test_the_data_api_fails_in_its_own_shape(ask: Ask, emulator: Any, account: str) -> None:
    ask("PUT", certain("ServiceUnavailableError", operation="ExecuteStatement"))
    client = emulator.client("rds-data", account)
    arn = f"arn:aws:rds:us-east-1:{account}:cluster:c"
    code, _, status = refused(
        lambda: client.execute_statement(resourceArn=arn, secretArn=arn, sql="SELECT 1")
    )
    assert (code, status) == ("ServiceUnavailableError", 503)


def test_rules_are_shown_counted_and_removed(ask: Ask, customer_profiles: Any, domain: str) -> None:
    rule = {"operation": "GetDomain", "probability": 1, "error": "ThrottlingException"}
    assert ask("PUT", {"seed": 5, "rules": [rule]}) == (
        200,
        {"seed": 5, "rules": [rule | {"struck": 0}]},
    )
    for _ in range(2):
        refused(lambda: customer_profiles.get_domain(DomainName=domain))
    assert ask("GET")[1]["rules"] == [rule | {"struck": 2}]
    assert ask("DELETE") == (200, {"seed": 5, "rules": []})
    assert customer_profiles.get_domain(DomainName=domain)["DomainName"] == domain


def test_a_mistake_is_answered_with_400_and_its_name(ask: Ask) -> None:
    status, told = ask("PUT", certain("NoSuchException", operation="PutProfileObject"))
    assert status == 400
    assert told["Message"].startswith("rules[0]: error: profile has AccessDeniedException")
    assert ask("GET")[1]["rules"] == []


def test_other_methods_are_told_what_is_known(ask: Ask) -> None:
    status, told = ask("POST", {})
    assert status == 404
    assert "PUT and DELETE /_emulator/faults" in told["Message"]
