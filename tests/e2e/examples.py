"""What the end-to-end tests of the examples share: a copy of an example over a local AWS."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import toolchain
from tests.programs import UNSAVED_STEPS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SCHEMA = ROOT / "docs" / "reference" / "component-schema.json"
GUIDE = ROOT / "docs" / "guides" / "other-languages.md"
# With empty caches Go compiles for a minute, and other tests run meanwhile.
SECONDS = 480


@dataclass
class Example:
    """A copy of an example's folder, over a local AWS of its own."""

    folder: Path
    environ: dict[str, str]
    emulator: Any

    def run(self, *command: str, code: int = 0) -> str:
        """Run a program in the folder, which has to end as told; what it said."""
        done = self._run(command)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *arguments: str, code: int = 0) -> str:
        """`pulumi up` without questions."""
        return self.run("pulumi", "up", "--yes", "--skip-preview", *arguments, code=code)

    def output(self, *command: str) -> str:
        """What a program, which has to succeed, writes to standard output."""
        done = self._run(command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def client(self, service: str) -> Any:
        """A boto3 client with the example's own credentials."""
        return self.emulator.client(service, "test")

    def profile(self, customer: str) -> Any:
        """The customer's one profile; None where there is none."""
        found = self.client("customer-profiles").search_profiles(
            DomainName="web-shop", KeyName="_account", Values=[customer]
        )["Items"]
        assert len(found) <= 1
        return found[0] if found else None

    def _run(self, command: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@contextmanager
def copied(
    name: str,
    folder: Path,
    programs: Path,
    hosts: Mapping[str, Path],
    start_emulator: Callable[..., Any],
) -> Iterator[Example]:
    """A copy of the example in an empty folder, with no stack yet.

    programs, hosts: the toolchain's folder, and its programs for other languages by name.
    """
    example = folder / "examples" / name
    ignored = shutil.ignore_patterns("node_modules", "sdks")
    shutil.copytree(EXAMPLES / name, example, ignore=ignored)
    # The guide's commands name the schema from the example's folder.
    shutil.copytree(SCHEMA.parent, folder / "docs" / "reference")
    for made in ("home", "state", "hosts"):
        (folder / made).mkdir()
    for host, program in hosts.items():
        (folder / "hosts" / host).symlink_to(program)
    log = folder / "emulator.log"
    with start_emulator(log) as emulator:
        settings = example / "Pulumi.local.yaml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("http://127.0.0.1:4566", emulator.url), encoding="utf-8")
        yield Example(example, _environ(folder, programs), emulator)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _environ(folder: Path, programs: Path) -> dict[str, str]:
    path = os.pathsep.join([str(folder / "hosts"), os.environ["PATH"]])
    return toolchain.environment(programs, {**os.environ, "PATH": path} | UNSAVED_STEPS) | {
        # As the toolchain builds: what it compiled of Pulumi is not compiled again.
        "CGO_ENABLED": "0",
        "GOFLAGS": "-trimpath",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_STACK": "local",
    }


def commands(language: str) -> list[list[str]]:
    """What the guide has a user type in the example's folder."""
    guide = GUIDE.read_text(encoding="utf-8")
    (block,) = re.findall(rf"```sh\ncd examples/{language}\n(.*?)```", guide, re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]
