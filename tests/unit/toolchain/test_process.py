"""Child programs: what they say, how they end, and that nothing of them outlives us."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import process

ENVIRON = {"PATH": "/usr/bin:/bin", "STARTED": "/dev/null"}
STUBBORN = """/bin/sh -c 'trap "" TERM; echo $$; touch "$STARTED"; sleep 20; echo outlived'"""
"""A grandchild that says its number and ignores SIGTERM."""

IsRunning = Callable[[int], bool]
WaitUntil = Callable[[Callable[[], bool]], None]


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who ignores SIGTERM is killed soon."""
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.1)


def sh(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def test_what_a_program_writes_to_either_stream_is_read_line_by_line() -> None:
    lines: list[str] = []
    done = process.run(
        sh("echo one; echo two >&2; echo three"), environ=ENVIRON, on_line=lines.append
    )
    assert lines == ["one", "two", "three"]
    assert (done.code, done.tail, done.timed_out) == (0, "one\ntwo\nthree", False)


def test_the_exit_code_of_a_program_is_kept() -> None:
    assert process.run(sh("exit 7"), environ=ENVIRON).code == 7


def test_of_much_output_the_last_lines_are_kept() -> None:
    script = f"i=0; while [ $i -lt {process.TAIL_LINES + 5} ]; do i=$((i+1)); echo $i; done"
    tail = process.run(sh(script), environ=ENVIRON).tail.splitlines()
    assert len(tail) == process.TAIL_LINES
    assert tail[-1] == str(process.TAIL_LINES + 5)


def test_output_that_is_no_text_does_not_stop_the_reading() -> None:
    done = process.run(sh(r"printf 'a\377b\n'; echo after"), environ=ENVIRON)
    assert done.tail == "a\ufffdb\nafter"


def test_a_program_gets_the_given_environment_and_folder(tmp_path: Path) -> None:
    environ = {**ENVIRON, "GREETING": "hello"}
    done = process.run(sh("echo $GREETING$HOME; pwd"), environ=environ, folder=tmp_path)
    assert done.tail.splitlines() == ["hello", str(tmp_path)]


def test_a_program_cannot_ask_us_anything() -> None:
    ours = os.dup(0)
    readable, writable = os.pipe()
    try:
        os.write(writable, b"typed\n")
        os.close(writable)
        os.dup2(readable, 0)
        done = process.run(sh("read -r line; echo got $line"), environ=ENVIRON)
    finally:
        os.dup2(ours, 0)
        os.close(readable)
        os.close(ours)
    assert done.tail == "got"


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        process.run(["/nonexistent/program"], environ=ENVIRON)


def test_a_program_that_takes_too_long_is_killed_with_what_it_started_and_says_so(
    is_running: IsRunning,
) -> None:
    done = process.run(sh(f"trap '' TERM; {STUBBORN} & wait"), environ=ENVIRON, timeout=0.5)
    assert done.timed_out
    assert done.code < 0
    assert not is_running(int(done.tail))


def test_a_program_that_ends_in_time_has_not_timed_out() -> None:
    done = process.run(sh("echo quick"), environ=ENVIRON, timeout=60)
    assert (done.code, done.timed_out) == (0, False)


def test_what_a_program_leaves_running_ends_with_it_and_does_not_keep_us_reading(
    tmp_path: Path, is_running: IsRunning
) -> None:
    environ = {**ENVIRON, "STARTED": str(tmp_path / "started")}
    script = f"""{STUBBORN} & while [ ! -e "$STARTED" ]; do sleep 0.01; done; exit 3"""
    done = process.run(sh(script), environ=environ)
    assert done.code == 3
    assert not is_running(int(done.tail))


def test_a_grandchild_in_a_process_group_of_its_own_ends_too(is_running: IsRunning) -> None:
    job_control = ["/bin/bash", "-c", f"set -m; {STUBBORN} & wait"]
    with process.started(job_control, environ=ENVIRON) as child:
        assert child.stdout is not None
        number = int(child.stdout.readline())
        assert os.getpgid(number) != os.getpgid(child.pid)
    assert not is_running(number)
    assert not is_running(child.pid)


def test_a_program_has_the_time_to_end_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 60.0)
    script = (
        f"trap 'echo tidied >{tmp_path}/log; exit' TERM; echo ready; while :; do sleep 0.01; done"
    )
    with process.started(sh(script), environ=ENVIRON) as child:
        assert child.stdout is not None
        child.stdout.readline()
    assert (tmp_path / "log").read_text(encoding="utf-8") == "tidied\n"


def test_an_error_in_the_block_ends_the_program_and_is_passed_on() -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        process.started(sh("sleep 60"), environ=ENVIRON) as child,
    ):
        raise KeyboardInterrupt
    assert child.returncode is not None


def test_an_error_while_lines_are_taken_in_ends_the_program(is_running: IsRunning) -> None:
    numbers: list[int] = []

    def refuse(line: str) -> None:
        numbers.append(int(line))
        raise ValueError(line)

    with pytest.raises(ValueError, match=r"^\d+$"):
        process.run(sh("echo $$; sleep 60"), environ=ENVIRON, on_line=refuse)
    assert not is_running(numbers[0])


def test_other_programs_are_left_alone() -> None:
    with process.started(sh("echo ready; sleep 60"), environ=ENVIRON) as other:
        process.run(sh("echo done"), environ=ENVIRON)
        assert other.poll() is None


def test_a_signal_reaches_us_alone() -> None:
    with process.started(sh("sleep 60"), environ=ENVIRON) as child:
        assert os.getsid(child.pid) == child.pid


def test_what_slipped_away_ends_with_the_block(
    wait_until: WaitUntil, is_running: IsRunning
) -> None:
    code = f"""
import subprocess
from toolchain import process
process.GRACE_SECONDS = 0.1
with process.nothing_left():
    child = subprocess.Popen(
        ["/bin/sh", "-c", {STUBBORN + " & wait"!r}], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )
    print(child.pid, int(child.stdout.readline()))
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, env=ENVIRON, capture_output=True, text=True, check=True)
    child, grandchild = map(int, done.stdout.split())
    wait_until(lambda: not is_running(child))
    assert not is_running(grandchild)
