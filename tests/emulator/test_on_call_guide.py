"""The on-call guide: each of its commands, run on a stack with one rejected object."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lifecycle.doctor.rules import RULES
from tests.emulator.doctoring import Ward
from tests.emulator.stack import LIFECYCLE, Stack

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "on-call.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def ward(emulator: Any, tmp_path: Path) -> Ward:
    """With an object that its mapping took, but the domain did not."""
    ward = Ward.admit(Stack(emulator, tmp_path))
    del ward.stack.outputs["rejects_queue_url"]
    record = json.dumps({"UserId": "7", "status": "x" * 256})
    ward.profiles.put_profile_object(
        DomainName=ward.stack.name, ObjectTypeName="TrialSubscription", Object=record
    )
    return ward


def run(ward: Ward, script: str) -> "subprocess.CompletedProcess[str]":
    environ = ward.stack.environ()
    environ["PATH"] = f"{LIFECYCLE.parent}:{environ['PATH']}"
    return subprocess.run(
        ["bash", "-uo", "pipefail", "-c", script],
        env=environ,
        cwd=ward.stack.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_command_of_the_guide_does_what_it_says(ward: Ward) -> None:
    doctor, cron, verify, recent, listed, show, redrive = BLOCKS
    done = run(ward, doctor)
    assert done.returncode == 1
    (excerpt,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    assert [line for line in excerpt.splitlines() if line not in done.stdout] == []

    done = run(ward, cron)
    assert (done.returncode, done.stdout) == (0, "prod has a problem\n")
    told = json.loads((ward.stack.folder / "doctor.json").read_text("utf-8"))
    assert told["findings"][0]["id"] == "UNDELIVERED"

    assert run(ward, verify).returncode == 0
    assert run(ward, recent).returncode == 1

    done = run(ward, f"{listed.strip()} --json")
    assert "xxx" not in run(ward, listed).stdout
    identity = json.loads(done.stdout)["undelivered"][0]["id"]
    assert "xxx" in run(ward, show.replace("ID", identity)).stdout
    assert run(ward, redrive.replace("ID", identity)).returncode == 0


def test_the_guide_names_every_finding_as_the_code_has_it() -> None:
    rows = [f"| `{r.id}` | {r.severity} | {r.purpose} | {r.way_out} |" for r in RULES]
    assert [row for row in rows if row not in TEXT] == []
    assert len(re.findall(r"^\| `[A-Z_]+` \|", TEXT, re.MULTILINE)) == len(RULES)
