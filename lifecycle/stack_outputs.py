"""What a stack deployed, from `pulumi stack output`."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from lifecycle.errors import CouldNotRunError

PROGRAM_FOLDER: Final = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS: Final = 25


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where the domain is, and the ways into it; what is switched off is None.

    endpoint: URL of the local AWS, None for AWS itself. dead_letter_queue_url: the domain's own.
    batch_state_machines: name of a source to the ARN of its state machine. encryption_key_arn,
    default_expiration_days: what the domain was deployed with. ingestion_key_arn: of the ways in.
    """

    domain: str
    region: str
    endpoint: str | None = None
    dead_letter_queue_url: str | None = None
    delivery_function_name: str | None = None
    rejects_queue_url: str | None = None
    event_bus_name: str | None = None
    events_dead_letter_queue_url: str | None = None
    topic_arn: str | None = None
    topic_dead_letter_queue_url: str | None = None
    batch_bucket: str | None = None
    batch_state_machines: Mapping[str, str] | None = None
    dashboard_name: str | None = None
    encryption_key_arn: str | None = None
    default_expiration_days: int | None = None
    connect_instance_arn: str | None = None
    ingestion_key_arn: str | None = None


_SAME_NAME: Final = [field.name for field in fields(Deployed) if field.name != "domain"]


def read_outputs(
    stack: str | None, environ: Mapping[str, str] = os.environ, *, region: str | None = None
) -> Deployed:
    """The outputs of a stack of this repository's program.

    stack: None for the one that is selected. environ: for pulumi. region: None for the first.
    Raises: CouldNotRunError if pulumi, the stack, the region or an output is missing.
    """
    pulumi = _pulumi(environ)
    chosen = () if stack is None else ("--stack", stack)
    command = [pulumi, "stack", "output", "--json", *chosen, "--non-interactive"]
    option = "" if stack is None else f" -s {stack}"
    try:
        done = subprocess.run(
            command,
            cwd=PROGRAM_FOLDER,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            env={**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except subprocess.TimeoutExpired:
        raise CouldNotRunError(
            f"pulumi stack output gave no answer in {TIMEOUT_SECONDS} s; is its backend reachable?"
        ) from None
    if done.returncode != 0:
        reason = done.stderr.strip() or done.stdout.strip()
        raise CouldNotRunError(f"pulumi stack output{option}: {reason}")
    try:
        outputs = json.loads(done.stdout)
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict):
        raise CouldNotRunError(f"pulumi stack output{option}: the answer is no JSON object")
    for name in ("domain_name", "region"):
        if name not in outputs:
            raise CouldNotRunError(
                f"there is no output '{name}'; deploy the stack first: pulumi up{option}"
            )
    outputs = _of_region(outputs, region)
    given: dict[str, Any] = {name: outputs.get(name) for name in _SAME_NAME}
    return Deployed(outputs["domain_name"], **given)


def _of_region(outputs: dict[str, Any], region: str | None) -> dict[str, Any]:
    regions: dict[str, Any] = {outputs["region"]: outputs, **outputs.get("regions", {})}
    if region is None:
        return outputs
    if region not in regions:
        raise CouldNotRunError(f"the stack is not in {region}; it is in {', '.join(regions)}")
    of_region: dict[str, Any] = regions[region]
    return of_region


def _pulumi(environ: Mapping[str, str]) -> str:
    found = shutil.which("pulumi", path=environ.get("PATH"))
    if found is not None:
        return found
    from toolchain import MissingProgramsError, programs  # noqa: PLC0415 - not always needed

    try:
        return str(programs(build=False) / "pulumi")
    except MissingProgramsError as error:
        raise CouldNotRunError(f"pulumi was not found; run: make toolchain ({error})") from None
