"""Where a stack put the domain, as the pulumi CLI tells it."""

import json
import os
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner

import toolchain
from lifecycle import stack_outputs
from lifecycle.cli import main
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import PROGRAM_FOLDER, Deployed, read_outputs

OUTPUTS = {
    "domain_name": "customers",
    "region": "eu-central-1",
    "endpoint": "http://127.0.0.1:4566",
    "object_types": ["Order"],
    "dead_letter_queue_url": "http://127.0.0.1:4566/000000000000/rejected",
}

Pulumi = Callable[..., Path]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    """Puts a `pulumi` first on PATH that answers as told; the file with how it was called."""

    def install(stdout: str = "", stderr: str = "", code: int = 0, seconds: float = 0) -> Path:
        calls = tmp_path / "calls"
        program = tmp_path / "pulumi"
        program.write_text(
            "#!/bin/sh\n"
            f'echo "$PWD $PULUMI_SKIP_UPDATE_CHECK $*" >> {shlex.quote(str(calls))}\n'
            f"test {seconds} = 0 || exec sleep {seconds}\n"
            f"printf %s {shlex.quote(stdout)}\n"
            f"printf %s {shlex.quote(stderr)} >&2\n"
            f"exit {code}\n",
            encoding="utf-8",
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return calls

    return install


def test_the_outputs_of_a_stack_say_where_the_domain_is(pulumi: Pulumi) -> None:
    pulumi(json.dumps(OUTPUTS))
    assert read_outputs("local") == Deployed(
        "customers",
        "eu-central-1",
        "http://127.0.0.1:4566",
        "http://127.0.0.1:4566/000000000000/rejected",
    )


def test_pulumi_is_asked_in_the_folder_of_the_program_and_never_asks_back(pulumi: Pulumi) -> None:
    calls = pulumi(json.dumps(OUTPUTS))
    read_outputs("acme/customers/prod")
    assert calls.read_text(encoding="utf-8") == (
        f"{PROGRAM_FOLDER} true stack output --json --stack acme/customers/prod --non-interactive\n"
    )
    assert (PROGRAM_FOLDER / "Pulumi.yaml").is_file()


@pytest.mark.parametrize("endpoint", [{}, {"endpoint": None}])
def test_a_stack_on_aws_itself_has_no_endpoint(pulumi: Pulumi, endpoint: dict[str, Any]) -> None:
    pulumi(json.dumps({"domain_name": "customers", "region": "us-east-1"} | endpoint))
    assert read_outputs("dev") == Deployed("customers", "us-east-1", None, None)


def test_the_ways_in_are_those_that_the_stack_has(pulumi: Pulumi) -> None:
    ways = {
        "rejects_queue_url": "http://127.0.0.1:4566/000000000000/rejects.fifo",
        "event_bus_name": "customers",
        "topic_arn": "arn:aws:sns:eu-central-1:000000000000:changes.fifo",
        "batch_state_machines": {"trials": "arn:aws:states:eu-central-1:000000000000:trials"},
    }
    pulumi(json.dumps(OUTPUTS | ways))
    deployed = read_outputs("local")
    assert {name: getattr(deployed, name) for name in ways} == ways
    assert deployed.batch_bucket is None
    assert deployed.topic_dead_letter_queue_url is None


def test_without_a_name_the_selected_stack_is_read(pulumi: Pulumi) -> None:
    calls = pulumi(json.dumps(OUTPUTS))
    assert read_outputs(None).domain == "customers"
    assert calls.read_text(encoding="utf-8") == (
        f"{PROGRAM_FOLDER} true stack output --json --non-interactive\n"
    )
    pulumi("{}")
    with pytest.raises(CouldNotRunError, match=r"pulumi up$"):
        read_outputs(None)


@pytest.mark.parametrize("missing", ["domain_name", "region"])
def test_a_stack_that_was_not_deployed_yet_is_told_how_to_deploy(
    pulumi: Pulumi, missing: str
) -> None:
    pulumi(json.dumps({name: value for name, value in OUTPUTS.items() if name != missing}))
    with pytest.raises(CouldNotRunError, match=f"no output '{missing}'.*pulumi up -s dev"):
        read_outputs("dev")


@pytest.mark.parametrize("answer", ["", "warning: a new version is out", "[]", "null", '"text"'])
def test_an_answer_that_is_no_json_object_could_not_be_used(pulumi: Pulumi, answer: str) -> None:
    pulumi(answer)
    with pytest.raises(CouldNotRunError, match="pulumi stack output -s dev"):
        read_outputs("dev")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_why_pulumi_failed_is_passed_on(pulumi: Pulumi, stream: str) -> None:
    pulumi(**{stream: "error: no stack named 'dev' found\n"}, code=255)
    with pytest.raises(CouldNotRunError) as failed:
        read_outputs("dev")
    assert str(failed.value) == "pulumi stack output -s dev: error: no stack named 'dev' found"


def test_a_pulumi_that_hangs_is_given_up(pulumi: Pulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi(seconds=30)
    monkeypatch.setattr(stack_outputs, "TIMEOUT_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(CouldNotRunError, match="backend reachable"):
        read_outputs("dev")
    assert time.monotonic() - begun < 10


def test_the_toolchains_pulumi_serves_where_path_has_none(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi(json.dumps(OUTPUTS))
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.setattr(toolchain, "programs", lambda *, build: None if build else tmp_path)
    assert read_outputs("local").domain == "customers"


def test_a_missing_pulumi_is_not_built_on_the_way_but_named_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*, build: bool) -> NoReturn:
        assert not build
        raise toolchain.MissingProgramsError("pulumi is not in the cache")

    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.setattr(toolchain, "programs", missing)
    with pytest.raises(CouldNotRunError, match=r"make toolchain \(pulumi is not in the cache\)"):
        read_outputs("local")


def test_the_outputs_of_a_further_region_stand_below_its_name(pulumi: Pulumi) -> None:
    there = OUTPUTS | {"region": "us-east-1", "endpoint": None}
    pulumi(json.dumps(OUTPUTS | {"regions": {"us-east-1": there}}))
    assert read_outputs("prod", region="us-east-1").region == "us-east-1"
    assert read_outputs("prod", region="eu-central-1").endpoint == OUTPUTS["endpoint"]
    assert read_outputs("prod").region == "eu-central-1"


def test_a_region_that_the_stack_is_not_in_is_refused_with_those_that_it_is_in(
    pulumi: Pulumi,
) -> None:
    pulumi(json.dumps(OUTPUTS))
    with pytest.raises(CouldNotRunError, match="not in us-east-1; it is in eu-central-1"):
        read_outputs("prod", region="us-east-1")


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("doctor",),
        ("profile", "00001"),
        ("send", "--way", "events", "--type", "TrialSubscription", "FILE"),
        ("load", "--type", "TrialSubscription", "FILE"),
        ("rejects", "list"),
        ("rejects", "show", "1a2b3c4d5e6f"),
        ("rejects", "redrive", "--all"),
    ],
)
def test_every_command_that_looks_at_a_domain_of_a_stack_takes_a_region(
    pulumi: Pulumi, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    objects = tmp_path / "objects.ndjson"
    objects.write_text('{"UserId": "00001"}', encoding="utf-8")
    told = [str(objects) if each == "FILE" else each for each in arguments]
    pulumi(json.dumps(OUTPUTS))
    done = CliRunner().invoke(main, [*told, "-s", "prod", "--region", "us-east-1"])
    assert done.exit_code == 2
    assert "the stack is not in us-east-1; it is in eu-central-1" in done.stderr
