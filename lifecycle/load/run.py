"""One run of `lifecycle load`, from the files to the counts that have to add up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lifecycle.backfill import Backfill, Run
from lifecycle.errors import CouldNotRunError
from lifecycle.load.checks import Checks
from lifecycle.load.journal import Journal
from lifecycle.load.preflight import Preflight, preflight
from lifecycle.load.rate import FIRST_RATE, MOST, Rate
from lifecycle.load.rejects_file import RejectsFile
from lifecycle.load.rows import Row
from lifecycle.load.sender import LANES, ROWS_PER_CALL, Counts, Sender
from lifecycle.load.staging import Staging
from lifecycle.load.target import Target
from lifecycle.load.verify import Verified, verify
from lifecycle.object_file import Entry
from lifecycle.send import Sent
from lifecycle.stack_outputs import Deployed
from profiles import ObjectTypeMapping

DEFAULT_RATE: Final = 100
"""Calls per second of PutProfileObject (AWS guide, Customer Profiles API quotas)."""

READ, PREFLIGHT, SEND = "read", "preflight", "send"
Progress = Callable[[str, int, int], None]
"""(phase, rows done, rows in all or 0 while nobody knows)."""


@dataclass(frozen=True, slots=True)
class Options:
    """deployed: None for a dry run that needs no domain. rate: calls per second that are never
    exceeded; None to find out. batch: send by the stack's batch source instead.
    """

    paths: tuple[Path, ...]
    mapping: ObjectTypeMapping
    deployed: Deployed | None
    journal: Path
    rejects: Path
    dry_run: bool = False
    verify: int = 0
    verify_seconds: float = 30.0
    batch: bool = False
    rate: float | None = None
    lanes: int = LANES
    rows_per_call: int = ROWS_PER_CALL
    processes: int | None = None


@dataclass
class Report:
    """What became of the rows. sent and unchanged: rows. reasons: rejected rows by reason, with
    the first of each. kept: rejected rows of earlier runs that are still in the rejects file.
    """

    read: int = 0
    repeated: int = 0
    sent: int = 0
    unchanged: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, Row] = field(default_factory=dict)
    kept: int = 0
    preflight: Preflight = field(default_factory=Preflight)
    counts: Counts | None = None
    throttled: int = 0
    verified: Verified | None = None
    execution: str | None = None
    run: Run | None = None

    @property
    def adds_up(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.sent + self.unchanged + self.rejected


def load(options: Options, progress: Progress) -> Report:
    """Raises: CouldNotRunError when not everything could be tried; run it again to go on."""
    report = Report()
    checks = Checks(options.mapping)
    with (
        TemporaryDirectory(prefix="lifecycle-load-") as folder,
        RejectsFile(options.rejects, options.paths) as rejects,
    ):
        staging = Staging(Path(folder))
        staging.fill(options.paths, checks, rejects, lambda rows: progress(READ, rows, 0))
        report.read, report.repeated = staging.read, staging.repeated
        progress(PREFLIGHT, 0, len(staging))
        report.preflight = preflight(
            staging, options.mapping.object_type, Path(folder), options.processes
        )
        progress(PREFLIGHT, len(staging), len(staging))
        if not options.dry_run:
            _send(options, staging, rejects, report, progress)
        rejects.finish()
        report.rejected, report.reasons, report.first = rejects.total, rejects.counts, rejects.first
        report.kept = rejects.kept
    return report


def _send(
    options: Options, staging: Staging, rejects: RejectsFile, report: Report, progress: Progress
) -> None:
    if options.deployed is None:
        raise CouldNotRunError("name the domain: --stack, or --domain")
    if options.batch:
        _send_by_batch(options, options.deployed, staging, report)
        return
    object_type = options.mapping.object_type
    target = Target(options.deployed, object_type.name, options.lanes)
    target.check()
    place = _place(options.deployed, object_type.name)
    rate = Rate(FIRST_RATE, options.rate or MOST)
    with Journal(options.journal, place) as journal:
        sender = Sender(target, journal, rejects, rate, options.lanes, options.rows_per_call)
        total = len(staging)

        def tell(counts: Counts) -> None:
            done = counts.sent + counts.unchanged + rejects.total - before
            progress(SEND, done, total)

        before = rejects.total
        counts = sender.run(staging, tell)
        progress(SEND, total, total)
    report.counts, report.throttled = counts, rate.refused
    report.sent, report.unchanged = counts.sent, counts.unchanged
    if options.verify:
        report.verified = verify(
            staging, object_type, target, options.verify, options.verify_seconds
        )


def _send_by_batch(options: Options, deployed: Deployed, staging: Staging, report: Report) -> None:
    """Upload what can be sent, and start the stack's state machine on it."""
    backfill = Backfill(deployed, options.mapping.object_type.name, None)
    done = Sent()
    key = backfill.upload((Entry(row.number, row.text) for row in staging.rows()), done)
    report.sent = done.sent
    if done.sent:
        report.execution = backfill.start(key)
        report.run = backfill.wait(report.execution)


def _place(deployed: Deployed, object_type: str) -> str:
    where = deployed.endpoint or deployed.region
    return f"{object_type} of domain {deployed.domain} in {where}"
