"""`pip install` of the local AWS alone, from the tree, into an environment with nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.emulator.guide import example, run_pytest

REPOSITORY = Path(__file__).parents[2]
DISTRIBUTION = "packages/lifecycle-emulator"
NOT_BUILT_FROM = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
OTHER_ROOMS = ("components", "lifecycle", "mappings", "toolchain")
PINNED = re.compile(r"^[\w.-]+(?:\[[\w,-]+\])?==\S+(?: ; [^\\]*[^\\ ])?", re.MULTILINE)

CREATES_A_QUEUE = """
import json, time
from emulator.testing import local_aws

with local_aws() as aws:
    cloud = aws.client("cloudcontrol")
    event = cloud.create_resource(
        TypeName="AWS::SQS::Queue", DesiredState=json.dumps({"QueueName": "rejects"})
    )["ProgressEvent"]
    while event["OperationStatus"] in ("PENDING", "IN_PROGRESS"):
        time.sleep(0.02)
        event = cloud.get_resource_request_status(RequestToken=event["RequestToken"])[
            "ProgressEvent"
        ]
    print(event["OperationStatus"])
"""


@dataclass(frozen=True)
class Environment:
    """A virtual environment. bin: the folder of its programs."""

    bin: Path

    @property
    def _environ(self) -> dict[str, str]:
        """Nothing of the repository, such as the sample that tests have."""
        return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(self, program: str, *arguments: str) -> str:
        """What a program of it prints, once it has ended well."""
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            cwd=self.bin,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @cached_property
    def installed(self) -> dict[str, str]:
        """Distribution to version."""
        listed = json.loads(self.run("pip", "list", "--format", "json"))
        return {each["name"].lower(): each["version"] for each in listed}

    @contextmanager
    def local_aws(self) -> Iterator[str]:
        """`host:port` of a local AWS that its command runs."""
        with subprocess.Popen(
            [str(self.bin / "lifecycle-emulator"), "--port", "0"],
            cwd=self.bin,
            env=self._environ,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            try:
                yield process.stdout.readline().strip().removeprefix("ready http://")
            finally:
                process.terminate()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What `pip install` of the guide makes, with pytest, in the versions of our own lock."""
    folder = tmp_path_factory.mktemp("distribution")
    for name in (DISTRIBUTION, "emulator", "profiles"):
        shutil.copytree(
            REPOSITORY / name, folder / "tree" / name, symlinks=True, ignore=NOT_BUILT_FROM
        )
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    versions = folder / "versions.txt"
    versions.write_text("\n".join(PINNED.findall(lock)) + "\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    environment = Environment(folder / "venv" / "bin")
    tree = str(folder / "tree" / DISTRIBUTION)
    # To compile everything takes longer than to install it, and little of it is imported.
    options = ("--quiet", "--no-compile", "--constraint", str(versions))
    environment.run("pip", "install", *options, tree, "pytest")
    return environment


def test_nothing_comes_with_it_that_only_the_rest_of_the_repository_needs(
    environment: Environment,
) -> None:
    text = (REPOSITORY / "dependencies.txt").read_text(encoding="utf-8")
    others = {line for line in text.splitlines() if line and not line.startswith("#")}
    # The backing emulator and cfn-lint read YAML.
    others.remove("pyyaml")
    assert {"pulumi", "pulumi-aws", "pulumi-aws-native", "rich"} <= others
    assert others.isdisjoint(environment.installed)
    found = f"import importlib.util as u; print(*filter(u.find_spec, {OTHER_ROOMS!r}))"
    assert environment.run("python", "-c", found) == "\n"


def test_the_example_of_the_guide_passes_there(environment: Environment, tmp_path: Path) -> None:
    assert "2 passed" in run_pytest(tmp_path, example(0), str(environment.bin / "python"))


def test_resources_are_created_there_with_cloud_control(environment: Environment) -> None:
    assert environment.run("python", "-c", CREATES_A_QUEUE) == "SUCCESS\n"


def test_its_command_serves_the_console_with_its_style(environment: Environment) -> None:
    with environment.local_aws() as place:
        answers = {}
        for path in ("/_emulator/", "/_emulator/console/style.css"):
            connection = HTTPConnection(place, timeout=30)
            connection.request("GET", path)
            answer = connection.getresponse()
            answers[path] = answer.status, bool(answer.read())
            connection.close()
    assert set(answers.values()) == {(200, True)}


def test_it_has_the_version_of_the_whole(environment: Environment) -> None:
    whole = version("customer-lifecycle")
    assert environment.installed["lifecycle-emulator"] == whole
    assert environment.run("lifecycle-emulator", "--version").split()[-1] == whole
