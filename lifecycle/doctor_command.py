"""`lifecycle doctor`: whether a deployed stack is healthy, and what to do where it is not."""

import json
import sys
from typing import TYPE_CHECKING, Final

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.signals import ended_by_signals
from lifecycle.stack_outputs import read_outputs
from lifecycle.where import region_of_stack

if TYPE_CHECKING:
    from lifecycle.doctor.model import Report

EXIT_PROBLEM: Final = 1
EXIT_COULD_NOT_RUN: Final = 2
EXIT_WARNING: Final = 3

USUAL: Final = ("deploy", "verify", "send", "load", "rejects", "doctor")
NEEDS: Final = (*USUAL, "destroy")
"""Who may delete customers' data is asked for by name only: most should not."""


@click.command()
@click.option("-s", "--stack", help="Stack of this program; by default the one that is selected.")
@region_of_stack
@click.option(
    "--need",
    "needs",
    multiple=True,
    type=click.Choice(NEEDS),
    help="What the caller should be allowed to do. May be given several times."
    "  [default: everything but destroy]",
)
@click.option(
    "--verified-within",
    type=click.FloatRange(min=0, min_open=True),
    metavar="DAYS",
    default=30,
    show_default=True,
    help="How old the last verify may be.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def doctor(
    stack: str | None,
    region: str | None,
    needs: tuple[str, ...],
    verified_within: float,
    *,
    as_json: bool,
) -> None:
    """Look at a deployed stack, and say what is wrong and what to do.

    It looks at credentials and permissions, those of the stack's own roles, the domain and its key,
    the deployed object types, the queues of undelivered objects, the last verify and the quotas.
    It changes nothing.

    Exits 0 if the stack is healthy, 1 if there is a problem, 2 if it could not run, 3 if there are
    only warnings, 128 + signal if a signal ended it. Notes do not count.
    """
    from lifecycle.doctor.patient import Patient  # noqa: PLC0415 - help needs none of it
    from lifecycle.doctor.run import examine  # noqa: PLC0415
    from lifecycle.review.versions import load_folder  # noqa: PLC0415

    try:
        with ended_by_signals():
            deployed = read_outputs(stack, region=region)
            patient = Patient.of(deployed, load_folder(), needs or USUAL, verified_within)
            report = examine(patient)
    except CouldNotRunError as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    name = stack or "the selected stack"
    click.echo(_json(report) if as_json else _text(report, name, stack or "STACK"))
    sys.exit(_code(report))


def _code(report: "Report") -> int:
    from lifecycle.doctor.model import Severity  # noqa: PLC0415 - help needs none of it

    if report.count(Severity.PROBLEM):
        return EXIT_PROBLEM
    return EXIT_WARNING if report.count(Severity.WARNING) else 0


def _json(report: "Report") -> str:
    shown = [
        {
            "id": each.rule.id,
            "severity": each.severity,
            "subject": each.subject,
            "message": each.message,
            "wayOut": each.way_out,
        }
        for each in report.findings
    ]
    told = {
        "domain": report.domain,
        "exitCode": _code(report),
        "checks": report.checks,
        "findings": shown,
        "quotas": [
            {"what": each.quota.what, "of": each.subject, "used": each.used, "limit": each.limit}
            for each in report.usages
        ],
    }
    return json.dumps(told)


def _text(report: "Report", name: str, stack: str) -> str:
    """A line for each finding and one for its way out; then what was looked at."""
    from lifecycle.doctor.model import Severity  # noqa: PLC0415 - help needs none of it

    lines = []
    for each in report.findings:
        lines.append(f"{each.severity}: {each.subject}: {each.message} [{each.rule.id}]")
        lines.append(f"  -> {each.way_out.replace('STACK', stack)}")
    problems, warnings = report.count(Severity.PROBLEM), report.count(Severity.WARNING)
    verdict = f"{problems} problems, {warnings} warnings" if problems or warnings else "healthy"
    lines.append(
        f"{name} (domain {report.domain}): {verdict}; looked at {', '.join(report.checks)}"
    )
    if report.usages:
        nearest = max(report.usages, key=lambda each: each.share)
        lines.append(f"nearest quota: {nearest} ({nearest.subject})")
    return "\n".join(lines)
