"""The first deployment from nothing: local AWS, `pulumi up`, verify, the profile, teardown."""

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import toolchain
from lifecycle.errors import CouldNotRunError
from lifecycle.workspace import STACK, Workspace
from toolchain import process

ACCOUNT: Final = "00001"
"""The account number of the seed's example objects."""

LIFECYCLE: Final = str(Path(sys.executable).with_name("lifecycle"))
READY: Final = "ready "
_RESOURCE: Final = re.compile(r" [-+~]+ +(aws-native:\S+) (\S+) (created|deleted|updated)\b")


class Demo:
    """The steps in order. say: takes the lines that tell how far it is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def run(self) -> int:
        """Returns: the exit code of verify. What was started ends, whatever happens.

        Raises: CouldNotRunError naming the step that failed, with what it said last.
        """
        with process.nothing_left(), ExitStack() as teardown:
            with self._step("toolchain: pulumi, its Python host, the aws-native provider"):
                programs = _programs()
            with self._step("local AWS"):
                folder = Path(teardown.enter_context(tempfile.TemporaryDirectory("-lifecycle")))
                endpoint = teardown.enter_context(_emulator(folder / "emulator.log"))
                self._say(f"  {endpoint}")
            workspace = Workspace(_empty(folder / "project"), endpoint, programs)
            with self._step(f"pulumi up -s {STACK}"):
                self._pulumi(workspace, "stack", "init", STACK)
                self._pulumi(workspace, "up", "--yes", "--skip-preview")
            with self._step(f"lifecycle verify -s {STACK} --account {ACCOUNT}"):
                code = _verify(workspace)
            with self._step(f"pulumi destroy -s {STACK}"):
                self._pulumi(workspace, "destroy", "--yes", "--skip-preview")
        return code

    def _pulumi(self, workspace: Workspace, *arguments: str) -> None:
        def show(line: str) -> None:
            if found := _RESOURCE.match(line):
                self._say(f"  {found[3]} {found[1]} {found[2]}")

        done = workspace.pulumi(*arguments, on_line=show)
        if done.code:
            raise CouldNotRunError(f"pulumi {arguments[0]} failed:\n{done.tail}")

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        self._say(f"==> {title}")
        yield
        self._say(f"    done in {time.monotonic() - started:.1f} s")


def _programs() -> Path:
    try:
        return toolchain.programs()
    except toolchain.ToolchainError as error:
        raise CouldNotRunError(f"toolchain: {error}") from None


@contextmanager
def _emulator(log: Path) -> Iterator[str]:
    """The address of a local AWS on a free port, for as long as the block runs."""
    command = [LIFECYCLE, "emulator", "--port", "0"]
    with log.open("w", encoding="utf-8") as stderr:
        running = process.started(command, environ=os.environ, stderr=stderr.fileno())
        with running as child:
            line = child.stdout.readline() if child.stdout is not None else ""
            if not line.startswith(READY):
                raise CouldNotRunError(
                    f"the local AWS did not start:\n{log.read_text(encoding='utf-8')}"
                )
            yield line.removeprefix(READY).strip()


def _verify(workspace: Workspace) -> int:
    command = [LIFECYCLE, "verify", "--stack", STACK, "--account", ACCOUNT]
    sys.stdout.flush()
    running = process.started(command, environ=workspace.environ, stdout=None, stderr=None)
    with running as child:
        return child.wait()


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder
