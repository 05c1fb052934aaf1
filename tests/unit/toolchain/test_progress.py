"""What a person sees of a long step, on a terminal and in a log."""

import io
import re
from collections.abc import Callable

import pytest

from toolchain import progress
from toolchain.progress import Progress, Step, duration

WaitUntil = Callable[[Callable[[], bool]], None]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 40 columns that is written to often."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "LIVE_SECONDS", 0.001)


def test_a_log_gets_a_line_when_a_step_begins_and_one_when_it_ends() -> None:
    log = io.StringIO()
    with Progress(log).step("building pulumi"):
        assert log.getvalue() == "toolchain: building pulumi ...\n"
    assert re.fullmatch(
        r"toolchain: building pulumi \.\.\.\ntoolchain: building pulumi: done in \d\.\d s\n",
        log.getvalue(),
    )


def test_a_log_gets_a_line_now_and_then_that_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, wait_until: WaitUntil
) -> None:
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.001)
    log = io.StringIO()
    with Progress(log).step("building pulumi", expected=1290) as step:
        step.note("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")
        wait_until(lambda: "1 of about 1290 packages" in log.getvalue())
    assert all(line.startswith("toolchain: ") for line in log.getvalue().splitlines())


def test_lines_now_and_then_are_seconds_apart() -> None:
    assert progress.PLAIN_SECONDS >= 5


def test_what_a_child_program_says_brings_no_control_characters_into_a_log(
    monkeypatch: pytest.MonkeyPatch, wait_until: WaitUntil
) -> None:
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.001)
    log = io.StringIO()
    with Progress(log).step("downloading") as step:
        step.note("\x1b[31mDownloading\x1b[0m plugin:\x08 \t12%\x07")
        wait_until(lambda: "12%" in log.getvalue())
    assert log.getvalue().replace("\n", "").isprintable()
    assert "Downloading plugin: 12%" in log.getvalue()


def test_a_terminal_gets_one_line_that_is_written_over(wait_until: WaitUntil) -> None:
    terminal = Terminal()
    with Progress(terminal).step("building") as step:
        step.note("go: downloading example.com/module v1.0.0")
        wait_until(lambda: terminal.getvalue().count("\r") > 3)
        assert "\n" not in terminal.getvalue()
    lines = terminal.getvalue().split("\r")
    assert lines[-1].startswith("toolchain: building: done in ")
    assert lines[-1].endswith("\n")
    # Each as wide as the last, so that nothing of it is left, and none so wide that it wraps.
    assert {len(line.rstrip("\n")) for line in lines[1:]} == {39}


def test_there_are_no_colours_on_a_terminal_either(wait_until: WaitUntil) -> None:
    terminal = Terminal()
    shown = Progress(terminal)
    shown.say("another run is at it")
    with shown.step("building"):
        wait_until(lambda: terminal.getvalue().count("\r") > 3)
    assert "\x1b" not in terminal.getvalue()


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    with Progress(terminal).step("building"):
        pass
    assert "\r" not in terminal.getvalue()


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress().step("building"):
        pass
    said = capsys.readouterr()
    assert said.out == ""
    assert "building" in said.err


def test_a_step_that_fails_is_not_called_done() -> None:
    log = io.StringIO()
    with pytest.raises(ValueError, match="no"), Progress(log).step("building"):
        raise ValueError("no")
    assert "building: stopped after" in log.getvalue()
    assert "done" not in log.getvalue()


def test_compiled_packages_are_counted_and_other_lines_are_shown() -> None:
    step = Step("building", expected=2)
    step.note("go: downloading example.com/module v1.0.0")
    assert step.describe().startswith("go: downloading example.com/module v1.0.0, ")
    step.note("example.com/module")
    assert step.describe().startswith("1 of about 2 packages, ")


def test_more_packages_than_expected_are_not_more_than_all() -> None:
    step = Step("building", expected=1)
    for name in ("one", "two", "three"):
        step.note(name)
    assert step.describe().startswith("3 of about 3 packages, ")


def test_without_packages_to_count_each_line_is_shown() -> None:
    step = Step("downloading")
    step.note("Collecting")
    assert step.done == 0
    assert step.describe().startswith("Collecting, ")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (59.6, "1 min 0 s"), (220, "3 min 40 s")],
)
def test_a_length_of_time_reads_well(seconds: float, told: str) -> None:
    assert duration(seconds) == told
