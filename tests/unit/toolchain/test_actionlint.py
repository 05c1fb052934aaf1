"""The linter of the workflows: built apart from what a deployment needs, and only as pinned."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import toolchain
from toolchain import BuildError, MissingProgramsError, cache, pins

MODULE = pins.ACTIONLINT_MODULE


def builds(machine: Any) -> list[str]:
    """The packages that the fake Go was told to build."""
    return [call.split()[-1] for call in machine.calls if call.startswith("go build")]


def run(machine: Any, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the toolchain's command as make does."""
    return subprocess.run(
        [sys.executable, "-m", "toolchain", *arguments],
        env=machine.environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_linter_is_built_alone_into_the_cache_of_the_toolchain(machine: Any) -> None:
    machine.go()
    program = toolchain.actionlint(environ=machine.environ)
    assert cache.is_program(program)
    assert program == machine.cache / f"actionlint-{MODULE.version}-{MODULE.key}" / pins.ACTIONLINT
    assert builds(machine) == [MODULE.package]


def test_the_linter_is_built_once(machine: Any, capsys: pytest.CaptureFixture[str]) -> None:
    machine.go()
    program = toolchain.actionlint(environ=machine.environ)
    before, _ = machine.calls, capsys.readouterr()
    assert toolchain.actionlint(environ=machine.environ) == program
    assert machine.calls == before
    assert capsys.readouterr().err == ""


def test_another_release_of_the_users_does_not_lint(machine: Any) -> None:
    machine.go()
    theirs = machine.program(machine.path / pins.ACTIONLINT)
    assert not toolchain.actionlint(environ=machine.environ).samefile(theirs)


def test_a_deployment_does_not_build_the_linter(machine: Any) -> None:
    machine.go()
    toolchain.programs(environ=machine.environ)
    assert MODULE.package not in builds(machine)
    assert len(builds(machine)) == len(pins.MODULES)


def test_the_linter_says_the_version_of_its_pin(machine: Any) -> None:
    machine.go(build='echo "$*" >"$HOME/told"')
    toolchain.actionlint(environ=machine.environ)
    told = (machine.home / "told").read_text(encoding="utf-8")
    assert f" -X github.com/rhysd/actionlint.version={MODULE.version} " in told


def test_only_looking_names_the_linter_and_builds_nothing(machine: Any) -> None:
    machine.go()
    with pytest.raises(MissingProgramsError, match=r"^actionlint: not built yet\. .*make check"):
        toolchain.actionlint(build=False, environ=machine.environ)
    assert not machine.cache.exists()
    program = toolchain.actionlint(environ=machine.environ)
    assert toolchain.actionlint(build=False, environ=machine.environ) == program


def test_a_linter_that_cannot_be_built_does_not_ask_for_pulumi(machine: Any) -> None:
    machine.go(build="echo no such host; exit 1")
    with pytest.raises(BuildError) as failed:
        toolchain.actionlint(environ=machine.environ)
    assert "no such host\nThe way out: " in str(failed.value)
    assert "GOPROXY" in str(failed.value)
    assert "pulumi" not in str(failed.value)


def test_the_command_prints_the_file_of_the_linter_and_nothing_else(machine: Any) -> None:
    machine.go()
    done = run(machine, "--actionlint")
    assert done.returncode == 0, done.stderr
    assert cache.is_program(Path(done.stdout.removesuffix("\n")))
    assert f"building actionlint {MODULE.version}: done in " in done.stderr


def test_the_command_fails_where_the_linter_cannot_be_had(machine: Any) -> None:
    machine.go(build="exit 1")
    for arguments in (["--actionlint"], ["--actionlint", "--check"]):
        done = run(machine, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
