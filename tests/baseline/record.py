"""`make baseline`: deploy every stack to the local AWS and keep its state as the last release's.

Run it at a release, on the commit that is released, and commit what it writes.
"""

import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import toolchain
from lifecycle.workspace import PROGRAM, Workspace
from tests.baseline import states
from tests.conftest import started


def record(stack: str, folder: Path) -> str:
    """Deploy a stack to a local AWS of its own; its state as it is committed.

    folder: an empty one. Raises: RuntimeError with what pulumi said.
    """
    project = folder / "project"
    project.mkdir()
    with started(folder / "emulator.log") as emulator:
        workspace = Workspace(project, emulator.url, toolchain.programs(), stack=stack)
        exported = folder / "state.json"
        for command in (
            ("stack", "init", stack),
            ("up", "--yes", "--skip-preview"),
            ("stack", "export", "--show-secrets", "--file", str(exported)),
        ):
            done = workspace.pulumi(*command)
            if done.code:
                raise RuntimeError(f"pulumi {' '.join(command)}: {done.tail}")
        return states.normalised(exported.read_text(encoding="utf-8"), emulator.url)


def main() -> None:
    """Replace the release that is kept."""
    release = states.FOLDER / version("customer-lifecycle")
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "made"
        made.mkdir()
        for stack in states.STACKS:
            (Path(name) / stack).mkdir()
            text = record(stack, Path(name) / stack)
            (made / f"{stack}.state.json").write_text(text, encoding="utf-8")
            shutil.copy(PROGRAM / f"Pulumi.{stack}.yaml", made / f"{stack}.settings.yaml")
            sys.stderr.write(f"baseline: {stack} of {release.name}\n")
        (made / "mappings").mkdir()
        states.copy_mappings(PROGRAM / "mappings", made / "mappings")
        (made / "changes.yaml").write_text("{}\n", encoding="utf-8")
        for old in states.FOLDER.glob("[0-9]*"):
            shutil.rmtree(old)
        shutil.copytree(made, release)


if __name__ == "__main__":
    main()
