"""What a load tells, as JSON and as text."""

from collections.abc import Iterator
from typing import Any, Final

from lifecycle.load.run import DEFAULT_RATE, Options, Report

MOST_WRONG: Final = 10


def is_right(options: Options, report: Report) -> bool:
    """Whether every row is accounted for, and all that was looked at is as it should be."""
    verified = report.verified is None or not report.verified.wrong
    delivered = report.run is None or report.run.reason is None
    return options.dry_run or (report.adds_up and verified and delivered)


def has_rejects(options: Options, report: Report) -> bool:
    """Whether there are rows that were not taken, or would not be."""
    return bool(report.rejected or (options.dry_run and report.preflight.rejected))


def is_ok(options: Options, report: Report) -> bool:
    """Whether every row was taken, and all that was looked at is right."""
    return is_right(options, report) and not has_rejects(options, report)


def json_answer(options: Options, report: Report) -> dict[str, Any]:
    """For machines; no value of a row stands in it."""
    found = report.preflight
    answer: dict[str, Any] = {
        "ok": is_ok(options, report),
        "object_type": options.mapping.object_type.name,
        "domain": None if options.deployed is None else options.deployed.domain,
        "read": report.read,
        "sent": report.sent,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "reasons": dict(report.reasons),
        "rejects": str(options.rejects) if report.rejected else None,
        "rejected_earlier": report.kept,
        "repeated_unique_keys": report.repeated,
        "preflight": {
            "profiles": found.profiles,
            "metered_profiles": found.metered,
            "rejected": found.rejected,
            "empty_attributes": sorted(found.empty),
            "suspicious_keys": [{"key": key, "rows": rows} for key, rows in found.suspicious],
            "estimated_seconds": _estimate(options, report),
        },
    }
    if report.counts is not None:
        counts = report.counts
        answer["calls"] = {
            "made": counts.calls,
            "repeated": counts.retried,
            "throttled": report.throttled,
            "seconds": round(counts.seconds, 3),
        }
    if report.verified is not None:
        wrong = [{"row": row, "paths": list(paths)} for row, paths in report.verified.wrong]
        answer["verified"] = {"profiles": report.verified.profiles, "wrong": wrong}
    if report.execution is not None:
        answer["execution"] = report.execution
    if report.run is not None:
        answer["run"] = {"status": report.run.status, "accounted": report.run.accounted}
    return answer


def _estimate(options: Options, report: Report) -> int:
    """Seconds at the rate that is asked for, or AWS's default one; calls of ten rows."""
    rows = report.preflight.rows
    return round(rows / options.rows_per_call / (options.rate or DEFAULT_RATE))


def text_answer(options: Options, report: Report) -> str:
    """The same for people."""
    lines = [*_before(options, report)]
    if options.dry_run:
        lines.append("dry run: nothing was sent")
    else:
        lines += _after(report)
    return "\n".join(lines)


def _before(options: Options, report: Report) -> Iterator[str]:
    """What was known before the first call, and the rejects."""
    found = report.preflight
    yield f"read {report.read:,} rows: {found.rows:,} can be sent"
    yield (
        f"preflight: {found.profiles:,} profiles ({found.metered:,} metered); at"
        f" {options.rate or DEFAULT_RATE:g} calls/s about {_estimate(options, report):,} s"
    )
    for reason, count in found.rejected.items():
        yield f"preflight: {count:,} rows would go to the dead-letter queue: {reason}"
    if found.empty:
        yield f"preflight: no row has a value for {', '.join(sorted(found.empty))}"
    for key, rows in found.suspicious:
        yield f"preflight: one value of key {key} is on {rows:,} rows: is it a placeholder?"
    if report.repeated:
        yield (
            f"{report.repeated:,} rows repeat a UNIQUE key: they are put in their order, and the"
            " last stands"
        )
    for reason, count in report.reasons.items():
        first = report.first[reason]
        yield f"rejected: {count:,} rows (first: {first.file} row {first.number}): {reason}"
    if report.rejected:
        yield f"rejected rows are in {options.rejects}: put them right and load that file"
    if report.kept:
        yield f"{options.rejects} has {report.kept:,} rejected rows of earlier loads too"


def _after(report: Report) -> Iterator[str]:
    yield (
        f"sent {report.sent:,}, unchanged {report.unchanged:,}, rejected {report.rejected:,}"
        f" of {report.read:,}"
    )
    if not report.adds_up:
        yield "these counts do not add up: run it again, and report this"
    if report.counts is not None and report.counts.seconds:
        rate = report.sent / report.counts.seconds
        yield (
            f"{report.counts.calls:,} calls in {report.counts.seconds:,.1f} s, {rate:,.0f} rows/s,"
            f" {report.throttled:,} throttled"
        )
    if report.execution is not None:
        yield f"execution: {report.execution}"
    if report.run is not None:
        yield f"{report.run.status}{f': {report.run.reason}' if report.run.reason else ''}"
    if report.verified is not None:
        wrong = report.verified.wrong
        yield f"verified {report.verified.profiles:,} profiles: {len(wrong):,} wrong"
        for row, paths in wrong[:MOST_WRONG]:
            yield f"wrong: customer of row {row}: {', '.join(paths) or 'not one profile was found'}"
