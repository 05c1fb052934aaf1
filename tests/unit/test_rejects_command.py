"""`lifecycle rejects`: what people read, what machines read, and what neither may see."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stamina
from botocore.exceptions import ClientError, EndpointConnectionError
from click.testing import CliRunner, Result

from lifecycle import clients, held_queue, rejects_command
from lifecycle import rejects as rejects_module
from lifecycle.cli import main
from lifecycle.stack_outputs import Deployed
from tests.unit.fake_sqs import FakeSqs, Message

REJECTS, DOMAIN = "http://sqs/rejects.fifo", "http://sqs/domain"
MARKER = "marker-value"

Run = Callable[..., Result]


class Profiles:
    """A domain that refuses what says `bad`."""

    def __init__(self) -> None:
        self.puts: list[dict[str, Any]] = []

    def put_profile_object(self, **members: Any) -> dict[str, Any]:
        if "bad" in members["Object"]:
            answer: Any = {"Error": {"Code": "BadRequestException", "Message": "still no"}}
            raise ClientError(answer, "PutProfileObject")
        self.puts.append(members)
        return {}


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> FakeSqs:
    sqs = FakeSqs()
    sqs.queues = {REJECTS: [], DOMAIN: []}
    monkeypatch.setattr(held_queue, "now", sqs.clock)
    monkeypatch.setattr(rejects_module, "client", lambda *_: sqs)
    return sqs


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch) -> Profiles:
    profiles = Profiles()
    monkeypatch.setattr(clients, "client", lambda *_: profiles)
    return profiles


@pytest.fixture
def run(sqs: FakeSqs, profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `lifecycle rejects` on a stack with the queues `rejects` and `domain`."""
    deployed = Deployed(
        "customers", "us-east-1", dead_letter_queue_url=DOMAIN, rejects_queue_url=REJECTS
    )
    monkeypatch.setattr(rejects_command, "read_outputs", lambda _, **__: deployed)
    assert (sqs.calls, profiles.puts) == ([], [])

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(main, ("rejects", *arguments))
        for url in (REJECTS, DOMAIN):
            assert sqs.visible(url) == len(sqs.queues[url])
        return result

    with stamina.set_testing(testing=True, attempts=1):
        yield invoke


def reject(sqs: FakeSqs, status: str = "x", **changes: str) -> Message:
    attributes = {
        "Reason": "BadRequestException: no key",
        "ObjectType": "TrialSubscription",
        "Origin": f"event {status}",
        "Way": "events",
        "RejectedAt": "2025-11-25T08:00:00+00:00",
    }
    text = json.dumps({"UserId": MARKER, "status": status})
    return sqs.add(REJECTS, text, status, **(attributes | changes))


def listed(run: Run, *arguments: str) -> list[dict[str, Any]]:
    result = run("list", "--json", *arguments)
    assert result.exit_code == 0
    return list(json.loads(result.stdout)["undelivered"])


def ids(run: Run) -> list[str]:
    return [each["id"] for each in listed(run)]


def test_the_list_shows_why_and_whence_but_no_object(run: Run, sqs: FakeSqs) -> None:
    reject(sqs)
    result = run("list")
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if "rejects" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        ids(run)[0],
        "2025-11-25T08:00:00Z",
        "rejects",
        "TrialSubscription",
        "BadRequestException: no key",
        "event x",
        "1",
    ]
    assert MARKER not in result.output
    assert "\x1b" not in result.output


def test_without_a_terminal_ids_are_whole_however_long_the_rest_is(run: Run, sqs: FakeSqs) -> None:
    reject(sqs, Reason="because " * 120, ObjectType="T" * 200, Origin="o" * 300)
    (identifier,) = ids(run)
    table = run("list").stdout
    assert f" {identifier} " in table
    assert "…" not in table
    assert table.count("because") == 120


def test_an_empty_list_says_so(run: Run) -> None:
    result = run("list")
    assert (result.exit_code, result.stdout) == (0, "nothing is undelivered\n")
    assert run("list", "--json").stdout == '{"undelivered": [], "not_shown": 0}\n'


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), ["a", "b", "c"]),
        (("--object-type", "TrialSubscription"), ["a", "b"]),
        (("--object-type", "-"), ["c"]),
        (("--reason", "THROTTL"), ["b"]),
        (("--reason", "throttl", "--object-type", "-"), []),
        (("--queue", "rejects"), ["a", "b", "c"]),
        (("--queue", "domain"), []),
    ],
)
def test_filters_leave_those_that_fit(
    run: Run, sqs: FakeSqs, arguments: tuple[str, ...], found: list[str]
) -> None:
    reject(sqs, "a")
    reject(sqs, "b", Reason="ThrottlingException: slow")
    reject(sqs, "c", ObjectType="-")
    assert [each["origin"] for each in listed(run, *arguments)] == [f"event {e}" for e in found]


@pytest.mark.usefixtures("run")
def test_what_others_hold_is_counted_and_told(sqs: FakeSqs) -> None:
    reject(sqs, "a")
    sqs.receive_message(QueueUrl=REJECTS, VisibilityTimeout=60)
    reject(sqs, "b")
    result = CliRunner().invoke(main, ("rejects", "list", "--json"))
    assert json.loads(result.stdout)["not_shown"] == 1
    assert "about 1 more are not shown" in result.stderr


