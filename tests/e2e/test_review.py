"""A review of a branch in a real repository, and of what was really deployed."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lifecycle.review.formats import RENDERERS
from tests.programs import copy_program

pytestmark = pytest.mark.e2e

TRIAL = "mappings/trial_subscription.py"
STATUS = 'Field("status", "_source.status", "_profile.Attributes.TrialStatus"),'
ID = 'Field("UserId", "_source.UserId", "_profile.AccountNumber"),'
EDITS = {
    # A target is renamed, and its field moves from the end to the beginning.
    f"        {STATUS}\n": "",
    ID: f"{STATUS.replace('TrialStatus', 'TrialState')}\n        {ID}",
    "(PROFILE, UNIQUE)": "(PROFILE,)",
    "expiration_days=100": "expiration_days=30",
}
FOUND = (
    ("KEY_UNIQUE_REMOVED", "key _account", 18),
    ("FIELD_TARGET_CHANGED", "field status", 11),
    ("EXPIRY_SHORTENED", "", 9),
)
REFUSED = "UNIQUE keys: none [KEY_UNIQUE_COUNT] -> mark exactly one key UNIQUE"
COMMAND = (sys.executable, "-c", "from lifecycle.cli import main; main()", "review")


@dataclass
class Repository:
    """A clone of a repository with this one's mappings and the code that reviews them."""

    folder: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def edit(self, edits: dict[str, str], file: str = TRIAL) -> None:
        """Replace texts each of which stands once in a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        for old, new in edits.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def review(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environ = {name: value for name, value in os.environ.items() if "GITHUB" not in name}
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A clone whose origin has a branch main, on a branch of its own."""
    origin = Repository(tmp_path / "origin")
    copy_program(origin.folder, ("lifecycle",))
    origin.git("init", "--quiet", "--initial-branch=main")
    origin.git("add", ".")
    origin.git("commit", "--quiet", "--message=first")
    clone = Repository(tmp_path / "clone")
    origin.git("clone", "--quiet", str(origin.folder), str(clone.folder))
    clone.git("checkout", "--quiet", "-b", "change")
    return clone


@pytest.fixture
def reports(repository: Repository, tmp_path: Path) -> dict[str, str]:
    """What each format says of a branch that renames a target, drops UNIQUE from a key, shortens an
    expiry and reorders fields.
    """
    repository.edit(EDITS)
    repository.git("commit", "--quiet", "--all", "--message=change")
    done = repository.review(*(f"--report={name}={tmp_path / name}" for name in RENDERERS))
    assert (done.returncode, done.stderr) == (100, "")
    written = {name: (tmp_path / name).read_text(encoding="utf-8") for name in RENDERERS}
    assert written["text"] == done.stdout
    assert repository.git("worktree", "list").count("\n") == 1
    assert repository.git("status", "--porcelain") == ""
    return written


def test_a_branch_has_exactly_its_three_findings_and_its_profiles_in_every_format(
    reports: dict[str, str],
) -> None:
    for name, check in CHECKS.items():
        check(reports[name])
    assert CHECKS.keys() == RENDERERS.keys()


def check_text(text: str) -> None:
    assert "3 findings (1 IDENTITY, 1 BACKFILL, 1 FORWARD_ONLY); 1 error of validation" in text
    found = re.findall(
        r"^  ([A-Z_]{5,}) .* mappings/trial_subscription\.py:(\d+)$", text, re.MULTILINE
    )
    assert found == [(rule, str(line)) for rule, _, line in FOUND]
    assert re.search(r"^    lost  Attributes\.TrialStatus +Expired +\(none\)$", text, re.MULTILINE)
    findings, _, validation = text.partition("\nVALIDATION (1)\n")
    assert "KEY_UNIQUE_COUNT" in validation
    assert "KEY_UNIQUE_COUNT" not in findings


def check_json(text: str) -> None:
    document = json.loads(text)
    found = [
        (each["rule"], each["subject"], each["place"]["line"]) for each in document["findings"]
    ]
    assert found == list(FOUND)
    assert {each["place"]["file"] for each in document["findings"]} == {TRIAL}
    (refused,) = document["validation"]
    assert refused["text"].endswith(REFUSED)
    check_profiles(document["replay"])


def check_profiles(replay: dict[str, Any]) -> None:
    (sample,) = replay["examples"]["samples"]
    (before,), (after,) = sample["before"], sample["after"]
    assert before["Attributes"]["TrialStatus"] == "Expired"
    assert before["Attributes"].items() > after["Attributes"].items()
    assert after["Attributes"]["SubscriptionStatus"] == "Active"
    assert "Attributes.TrialStatus" in sample["lost"]


def check_markdown(text: str) -> None:
    assert text.startswith("<!-- customer-lifecycle-review -->\n")
    assert re.findall(r"<summary><b>(\w+)</b>", text) == [rule for rule, *_ in FOUND]
    assert "| lost | `Attributes.TrialStatus` | `Expired` | <i>(none)</i> |" in text
    findings, _, validation = text.partition("### Validation\n")
    assert "mark exactly one key UNIQUE" in validation
    assert "mark exactly one key UNIQUE" not in findings


def check_github(text: str) -> None:
    whole, refused, *found = text.splitlines()
    assert "lost  Attributes.TrialStatus     Expired        (none)%0A" in whole
    assert refused.startswith(f"::error file={TRIAL},line=5,title=Validation::")
    assert refused.endswith(REFUSED)
    titles = [f",title={level} {each[0]}" for level, each in zip(LEVELS, FOUND, strict=True)]
    for line, command, title, (_, _, number) in zip(found, COMMANDS, titles, FOUND, strict=True):
        assert line.startswith(f"::{command} file={TRIAL},line={number}{title}")


LEVELS = ("IDENTITY", "BACKFILL", "FORWARD_ONLY")
COMMANDS = ("error", "warning", "warning")


def check_sarif(text: str) -> None:
    (run,) = json.loads(text)["runs"]
    refused, *found = run["results"]
    assert refused["ruleId"] == "MAPPING_REFUSED"
    places = [each["locations"][0]["physicalLocation"] for each in found]
    assert [
        (each["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for each, place in zip(found, places, strict=True)
    ] == [(rule, TRIAL, line) for rule, _, line in FOUND]
    assert [each["level"] for each in found] == ["error", "warning", "warning"]
    check_profiles(run["properties"]["replay"])


def check_junit(text: str) -> None:
    root = ET.fromstring(text)  # noqa: S314 - written by ourselves
    failed = {
        suite.get("name"): [
            (case.get("name"), case.get("line"))
            for case in suite
            if case.find("failure") is not None
        ]
        for suite in root
    }
    assert failed == {
        "MarketingAssignedOffers": [],
        "PurchasedSubscription": [],
        "TrialSubscription": [(f"{a} {b}".strip(), str(line)) for a, b, line in FOUND],
        "validation": [("error 1", "5")],
        "profiles before and after": [],
    }
    assert "lost  Attributes.TrialStatus" in (root[-1].findtext("testcase/system-out") or "")


CHECKS: dict[str, Callable[[str], None]] = {
    "text": check_text,
    "json": check_json,
    "markdown": check_markdown,
    "github": check_github,
    "sarif": check_sarif,
    "junit": check_junit,
}


def test_a_branch_without_a_change_has_no_finding(repository: Repository) -> None:
    done = repository.review()
    assert (done.returncode, done.stderr) == (0, "")
    assert "against merge base with origin/main (" in done.stdout
    assert "Found: nothing." in done.stdout
    assert "No profile differs." in done.stdout


def test_a_mapping_that_does_not_load_is_a_finding(repository: Repository) -> None:
    repository.edit({"OBJECT_TYPE = ObjectType(": "OBJECT_TYPE = ObjectTyp("})
    done = repository.review("--format", "json")
    assert (done.returncode, done.stderr) == (100, "")
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], found["place"]) == (
        "VERSION_UNLOADABLE",
        {"file": TRIAL, "line": 5, "side": "new"},
    )


def test_an_exception_lets_its_finding_pass_until_it_expires(repository: Repository) -> None:
    repository.edit({"expiration_days=100": "expiration_days=30"})
    (repository.folder / "review-exceptions.yaml").write_text(
        "- rule: EXPIRY_SHORTENED\n"
        "  objectType: TrialSubscription\n"
        "  reason: ticket 1\n"
        "  expires: 9999-12-31\n",
        encoding="utf-8",
    )
    assert repository.review().returncode == 0
    repository.edit({"9999-12-31": "2020-01-01"}, "review-exceptions.yaml")
    done = repository.review("--format", "json")
    assert done.returncode == 100
    found = json.loads(done.stdout)["findings"]
    assert {each["rule"] for each in found} == {"EXPIRY_SHORTENED", "EXCEPTION_EXPIRED"}


def test_an_interrupted_review_leaves_nothing(repository: Repository, tmp_path: Path) -> None:
    pipe, temporary = tmp_path / "objects", tmp_path / "temporary"
    os.mkfifo(pipe)
    temporary.mkdir()
    process = subprocess.Popen(
        [*COMMAND, "--objects", f"TrialSubscription={pipe}", "--output", str(tmp_path / "report")],
        cwd=repository.folder,
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    # Opens as soon as the objects are read, and no sooner. Its end comes after the signal, since a
    # read that begins while the signal arrives sees only the end.
    with pipe.open("wb", buffering=0) as objects:
        objects.write(b'{"UserId": "1"}\n')
        assert list(temporary.iterdir()) != []
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "report").exists()
    assert repository.git("worktree", "list").count("\n") == 1


def test_what_is_deployed_differs_from_the_mappings_only_where_somebody_changed_it(
    deployment: Any,
) -> None:
    deployment.up()
    same = deployment.lifecycle("review", "--against", "live:local")
    assert (same.returncode, same.stderr) == (0, "")
    assert "against live:local\nFound: nothing." in same.stdout
    deployment.edit("trial_subscription", "expiration_days=100", "expiration_days=30")
    deployment.up()
    drift = deployment.lifecycle("review", "--against", "live:local", "--format", "json")
    assert drift.returncode == 100, drift.stderr
    (found,) = json.loads(drift.stdout)["findings"]
    assert (found["rule"], found["before"], found["after"]) == ("EXPIRY_LENGTHENED", "30", "100")
    assert found["place"]["file"] == TRIAL
