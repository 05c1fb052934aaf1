"""Helpers of the end-to-end tests: the real pulumi CLI and provider against a local AWS."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

import toolchain
from lifecycle.workspace import Workspace
from tests.e2e.examples import Example, copied
from tests.e2e.ingestion import Ingestion
from tests.ports import free_port
from tests.programs import SAMPLE, UNSAVED_STEPS, copy_program

DATA = "data"
"""Where the local AWS of `deployed` keeps what it has."""


@dataclass
class Deployment:
    """A stack in a workspace of its own, over a local AWS of its own.

    program: the folder of the program, whose mappings a test may change.
    """

    workspace: Workspace
    emulator: Any
    program: Path

    def pulumi(self, *arguments: str) -> str:
        """Run the CLI, which has to succeed; what it said."""
        said: list[str] = []
        done = self.workspace.pulumi(*arguments, on_line=said.append)
        # What went wrong often stands far above the end.
        assert done.code == 0, "\n".join(each for each in said if "error" in each) + done.tail
        return done.tail

    def up(self, *arguments: str) -> str:
        """`pulumi up` without questions."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def planned(self) -> list[tuple[str, str]]:
        """(operation, resource name) of all that a preview would change."""
        steps = json.loads(self.cli("preview", "--json").stdout)["steps"]
        return sorted(
            (step["op"], step["urn"].rpartition("::")[2]) for step in steps if step["op"] != "same"
        )

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the CLI with its standard output apart."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.workspace.folder,
            env=self.workspace.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def lifecycle(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the project's own command line against the stack."""
        return subprocess.run(
            ["lifecycle", *arguments],
            env=self.workspace.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def client(self, service: str) -> Any:
        """A boto3 client with the stack's own credentials."""
        return self.emulator.client(service, "test")

    def edit(self, module: str, old: str, new: str) -> None:
        """Replace a text that stands once in a mapping."""
        path = self.program / "mappings" / f"{module}.py"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def configure(self, name: str, value: Any) -> None:
        """Set a value of the stack's configuration file; None takes it out."""
        path = self.workspace.folder / f"Pulumi.{self.workspace.environ['PULUMI_STACK']}.yaml"
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        settings["config"][name] = value
        if value is None:
            del settings["config"][name]
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the toolchain; what is missing is built."""
    return toolchain.programs()


@pytest.fixture(scope="session")
def hosts() -> dict[str, Path]:
    """The toolchain's programs for other languages, by name; what is missing is built."""
    return toolchain.languages()


@pytest.fixture
def example(
    programs: Path,
    hosts: dict[str, Path],
    tmp_path: Path,
    start_emulator: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> Iterator[Example]:
    """The example that the test's parameter names, with no stack yet."""
    with copied(request.param, tmp_path, programs, hosts, start_emulator) as example:
        yield example


@contextmanager
def deployed_to(
    folder: Path,
    programs: Path,
    start_emulator: Callable[..., Any],
    *arguments: str,
    stack: str = "local",
    source: Path = SAMPLE,
    init: bool = True,
) -> Iterator[Deployment]:
    """A copy of this repository's program with a stack that nothing was deployed to yet.

    arguments: of the emulator. stack: whose settings it has. source: of mappings and settings.
    init: create the stack.
    """
    program = folder / "program"
    copy_program(program, source=source)
    project = folder / "project"
    project.mkdir()
    with start_emulator(folder / "emulator.log", *arguments) as emulator:
        workspace = Workspace(project, emulator.url, programs, program, stack)
        workspace.environ |= UNSAVED_STEPS
        deployment = Deployment(workspace, emulator, program)
        if init:
            deployment.pulumi("stack", "init", stack)
        yield deployment
    assert "Traceback" not in (folder / "emulator.log").read_text(encoding="utf-8")


@pytest.fixture
def deployment(
    programs: Path, tmp_path: Path, start_emulator: Callable[..., Any]
) -> Iterator[Deployment]:
    """A stack of the test's own."""
    with deployed_to(tmp_path, programs, start_emulator) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def once_deployed(
    programs: Path, tmp_path_factory: pytest.TempPathFactory, start_emulator: Callable[..., Any]
) -> tuple[Path, str]:
    """(the folder, the port) of a stack that was deployed, and whose local AWS has ended."""
    folder = tmp_path_factory.mktemp("deployed")
    (folder / DATA).mkdir()
    port = free_port()
    arguments = (*_kept(folder), "--port", port)
    with deployed_to(folder, programs, start_emulator, *arguments) as deployment:
        deployment.up()
    return folder, port


@pytest.fixture
def deployed(
    once_deployed: tuple[Path, str],
    programs: Path,
    tmp_path: Path,
    start_emulator: Callable[..., Any],
) -> Iterator[Deployment]:
    """A stack of the test's own that is deployed already, by one `up` for all such tests.

    State, settings and the data of the local AWS are copies. The port is the same one: it is in
    the stack's settings and in the addresses of its queues.
    """
    kept, port = once_deployed
    shutil.copytree(kept / DATA, tmp_path / DATA)
    arguments = (*_kept(tmp_path), "--port", port)
    with deployed_to(tmp_path, programs, start_emulator, *arguments, init=False) as deployment:
        project = deployment.workspace.folder
        shutil.copytree(kept / "project" / "state", project / "state", dirs_exist_ok=True)
        # It holds the salt of the state's secrets.
        shutil.copy(kept / "project" / "Pulumi.local.yaml", project)
        yield deployment


def _kept(folder: Path) -> tuple[str, str]:
    return "--data", str(folder / DATA / "customers.sqlite3")


@pytest.fixture(scope="session")
def deploy_ingestion(
    programs: Path, tmp_path_factory: pytest.TempPathFactory, start_emulator: Callable[..., Any]
) -> Callable[..., Any]:
    """`with deploy_ingestion(*arguments) as ingestion:` a deployed stack with all ways in.

    arguments: of the emulator.
    """

    @contextmanager
    def run(*arguments: str) -> Iterator[Ingestion]:
        folder = tmp_path_factory.mktemp("ingestion")
        with deployed_to(folder, programs, start_emulator, *arguments) as deployment:
            deployment.up()
            ingestion = Ingestion(deployment)
            ingestion.create_tables()
            yield ingestion

    return run


@pytest.fixture(scope="session")
def ingestion(deploy_ingestion: Callable[..., Any]) -> Iterator[Ingestion]:
    """A stack for tests that look at customers of their own: its queues keep what they left."""
    with deploy_ingestion() as ingestion:
        yield ingestion


@pytest.fixture
def marked() -> Iterator[tuple[dict[str, str], Callable[[], list[str]]]]:
    """An environment with a mark of its own, and what still runs with that mark."""
    mark = f"LIFECYCLE_TEST_MARK={os.urandom(8).hex()}"
    name, _, value = mark.partition("=")

    def running() -> list[str]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    yield {**os.environ, name: value}, running
    assert running() == []
