"""What a run of pip-audit means: a vulnerability, a failure, or that nobody answered."""

import json
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain import audit as module
from supply_chain.audit import Verdict, audit, judge, main

FINE = {"name": "fine", "version": "1", "vulns": []}
BAD = {"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
OPEN = {"name": "open", "version": "2", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
SKIPPED = {"name": "unknown", "skip_reason": "not found on PyPI"}


def told(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_known_passes() -> None:
    assert judge(told(FINE), "No known vulnerabilities found", 0) == Verdict(0)


def test_a_vulnerability_fails_and_says_what_mends_it() -> None:
    verdict = judge(told(FINE, BAD, OPEN), "Found 2 known vulnerabilities", 1)
    assert verdict.code == 1
    assert verdict.lines == (
        "bad 2: PYSEC-1, fixed in 3",
        "open 2: PYSEC-2, fixed in no version yet",
    )


def test_a_package_that_the_database_does_not_know_is_a_warning() -> None:
    assert judge(told(FINE, SKIPPED), "", 0) == Verdict(
        0, (), "1 of 2 packages could not be audited: unknown"
    )


@pytest.mark.parametrize(
    "stderr",
    [
        "requests.exceptions.ConnectionError: Max retries exceeded with url: /pypi",
        "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed",
        "socket.gaierror: [Errno -3] Temporary failure in name resolution",
        "HTTPError: 503 Server Error: Service Unavailable for url",
        "urllib3.exceptions.ReadTimeoutError: Read timed out.",
    ],
)
def test_a_network_failure_is_a_warning(stderr: str) -> None:
    verdict = judge("", f"Traceback\n{stderr}", 1)
    assert (verdict.code, verdict.lines) == (0, ())
    assert stderr in verdict.warning


@pytest.mark.parametrize("stdout", ["", "[]", "{}", '{"dependencies": 1}', "half {"])
def test_any_other_failure_is_one(stdout: str) -> None:
    verdict = judge(stdout, "ERROR: hash mismatch of x", 1)
    assert verdict == Verdict(2, ("pip-audit failed: ERROR: hash mismatch of x",))


@given(st.text(), st.integers(0, 255))
def test_whatever_is_said_without_a_list_of_packages_never_passes_in_silence(
    stderr: str, code: int
) -> None:
    verdict = judge("", stderr, code)
    assert verdict.code != 0 or verdict.warning


def test_no_answer_in_time_is_a_warning() -> None:
    def late(*_: Any, **__: Any) -> NoReturn:
        raise subprocess.TimeoutExpired("pip-audit", 300)

    assert audit(Path("lock"), late) == Verdict(0, (), "nothing was audited: no answer in 300 s")


def test_a_missing_program_is_a_failure_with_the_way_out() -> None:
    def missing(*_: Any, **__: Any) -> NoReturn:
        raise FileNotFoundError

    verdict = audit(Path("lock"), missing)
    assert verdict.code == 2
    assert verdict.lines[0].endswith("run make audit")


def test_the_worst_of_several_locks_counts_and_github_shows_the_warnings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = {
        "a": Verdict(0, (), "skipped"),
        "b": Verdict(1, ("bad 2: PYSEC-1",)),
        "c": Verdict(0),
    }
    monkeypatch.setattr(module, "audit", lambda path: verdicts[str(path)])
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["a", "b", "c"]) == 1
    assert capsys.readouterr().out == "::warning::a: skipped\nb: bad 2: PYSEC-1\n"
