"""`python -m toolchain`: what was asked for is the last line on stdout."""

import signal
import sys
from types import FrameType
from typing import Final

import click

from toolchain import ToolchainError, actionlint, languages, programs
from toolchain.process import nothing_left

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.option("--check", is_flag=True, help="Only look: exit 1 if something has to be got first.")
@click.option("--actionlint", "linter", is_flag=True, help="The linter of workflows instead.")
@click.option("--languages", "others", is_flag=True, help="What other languages need instead.")
def main(*, check: bool, linter: bool, others: bool) -> None:
    """Find or build pulumi, its Python host and the aws-native provider.

    Progress goes to stderr; the folder that holds the programs is the last line on stdout. The
    linter is a program alone, so the last line is its file; of what languages need each
    program has a line.
    """
    for number in _ENDING:
        # `nohup` has a hang-up ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        with nothing_left():
            if others:
                got = "\n".join(map(str, languages(build=not check).values()))
            else:
                got = str((actionlint if linter else programs)(build=not check))
    except ToolchainError as error:
        raise click.ClickException(str(error)) from None
    click.echo(got)


def _stop(number: int, _: FrameType | None) -> None:
    """End by an exception, so that what we started ends with us; once, or it would be disturbed."""
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    main(prog_name="python -m toolchain")
