"""`python -m toolchain` as make runs it, a process of its own."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolchain import cache, pins

GATED = """
  echo $$ >"$HOME/number"
  tries=0
  while [ ! -e "$HOME/gate" ] && [ $tries -lt 2000 ]; do sleep 0.01; tries=$((tries + 1)); done
"""
"""Commands of a build that goes on when there is a file `gate`, or nobody waits any more."""

UNDER = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.{hangup})
runpy.run_module("toolchain", run_name="__main__", alter_sys=True)
"""
"""The command with known signals: whoever runs the tests may have some ignored."""

Process = subprocess.Popen[str]
Start = Callable[..., Process]
IsRunning = Callable[[int], bool]
WaitUntil = Callable[[Callable[[], bool]], None]


@pytest.fixture
def start(machine: Any) -> Start:
    """`start(*arguments, hangup="SIG_DFL")`; its two streams are kept apart."""

    def started(*arguments: str, hangup: str = "SIG_DFL") -> Process:
        return subprocess.Popen(
            [sys.executable, "-c", UNDER.format(hangup=hangup), *arguments],
            env=machine.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return started


@pytest.fixture
def run(machine: Any) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run it as make does."""
    return lambda *arguments: subprocess.run(
        [sys.executable, "-m", "toolchain", *arguments],
        env=machine.environ,
        capture_output=True,
        text=True,
        check=False,
    )


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_folder_of_the_programs_is_the_last_line_and_progress_is_not_among_it(
    machine: Any, run: Run
) -> None:
    machine.go()
    done = run()
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.splitlines()[-1])
    assert all(cache.is_program(folder / name) for name in pins.PROGRAMS)
    assert "toolchain:" not in done.stdout
    for module in pins.MODULES:
        assert f"building {module.programs[0]} {module.version}: done in " in done.stderr


def test_a_log_gets_few_lines_and_no_control_characters(machine: Any, run: Run) -> None:
    machine.go(build=r"printf '\033[31mred\033[0m\r\n'")
    said = run().stderr
    assert said.replace("\n", "").isprintable()
    # A line at the beginning and at the end of each download and each build.
    assert len(said.splitlines()) == 4 * len(pins.MODULES)


def test_a_second_run_says_the_folder_and_nothing_else(machine: Any, run: Run) -> None:
    machine.go()
    first, calls = run(), machine.calls
    second = run()
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, "")
    assert machine.calls == calls


def test_check_exits_1_when_something_is_missing_and_names_it(machine: Any, run: Run) -> None:
    machine.go()
    done = run("--check")
    assert (done.returncode, done.stdout) == (1, "")
    assert all(name in done.stderr for name in pins.PROGRAMS)
    assert "make toolchain" in done.stderr
    assert machine.calls == []


def test_check_exits_0_with_the_folder_when_nothing_is_missing(machine: Any, run: Run) -> None:
    machine.pulumi(pins.CLI_MINIMUM)
    machine.plugin(pins.PROVIDER_OFFICIAL)
    done = run("--check")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in Path(done.stdout.strip()).iterdir()) == sorted(
        pins.PROGRAMS
    )


def test_a_failed_build_shows_the_compilers_last_lines_and_exits_1(machine: Any, run: Run) -> None:
    machine.go(build="echo 'undefined: schema' >&2; exit 2")
    done = run()
    assert (done.returncode, done.stdout) == (1, "")
    assert "failed with exit code 2:" in done.stderr
    assert "undefined: schema\nThe way out: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cache_that_cannot_be_written_is_one_clear_error(machine: Any, run: Run) -> None:
    machine.go()
    machine.cache.write_text("a file, not a folder", encoding="utf-8")
    done = run()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: the cache {machine.cache} cannot be used: ")
    assert cache.ENVIRONMENT_VARIABLE in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing_running_and_nothing_half_done(
    machine: Any,
    start: Start,
    wait_until: WaitUntil,
    is_running: IsRunning,
    number: signal.Signals,
) -> None:
    machine.go(build=GATED)
    noted = machine.home / "number"
    with start() as process:
        wait_until(lambda: noted.exists() and noted.read_text(encoding="utf-8").endswith("\n"))
        process.send_signal(number)
        stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (128 + number, "")
    assert "Traceback" not in stderr
    assert not is_running(int(noted.read_text(encoding="utf-8")))
    assert [path.name for path in machine.cache.iterdir()] == ["lock"]


def test_a_run_under_nohup_outlives_the_terminal(
    machine: Any, start: Start, wait_until: WaitUntil
) -> None:
    machine.go(build=GATED)
    with start(hangup="SIG_IGN") as process:
        wait_until((machine.home / "number").exists)
        process.send_signal(signal.SIGHUP)
        (machine.home / "gate").touch()
        stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    assert cache.is_program(Path(stdout.strip()) / pins.PULUMI)


def test_of_two_runs_at_once_one_waits_and_says_so_and_each_program_is_built_once(
    machine: Any, start: Start, wait_until: WaitUntil
) -> None:
    machine.go(build=GATED)
    with start() as first:
        wait_until((machine.home / "number").exists)
        with start() as second:
            assert second.stderr is not None
            waiting = second.stderr.readline()
            (machine.home / "gate").touch()
            done = [process.communicate() for process in (first, second)]
    assert "waiting for another run" in waiting
    assert first.returncode == second.returncode == 0
    assert done[0][0] == done[1][0]
    assert "building" not in done[1][1]
    builds = [call for call in machine.calls if call.startswith("go build")]
    assert len(builds) == len(pins.MODULES)


def test_what_a_killed_run_left_is_removed_by_the_next(
    machine: Any, start: Start, run: Run, wait_until: WaitUntil, is_running: IsRunning
) -> None:
    machine.go(build=GATED)
    noted = machine.home / "number"
    with start() as process:
        wait_until(lambda: noted.exists() and noted.read_text(encoding="utf-8").endswith("\n"))
        process.kill()
    assert list(machine.cache.glob(f"{cache.TEMPORARY}*")) != []
    (machine.home / "gate").touch()
    wait_until(lambda: not is_running(int(noted.read_text(encoding="utf-8"))))
    assert run().returncode == 0
    assert list(machine.cache.glob(f"{cache.TEMPORARY}*")) == []
