"""`lifecycle send` before it reaches AWS: what it refuses, and how it says so."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from lifecycle import send_command
from lifecycle.cli import main
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed

TRIAL = '{"UserId": "00001", "status": "Active"}'
MARKER = "marker-value"

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Sends the text to the stack `bare`, which has no way in."""
    stacks = {"bare": Deployed("customers", "us-east-1")}
    monkeypatch.setattr(send_command, "read_outputs", lambda stack, **_: stacks[stack])

    def send(text: str | bytes, *arguments: str, way: str = "events") -> Result:
        options = ("--way", way, "--type", "TrialSubscription", "-s", "bare", *arguments, "-")
        return CliRunner().invoke(main, ("send", *options), input=text)

    return send


def test_everything_that_is_wrong_is_told_at_once_by_line_and_without_data(run: Run) -> None:
    good = TRIAL
    lines = [good, f'{{"status": "{MARKER}"}}', "", f"no json {MARKER}", "[1]", good, '{"a": 1}']
    result = run("\n".join(lines))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "not sent: lines 2, 7: no value for the UNIQUE key _account (_source.UserId)",
        "not sent: line 4: The profile object is not valid JSON",
        "not sent: line 5: The profile object must be a JSON object",
        "nothing was sent: put these right, or send with --no-check",
    ]
    assert result.stdout == "0 of 6 TrialSubscription sent as events\n"
    assert MARKER not in result.output


def test_elements_of_a_list_are_named_as_objects(run: Run) -> None:
    result = run(f'[{TRIAL}, {{"a": 1}}, {{"a": 2}}]')
    assert "not sent: objects 2-3: no value for the UNIQUE key" in result.stderr


def test_json_is_one_line_with_the_same(run: Run) -> None:
    result = run(f'{TRIAL}\n{{"a": 1}}\n', "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "ok": False,
        "way": "events",
        "object_type": "TrialSubscription",
        "read": 2,
        "sent": 0,
        "not_sent": [
            {
                "reason": "no value for the UNIQUE key _account (_source.UserId)",
                "lines": "2",
                "count": 1,
            }
        ],
    }


@pytest.mark.parametrize(
    ("way", "size", "said"),
    [
        ("events", 256_000, "more than 256,000 characters"),
        ("topic", 256_000, "more than 256,000 characters"),
        ("batch", 200_000, "more than 200,000 bytes"),
    ],
)
def test_objects_that_the_way_does_not_take_are_refused(
    run: Run, way: str, size: int, said: str
) -> None:
    text = json.dumps({"UserId": "1", "status": ""})
    fitting = text.replace('""', f'"{"x" * (size - len(text))}"')
    assert "could not run" in run(fitting, way=way).stderr
    result = run(fitting.replace('"1"', '"12"'), way=way)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_message_may_not_be_too_large_in_bytes_either(run: Run) -> None:
    text = json.dumps({"UserId": "1", "status": "é" * 140_000}, ensure_ascii=False)
    assert "bytes, which this way does not take" in run(text, way="topic").stderr
    assert "could not run: the stack has no events" in run(text).stderr


def test_an_unknown_object_type_is_refused_with_those_that_there_are(run: Run) -> None:
    result = run(TRIAL, "--type", "Trials")
    assert result.exit_code == 2
    assert "no mapping has the object type Trials" in result.stderr
    assert "TrialSubscription" in result.stderr


@pytest.mark.parametrize("way", ["events", "topic", "batch"])
def test_a_way_that_the_stack_does_not_have_could_not_run(run: Run, way: str) -> None:
    result = run(TRIAL, way=way)
    assert result.exit_code == 2
    assert f"could not run: the stack has no {way}" in result.stderr
    assert "ingestion" in result.stderr
    assert result.stdout == ""


def test_without_the_check_whatever_it_is_goes_on_its_way(run: Run) -> None:
    result = run("no json", "--no-check", "--type", "Unknown")
    assert "could not run: the stack has no events" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "way", "said"),
    [
        (("--wait",), "events", "--wait is for --way batch"),
        (("--source", "trials"), "topic", "--source is for --way batch"),
        (("--id", "x"), "batch", "--id is for --way topic"),
        (("--id", "a b"), "topic", "--id takes"),
        (("--id", "x" * 101), "topic", "--id takes"),
        (("--id", ""), "topic", "--id takes"),
    ],
)
def test_an_option_of_another_way_is_a_usage_error(
    run: Run, arguments: tuple[str, ...], way: str, said: str
) -> None:
    result = run(TRIAL, *arguments, way=way)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--type", "TrialSubscription", "-"),
        ("--way", "events", "-"),
        ("--way", "pigeon", "--type", "TrialSubscription", "-"),
        ("--way", "events", "--type", "TrialSubscription", "/nonexistent/file"),
        ("--way", "events", "--type", "TrialSubscription"),
    ],
)
def test_without_way_type_or_file_it_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ("send", *arguments))
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_a_stack_that_cannot_be_read_says_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: str | None, **__: object) -> NoReturn:
        raise CouldNotRunError("no stack named bare")

    monkeypatch.setattr(send_command, "read_outputs", unreadable)
    result = run(TRIAL)
    assert (result.exit_code, result.stderr) == (2, "could not run: no stack named bare\n")


def test_the_selected_stack_serves_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def outputs(stack: str | None, **_: object) -> Deployed:
        asked.append(stack)
        return Deployed("customers", "us-east-1")

    monkeypatch.setattr(send_command, "read_outputs", outputs)
    options = ("send", "--way", "events", "--type", "TrialSubscription", "-")
    CliRunner().invoke(main, options, input=TRIAL)
    assert asked == [None]
