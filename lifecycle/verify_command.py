"""`lifecycle verify`: prove that a deployed domain merges the example objects as it should."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.seed_and_verify import Result, Verification
from lifecycle.stack_outputs import Deployed, read_outputs

if TYPE_CHECKING:
    from types_boto3_customer_profiles import CustomerProfilesClient

EXIT_MISMATCH: Final = 1
EXIT_COULD_NOT_RUN: Final = 2

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)

# An endpoint that never answers is given up well within half a minute.
_CONNECT_SECONDS: Final = 4
_READ_SECONDS: Final = 6
_ATTEMPTS: Final = 3


@click.command()
@click.option("-s", "--stack", help="Stack of this program whose outputs say where the domain is.")
@click.option("--domain", help="Domain name, instead of a stack.")
@click.option("--region", help="AWS region, with --domain.")
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
    as_json: bool,
) -> None:
    """Put the mappings' example objects, and compare the merged profile with what it must be.

    Exits 0 if every attribute agrees, 1 if one does not, 2 if it could not run, 128 + signal if
    a signal ended it. What was put is removed, whatever happens.
    """
    import mappings  # noqa: PLC0415 - help needs none of it
    from lifecycle.seed import make_seed  # noqa: PLC0415
    from profiles import InvalidMappingError  # noqa: PLC0415

    try:
        deployed = _where(stack, domain, region, endpoint)
        seed = make_seed(mappings.load(), account)
        verification = Verification(_client(deployed), deployed.domain, timeout, keep, _progress)
        with _ended_by_signals():
            results = verification.run(seed)
    except (CouldNotRunError, InvalidMappingError) as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    if as_json:
        shown = [_as_json(result) for result in results]
        click.echo(json.dumps({"ok": all(each.ok for each in results), "profiles": shown}))
    else:
        _print(results, keep=keep)
    if not all(result.ok for result in results):
        if deployed.dead_letter_queue_url and not all(each.profiles_found for each in results):
            click.echo(f"rejected objects are in {deployed.dead_letter_queue_url}", err=True)
        sys.exit(EXIT_MISMATCH)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM end by an exception, so that what was put is removed."""
    before = {number: signal.signal(number, _stop) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> None:
    """Once: more signals, which terminals and wrappers send, do not disturb the removal."""
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def _where(
    stack: str | None, domain: str | None, region: str | None, endpoint: str | None
) -> Deployed:
    if (stack is None) == (domain is None):
        raise CouldNotRunError("say where: either --stack NAME, or --domain NAME --region REGION")
    if stack is not None:
        return read_outputs(stack)
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if domain is None or region is None:
        raise CouldNotRunError("--domain needs --region")
    return Deployed(domain, region, endpoint)


def _client(deployed: Deployed) -> "CustomerProfilesClient":
    import boto3  # noqa: PLC0415 - half a second
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
    # The local AWS takes any key; without one the SDK would search the network for credentials.
    key = "test" if deployed.endpoint else None
    try:
        return boto3.client(
            "customer-profiles",
            region_name=deployed.region,
            endpoint_url=deployed.endpoint,
            config=config,
            aws_access_key_id=key,
            aws_secret_access_key=key,
        )
    except (BotoCoreError, ValueError) as error:
        raise CouldNotRunError(f"the AWS SDK cannot be set up: {error}") from None


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
