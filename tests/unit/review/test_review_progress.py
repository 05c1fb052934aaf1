"""How far a replay is."""

import io

import pytest

from lifecycle.review_progress import Lines, progress_shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_terminal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Terminal:
    """Standard error as a terminal. No fixture, since pytest takes it back after the fixtures."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    return terminal


def test_a_log_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = iter([0.0, 1.0, 10.0, 11.0, 25.0])
    told = Lines(lambda: next(now))
    for done in (1, 2, 3, 4):
        told(done, 4)
    assert capsys.readouterr().err == "review: 50 % replayed\nreview: 100 % replayed\n"


def test_nothing_to_do_is_no_division_by_zero(capsys: pytest.CaptureFixture[str]) -> None:
    now = iter([0.0, 10.0])
    Lines(lambda: next(now))(0, 0)
    assert capsys.readouterr().err == "review: 0 % replayed\n"


def test_a_terminal_gets_a_bar_that_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with progress_shown() as progress:
        progress(1, 2)
    shown = terminal.getvalue()
    assert "review: replaying" in shown
    assert "50%" in shown
    assert "\x1b[3" in shown
    assert shown.endswith("\x1b[2K")


def test_a_bar_has_no_colour_if_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch, NO_COLOR="1")
    with progress_shown() as progress:
        progress(1, 2)
    assert "50%" in terminal.getvalue()
    assert "\x1b[3" not in terminal.getvalue()


def test_a_terminal_that_can_do_nothing_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    at_terminal(monkeypatch, TERM="dumb")
    with progress_shown() as progress:
        assert isinstance(progress, Lines)


def test_a_pipe_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    with progress_shown() as progress:
        assert isinstance(progress, Lines)
