"""A page followed from its first command to its last, as somebody in a fresh clone would.

One shell runs all `sh` blocks in their order, in a copy of this repository with a git history of
its own; `diff` blocks are applied on the way. Each `text` block must be in what the commands before
it printed, line by line; each may be a part of a line, `...` stands for any lines, and empty lines
and the number of spaces do not count.
"""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

import mappings
from lifecycle.schemas import schema_of, text_of
from tests.pages import Block
from tests.ports import free_port
from tests.programs import ROOT, SAMPLE, UNSAVED_STEPS, take_the_sample

PORT = "4566"
"""Of the local AWS, in the pages and in `Pulumi.local.yaml`; each walk has one of its own."""
SECONDS = 900
_MARK = "<<<block "
_FAILED = "<<<failed "
_SETTINGS = ("aws-native:accessKey", "aws-native:secretKey", "aws-native:endpoints")
_PORTED = ("Pulumi.local.yaml", "docs/guides/change_a_row.py")


@dataclass
class Walk:
    """folder: the copy. said: what each block printed, by its number among all blocks.

    failed: each command that did not end with 0, as bash has it.
    """

    folder: Path
    port: str
    environ: dict[str, str]
    said: dict[int, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def follow(self, found: list[Block]) -> None:
        """Run the blocks and compare what is shown."""
        ported = [Block(each.language, each.text.replace(PORT, self.port)) for each in found]
        self._run(ported)
        self.shows(ported)

    def shows(self, found: list[Block]) -> None:
        """Every text block is what was printed before it."""
        printed = ""
        for number, block in enumerate(found):
            if block.language == "sh":
                printed = self.said[number]
            if block.language == "text":
                position, lines = 0, _spaced(printed)
                for part in _parts(block.text):
                    after = _after(lines, part, position)
                    assert after is not None, "\n".join(["not printed:", *part, "but:", *lines])
                    position = after

    def _run(self, found: list[Block]) -> None:
        script = [f"trap 'echo \"{_FAILED}$BASH_COMMAND\"' ERR", "set -o pipefail"]
        for number, block in enumerate(found):
            if block.language == "sh":
                script += [f"echo; echo '{_MARK}{number}'", block.text]
            if block.language == "diff":
                script += [f"git apply <<'PATCH'\n{block.text}PATCH"]
        log = self.folder.parent / "said"
        with log.open("w", encoding="utf-8") as output:
            shell = subprocess.Popen(
                ["bash", "-c", "\n".join(script)],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                shell.wait(SECONDS)
            finally:
                # What the page started in the background and did not end.
                end_group(shell.pid)
                shell.wait()
        parts = re.split(rf"^{_MARK}(\d+)$", log.read_text(encoding="utf-8"), flags=re.MULTILINE)
        self.said = {
            int(number): text for number, text in zip(parts[1::2], parts[2::2], strict=True)
        }
        self.failed = re.findall(rf"^{_FAILED}(.*)", "".join(parts), re.MULTILINE)


def _spaced(text: str) -> list[str]:
    """The lines that are not empty, with one space where there are several."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _parts(text: str) -> list[list[str]]:
    """The runs of lines between those that are `...`."""
    parts: list[list[str]] = [[]]
    for line in _spaced(text):
        if line == "...":
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _after(lines: list[str], part: list[str], start: int) -> int | None:
    """The number of the line behind the part, which is looked for from `start` on."""
    for first in range(start, len(lines) - len(part) + 1):
        if all(told in line for told, line in zip(part, lines[first:], strict=False)):
            return first + len(part)
    return None


def end_group(group: int) -> None:
    """End all that still runs of the shell's own session."""
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return


def on_local_aws(reader: Walk, stack: str, url: str) -> None:
    """Let a stack that is meant for AWS be deployed to a local one, with every way in."""
    path = reader.folder / f"Pulumi.{stack}.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    local = yaml.safe_load((SAMPLE / "Pulumi.local.yaml").read_text(encoding="utf-8"))["config"]
    config = settings["config"] | {name: local[name] for name in _SETTINGS}
    config["aws-native:endpoints"] = dict.fromkeys(config["aws-native:endpoints"], url)
    config["customer-lifecycle:endpoint"] = url
    config["customer-lifecycle:ingestion"] = local["customer-lifecycle:ingestion"]
    path.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")


def clone(folder: Path) -> Walk:
    """A copy of what is in the repository, committed or not yet, in a new empty folder.

    Its mappings and settings are the sample's, of which the pages speak.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    copy = folder / "clone"
    for name in filter(None, listed.split("\0")):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            # With its time: `make` asks whether the environment is older than the lock file.
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
    take_the_sample(copy)
    _write_schemas(copy)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    port = free_port()
    for name in _PORTED:
        path = copy / name
        path.write_text(path.read_text(encoding="utf-8").replace(PORT, port), encoding="utf-8")
    author = ["-c", "user.name=tests", "-c", "user.email=tests@example.com"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "All"],
    ):
        subprocess.run(["git", *author, *command], cwd=copy, check=True, capture_output=True)
    return Walk(copy, port, _environ(folder, copy))


def _write_schemas(copy: Path) -> None:
    schemas = copy / "docs" / "reference" / "schemas"
    for path in schemas.glob("*.json"):
        path.unlink()
    for mapping in mappings.load():
        schema = text_of(schema_of(mapping))
        (schemas / f"{mapping.object_type.name}.json").write_text(schema, encoding="utf-8")


def _environ(folder: Path, copy: Path) -> dict[str, str]:
    outside = ("AWS_", "PULUMI_", "PYTEST_", "GIT_", "VIRTUAL_ENV", "COLUMNS", "TERM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    for name in ("tmp", "home", "state"):
        (folder / name).mkdir()
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return kept | {
        # The environment's own packages are those of ROOT; a clone's are its own.
        "PYTHONPATH": str(copy),
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": cache,
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        **UNSAVED_STEPS,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "TMPDIR": str(folder / "tmp"),
    }
