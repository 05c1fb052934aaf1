"""`lifecycle review`: what a change of the mappings does to customers."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.signals import ended_by_signals

if TYPE_CHECKING:
    from lifecycle.review.review_report import ReviewReport
    from lifecycle.review.run import Request

EXIT_COULD_NOT_RUN: Final = 1
EXIT_FINDINGS: Final = 100

FORMATS: Final = ("text", "json", "markdown", "github", "sarif", "junit")
CATEGORIES: Final = ("IDENTITY", "BACKFILL", "FORWARD_ONLY", "ADDITIVE", "COSMETIC")
NEVER: Final = "never"
SUMMARY: Final = "GITHUB_STEP_SUMMARY"

_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--against",
    metavar="REF|live:STACK|FOLDER",
    help="What to compare with: a commit, what is deployed, or a folder with mappings."
    "  [default: where this branch left origin/main]",
)
@click.option(
    "--objects",
    multiple=True,
    metavar="[TYPE=]FILE",
    help="Replay these objects too: NDJSON or CSV, may be gzipped. May be given several times.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)
@click.option("--output", type=_FILE, help="Write to this file instead of printing.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the same review in another format too. May be given several times.",
)
@click.option(
    "--fail-on",
    type=click.Choice((*CATEGORIES, NEVER)),
    default=CATEGORIES[-1],
    show_default=True,
    help="Least category of a finding that makes the review fail.",
)
@click.option(
    "--exceptions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Findings that may pass.  [default: review-exceptions.yaml, where there is one]",
)
@click.option("--show-values", is_flag=True, help="Show values of customers instead of masks.")
@click.option("--no-replay", is_flag=True, help="Compare only: no profiles before and after.")
@click.option("--rules", is_flag=True, help="Print the rules as text, json or markdown, and end.")
def review(
    against: str | None,
    objects: tuple[str, ...],
    format_: str,
    output: Path | None,
    reports: tuple[str, ...],
    fail_on: str,
    exceptions: Path | None,
    *,
    show_values: bool,
    no_replay: bool,
    rules: bool,
) -> None:
    """Show what the mappings of the working tree change for customers.

    Compares them by name with another version, tells the consequence of each change, and replays
    the mappings' examples, and objects that are given, through both versions.

    Exits 0 if nothing is found at or above --fail-on, 1 if it could not run, 100 if something is
    found, 128 + signal if a signal ended it. What the service would refuse counts always, but with
    --fail-on never.
    """
    if no_replay and objects:
        raise click.UsageError("--objects are replayed: leave out --no-replay")
    if rules:
        _print_rules(format_, output)
        return
    wanted = _wanted(format_, output, reports)
    from lifecycle.review.model import Category  # noqa: PLC0415 - help needs none of it
    from lifecycle.review.run import Request  # noqa: PLC0415

    request = Request(
        against=against,
        objects=objects,
        exceptions=exceptions,
        fail_on=None if fail_on == NEVER else Category[fail_on],
        replays=not no_replay,
        show_values=show_values,
    )
    try:
        with ended_by_signals():
            report = _review(request)
            _write_all(report, wanted)
    except CouldNotRunError as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    sys.exit(EXIT_FINDINGS if report.fails else 0)


def _wanted(format_: str, output: Path | None, reports: tuple[str, ...]) -> dict[Path | None, str]:
    """File to its format; None for what is printed."""
    wanted = {output: format_}
    for each in reports:
        name, _, file = each.partition("=")
        if name not in FORMATS or not file:
            known = ", ".join(FORMATS)
            raise _misplaced("--report", f"write FORMAT=FILE; the formats are {known}")
        if Path(file) in wanted:
            raise _misplaced("--report", f"{file} is written already")
        wanted[Path(file)] = name
    for path in filter(None, wanted):
        # Nobody wants to know it after minutes of replaying.
        if not path.parent.is_dir() or path.is_dir():
            raise _misplaced("--output" if path == output else "--report", f"no file can be {path}")
    return wanted


def _misplaced(option: str, message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint=option)


def _review(request: "Request") -> "ReviewReport":
    from lifecycle.review.run import review as run  # noqa: PLC0415 - help needs none of it
    from lifecycle.review_progress import progress_shown  # noqa: PLC0415

    if not request.objects:
        return run(request)
    with progress_shown() as progress:
        return run(request, progress)


def _write_all(report: "ReviewReport", wanted: Mapping[Path | None, str]) -> None:
    from lifecycle.review.formats import RENDERERS  # noqa: PLC0415 - help needs none of it
    from lifecycle.review.formats.text import text  # noqa: PLC0415

    for path, name in wanted.items():
        if path is None and name == "text":
            _write(None, text(report, colour=_is_coloured()))
        else:
            _write(path, RENDERERS[name](report))
    summary = os.environ.get(SUMMARY)
    if summary and "github" in wanted.values():
        _append(Path(summary), RENDERERS["markdown"](report))


def _is_coloured() -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def _print_rules(format_: str, output: Path | None) -> None:
    from lifecycle.review.rules_listing import LISTINGS  # noqa: PLC0415 - help needs none of it

    if format_ not in LISTINGS:
        raise click.UsageError(f"--rules are printed as {', '.join(LISTINGS)}")
    try:
        _write(output, LISTINGS[format_]())
    except CouldNotRunError as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)


def _write(path: Path | None, text: str) -> None:
    """In UTF-8, whatever the terminal believes in."""
    written = text.encode("utf-8", "backslashreplace")
    if path is None:
        click.echo(written, nl=False)
        return
    try:
        path.write_bytes(written)
    except OSError as error:
        raise CouldNotRunError(f"{path} cannot be written: {error.strerror}") from None


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise CouldNotRunError(f"{path} cannot be written: {error.strerror}") from None
