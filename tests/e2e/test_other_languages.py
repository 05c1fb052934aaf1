"""The examples in other languages, deployed by the real CLI onto the local AWS."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import toolchain

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SCHEMA = ROOT / "docs" / "reference" / "component-schema.json"
GUIDE = ROOT / "docs" / "guides" / "other-languages.md"
SECONDS = 240


@dataclass
class Example:
    """A copy of an example's folder, over a local AWS of its own."""

    folder: Path
    environ: dict[str, str]
    emulator: Any

    def run(self, *command: str, code: int = 0) -> str:
        """Run a program in the folder, which has to end as told; what it said."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *arguments: str, code: int = 0) -> str:
        """`pulumi up` without questions."""
        return self.run("pulumi", "up", "--yes", "--skip-preview", *arguments, code=code)

    def customer_profiles(self) -> Any:
        """A boto3 client with the example's own credentials."""
        return self.emulator.client("customer-profiles", "test")


@pytest.fixture(scope="module")
def hosts() -> dict[str, Path]:
    """The hosts of the languages, by name; what is missing is built."""
    return toolchain.languages()


@pytest.fixture
def example(
    programs: Path,
    hosts: dict[str, Path],
    tmp_path: Path,
    start_emulator: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> Iterator[Example]:
    """The example that the test's parameter names, with an empty stack."""
    folder = tmp_path / "examples" / request.param
    ignored = shutil.ignore_patterns("node_modules", "sdks")
    shutil.copytree(EXAMPLES / request.param, folder, ignore=ignored)
    # The guide's commands name the schema from the example's folder.
    shutil.copytree(SCHEMA.parent, tmp_path / "docs" / "reference")
    (tmp_path / "home").mkdir()
    (tmp_path / "state").mkdir()
    environ = toolchain.environment(programs)
    path = os.pathsep.join([environ["PATH"], *(str(each.parent) for each in hosts.values())])
    environ |= {
        "PATH": path,
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_STACK": "local",
    }
    log = tmp_path / "emulator.log"
    with start_emulator(log) as emulator:
        settings = folder / "Pulumi.local.yaml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("http://127.0.0.1:4566", emulator.url), encoding="utf-8")
        yield Example(folder, environ, emulator)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def commands(language: str) -> list[list[str]]:
    """What the guide has a user type in the example's folder."""
    guide = GUIDE.read_text(encoding="utf-8")
    (block,) = re.findall(rf"```sh\ncd examples/{language}\n(.*?)```", guide, re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]


def assert_deployed(example: Example) -> None:
    """The domain takes an object which becomes a customer's profile, and a second `up` is idle."""
    client = example.customer_profiles()
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
    (profile,) = client.search_profiles(
        DomainName="web-shop", KeyName="_account", Values=["00001"]
    )["Items"]
    assert profile["EmailAddress"] == "second@example.com"
    assert profile["Attributes"] == {"LastOrderTotal": "25"}
    buses = example.emulator.client("events", "test").list_event_buses()["EventBuses"]
    assert "web-shop" in [each["Name"] for each in buses]
    assert re.search(r"^    \d+ unchanged$", example.up("--expect-no-changes"), re.MULTILINE)


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
    assert example.customer_profiles().list_domains()["Items"] == []


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


def test_the_sdk_for_go_can_be_written(hosts: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run([hosts["sdkgen"], "go", SCHEMA, tmp_path], check=True, timeout=SECONDS)
    source = (tmp_path / "customerlifecycle" / "customerProfiles.go").read_text(encoding="utf-8")
    assert "func NewCustomerProfiles(ctx *pulumi.Context," in source
