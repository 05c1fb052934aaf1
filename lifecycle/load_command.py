"""`lifecycle load`: put an export into a domain, every row accounted for."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.load_progress import progress_for
from lifecycle.signals import ended_by_signals

if TYPE_CHECKING:
    from lifecycle.stack_outputs import Deployed
    from profiles import ObjectTypeMapping

EXIT_WRONG: Final = 1
EXIT_COULD_NOT_RUN: Final = 2
EXIT_REJECTS: Final = 3


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--type", "object_type", required=True, help="Object type of every row.")
@click.option("-s", "--stack", help="Stack whose domain it is; by default the one selected.")
@click.option("--domain", help="Name of the domain, instead of a stack.")
@click.option(
    "--region",
    help="Region of the stack, by default its first; with --domain by default us-east-1.",
)
@click.option("--endpoint", help="With --domain: URL of the local AWS.")
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What the domain has taken so far; by default load-DOMAIN-TYPE.journal here.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("rejected.ndjson"),
    show_default=True,
    help="Where rows go that are not taken, each with its reason; can be loaded again.",
)
@click.option("--dry-run", is_flag=True, help="Check and tell what would become; send nothing.")
@click.option(
    "--verify",
    "to_verify",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Then compare N customers' profiles with the engine's own result.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    help="With --verify: seconds until search must show what was put.",
)
@click.option(
    "--via",
    type=click.Choice(["calls", "batch"]),
    default="calls",
    show_default=True,
    help="By calls from here, or by the stack's batch source.",
)
@click.option("--rate", type=click.FloatRange(min=0.1), help="Never more calls a second than this.")
@click.option("--json", "as_json", is_flag=True, help="Print one object of JSON.")
def load(
    files: tuple[Path, ...],
    object_type: str,
    stack: str | None,
    domain: str | None,
    region: str | None,
    endpoint: str | None,
    journal: Path | None,
    rejects: Path,
    to_verify: int,
    wait: float,
    via: str,
    rate: float | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put the rows of FILES (- for stdin) into a domain.

    FILES hold NDJSON, a JSON list, CSV or Parquet, plain or by gzip. All rows are checked first.
    The rate of calls finds the account's quota and stays below it. A run that was killed goes on
    where it was; a second run sends only rows that changed.

    Exits 0 if every row was sent or is unchanged, 1 if rows are not accounted for or profiles
    differ when verified, 2 if it could not run to the end: run it again to go on. 3 if every row is
    accounted for and some were rejected.
    """
    if stack is not None and domain is not None:
        raise click.UsageError("name a stack or a domain, not both")
    if via == "batch" and domain is not None:
        raise click.UsageError("--via batch needs a stack: the batch source is the stack's")
    from lifecycle.load.run import Options  # noqa: PLC0415 - help needs none of it
    from lifecycle.load.run import load as run  # noqa: PLC0415
    from profiles import InvalidMappingError  # noqa: PLC0415

    try:
        mapping = _mapping(object_type)
        deployed = None if dry_run else _deployed(stack, domain, region, endpoint)
        options = Options(
            paths=files,
            mapping=mapping,
            deployed=deployed,
            journal=journal or _journal(deployed, object_type),
            rejects=rejects,
            dry_run=dry_run,
            verify=to_verify,
            verify_seconds=wait,
            batch=via == "batch",
            rate=rate,
        )
        with ended_by_signals(), progress_for(sys.stderr) as progress:
            report = run(options, progress)
    except (CouldNotRunError, InvalidMappingError) as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    from lifecycle.load.answers import (  # noqa: PLC0415
        has_rejects,
        is_right,
        json_answer,
        text_answer,
    )

    shown = json.dumps(json_answer(options, report)) if as_json else text_answer(options, report)
    click.echo(shown)
    if not is_right(options, report):
        sys.exit(EXIT_WRONG)
    sys.exit(EXIT_REJECTS if has_rejects(options, report) else 0)


def _mapping(object_type: str) -> "ObjectTypeMapping":
    import mappings  # noqa: PLC0415 - help needs none of it

    types = {each.object_type.name: each for each in mappings.load()}
    if object_type not in types:
        known = ", ".join(types)
        raise CouldNotRunError(f"no mapping has the object type {object_type}; there are {known}")
    return types[object_type]


def _deployed(
    stack: str | None, domain: str | None, region: str | None, endpoint: str | None
) -> "Deployed":
    from lifecycle.stack_outputs import Deployed, read_outputs  # noqa: PLC0415

    if domain is None:
        return read_outputs(stack, region=region)
    return Deployed(domain, region or "us-east-1", endpoint)


def _journal(deployed: "Deployed | None", object_type: str) -> Path:
    domain = "none" if deployed is None else deployed.domain
    return Path(f"load-{domain}-{object_type}.journal")
