"""`lifecycle profile`: what an agent would see of a customer."""

import json
import sys
from typing import Any, Final

import click

from lifecycle.clients import client, could_not_run, pages
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed, read_outputs
from lifecycle.where import region_of_stack

EXIT_NOT_FOUND: Final = 1
EXIT_COULD_NOT_RUN: Final = 2


@click.command()
@click.option("-s", "--stack", help="Stack to look in; by default the one that is selected.")
@region_of_stack
@click.option("--key", default="_account", show_default=True, help="Search key of the value.")
@click.option("--json", "as_json", is_flag=True, help="Print the profiles as JSON.")
@click.argument("value")
def profile(stack: str | None, region: str | None, key: str, value: str, *, as_json: bool) -> None:
    """Show the profiles that hold VALUE under a search key: customer data, to this terminal only.

    Exits 0 if there is one or more, 1 if there is none, 2 if it could not run.
    """
    try:
        found = _found(read_outputs(stack, region=region), key, value)
    except CouldNotRunError as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    if as_json:
        click.echo(json.dumps(found))
    else:
        _print(found)
    sys.exit(0 if found else EXIT_NOT_FOUND)


def _found(deployed: Deployed, key: str, value: str) -> list[dict[str, Any]]:
    profiles = client(deployed, "customer-profiles")
    asked: dict[str, Any] = {"DomainName": deployed.domain, "KeyName": key, "Values": [value]}
    with could_not_run(deployed.domain):
        return [
            _shown(item)
            for page in pages(profiles.search_profiles, **asked)
            for item in page["Items"]
        ]


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    from profiles.documents import flatten  # noqa: PLC0415 - help needs none of it

    # FoundByItems says how it was found, not what it is.
    return flatten({name: each for name, each in item.items() if name != "FoundByItems"})


def _print(found: list[dict[str, Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    for values in found:
        table = Table(title=f"Profile {values.pop('ProfileId')}")
        table.add_column("Attribute", overflow="fold")
        table.add_column("Value", overflow="fold")
        for path in sorted(values, key=lambda each: ("." in each, each)):
            table.add_row(Text(path), Text(str(values[path])))
        console.print(table)
    console.print(f"profiles found: {len(found)}")
