"""The rules of the workflows: what they may do, whose code they run, that what they call exists.

What the rules would find is shown at the end.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from lifecycle.cli import main
from lifecycle.review.exceptions import FILE, read_exceptions
from tests.unit.workflows import REPOSITORY, SHELL, WORKFLOWS, files, jobs, load, steps

STACKS = ["dev", "staging", "prod"]
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
ACTION = re.compile(r"uses: (?P<name>\S+?)(?:@(?P<commit>\S+))?(?: # (?P<version>.+))?")


def unpinned(text: str) -> list[str]:
    """Actions of others that are not named by a full commit with its version beside it."""
    found = []
    for line in text.splitlines():
        used = ACTION.fullmatch(line.strip().removeprefix("- "))
        if used is None or used["name"].startswith("./"):
            continue
        whole = re.fullmatch(r"[0-9a-f]{40}", used["commit"] or "")
        if not whole or not re.fullmatch(r"v\d+\.\d+\.\d+", used["version"] or ""):
            found.append(line.strip())
    return found


def commands(script: str, program: str) -> Iterator[list[str]]:
    """The arguments of each call of a program in a script."""
    for call in re.finditer(rf"(?<![\w/-])(?:\.venv/bin/)?{program} ([^|;&>)\n]*)", script):
        yield shlex.split(call[1])


def misunderstood(command: list[str]) -> str:
    """What `lifecycle` says of arguments that it does not take, "" if it takes them."""
    context = click.Context(main, **main.context_settings)
    name, *arguments = command
    found = main.get_command(context, name)
    if found is None:
        return f"No such command '{name}'."
    try:
        found.make_context(name, arguments, parent=context)
    except click.UsageError as error:
        return error.format_message()
    return ""


each_job = pytest.mark.parametrize(("workflow", "name", "job"), jobs())


# What each may do


def test_there_are_the_workflows_of_a_pull_request_a_deployment_the_night_and_a_release() -> None:
    found = {path.stem for path in (REPOSITORY / ".github" / "workflows").iterdir()}
    assert found == set(WORKFLOWS)
    assert load("pull-request")["on"] == "pull_request"
    assert load("deploy")["on"] == {"push": {"branches": ["main"]}}
    assert load("release")["on"] == {"push": {"tags": ["v*"]}}
    assert load("drift")["on"].keys() == {"schedule", "workflow_dispatch"}


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_action_of_others_is_pinned_by_its_commit_and_says_its_version(path: Path) -> None:
    assert unpinned(path.read_text(encoding="utf-8")) == []


def test_an_action_has_one_commit_wherever_it_is_used() -> None:
    used: dict[str, set[str]] = {}
    for path in files():
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := ACTION.fullmatch(line.strip().removeprefix("- ")):
                used.setdefault(match["name"], set()).add(f"{match['commit']} {match['version']}")
    assert {name: commits for name, commits in used.items() if len(commits) > 1} == {}


@each_job
def test_a_job_has_no_permission_but_those_that_it_names(
    workflow: dict[str, Any], name: str, job: dict[str, Any]
) -> None:
    assert workflow["permissions"] == {}
    allowed = {
        "comment": {"pull-requests": "write"},
        "code-scanning": {"security-events": "write"},
        "publish": {"actions": "read", "contents": "write"},
        "drift": {"contents": "read", "id-token": "write", "issues": "write"},
        **{each: {"contents": "read", "id-token": "write"} for each in ("preview", *STACKS)},
    }
    assert job["permissions"] == allowed.get(name, {"contents": "read"})


@each_job
def test_a_job_ends_in_time_on_a_machine_that_is_named(
    workflow: dict[str, Any], name: str, job: dict[str, Any]
) -> None:
    assert 0 < job["timeout-minutes"] <= 60, name
    assert job["runs-on"] == "ubuntu-24.04", "latest would change by itself"
    assert "concurrency" in workflow


def test_no_checkout_leaves_the_token_behind() -> None:
    checkouts = [step for step in steps() if "actions/checkout" in step.content.get("uses", "")]
    assert len(checkouts) >= len(WORKFLOWS)
    for step in checkouts:
        assert step.content["with"]["persist-credentials"] is False, step.where


def test_every_script_ends_at_its_first_error() -> None:
    for name in WORKFLOWS:
        assert load(name)["defaults"]["run"]["shell"] == SHELL
    for step in steps():
        if step.run:
            shell = SHELL if step.where == "pulumi" else None
            assert step.content.get("shell") == shell, step.where


# Whose words and whose code they run


def test_nothing_from_outside_becomes_part_of_a_script() -> None:
    assert [step.where for step in steps() if "${{" in step.run] == []


def test_secrets_reach_the_steps_that_run_pulumi_and_no_others() -> None:
    for step in steps():
        told = str({key: value for key, value in step.content.items() if key != "env"})
        assert "secrets." not in told, step.where
        if "secrets." in str(step.content):
            assert re.search(r"\b(pulumi|lifecycle verify)\b", step.run), step.where
    for name in WORKFLOWS:
        for job in load(name)["jobs"].values():
            assert "secrets." not in str(job.get("env", {}))


def test_no_key_of_aws_is_kept_anywhere() -> None:
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?i)access-key|access_key|AKIA", text), path


def test_no_workflow_runs_a_forks_code_with_the_rights_of_this_repository() -> None:
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert "pull_request_target" not in text
        assert "workflow_run" not in text


@pytest.mark.parametrize("name", ["comment", "code-scanning", "preview"])
def test_what_a_fork_may_not_do_is_not_tried_for_it(name: str) -> None:
    assert SAME_REPOSITORY in load("pull-request")["jobs"][name]["if"]


@each_job
def test_a_job_that_writes_to_a_pull_request_runs_none_of_its_code(
    workflow: dict[str, Any], name: str, job: dict[str, Any]
) -> None:
    writes = {what for what, access in job["permissions"].items() if access == "write"}
    if workflow["on"] == "pull_request" and writes - {"id-token"}:
        assert [step for step in job["steps"] if "uses" in step] == [], name
        assert all(" api " in step["run"] for step in job["steps"])


def test_what_publishes_a_release_runs_nothing_of_the_repository() -> None:
    (step,) = load("release")["jobs"]["publish"]["steps"]
    assert "uses" not in step
    assert re.findall(r"^\s*(\w+)", step["run"], re.MULTILINE) == ["gh", "cd", "sha256sum", "gh"]


# Where they act


def test_the_stacks_are_deployed_in_order_each_behind_its_environment() -> None:
    deploy = load("deploy")
    assert list(deploy["jobs"]) == STACKS
    for before, (name, job) in zip([None, *STACKS], deploy["jobs"].items(), strict=False):
        assert job.get("needs") == before
        assert (job["environment"], job["env"]["STACK"]) == (name, name)
        assert job["env"]["ROLE"] == f"${{{{ vars.AWS_DEPLOY_ROLE_{name.upper()} }}}}" == job["if"]


def test_a_deployment_that_is_not_verified_is_the_last() -> None:
    for job in load("deploy")["jobs"].values():
        deployed, verified = (step["run"] for step in job["steps"][-2:])
        assert deployed.startswith("pulumi up --yes --diff --non-interactive --color never -s ")
        assert 'lifecycle verify -s "$STACK"' in verified
        assert not any("continue-on-error" in step for step in job["steps"])


@pytest.mark.parametrize("name", ["deploy", "drift"])
def test_what_touches_a_stack_is_never_stopped_half_way(name: str) -> None:
    assert load(name)["concurrency"] == {"group": name, "cancel-in-progress": False}


@pytest.mark.parametrize(("workflow", "name"), [("pull-request", "preview"), ("drift", "drift")])
def test_each_stack_is_read_with_its_own_role_and_left_alone_without_one(
    workflow: str, name: str
) -> None:
    job = load(workflow)["jobs"][name]
    roles = {each["stack"]: each["role"] for each in job["strategy"]["matrix"]["include"]}
    assert roles == {each: f"${{{{ vars.AWS_READ_ROLE_{each.upper()} }}}}" for each in STACKS}
    assert job["strategy"]["fail-fast"] is False
    missing, *others = job["steps"]
    assert missing["if"] == "${{ !matrix.role }}"
    assert {step["if"] for step in others} == {"${{ matrix.role }}"}


def test_every_stack_has_its_settings() -> None:
    for stack in STACKS:
        assert (REPOSITORY / f"Pulumi.{stack}.yaml").is_file()


# What they call exists


def test_make_has_every_target_that_is_called() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    called = {word for step in steps() for word in re.findall(r"\bmake (?:-s )?(\w+)", step.run)}
    assert {"audit", "check", "sbom", "test", "setup", "toolchain"} <= called
    assert called <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_every_script_of_the_repository_that_is_called_can_be_run() -> None:
    called = {word for step in steps() for word in re.findall(r"\btests/\w+", step.run)}
    assert called == {"tests/install_packages"}
    for name in called:
        assert (REPOSITORY / name).stat().st_mode & 0o111, name


def test_lifecycle_takes_every_command_and_option_that_it_is_given() -> None:
    called = [call for step in steps() for call in commands(step.run, "lifecycle")]
    assert {call[0] for call in called} == {"review", "verify"}
    assert {" ".join(call): said for call in called if (said := misunderstood(call))} == {}


def test_the_guide_names_all_that_has_to_be_set_up() -> None:
    guide = (REPOSITORY / "docs" / "guides" / "pull-requests.md").read_text(encoding="utf-8")
    text = "".join(path.read_text(encoding="utf-8") for path in files())
    names = set(re.findall(r"\b(?:vars|secrets)\.(\w+)", text))
    assert {name for name in names if f"`{name}`" not in guide} == set()


def test_the_exception_that_the_guide_shows_is_one(tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs" / "guides" / "pull-requests.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / FILE).write_text(shown, encoding="utf-8")
    (exemption,) = read_exceptions(tmp_path / FILE)
    assert exemption.place.startswith("key ")


# What these rules would find


@pytest.mark.parametrize(
    "line",
    [
        "uses: actions/checkout@v7",
        "- uses: actions/checkout@3d3c42e",
        f"uses: actions/checkout@{'a' * 40}",
        f"uses: actions/checkout@{'a' * 40} # v7",
        f"uses: actions/checkout@{'A' * 40} # v7.0.1",
        "uses: actions/checkout",
    ],
)
def test_an_action_by_anything_but_its_full_commit_and_version_is_found(line: str) -> None:
    assert unpinned(f"steps:\n  {line}\n") == [line]


def test_an_action_of_this_repository_needs_no_commit() -> None:
    assert unpinned("- uses: ./.github/actions/pulumi") == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("verify -s $STACK", ""),
        ("verify --stack-name dev", "No such option"),
        ("verify --timeout soon", "is not a valid float"),
        ("deploy -s dev", "No such command 'deploy'"),
    ],
)
def test_a_call_that_lifecycle_does_not_understand_is_found(call: str, said: str) -> None:
    (arguments,) = commands(f"x=1\n.venv/bin/lifecycle {call} || exit 1\n", "lifecycle")
    assert said in misunderstood(arguments)
    assert bool(said) == bool(misunderstood(arguments))
