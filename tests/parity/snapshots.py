"""What was answered before: one JSON file for each case, and what a run may write there.

`steps` are AWS's answers once a run against AWS has written them (`validated` is its date), until
then the emulator's. `emulator` is there only where the emulator is known to answer otherwise.
"""

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parity.case import Case

FOLDER = Path(__file__).with_name("snapshots")

Steps = list[dict[str, Any]]


@dataclass(frozen=True)
class Snapshot:
    """validated: `YYYY-MM-DD`, None while AWS was never asked. emulator: its answers, if other."""

    steps: Steps
    validated: str | None = None
    emulator: Steps | None = None

    @property
    def status(self) -> str:
        if self.validated is None:
            return "not yet validated against AWS"
        return "as AWS" if self.emulator is None else "**differs from AWS**"

    def expected(self, *, of_aws: bool) -> Steps:
        """What the one that is asked answered the last time."""
        return self.steps if of_aws or self.emulator is None else self.emulator

    def updated(self, seen: Steps, validated: str | None) -> "Snapshot":
        """The snapshot after a run. validated: the date of a run against AWS, else None."""
        if validated is not None:
            before = self.expected(of_aws=False)
            return Snapshot(seen, validated, None if before == seen else before)
        if self.validated is None:
            return Snapshot(seen)
        return Snapshot(self.steps, self.validated, None if seen == self.steps else seen)


def file_of(case: Case) -> Path:
    return FOLDER / f"{case.name}.json"


def load(case: Case) -> Snapshot | None:
    """None for a case without snapshot."""
    file = file_of(case)
    if not file.exists():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    return Snapshot(kept["steps"], kept["validated"], kept.get("emulator"))


def save(case: Case, snapshot: Snapshot) -> None:
    shown = {
        "fact": case.fact,
        "settles": case.settles or None,
        "validated": snapshot.validated,
        "status": snapshot.status.strip("*"),
        "steps": snapshot.steps,
    }
    if snapshot.emulator is not None:
        shown["emulator"] = snapshot.emulator
    text = json.dumps(shown, indent=1, ensure_ascii=False) + "\n"
    file_of(case).write_text(text, encoding="utf-8")


def difference(before: Steps, seen: Steps) -> str:
    """What another answer is now, line by line; "" where none is."""
    texts = [json.dumps(each, indent=1, ensure_ascii=False).splitlines() for each in (before, seen)]
    return "\n".join(difflib.unified_diff(*texts, "snapshot", "seen now", lineterm="", n=6))
