"""`lifecycle demo`: what `make demo` runs."""

import signal
import sys
import time
from types import FrameType

import click

from lifecycle.errors import CouldNotRunError

EXIT_COULD_NOT_RUN = 2


@click.command()
def demo() -> None:
    """Deploy to a local AWS, verify, show the merged profile, and tear all of it down.

    Uses the real pulumi CLI and the real aws-native provider; what of them is missing is
    downloaded or built first. Exits 0 if the profile is right, 1 if not, 2 if it could not run.
    """
    from lifecycle.demo import Demo  # noqa: PLC0415 - help needs none of it

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    started = time.monotonic()
    try:
        code = Demo(_say).run()
    except CouldNotRunError as error:
        click.echo(f"the demo failed: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    _say(f"demo: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s")
    sys.exit(code)


def _stop(number: int, _: FrameType | None) -> None:
    """End by an exception, so that the teardown happens; once: more signals do not disturb it."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    click.echo("\nstopping: ending what the demo started", err=True)
    sys.exit(128 + number)


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
