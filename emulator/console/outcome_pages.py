"""Pages of what became of objects: the latest, and the whole trace of one."""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from emulator.console import words
from emulator.console.context import Context, whole_number
from emulator.console.page import NothingHereError, Page
from emulator.customer_profiles.traces import Trace
from profiles.matching import key_values
from profiles.merging import profile_values
from profiles.outcome import Outcome, Verdict
from profiles.store import MANUAL

PER_PAGE: Final = 50
REFRESH_SECONDS: Final = 3
_NOT_KEPT: Final = (
    "This outcome is not kept any more, or it was before the local AWS started: only the latest are"
    " in memory."
)


@dataclass(frozen=True, slots=True)
class Trial:
    """A key that was tried. value: the object's, normalised. sentence: what it found."""

    value: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Written:
    """A value that an object carried. kept_by: the stronger source whose value stands instead."""

    path: str
    value: str
    kept_by: str | None


def outcomes(context: Context) -> Page:
    """The latest outcomes, by verdict, object type and domain."""
    query = context.query
    verdict, type_name = query.text("verdict"), query.text("type")
    account, region, name = query.text("account"), query.text("region"), query.text("domain")
    before = query.number("before")

    def wanted(trace: Trace) -> bool:
        caller = trace.domain.caller
        return (
            verdict in {"", trace.bare.verdict}
            and type_name in {"", trace.bare.plan.name}
            and name in {"", trace.domain.name}
            and account in {"", caller.account}
            and region in {"", caller.region}
            and (not before or trace.number < before)
        )

    found = list(islice(filter(wanted, context.traces.newest()), PER_PAGE + 1))
    given: dict[str, Any] = {
        "words": words,
        "verdicts": list(Verdict),
        "asked": {
            "verdict": verdict,
            "type": type_name,
            "domain": name,
            "account": account,
            "region": region,
        },
        "before": before,
        "found": found[:PER_PAGE],
        "older": found[PER_PAGE - 1].number if len(found) > PER_PAGE else 0,
        "total": context.traces.total,
        "kept": len(context.traces),
        "seconds": REFRESH_SECONDS,
    }
    return Page("outcomes.html", given, refresh=REFRESH_SECONDS if query.text("refresh") else 0)


def outcome(context: Context, number: str) -> Page:
    """One trace. Raises: NothingHereError."""
    trace = context.traces.find(whole_number(number))
    if trace is None:
        raise NothingHereError(_NOT_KEPT)
    outcome = trace.outcome
    trials = len(_tried(outcome))
    sentences = outcome.explain()
    stored = None
    if outcome.verdict is not Verdict.REJECTED:
        stored = trace.domain.engine.store.object_by_key(*outcome.writer[:2])
    given: dict[str, Any] = {
        "trace": trace,
        "outcome": outcome,
        "domain": trace.domain,
        "because": words.because(outcome),
        "trials": [
            Trial(value, sentence)
            for value, sentence in zip(_tried(outcome), sentences[:trials], strict=True)
        ],
        "untried": [name for _, name, _ in outcome.plan.trials[trials:]],
        # What it wrote, and what not, is told with the values.
        "followed": sentences[trials : len(sentences) - len(outcome.written) - len(outcome.kept)],
        "written": _written(outcome),
        "current": stored is not None and stored.sequence == outcome.writer[3],
        "stored": stored,
    }
    return Page("outcome.html", given)


def _tried(outcome: Outcome) -> list[str | None]:
    """The object's value for each key that was tried: after the one that decided, none was."""
    values = key_values(outcome.plan, outcome.record)
    tried = outcome.plan.trials[: len(outcome.failed) + 1]
    return [values[position] for position, _, _ in tried]


def _written(outcome: Outcome) -> list[Written]:
    if outcome.verdict is Verdict.REJECTED:
        return []
    kept = {path: _source(writer[0], writer[2]) for path, writer in outcome.kept}
    carried = profile_values(outcome.plan, outcome.record) | dict(outcome.written)
    return [Written(path, _text(value), kept.get(path)) for path, value in sorted(carried.items())]


def _source(name: str, rank: int) -> str:
    return "a manual update" if name == MANUAL else f"{name} (source priority {rank})"


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
