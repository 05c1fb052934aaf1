"""The command that runs the local AWS: `lifecycle emulator`, or `lifecycle-emulator` alone."""

import logging
import os
import sys
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from emulator import __version__

if TYPE_CHECKING:
    from profiles.engine import Switches

_SWITCH: Final = "--switch"
_BOOLEANS: Final = {"true": True, "false": False}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=4566,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    callback=lambda _, __, value: _address(value),
    help="Address to listen on; one that others can reach needs --access-key-file.",
)
@click.option(
    "--access-key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="LIFECYCLE_ACCESS_KEY_FILE",
    show_envvar=True,
    help="Refuse every request that is not signed with the key in this file, which has the form of"
    " ~/.aws/credentials and one section.",
)
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the state in this file between runs; without it everything is forgotten.",
)
@click.option(
    "--database",
    metavar="DSN",
    help="PostgreSQL behind the RDS Data API, on this machine:"
    " postgresql://USER@127.0.0.1:PORT/DATABASE. Without it, SQLite beside the state file.",
)
@click.option(
    "--iam",
    is_flag=True,
    help="Verify signatures and enforce policies, for callers and for what services do for them;"
    " account numbers and `test` stay the account's root.",
)
@click.option(
    "--switch",
    "switches",
    metavar="NAME=VALUE",
    multiple=True,
    help="A choice where AWS is silent; they are in docs/reference/differences.md.",
)
def emulator(
    port: int,
    host: str,
    access_key_file: Path | None,
    data: Path | None,
    database: str | None,
    iam: bool,  # noqa: FBT001 - click passes it by name
    switches: tuple[str, ...],
) -> None:
    """Run the local AWS until SIGTERM or Ctrl-C.

    Prints `ready http://ADDRESS:PORT` on stdout when it accepts requests; logs go to stderr.
    """
    from emulator.access_key import AccessKeyError, read_access_key  # noqa: PLC0415 - not for help
    from emulator.errors import StateError  # noqa: PLC0415
    from emulator.rds_data import DsnError  # noqa: PLC0415
    from emulator.server import PortTakenError, UnguardedError, serve  # noqa: PLC0415

    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s"
    )
    try:
        key = None if access_key_file is None else read_access_key(access_key_file)
        serve(port, data, database, iam=iam, switches=_switches(switches), host=host, key=key)
    except UnguardedError as error:
        raise click.UsageError(str(error)) from None
    except DsnError as error:
        raise click.BadParameter(str(error), param_hint="--database") from None
    except (AccessKeyError, PortTakenError, StateError) as error:
        raise click.ClickException(str(error)) from None
    # What was to be kept is kept. A thread of the backing emulator that waits, as a state machine
    # may for minutes, would keep the process.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise click.BadParameter("must be an IP address, such as 192.168.1.5 or 0.0.0.0") from None


def _switches(given: tuple[str, ...]) -> "Switches | None":
    """The switches as they were asked for, None where none was."""
    from profiles.engine import Switches  # noqa: PLC0415 - help needs none of it

    kinds = {each.name: type(each.default) for each in fields(Switches)}
    values: dict[str, Any] = {}
    for text in given:
        name, _, value = text.partition("=")
        kind = kinds.get(name)
        if kind is None:
            known = ", ".join(kinds)
            raise click.BadParameter(f"there is no {name}; there are {known}", param_hint=_SWITCH)
        try:
            values[name] = _BOOLEANS[value] if kind is bool else int(value)
        except (KeyError, ValueError):
            wanted = "true or false" if kind is bool else "a whole number"
            raise click.BadParameter(f"{name} is {wanted}", param_hint=_SWITCH) from None
    return Switches(**values) if values else None
