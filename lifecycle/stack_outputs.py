"""What a stack deployed, from `pulumi stack output`."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lifecycle.errors import CouldNotRunError

PROGRAM_FOLDER: Final = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS: Final = 25


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where the domain is. endpoint: URL of the local AWS, None for AWS itself."""

    domain: str
    region: str
    endpoint: str | None = None
    dead_letter_queue_url: str | None = None


def read_outputs(stack: str) -> Deployed:
    """The outputs of a stack of this repository's program.

    Raises: CouldNotRunError if pulumi, the stack or an output is missing.
    """
    pulumi = _pulumi()
    command = [pulumi, "stack", "output", "--json", "--stack", stack, "--non-interactive"]
    try:
        done = subprocess.run(
            command,
            cwd=PROGRAM_FOLDER,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except subprocess.TimeoutExpired:
        raise CouldNotRunError(
            f"pulumi stack output gave no answer in {TIMEOUT_SECONDS} s; is its backend reachable?"
        ) from None
    if done.returncode != 0:
        reason = done.stderr.strip() or done.stdout.strip()
        raise CouldNotRunError(f"pulumi stack output -s {stack}: {reason}")
    try:
        outputs = json.loads(done.stdout)
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict):
        raise CouldNotRunError(f"pulumi stack output -s {stack}: the answer is no JSON object")
    try:
        return Deployed(
            outputs["domain_name"],
            outputs["region"],
            outputs.get("endpoint"),
            outputs.get("dead_letter_queue_url"),
        )
    except KeyError as missing:
        raise CouldNotRunError(
            f"stack {stack} has no output {missing}; deploy it first: pulumi up -s {stack}"
        ) from None


def _pulumi() -> str:
    found = shutil.which("pulumi")
    if found is not None:
        return found
    from toolchain import MissingProgramsError, programs  # noqa: PLC0415 - not always needed

    try:
        return str(programs(build=False) / "pulumi")
    except MissingProgramsError as error:
        raise CouldNotRunError(f"pulumi was not found; run: make toolchain ({error})") from None
