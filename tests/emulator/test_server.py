"""`lifecycle emulator` as a process: how it starts, what it listens on, and how it ends."""

import contextlib
import http.client
import io
import json
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from emulator.loopback import LOOPBACK
from emulator.server import PortTakenError, _listen
from tests.ports import free_port

LIFECYCLE = Path(sys.executable).with_name("lifecycle")
ACCOUNT = "111122223333"
END_SECONDS = 5.0
"""How long an end may take; it has a second of grace, the rest is for a busy machine."""

FUNCTION = """
import os
def handler(event, context):
    return {name: os.environ.get(name) for name in event["names"]}
"""

Start = Callable[..., Any]


@pytest.fixture
def own(start_emulator: Start, tmp_path: Path) -> Iterator[Any]:
    """An emulator that the test may end; nothing may have failed within."""
    with start_emulator(tmp_path / "log") as emulator:
        yield emulator
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def refused(*arguments: str) -> str:
    """Run an emulator that must refuse to start; the one line that it says."""
    done = subprocess.run(
        [str(LIFECYCLE), "emulator", *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def connected(emulator: Any) -> http.client.HTTPConnection:
    """A keep-alive connection that has been used and stays open."""
    place = urlsplit(emulator.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    connection.request("GET", "/_emulator/health")
    assert connection.getresponse().read()
    return connection


def ended(emulator: Any, number: int = signal.SIGTERM) -> tuple[int, float]:
    """Send the signal; (exit code, seconds until it ended)."""
    begun = time.monotonic()
    emulator.process.send_signal(number)
    return emulator.process.wait(30), time.monotonic() - begun


def children(pid: int) -> set[int]:
    """The processes below this one."""
    below = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == pid:
                below |= {int(path.parent.name)} | children(int(path.parent.name))
    return below


def listening(pid: int) -> list[tuple[str, int]]:
    """(address, port) of every TCP socket on which the process listens, over IPv4 and IPv6."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if match := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                inodes.add(match[1])
    found = []
    for family, table in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, _, port = fields[1].partition(":")
                words = [bytes.fromhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8)]
                found.append((socket.inet_ntop(family, b"".join(words)), int(port, 16)))
    return found


def test_the_ready_line_names_the_port_at_which_it_answers_and_stdout_has_no_other(
    own: Any,
) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", own.url)
    connected(own).close()
    assert ended(own)[0] == 0
    assert own.process.stdout.read() == ""


def test_a_free_port_is_another_for_each(start_emulator: Start, own: Any, tmp_path: Path) -> None:
    with start_emulator(tmp_path / "second") as second:
        assert second.url != own.url
        connected(second).close()
        connected(own).close()


def test_the_port_asked_for_is_the_port_taken(start_emulator: Start, tmp_path: Path) -> None:
    port = free_port()
    with start_emulator(tmp_path / "log", "--port", port) as emulator:
        assert emulator.url == f"http://127.0.0.1:{port}"
        queue = emulator.client("sqs", ACCOUNT).create_queue(QueueName="q")["QueueUrl"]
        assert queue == f"{emulator.url}/{ACCOUNT}/q"


def test_a_port_can_be_taken_again_at_once(start_emulator: Start, own: Any, tmp_path: Path) -> None:
    connection = connected(own)
    assert ended(own)[0] == 0
    port = str(urlsplit(own.url).port)
    with start_emulator(tmp_path / "second", "--port", port) as second:
        assert second.url == own.url
    connection.close()


def test_a_taken_port_is_one_clear_line(emulator: Any) -> None:
    port = urlsplit(emulator.url).port
    said = refused("--port", str(port))
    assert f"port {port} on 127.0.0.1" in said
    assert "Address already in use" in said


def test_of_two_that_start_together_on_one_port_the_second_is_refused() -> None:
    with _listen(LOOPBACK, 0) as first, pytest.raises(PortTakenError):
        _listen(LOOPBACK, first.getsockname()[1]).close()


def test_it_listens_on_loopback_only_the_backing_emulator_included(own: Any) -> None:
    own.client("sqs", ACCOUNT).list_queues()
    own.client("s3", ACCOUNT).list_buckets()
    assert listening(own.process.pid) == [("127.0.0.1", urlsplit(own.url).port)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well_and_soon_with_connections_open(own: Any, number: int) -> None:
    connections = [connected(own) for _ in range(3)]
    code, seconds = ended(own, number)
    assert code == 0
    assert seconds < END_SECONDS
    for connection in connections:
        connection.close()


def test_it_ends_soon_while_a_client_waits_for_messages(own: Any) -> None:
    queue = own.client("sqs", ACCOUNT).create_queue(QueueName="q")["QueueUrl"]
    waiting = connected(own)
    body = json.dumps({"QueueUrl": queue, "WaitTimeSeconds": 20})
    scope = f"Credential={ACCOUNT}/20260101/us-east-1/sqs/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonSQS.ReceiveMessage",
    }
    waiting.request("POST", "/", body, headers)
    time.sleep(0.3)
    code, seconds = ended(own)
    assert code == 0
    assert seconds < END_SECONDS
    waiting.close()


def test_it_ends_soon_while_a_state_machine_waits(own: Any) -> None:
    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
    mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": mode, **wait}
    each = {"Type": "Map", "ItemProcessor": processor, "End": True}
    states = own.client("stepfunctions", ACCOUNT)
    machine = states.create_state_machine(
        name="waits",
        definition=json.dumps({"StartAt": "Each", "States": {"Each": each}}),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/any",
    )["stateMachineArn"]
    states.start_execution(stateMachineArn=machine, input="[1, 2]")
    time.sleep(0.5)
    code, seconds = ended(own)
    assert code == 0
    assert seconds < END_SECONDS


def test_it_ends_soon_with_half_a_request_open(own: Any) -> None:
    place = urlsplit(own.url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(b"POST /domains/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        code, seconds = ended(own)
    assert code == 0
    assert seconds < END_SECONDS


def test_a_second_signal_does_no_harm(own: Any) -> None:
    connection = connected(own)
    own.process.send_signal(signal.SIGINT)
    own.process.send_signal(signal.SIGTERM)
    assert ended(own, signal.SIGINT)[0] == 0
    connection.close()


def test_a_signal_right_after_the_ready_line_ends_it_well(own: Any) -> None:
    code, seconds = ended(own)
    assert code == 0
    assert seconds < END_SECONDS


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_before_it_is_ready_is_not_lost(name: str) -> None:
    program = (
        "import signal\n"
        "from emulator import server\n"
        "class Signalled(server.CustomerProfiles):\n"
        "    def __init__(self, *arguments):\n"
        f"        signal.raise_signal(signal.{name})\n"
        "        super().__init__(*arguments)\n"
        "server.CustomerProfiles = Signalled\n"
        "server.serve(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_functions_run_with_keys_of_nobody_and_end_with_it(
    start_emulator: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFTHEUSER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret of the user")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token of the user")
    monkeypatch.setenv("AWS_PROFILE", "profile-of-the-user")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("index.py", FUNCTION)
    keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]
    names = [*keys, "AWS_ENDPOINT_URL"]
    with start_emulator(tmp_path / "log") as emulator:
        monkeypatch.undo()
        functions = emulator.client("lambda", ACCOUNT)
        functions.create_function(
            FunctionName="tell",
            Runtime="python3.11",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/tell",
            Code={"ZipFile": archive.getvalue()},
        )
        answer = functions.invoke(
            FunctionName="tell", Payload=json.dumps({"names": names}).encode()
        )
        told = json.loads(answer["Payload"].read())
        workers = children(emulator.process.pid)
        assert workers
        code, seconds = ended(emulator)
        assert code == 0
        assert seconds < END_SECONDS
    assert told["AWS_ENDPOINT_URL"] == emulator.url
    assert "user" not in json.dumps(told).lower()
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_with_a_file_what_was_made_is_there_after_a_restart_at_the_same_port(
    start_emulator: Start, tmp_path: Path
) -> None:
    data = tmp_path / "state.db"
    name = f"objects-{secrets.token_hex(4)}"
    arguments = (tmp_path / "log", "--data", str(data))
    with start_emulator(*arguments) as emulator:
        emulator.client("customer-profiles", ACCOUNT).create_domain(
            DomainName="customers", DefaultExpirationDays=366
        )
        queues = emulator.client("sqs", ACCOUNT)
        queue = queues.create_queue(QueueName="q")["QueueUrl"]
        queues.send_message(QueueUrl=queue, MessageBody="kept")
        store = emulator.client("s3", ACCOUNT, s3={"addressing_style": "path"})
        store.create_bucket(Bucket=name)
        store.put_object(Bucket=name, Key="k", Body=b"kept")
        assert emulator.stop() == 0
        port = str(urlsplit(emulator.url).port)
    with start_emulator(*arguments, "--port", port) as emulator:
        found = emulator.client("customer-profiles", ACCOUNT).get_domain(DomainName="customers")
        assert found["DefaultExpirationDays"] == 366
        queues = emulator.client("sqs", ACCOUNT)
        queue = queues.get_queue_url(QueueName="q")["QueueUrl"]
        assert queue.startswith(emulator.url)
        assert queues.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "kept"
        store = emulator.client("s3", ACCOUNT, s3={"addressing_style": "path"})
        assert store.get_object(Bucket=name, Key="k")["Body"].read() == b"kept"


def test_without_a_file_everything_is_forgotten(start_emulator: Start, tmp_path: Path) -> None:
    with start_emulator(tmp_path / "first") as emulator:
        emulator.client("sqs", ACCOUNT).create_queue(QueueName="q")
    with (
        start_emulator(tmp_path / "second") as emulator,
        pytest.raises(ClientError, match="NonExistentQueue"),
    ):
        emulator.client("sqs", ACCOUNT).get_queue_url(QueueName="q")


@pytest.mark.parametrize("content", [None, b"a letter to a customer, not a database at all"])
def test_a_file_that_cannot_keep_the_state_is_one_clear_line(
    tmp_path: Path, content: bytes | None
) -> None:
    data = tmp_path / "state.db"
    if content is None:
        data = tmp_path / "no-such-folder" / "state.db"
    else:
        data.write_bytes(content)
    assert str(data) in refused("--port", "0", "--data", str(data))
    if content is not None:
        assert data.read_bytes() == content
