"""`lifecycle verify`: prove that a deployed domain merges the example objects as it should."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from lifecycle.clients import client, could_not_run
from lifecycle.errors import CouldNotRunError
from lifecycle.seed_and_verify import Result, Verification
from lifecycle.signals import ended_by_signals
from lifecycle.stack_outputs import Deployed
from lifecycle.where import where

if TYPE_CHECKING:
    from lifecycle.verify_record import VerifyRecord

EXIT_MISMATCH: Final = 1
EXIT_COULD_NOT_RUN: Final = 2


@click.command()
@click.option("-s", "--stack", help="Stack of this program whose outputs say where the domain is.")
@click.option("--domain", help="Domain name, instead of a stack.")
@click.option("--region", help="AWS region; by default the stack's first.")
@click.option("--endpoint", help="URL of the local AWS, with --domain.")
@click.option("--account", help="Account number to use; by default one of the run's own.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="Seconds to wait for the profile: search is eventually consistent.",
)
@click.option("--keep", is_flag=True, help="Leave what was put.")
@click.option(
    "--connect",
    is_flag=True,
    help="Check that the stack's Connect instance uses the domain.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(
    stack: str | None,
    domain: str | None,
    region: str | None,
    endpoint: str | None,
    account: str | None,
    timeout: float,
    *,
    keep: bool,
    connect: bool,
    as_json: bool,
) -> None:
    """Put the mappings' example objects, and compare the merged profile with what it must be.

    Exits 0 if every attribute agrees, 1 if one does not, 2 if it could not run, 128 + signal if
    a signal ended it. What was put is removed, whatever happens. The result is put on record for
    `lifecycle doctor`.
    """
    import mappings  # noqa: PLC0415 - help needs none of it
    from lifecycle.connect_association import find_association  # noqa: PLC0415
    from lifecycle.seed import make_seed  # noqa: PLC0415
    from lifecycle.verify_record import VerifyRecord  # noqa: PLC0415
    from profiles import InvalidMappingError  # noqa: PLC0415

    try:
        deployed = where(stack, domain, region, endpoint)
        loaded = mappings.load()
        seed = make_seed(loaded, account)
        profiles = client(deployed, "customer-profiles")
        associations = [find_association(profiles, deployed)] if connect else []
        verification = Verification(profiles, deployed.domain, timeout, keep, _progress)
        with ended_by_signals():
            results = verification.run(seed)
    except (CouldNotRunError, InvalidMappingError) as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    ok = all(result.ok for result in results)
    _keep(deployed, VerifyRecord.of((each.object_type for each in loaded), ok=ok))
    if as_json:
        shown = [_as_json(result) for result in results]
        answer: dict[str, object] = {
            "ok": ok and all(each.ok for each in associations),
            "profiles": shown,
        }
        if connect:
            answer["connect"] = [asdict(each) | {"ok": each.ok} for each in associations]
        click.echo(json.dumps(answer))
    else:
        _print(results, keep=keep)
        for each in associations:
            click.echo(each)
    if not ok:
        if deployed.dead_letter_queue_url and not all(each.profiles_found for each in results):
            click.echo(f"rejected objects are in {deployed.dead_letter_queue_url}", err=True)
        sys.exit(EXIT_MISMATCH)
    if not all(each.ok for each in associations):
        sys.exit(EXIT_MISMATCH)


def _keep(deployed: Deployed, record: "VerifyRecord") -> None:
    """Puts the result on record for `lifecycle doctor`; who may not do so still has the result."""
    from lifecycle import verify_record  # noqa: PLC0415 - help needs none of it

    try:
        with could_not_run(f"the record of domain {deployed.domain}"):
            verify_record.write(client(deployed, "ssm"), deployed.domain, record)
    except CouldNotRunError as error:
        _progress(f"the result is not on record for lifecycle doctor: {error}")


def _progress(step: str) -> None:
    click.echo(f"verify: {step}", err=True)


def _as_json(result: Result) -> dict[str, object]:
    rows = [{**asdict(row), "ok": row.ok} for row in result.rows]
    return {**asdict(result), "ok": result.ok, "rows": rows}


def _print(results: list[Result], *, keep: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    for result in results:
        table = Table(title=f"Profile of account {result.account} in domain {result.domain}")
        for column in ("Attribute", "Expected", "Actual", ""):
            table.add_column(column, overflow="fold")
        for row in result.rows:
            mark = Text("ok", "green") if row.ok else Text("DIFFERS", "bold red")
            table.add_row(
                Text(row.attribute), Text(row.expected or "-"), Text(row.actual or "-"), mark
            )
        console.print(table)
        agree = sum(row.ok for row in result.rows)
        console.print(
            f"profiles found: {result.profiles_found}; {agree} of {len(result.rows)} attributes"
            f" agree after {result.seconds:.1f} s"
        )
        if keep:
            console.print(f"kept: profile {result.profile_id}")
        elif not result.removed:
            console.print("what was put is still found: delete the profile by hand")
