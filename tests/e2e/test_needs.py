"""The doctor's needs, proven: who may do what a need lists, and no more, can run its commands.

The local AWS verifies signatures and enforces policies. The commands run as a user of it, which the
stack's outputs without their endpoint make possible.
"""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from lifecycle.doctor.needs import NEEDS
from lifecycle.doctor.patient import Patient
from lifecycle.review.versions import load_folder
from lifecycle.stack_outputs import Deployed
from tests.e2e.ingestion import TRIAL, Ingestion, customer_ids, record

pytestmark = pytest.mark.e2e

COMMANDS = {
    "verify": ["verify"],
    "send": [
        f"send --way events --type {TRIAL} objects.ndjson",
        f"send --way topic --type {TRIAL} objects.ndjson",
        f"send --way batch --type {TRIAL} --wait objects.ndjson",
    ],
    "load": [
        f"load objects.ndjson --type {TRIAL} --verify 1",
        f"load objects.ndjson --type {TRIAL} --via batch --journal another.journal",
    ],
    "rejects": [
        "rejects list",
        f"rejects redrive --all --object-type Newsletter --as {TRIAL}",
    ],
}


@dataclass
class User:
    """Somebody who may do what `allow` was told last."""

    ingestion: Ingestion
    folder: Path
    environ: dict[str, str]
    patient: Patient

    def allow(self, *needs: str, also: Sequence[Mapping[str, Any]] = ()) -> None:
        """Exactly what these needs list; `any` stands for a name that is not known before."""
        statements = [
            {
                "Effect": "Allow",
                "Action": list(each.actions),
                "Resource": re.sub(r"\bany$", "*", each.resource),
            }
            for name in needs
            for each in NEEDS[name](self.patient)
        ]
        statements = [*statements, *also] or [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.ingestion.client("iam").put_user_policy(
            UserName="operator", PolicyName="needs", PolicyDocument=document
        )

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["lifecycle", *shlex.split(command), "-s", "local"],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def user(deploy_ingestion: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    folder = tmp_path_factory.mktemp("user")
    with deploy_ingestion("--iam") as ingestion:
        iam = ingestion.client("iam")
        iam.create_user(UserName="operator")
        key = iam.create_access_key(UserName="operator")["AccessKey"]
        outputs = {name: told for name, told in ingestion.outputs.items() if name != "endpoint"}
        program = folder / "pulumi"
        program.write_text(f"#!/bin/sh\nprintf %s {shlex.quote(json.dumps(outputs))}\n", "utf-8")
        program.chmod(0o755)
        url = ingestion.deployment.emulator.url
        workspace = ingestion.deployment.workspace.environ
        environ = workspace | {
            "PATH": f"{folder}{os.pathsep}{workspace['PATH']}",
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        given = {name: outputs.get(name) for name in Deployed.__slots__ if name != "domain"}
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
        connect = partial(session.client, endpoint_url=url)
        deployed = Deployed(outputs["domain_name"], **given)
        patient = Patient(deployed, load_folder(), (), 30, connect)
        patient.caller = iam.get_user(UserName="operator")["User"]["Arn"]
        yield User(ingestion, folder, environ, patient)


@pytest.mark.parametrize("need", COMMANDS)
def test_with_what_a_need_lists_its_commands_work_and_with_nothing_none_does(
    user: User, need: str
) -> None:
    lines = [json.dumps(record(TRIAL, each, "Active")) for each in customer_ids(2)]
    (user.folder / "objects.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for journal in user.folder.glob("*.journal"):
        journal.unlink()
    if need == "rejects":
        (customer,) = customer_ids(1)
        user.ingestion.publish_texts("Newsletter", [(customer, json.dumps({"UserId": customer}))])
        user.ingestion.wait_for_rejects(customer, 1)
    for command in COMMANDS[need]:
        user.allow()
        refused = user.run(command)
        assert refused.returncode != 0, command
        assert "not authorized" in refused.stdout + refused.stderr
        user.allow(need)
        done = user.run(command)
        assert done.returncode == 0, command + done.stdout + done.stderr
        assert "not authorized" not in done.stdout + done.stderr


def test_with_what_the_need_of_the_doctor_lists_it_can_look_at_everything(user: User) -> None:
    # Here the list of a bus's rules is asked for on the bus, in AWS on the rules.
    bus = user.patient.arn("events", f"event-bus/{user.patient.deployed.event_bus_name}")
    lists = {"Effect": "Allow", "Action": "events:ListRules", "Resource": bus}
    user.allow("doctor", also=[lists])
    told = json.loads(user.run("doctor --need doctor --json").stdout)
    refused = {each["id"] for each in told["findings"] if "not authorized" in each["message"]}
    assert refused == {"PERMISSIONS_UNKNOWN", "ROLES_UNKNOWN"}, told["findings"]
