"""`python -m toolchain`: the folder of the programs is the last line on stdout."""

import signal
import sys

import click

from toolchain import ToolchainError, programs
from toolchain.process import nothing_left


@click.command()
@click.option("--check", is_flag=True, help="Only look: exit 1 if something has to be got first.")
def main(check: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Find or build pulumi, its Python host and the aws-native provider.

    Progress goes to stderr; the folder that holds the programs is the last line on stdout.
    """
    # As an exception, so that what we started ends with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with nothing_left():
            folder = programs(build=not check)
    except ToolchainError as error:
        raise click.ClickException(str(error)) from None
    click.echo(folder)


if __name__ == "__main__":
    main(prog_name="python -m toolchain")
