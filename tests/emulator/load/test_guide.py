"""The load guide: its commands, run as they stand, and what it says that they print."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.stack import LIFECYCLE, Stack

TEXT = (Path(__file__).parents[3] / "docs" / "guides" / "load.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
(OUTPUT,) = re.findall(r"```text\n(read .*?)```", TEXT, re.DOTALL)


def run(stack: Stack, script: str) -> "subprocess.CompletedProcess[str]":
    environ = stack.environ()
    environ["PATH"] = f"{LIFECYCLE.parent}:{environ['PATH']}"
    return subprocess.run(
        ["bash", "-uc", script],
        env=environ,
        cwd=stack.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def stack(emulator: Any, tmp_path: Path) -> Stack:
    """A domain with the mappings' types."""
    stack = Stack(emulator, tmp_path)
    stack.domain()
    return stack


def test_the_guide_ends_as_it_says(stack: Stack) -> None:
    start, load, again, _ = BLOCKS
    assert "lifecycle emulator" in start
    done = run(stack, load)
    assert done.returncode == 3, done.stderr
    lines = [line for line in OUTPUT.splitlines() if line != "..."]
    assert [line for line in lines if line not in done.stdout.splitlines()] == []
    assert stack.attributes("00002")["TrialStatus"] == "Expired"

    right = run(stack, again)
    assert stack.attributes("00003")["TrialStatus"] == "Active"
    assert "sent 0, unchanged 2, rejected 1 of 3" in right.stdout
