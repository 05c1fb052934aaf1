"""One review from beginning to end."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lifecycle.errors import CouldNotRunError
from lifecycle.review import rules
from lifecycle.review.diff import compare
from lifecycle.review.exceptions import FILE, except_changes, read_exceptions
from lifecycle.review.live import load_live
from lifecycle.review.model import Category, Change, Version
from lifecycle.review.object_sources import parse_source
from lifecycle.review.replay import replay
from lifecycle.review.replay_model import ReplayOptions
from lifecycle.review.review_report import ReviewReport, make_report
from lifecycle.review.versions import ROOT, load_folder, load_git

LIVE: Final = "live:"

_ABOUT_EXCEPTIONS: Final = frozenset({rules.EXCEPTION_EXPIRED.id, rules.EXCEPTION_UNUSED.id})


@dataclass(frozen=True, slots=True)
class Request:
    """against: a commit, `live:STACK` or a folder; None for where the branch left the main one.

    objects: `FILE` or `TYPE=FILE` each. exceptions: None for the repository's own file. fail_on:
    None for never.
    """

    against: str | None
    objects: tuple[str, ...]
    exceptions: Path | None
    fail_on: Category | None
    replays: bool
    show_values: bool


def review(request: Request, progress: Callable[[int, int], None] | None = None) -> ReviewReport:
    """Review the mappings of the working tree. Raises: CouldNotRunError."""
    file = ROOT / FILE if request.exceptions is None else request.exceptions
    exemptions = read_exceptions(file) if _takes_exceptions(request) else ()
    old, new = _other(request.against), load_folder()
    today = datetime.now(UTC).date()
    changes = except_changes(compare(old, new), exemptions, today)
    replayed = None
    if request.replays:
        sources = [parse_source(each) for each in request.objects]
        options = ReplayOptions(show_values=request.show_values, progress=progress)
        replayed = replay(old, new, sources, options)
    shown = [_in_file(each, file) for each in changes]
    return make_report(old, new, shown, replayed, request.fail_on)


def _takes_exceptions(request: Request) -> bool:
    """The repository's own are about changes under review, which what is deployed is not."""
    is_live = request.against is not None and request.against.startswith(LIVE)
    return request.exceptions is not None or not is_live


def _other(against: str | None) -> Version:
    """The version to compare with."""
    if against is None:
        return load_git()
    if against.startswith(LIVE):
        return load_live(against.removeprefix(LIVE))
    folder = Path(against)
    if not folder.is_dir():
        return load_git(against)
    if (folder / "mappings").is_dir():
        folder /= "mappings"
    if not any(folder.glob("*.py")):
        raise CouldNotRunError(
            f"{against} is a folder without mappings; if a branch is meant, write"
            f" refs/heads/{against}"
        )
    return load_folder(folder, against)


def _in_file(change: Change, file: Path) -> Change:
    """A finding about an exception is in the file that has it."""
    if change.rule.id not in _ABOUT_EXCEPTIONS:
        return change
    path = file.resolve()
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(os.path.relpath(path))
    return replace(change, place=replace(change.place, file=shown.as_posix()))