def test_show_prints_the_object_word_for_word_and_what_is_known(run: Run, sqs: FakeSqs) -> None:
    message = reject(sqs)
    (identifier,) = ids(run)
    result = run("show", identifier)
    assert result.exit_code == 0
    head, _, text = result.stdout.partition("\n\n")
    assert text == f"{message.body}\n"
    assert head.splitlines() == [
        f"id: {identifier}",
        "when: 2025-11-25T08:00:00Z",
        "queue: rejects",
        "object_type: TrialSubscription",
        "reason: BadRequestException: no key",
        "origin: event x",
        "received: 2",
        "Way: events",
        "RejectedAt: 2025-11-25T08:00:00+00:00",
    ]
    answer = json.loads(run("show", identifier, "--json").stdout)
    assert answer["object"] == message.body
    assert answer["attributes"]["Way"] == "events"


def test_show_of_an_unknown_id_says_so(run: Run) -> None:
    result = run("show", "0123456789ab")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "0123456789ab: nothing undelivered has this ID" in result.stderr


def test_control_characters_of_a_message_do_not_reach_the_terminal(run: Run, sqs: FakeSqs) -> None:
    reject(sqs, Reason="a\x9b31mb", Origin="x\ny", ObjectType="T\r")
    assert not {"\x9b", "\r"} & set(run("list").stdout)
    assert "x\ny" not in run("show", ids(run)[0]).stdout


def test_redrive_tells_of_each_and_exits_by_what_is_left(
    run: Run, sqs: FakeSqs, profiles: Profiles
) -> None:
    reject(sqs, "good")
    reject(sqs, "bad", RejectedAt="2025-11-25T09:00:00+00:00")
    good, bad = ids(run)
    result = run("redrive", "--all")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{good} rejects TrialSubscription put again",
        f"{bad} rejects TrialSubscription not put: BadRequestException: still no",
        "1 put again, 1 not",
    ]
    assert MARKER not in result.output
    assert [each["ObjectTypeName"] for each in profiles.puts] == ["TrialSubscription"]
    assert [each.group for each in sqs.queues[REJECTS]] == ["bad"]


def test_redrive_of_everything_that_is_taken_exits_0(run: Run, sqs: FakeSqs) -> None:
    reject(sqs, "good")
    assert run("redrive", "--all").exit_code == 0
    assert run("redrive", "--all").stdout == "0 put again, 0 not\n"


def test_redrive_by_id_puts_that_one_alone(run: Run, sqs: FakeSqs, profiles: Profiles) -> None:
    reject(sqs, "a")
    reject(sqs, "b")
    _, second = ids(run)
    result = run("redrive", second, "0123456789ab", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "ok": False,
        "dry_run": False,
        "redriven": [second],
        "refused": [],
        "not_found": ["0123456789ab"],
    }
    assert len(profiles.puts) == 1
    assert [each.group for each in sqs.queues[REJECTS]] == ["a"]


def test_a_dry_run_says_what_would_be_put(run: Run, sqs: FakeSqs, profiles: Profiles) -> None:
    reject(sqs, "good")
    result = run("redrive", "--all", "--dry-run")
    assert result.exit_code == 0
    assert "would be put" in result.stdout
    assert profiles.puts == []
    assert len(sqs.queues[REJECTS]) == 1


def test_objects_of_one_type_can_all_be_put_as_another(
    run: Run, sqs: FakeSqs, profiles: Profiles
) -> None:
    reject(sqs, "a", ObjectType="Trail")
    reject(sqs, "b", ObjectType="PurchasedSubscription")
    result = run("redrive", "--all", "--object-type", "Trail", "--as", "TrialSubscription")
    assert "TrialSubscription put again" in result.stdout
    assert [each["ObjectTypeName"] for each in profiles.puts] == ["TrialSubscription"]


def test_more_than_can_be_held_is_not_passed_off_as_all(
    run: Run, sqs: FakeSqs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(15):
        sqs.add(DOMAIN, json.dumps({"UserId": str(number), "trialDays": 1}), Message="no")
    monkeypatch.setattr(held_queue, "MAX_HELD", 10)
    result = run("redrive", "--all", "--queue", "domain")
    assert result.exit_code == 1
    assert "run it again" in result.stderr
    assert run("redrive", "--all", "--queue", "domain").exit_code == 0
    assert sqs.queues[DOMAIN] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which"),
        (("--all", "0123456789ab"), "say which"),
        (("--all", "--as", "TrialSubscription"), "--as with --all needs --object-type"),
        (("--all", "--queue", "all-of-them"), "--queue"),
    ],
)
def test_a_redrive_of_nobody_knows_what_is_a_usage_error(
    run: Run, sqs: FakeSqs, arguments: tuple[str, ...], said: str
) -> None:
    result = run("redrive", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert sqs.calls == []


@pytest.mark.parametrize("command", ["list", "show", "redrive"])
def test_each_command_explains_itself_and_redrive_warns(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert ("WARNING" in result.stdout) is (command == "redrive")


@pytest.mark.parametrize("command", [("list",), ("show", "0"), ("redrive", "--all")])
def test_a_queue_that_does_not_answer_could_not_run(
    run: Run, sqs: FakeSqs, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def dead(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

    monkeypatch.setattr(sqs, "receive_message", dead)
    result = run(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "http://127.0.0.1:9 does not answer" in result.stderr


def test_a_queue_that_the_stack_does_not_have_could_not_run(run: Run) -> None:
    result = run("list", "--queue", "topic")
    assert result.exit_code == 2
    assert "could not run: the stack has no queue topic" in result.stderr
