"""Patch documents of updates (RFC 6902): what they do, and what cannot be applied."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

QUEUE = "AWS::SQS::Queue"
DOMAIN = "AWS::CustomerProfiles::Domain"
NESTED = "[" * 900 + "]" * 900


@pytest.fixture
def crm(control: Any) -> str:
    """A domain."""
    return str(control.create(DOMAIN, {"DomainName": "crm", "DefaultExpirationDays": 30}))


def deep_copies() -> str:
    """Copies of a member into itself, each of which doubles how deeply it is nested."""
    operations = [{"op": "add", "path": "/Tags", "value": [[]]}]
    path = "/Tags"
    for _ in range(12):
        operations.append({"op": "copy", "from": "/Tags", "path": f"{path}/0"})
        path += "/0"
    return json.dumps(operations)


def wide_copies() -> str:
    """Copies of a member into itself, each of which doubles it."""
    operations: list[Any] = [{"op": "add", "path": "/Tags", "value": ["x" * 1000]}]
    operations += [{"op": "copy", "from": "/Tags", "path": "/Tags/-"}] * 40
    return json.dumps(operations)


def deep_additions() -> str:
    """Each addition goes deeper than the one before; at last all of it is copied."""
    operations: list[Any] = [{"op": "add", "path": "/Tags", "value": []}]
    operations += [
        {"op": "add", "path": "/Tags" + "/0" * depth + "/-", "value": []} for depth in range(400)
    ]
    return json.dumps([*operations, {"op": "copy", "from": "/Tags", "path": "/Matching"}])


@pytest.mark.parametrize(
    "patch",
    [
        "not JSON",
        "{}",
        "null",
        '"[]"',
        "[1]",
        "[[]]",
        "[null]",
        "[{}]",
        '[{"op": "replace"}]',
        '[{"op": "replace", "path": "/DefaultExpirationDays"}]',
        '[{"op": "turn", "path": "/DefaultExpirationDays", "value": 1}]',
        '[{"op": "replace", "path": "DefaultExpirationDays", "value": 1}]',
        '[{"op": "replace", "path": "/Colour", "value": 1}]',
        '[{"op": "remove", "path": "/Colour"}]',
        '[{"op": "remove", "path": "/Tags/7"}]',
        '[{"op": "add", "path": "/Tags/x", "value": 1}]',
        '[{"op": "add", "path": "/DomainName/x", "value": 1}]',
        '[{"op": "add", "path": "/~2", "value": 1}]',
        '[{"op": "add", "path": 7, "value": 1}]',
        '[{"op": "test", "path": "/DefaultExpirationDays", "value": 7}]',
        '[{"op": "move", "from": "/Colour", "path": "/Tags"}]',
        '[{"op": "move", "path": "/Tags"}]',
        '[{"op": "copy", "from": 1, "path": "/Tags"}]',
        '[{"op": "replace", "path": "", "value": []}]',
        '[{"op": "remove", "path": ""}]',
        f'[{{"op": "add", "path": "/Tags", "value": {NESTED}}}]',
        f'[{{"op": "add", "path": "/DomainName", "value": {NESTED}}}]',
        deep_copies(),
        wide_copies(),
        deep_additions(),
    ],
)
def test_a_patch_that_cannot_be_applied_is_refused_and_changes_nothing(
    control: Any, crm: str, refused: Refused, patch: str
) -> None:
    before = control.get(DOMAIN, crm)
    refusal = refused(
        control.client.update_resource, TypeName=DOMAIN, Identifier=crm, PatchDocument=patch
    )
    assert (refusal.status, refusal.code) == (400, "ValidationException")
    assert refusal.message
    assert control.get(DOMAIN, crm) == before


def test_operations_are_applied_in_their_order(control: Any) -> None:
    url = control.create(QUEUE, {"QueueName": "q", "DelaySeconds": 5, "VisibilityTimeout": 60})
    after = control.update(
        QUEUE,
        url,
        {"op": "test", "path": "/DelaySeconds", "value": 5},
        {"op": "move", "from": "/DelaySeconds", "path": "/ReceiveMessageWaitTimeSeconds"},
        {"op": "add", "path": "/Tags", "value": [{"Key": "b", "Value": "2"}]},
        {"op": "add", "path": "/Tags/0", "value": {"Key": "a", "Value": "1"}},
        {"op": "copy", "from": "/Tags/0/Value", "path": "/Tags/1/Value"},
        {"op": "replace", "path": "/VisibilityTimeout", "value": 1},
        {"op": "replace", "path": "/VisibilityTimeout", "value": 90},
        {"op": "remove", "path": "/Tags/0"},
    )
    assert after["ReceiveMessageWaitTimeSeconds"] == 5
    assert after["VisibilityTimeout"] == 90
    assert after["Tags"] == [{"Key": "b", "Value": "1"}]
    assert "DelaySeconds" not in after


def test_of_a_patch_all_is_applied_or_nothing(control: Any, crm: str, refused: Refused) -> None:
    before = control.get(DOMAIN, crm)
    operations = (
        {"op": "replace", "path": "/DefaultExpirationDays", "value": 60},
        {"op": "test", "path": "/DefaultExpirationDays", "value": 30},
    )
    refusal = refused(control.change, DOMAIN, crm, *operations)
    assert refusal.message == "Invalid patch update: operation 1 cannot be applied"
    assert control.get(DOMAIN, crm) == before


def test_an_empty_patch_changes_nothing(control: Any, world: Any) -> None:
    url = control.create(QUEUE, {"QueueName": "q", "VisibilityTimeout": 60})
    before = control.get(QUEUE, url)
    assert control.update(QUEUE, url) == before
    told = world.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert told["Attributes"]["VisibilityTimeout"] == "60"


def test_null_is_the_same_as_nothing(control: Any) -> None:
    url = control.create(QUEUE, {"QueueName": "q", "DelaySeconds": None, "VisibilityTimeout": 60})
    assert "DelaySeconds" not in control.get(QUEUE, url)
    after = control.update(QUEUE, url, {"op": "add", "path": "/VisibilityTimeout", "value": None})
    assert "VisibilityTimeout" not in after
