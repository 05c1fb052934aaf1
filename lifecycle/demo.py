"""From nothing to a changing profile: local AWS, `pulumi up`, verify, three changes, teardown."""

import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import toolchain
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import read_outputs
from lifecycle.workspace import STACK, Workspace
from toolchain import process

ACCOUNT: Final = "00001"
"""Under which the example objects are put; those of the sample have it themselves."""

LIFECYCLE: Final = str(Path(sys.executable).with_name("lifecycle"))
READY: Final = "ready "
_RESOURCE: Final = re.compile(r" [-+~]+ +aws-native:\S+ \S+ (created|deleted|updated)\b")
_RESOURCES_PER_LINE: Final = 20


class Demo:
    """The steps in order. say: takes the lines that tell how far it is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def run(self) -> int:
        """Returns: the exit code of verify. What was started ends, whatever happens.

        Raises: CouldNotRunError naming the step that failed, with what it said last.
        """
        # The folder goes last: nothing that started may still write in it.
        with (
            tempfile.TemporaryDirectory("-lifecycle") as name,
            process.nothing_left(),
            ExitStack() as teardown,
        ):
            folder = Path(name)
            with self._step("toolchain: pulumi, its Python host, the aws-native provider"):
                programs = _programs()
            with self._step("local AWS"):
                endpoint = teardown.enter_context(_emulator(folder / "emulator.log"))
                self._say(f"  {endpoint}")
            workspace = Workspace(_empty(folder / "project"), endpoint, programs)
            with self._step(f"pulumi up -s {STACK}"):
                self._pulumi(workspace, "stack", "init", STACK)
                self._pulumi(workspace, "up", "--yes", "--skip-preview")
            with self._step(f"lifecycle verify -s {STACK} --account {ACCOUNT} --keep"):
                code = _verify(workspace)
            if code == 0:
                with self._step("a change by each way in"):
                    self._changes(workspace)
            with self._step(f"pulumi destroy -s {STACK}"):
                self._pulumi(workspace, "destroy", "--yes", "--skip-preview")
        return code

    def _changes(self, workspace: Workspace) -> None:
        from rich.console import Console  # noqa: PLC0415 - not needed before
        from rich.table import Table  # noqa: PLC0415

        import mappings  # noqa: PLC0415
        from lifecycle.changes import Changes  # noqa: PLC0415

        deployed = read_outputs(STACK, workspace.environ)
        changes = Changes(deployed, mappings.load(), ACCOUNT, workspace.sources(), self._say).run()
        if not changes:
            return
        table = Table(title="One change by each way in")
        for column in ("Way", "Object type", "Attribute", "Before", "After", "Seconds"):
            table.add_column(column)
        for each in changes:
            shown = (each.way, each.object_type, each.attribute, each.before or "-", each.after)
            table.add_row(*shown, f"{each.seconds:.2f}")
        Console(width=None if sys.stdout.isatty() else 110, highlight=False).print(table)

    def _pulumi(self, workspace: Workspace, *arguments: str) -> None:
        counted: Counter[str] = Counter()

        def show(line: str) -> None:
            if found := _RESOURCE.match(line):
                counted[found[1]] += 1
                if counted.total() % _RESOURCES_PER_LINE == 0:
                    self._say(f"  {_counts(counted)} ...")

        done = workspace.pulumi(*arguments, on_line=show)
        if done.code:
            raise CouldNotRunError(f"pulumi {arguments[0]} failed:\n{done.tail}")
        if counted:
            self._say(f"  {_counts(counted)}")

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        self._say(f"==> {title}")
        yield
        self._say(f"    done in {time.monotonic() - started:.1f} s")


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{number} resources {what}" for what, number in counted.items())


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
    command = [LIFECYCLE, "verify", "--stack", STACK, "--account", ACCOUNT, "--keep"]
    sys.stdout.flush()
    running = process.started(command, environ=workspace.environ, stdout=None, stderr=None)
    with running as child:
        return child.wait()


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder
