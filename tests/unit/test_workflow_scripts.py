"""What the scripts of the workflows do, run as a runner would, with programs that only pretend."""

import base64
import gzip
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lifecycle.review.formats.markdown import MARKER
from tests.unit.workflows import SHELL, load

GH = """
echo "$*" >>"$FOLDER/calls"
for argument in "$@"; do
  case "$argument" in body=@*) cp "${argument#body=@}" "$FOLDER/body" ;; esac
done
case "$*" in *--paginate*) cat "$FOLDER/found" ;; esac
"""
"""Notes its calls and the body that it is given; a listing gives what the test says was found."""

REVIEW = """
echo "$*" >>"$FOLDER/calls"
while [ "$1" != --output ]; do shift; done
printf "%s" "$REPORT" >"$2"
exit "$REVIEW_CODE"
"""
PREVIEW = """
printf "%s\\n" "$PLAN"
exit "$PREVIEW_CODE"
"""


class Runner:
    """A machine of the workflows.

    environ: what every step is given. said: what the last one wrote.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""
        self.environ = {
            "PATH": f"{folder}:/usr/bin:/bin",
            "FOLDER": str(folder),
            "RUNNER_TEMP": str(folder),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_REPOSITORY": "them/customer-lifecycle",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_SHA": "0" * 40,
            "REPORT": "# Review\n",
            "REVIEW_CODE": "0",
            "PLAN": "Resources:\n    82 unchanged",
            "PREVIEW_CODE": "0",
        }
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / "found").write_text("", encoding="utf-8")
        for name, script in {
            "gh": GH,
            "pulumi": PREVIEW,
            "lifecycle": REVIEW,
            ".venv/bin/lifecycle": REVIEW,
        }.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
            (folder / name).chmod(0o755)

    def run(self, workflow: str, job: str, step: str, **environ: str) -> int:
        """Run the script of a step; its exit code."""
        (found,) = [each for each in load(workflow)["jobs"][job]["steps"] if each["name"] == step]
        script = self.folder / "script.sh"
        script.write_text(found["run"], encoding="utf-8")
        done = subprocess.run(
            SHELL.format(script).split(),
            env={**self.environ, **environ},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.said = done.stdout + done.stderr
        return done.returncode

    def read(self, name: str) -> str:
        """A file that the step or a program left, "" if there is none."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def calls(self) -> list[str]:
        """The calls that change something, without what is the same in each."""
        return [call for call in self.read("calls").splitlines() if "--paginate" not in call]

    @property
    def outputs(self) -> dict[str, str]:
        """What the step hands on."""
        return dict(line.split("=", 1) for line in self.read("output").splitlines())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A machine of the test's own."""
    return Runner(tmp_path)


# The deployment


@pytest.mark.parametrize(("code", "last"), [("0", "eu-central-1"), ("1", "us-east-1")])
def test_each_region_of_a_stack_is_verified_until_one_is_not_right(
    runner: Runner, code: str, last: str
) -> None:
    for name, script in {
        "jq": 'cat >/dev/null; printf "us-east-1\\neu-central-1\\n"',
        "lifecycle": 'echo "$*" >>"$FOLDER/calls"; exit "$VERIFY_CODE"',
    }.items():
        (runner.folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (runner.folder / name).chmod(0o755)
    assert runner.run("deploy", "dev", "Verify", STACK="dev", VERIFY_CODE=code) == int(code)
    regions = ["us-east-1", "eu-central-1"]
    told = regions[: regions.index(last) + 1]
    assert runner.calls == [f"verify -s dev --region {region}" for region in told]


def test_a_stack_whose_regions_cannot_be_read_is_not_taken_for_verified(runner: Runner) -> None:
    (runner.folder / "jq").write_text("#!/bin/sh\ncat >/dev/null\n", encoding="utf-8")
    (runner.folder / "jq").chmod(0o755)
    assert runner.run("deploy", "dev", "Verify", STACK="dev", PREVIEW_CODE="255") != 0


# The review of a pull request


@pytest.mark.parametrize(("code", "changed"), [("0", "false"), ("100", "true")])
def test_a_review_is_handed_on_whole_whether_or_not_it_found_something(
    runner: Runner, code: str, changed: str
) -> None:
    report = "# Review\n\n`$(x)` %0A ünï\ncomment=EOF\n"
    environ = {"TARGET": "origin/main", "REVIEW_CODE": code, "REPORT": report}
    assert runner.run("pull-request", "review", "Review for the comment", **environ) == 0
    assert runner.outputs.keys() == {"changed", "comment"}
    assert runner.outputs["changed"] == changed
    assert base64.b64decode(runner.outputs["comment"]).decode() == report
    assert runner.calls[0].startswith("review --against origin/main --format markdown ")


def test_a_review_that_could_not_run_fails_and_hands_nothing_on(runner: Runner) -> None:
    environ = {"TARGET": "origin/main", "REVIEW_CODE": "1"}
    assert runner.run("pull-request", "review", "Review for the comment", **environ) == 1
    assert runner.run("pull-request", "review", "Review for code scanning", **environ) == 1
    assert runner.read("output") == ""


def test_a_review_too_long_for_a_comment_is_cut(runner: Runner) -> None:
    environ = {"TARGET": "origin/main", "REPORT": "x" * 70_000}
    assert runner.run("pull-request", "review", "Review for the comment", **environ) == 0
    assert len(base64.b64decode(runner.outputs["comment"])) == 60_000


def test_code_scanning_gets_the_review_packed_as_it_wants_it(runner: Runner) -> None:
    environ = {"TARGET": "origin/main", "REPORT": '{"runs": []}', "REVIEW_CODE": "100"}
    assert runner.run("pull-request", "review", "Review for code scanning", **environ) == 0
    packed = runner.outputs["sarif"]
    assert gzip.decompress(base64.b64decode(packed)) == b'{"runs": []}'
    step = "Hand the review to code scanning"
    assert runner.run("pull-request", "code-scanning", step, SARIF=packed) == 0
    (call,) = [call for call in runner.calls if call.startswith("api")]
    assert call.endswith(
        f"them/customer-lifecycle/code-scanning/sarifs --raw-field commit_sha={'0' * 40} "
        f"--raw-field ref=refs/pull/7/merge --raw-field sarif={packed}"
    )


def test_a_review_too_large_for_code_scanning_is_left_out_and_said(runner: Runner) -> None:
    # What has no pattern cannot be packed.
    report = base64.b64encode(random.Random(0).randbytes(95_000)).decode()
    environ = {"TARGET": "origin/main", "REPORT": report}
    assert runner.run("pull-request", "review", "Review for code scanning", **environ) == 0
    assert runner.outputs == {}
    assert runner.said.startswith("::warning::")


Comment = Callable[..., int]


def test_the_marker_that_finds_the_comment_is_what_the_report_begins_with() -> None:
    (step,) = load("pull-request")["jobs"]["comment"]["steps"]
    assert step["env"]["MARKER"] == MARKER


@pytest.fixture
def comment(runner: Runner) -> Comment:
    """`comment(changed, text)`: the step that writes it, on pull request 7."""

    def step(changed: str, text: str = f"{MARKER}\n# Review\n") -> int:
        return runner.run(
            "pull-request",
            "comment",
            "Write the review, or edit the one that is there",
            NUMBER="7",
            MARKER=MARKER,
            CHANGED=changed,
            COMMENT=base64.b64encode(text.encode()).decode(),
        )

    return step


def test_the_first_review_that_found_something_becomes_a_comment(
    runner: Runner, comment: Comment
) -> None:
    assert comment("true", f"{MARKER}\n# `$(x)` ünï\n") == 0
    (call,) = runner.calls
    assert "--method POST repos/them/customer-lifecycle/issues/7/comments " in call
    assert runner.read("body") == f"{MARKER}\n# `$(x)` ünï\n"


def test_a_review_that_found_nothing_is_no_comment(runner: Runner, comment: Comment) -> None:
    assert comment("false") == 0
    assert runner.calls == []


@pytest.mark.parametrize("changed", ["true", "false"])
def test_a_later_review_edits_the_first_comment_also_when_it_finds_nothing_any_more(
    runner: Runner, comment: Comment, changed: str
) -> None:
    (runner.folder / "found").write_text("41\n42\n", encoding="utf-8")
    assert comment(changed) == 0
    (call,) = runner.calls
    assert "--method PATCH repos/them/customer-lifecycle/issues/comments/41 " in call
    assert runner.read("body") == f"{MARKER}\n# Review\n"


def test_comments_that_cannot_be_listed_are_an_error_and_not_a_second_comment(
    runner: Runner, comment: Comment
) -> None:
    (runner.folder / "found").unlink()
    assert comment("true") != 0
    assert runner.calls == []


@pytest.mark.parametrize(("workflow", "job"), [("pull-request", "comment"), ("drift", "drift")])
def test_only_what_the_workflows_themselves_wrote_is_edited(workflow: str, job: str) -> None:
    script = load(workflow)["jobs"][job]["steps"][-1]["run"]
    assert '.user.login == "github-actions[bot]" and ' in script
    assert "startswith(env.MARKER)" in script


# The preview of a stack


@pytest.mark.parametrize("code", ["0", "1"])
def test_a_preview_is_in_the_summary_also_when_it_fails(runner: Runner, code: str) -> None:
    environ = {"STACK": "dev", "PREVIEW_CODE": code, "PLAN": "~ update\n```\n# x"}
    assert runner.run("pull-request", "preview", "Preview", **environ) == int(code)
    assert runner.read("summary") == "### Preview of dev\n\n    ~ update\n    ```\n    # x\n"
    assert "~ update" in runner.said


# Drift


@pytest.mark.parametrize(
    ("preview", "review", "drift"),
    [("0", "0", "false"), ("7", "0", "true"), ("0", "100", "true"), ("7", "100", "true")],
)
def test_drift_is_what_the_preview_or_the_review_sees(
    runner: Runner, preview: str, review: str, drift: str
) -> None:
    environ = {"STACK": "dev", "PREVIEW_CODE": preview, "REVIEW_CODE": review}
    assert runner.run("drift", "drift", "Compare", **environ) == 0
    assert runner.outputs == {"drift": drift}
    assert runner.calls[0].startswith("review --against live:dev --exceptions /dev/null ")


@pytest.mark.parametrize(("preview", "review"), [("1", "0"), ("3", "100"), ("0", "1"), ("7", "1")])
def test_a_comparison_that_could_not_run_says_nothing_about_drift(
    runner: Runner, preview: str, review: str
) -> None:
    environ = {"STACK": "dev", "PREVIEW_CODE": preview, "REVIEW_CODE": review}
    assert runner.run("drift", "drift", "Compare", **environ) not in {0, 7, 100}
    assert runner.outputs == {}


@pytest.fixture
def report(runner: Runner) -> Callable[..., int]:
    """`report(drift)`: the step that keeps the issue of stack dev."""

    def step(drift: str, diff: str = "~ update\n", review: str = "# Review\n") -> int:
        (runner.folder / "drift.txt").write_text(diff, encoding="utf-8")
        (runner.folder / "review.md").write_text(review, encoding="utf-8")
        return runner.run(
            "drift",
            "drift",
            "Open, update or close the stack's issue",
            STACK="dev",
            MARKER="<!-- drift of dev -->",
            DRIFT=drift,
            RUN_URL="https://example.com/run",
        )

    return step


def test_drift_opens_an_issue_with_the_review_and_the_diff(
    runner: Runner, report: Callable[..., int]
) -> None:
    assert report("true") == 0
    (call,) = runner.calls
    assert "--method POST repos/them/customer-lifecycle/issues --raw-field title=Drift of" in call
    body = runner.read("body")
    assert body.startswith("<!-- drift of dev -->\nWhat is deployed to `dev` is not what ")
    assert "(https://example.com/run)" in body
    assert body.endswith("\n\n# Review\n\n    ~ update\n")


def test_drift_that_goes_on_updates_its_issue(runner: Runner, report: Callable[..., int]) -> None:
    (runner.folder / "found").write_text("12\n", encoding="utf-8")
    assert report("true") == 0
    (call,) = runner.calls
    assert "--method PATCH repos/them/customer-lifecycle/issues/12 --field body=@" in call


def test_drift_that_is_gone_closes_its_issue_and_says_why(
    runner: Runner, report: Callable[..., int]
) -> None:
    (runner.folder / "found").write_text("12\n", encoding="utf-8")
    assert report("false") == 0
    said, closed = runner.calls
    assert "--method POST repos/them/customer-lifecycle/issues/12/comments " in said
    assert "--method PATCH repos/them/customer-lifecycle/issues/12 " in closed
    assert "state=closed" in closed


def test_a_stack_without_drift_and_without_an_issue_is_left_alone(
    runner: Runner, report: Callable[..., int]
) -> None:
    assert report("false") == 0
    assert runner.calls == []


def test_an_issue_is_never_longer_than_github_takes(
    runner: Runner, report: Callable[..., int]
) -> None:
    assert report("true", diff="x\n" * 50_000, review="y" * 50_000) == 0
    body = runner.read("body")
    assert "    x\n" in body
    assert len(body) < 65_536
