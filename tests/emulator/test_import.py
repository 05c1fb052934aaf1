"""`lifecycle import` from a live domain, and the guide's commands."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import mappings
from profiles.requests import to_cloudformation, to_request
from tests.emulator.stack import LIFECYCLE, Stack

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "import.md"
TYPES = [each.object_type for each in mappings.load()]
SAMPLE = """const order = { id: 1 };
client.putProfileObjectType({ "DomainName": domainName, "ObjectTypeName": "Order",
  "Description": "Orders", "AllowProfileCreation": true,
  "Fields": { "id": { "Source": "_source.id", "Target": "_profile.AccountNumber" } },
  "Keys": { "_account": [{ "FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"] }] }
}).promise();
client.putProfileObject({ "ObjectTypeName": "Order", "Object": JSON.stringify(order) })
"""


@pytest.fixture
def stack(emulator: Any, tmp_path: Path) -> Stack:
    stack = Stack(emulator, tmp_path)
    stack.domain()
    return stack


def test_what_a_stack_has_deployed_comes_back_as_its_mappings(stack: Stack, tmp_path: Path) -> None:
    done = stack.run("import", "--into", str(tmp_path / "into"))
    assert done.returncode == 0, done.stderr
    assert {each.object_type for each in mappings.load(tmp_path / "into")} == set(TYPES)
    assert done.stderr.count("no example: add source records to EXAMPLES") == len(TYPES)


def test_a_domain_that_is_not_there_could_not_be_imported(stack: Stack, tmp_path: Path) -> None:
    stack.client("customer-profiles").delete_domain(DomainName=stack.name)
    done = stack.run("import", "--into", str(tmp_path / "into"))
    assert done.returncode == 2
    assert "ResourceNotFoundException" in done.stderr
    assert not (tmp_path / "into").exists()


def test_every_command_of_the_guide_does_what_it_says(stack: Stack, tmp_path: Path) -> None:
    """`terraform` and `aws` are not ours: each is a program that prints what the real one does."""
    resource = {"Type": "AWS::CustomerProfiles::ObjectType"}
    resources = {each.name: resource | {"Properties": to_cloudformation(each)} for each in TYPES}
    (tmp_path / "template.yaml").write_text(json.dumps({"Resources": resources}), "utf-8")
    (tmp_path / "sample.md").write_text(SAMPLE, "utf-8")
    state = {
        "format_version": "1.0",
        "values": {
            "root_module": {
                "resources": [
                    {
                        "type": "awscc_customerprofiles_object_type",
                        "values": {"object_type_name": "Account", "description": "Accounts"}
                        | {"fields": [], "keys": []},
                    }
                ]
            }
        },
    }
    for name, printed in (("terraform", state), ("aws", to_request(TYPES[0]))):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(printed)}\nEND\n", "utf-8")
        program.chmod(0o755)
    environ = stack.environ()
    environ["PATH"] = f"{LIFECYCLE.parent}:{environ['PATH']}"
    environ |= {"AWS_ENDPOINT_URL": stack.emulator.url, "AWS_ACCESS_KEY_ID": "test"}
    environ |= {"AWS_SECRET_ACCESS_KEY": "test"}
    codes = []
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    for block in blocks:
        if "review" not in block:
            for module in (tmp_path / "imported").glob("*.py"):
                module.unlink()
        done = subprocess.run(
            [
                "bash",
                "-euo",
                "pipefail",
                "-c",
                block.replace("--domain crm", f"--domain {stack.name}"),
            ],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr
        codes.append(done.returncode)
    # Terraform's type has no key, which the service would refuse.
    assert codes == [0, 1, 0, 0, 0, 0]
    assert "nothing" in done.stdout.lower() or "no change" in done.stdout.lower(), done.stdout
