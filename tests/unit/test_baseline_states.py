"""A state that is committed tells nothing of the machine, and no secret."""

import json
from typing import Any

import pytest

from tests.baseline import states

ENDPOINT = "http://127.0.0.1:41234"
SECRET = "4dabf18193072939515e22adb298388d"


def exported(inputs: dict[str, Any], secret: dict[str, Any]) -> str:
    """What `pulumi stack export --show-secrets` says of a stack with one queue."""
    queue = {
        "urn": "urn:pulumi:dev::customer-lifecycle::aws-native:sqs:Queue::rejects",
        "created": "2026-01-01T00:00:00Z",
        "sourcePosition": "project:///../../home/somebody/__main__.py#1",
        "inputs": inputs,
        "outputs": {
            "queueUrl": f"{ENDPOINT}/000000000000/rejects",
            "__inputs": {SECRET: "1b", "plaintext": json.dumps(secret)},
        },
    }
    deployment = {
        "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "a", "version": "v3"},
        "secrets_providers": {"type": "passphrase", "state": {"salt": "v1:a"}},
        "resources": [queue],
    }
    return json.dumps({"version": 3, "deployment": deployment})


def test_times_paths_salts_and_ports_are_left_out() -> None:
    inputs = {"queueName": "rejects"}
    text = states.normalised(exported(inputs, inputs), ENDPOINT)
    for each in ("2026", "somebody", "salt", "41234", SECRET):
        assert each not in text


def test_a_secret_that_is_none_of_the_inputs_is_refused() -> None:
    with pytest.raises(ValueError, match=SECRET):
        states.normalised(exported({"name": "a"}, {"name": "a", "password": "b"}), ENDPOINT)


def test_a_path_of_the_machine_is_refused() -> None:
    inputs = {"code": "/home/somebody/lambdas/deliver.py"}
    with pytest.raises(ValueError, match="/home/"):
        states.normalised(exported(inputs, inputs), ENDPOINT)


@pytest.mark.parametrize("stack", states.STACKS)
def test_what_is_committed_can_be_imported_again(stack: str) -> None:
    endpoint = "http://127.0.0.1:5000"
    state = json.loads(states.state(stack, endpoint, "v1:salt"))
    assert state["deployment"]["secrets_providers"]["state"] == {"salt": "v1:salt"}
    for resource in state["deployment"]["resources"]:
        if resource["custom"] and not resource["type"].startswith("pulumi:"):
            kept = resource["outputs"]["__inputs"]
            assert json.loads(kept["plaintext"]) == resource["inputs"]
    assert endpoint in json.dumps(state)
    assert states.ENDPOINT not in json.dumps(state)
