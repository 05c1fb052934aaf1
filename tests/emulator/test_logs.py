"""Customers' data stay out of the log, and out of the messages of errors."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MARKER = "marker-6b1f"

RECORD = json.dumps({"id": MARKER, "email": f"{MARKER}@example.com", "tier": MARKER})
TEXTS: dict[str, str] = {
    "kept": RECORD,
    "cut off": RECORD[:-1],
    "a list": f'["{MARKER}"]',
    "without its keys": json.dumps({"tier": MARKER}),
    "with an over-long value": json.dumps({"id": MARKER, "tier": MARKER * 50}),
    "too large": MARKER * 40_000,
}
PERSON = {"ObjectTypeName": "Person"}
NOBODY = "0" * 32

BATCH = "/profiles/objects/batch-put-profile-object"


def items(*names: str) -> list[dict[str, str]]:
    """Items of a batch with these texts."""
    return [{"Id": str(number), "Object": TEXTS[name]} for number, name in enumerate(names)]


REQUESTS: list[tuple[str, str, Any]] = [
    *(("PUT", "/profiles/objects", PERSON | {"Object": text}) for text in TEXTS.values()),
    ("PUT", "/profiles/objects", PERSON | {"Object": {"id": MARKER}}),
    ("PUT", "/profiles/objects", {"ObjectTypeName": "Strict", "Object": RECORD}),
    ("PUT", BATCH, PERSON | {"Items": items("kept", "cut off", "with an over-long value")}),
    ("PUT", BATCH, PERSON | {"Items": items("kept", "too large")}),
    ("POST", "/profiles/search", {"KeyName": "tier", "Values": [MARKER]}),
    ("POST", "/profiles/search", {"KeyName": "tier", "Values": [MARKER * 50]}),
    ("POST", "/profiles/search", {"KeyName": "tier", "Values": [[MARKER]]}),
    ("POST", "/profiles/search", {"KeyName": "unknown", "Values": [MARKER]}),
    ("POST", "/profiles", {"FirstName": MARKER, "Attributes": {MARKER: MARKER}}),
    ("POST", "/profiles", {"FirstName": MARKER * 50}),
    ("POST", "/profiles", {"FirstName": [MARKER], MARKER: MARKER}),
    ("POST", "/profiles", {"Attributes": {MARKER * 50: MARKER * 50}}),
    ("POST", "/profiles", {"Attributes": {MARKER: [MARKER]}}),
    ("POST", "/profiles", {"Gender": MARKER}),
    ("POST", "/profiles", f'{{"FirstName": "{MARKER}'.encode()),
    ("PUT", "/profiles", {"ProfileId": MARKER, "LastName": MARKER}),
    ("PUT", "/profiles", {"ProfileId": NOBODY, "LastName": MARKER}),
    ("POST", "/profiles/keys", {"ProfileId": NOBODY, "KeyName": "tier", "Values": [MARKER]}),
    ("POST", "/profiles/keys/delete", {"ProfileId": NOBODY, "KeyName": "no", "Values": [MARKER]}),
    ("POST", f"/nothing/{MARKER}", {"FirstName": MARKER}),
    ("POST", f"/profiles/search?next-token={MARKER}", {"KeyName": "tier", "Values": [MARKER]}),
    ("POST", f"/profiles/search?max-results={MARKER}", {"KeyName": "tier", "Values": [MARKER]}),
]


def test_an_error_tells_no_value_of_the_request(people: Any, raw: Any) -> None:
    statuses = set()
    for method, path, body in REQUESTS:
        answer = raw(method, f"/domains/{people.name}{path}", body)
        statuses.add(answer.status)
        if answer.status != 200:
            assert MARKER not in answer.body.decode(), (path, body)
    assert statuses == {200, 400, 404}


def test_what_fails_in_a_batch_tells_no_value(people: Any, raw: Any) -> None:
    failing = items("cut off", "a list", "without its keys")
    answer = raw("PUT", f"/domains/{people.name}{BATCH}", PERSON | {"Items": failing})
    assert len(answer.json["Failed"]) == 3
    assert MARKER not in answer.body.decode()


@pytest.fixture
def open_people(connect: Any, account: str, open_domain: Any) -> Callable[[Any, str], Any]:
    """`open_people(emulator, queue)`: a domain with the types `Person` and `Strict`."""

    def run(emulator: Any, queue: str) -> Any:
        people = open_domain(connect(account, on=emulator), DeadLetterQueueUrl=queue)
        fields = {"id": ("id",), "tier": ("tier", "Attributes.Tier")}
        keys = {"personId": ("id", "PROFILE", "UNIQUE"), "tier": ("tier",)}
        people.declare("Person", fields, keys)
        strict = {"strictId": ("id", "PROFILE", "UNIQUE")}
        people.declare("Strict", fields, strict, AllowProfileCreation=False)
        return people

    return run


def test_the_log_holds_no_value_of_any_request(
    start_emulator: Any,
    tmp_path: Path,
    account: str,
    open_raw: Any,
    open_queue: Any,
    open_people: Any,
) -> None:
    log = tmp_path / "log"
    with start_emulator(log) as emulator:
        queue = open_queue(emulator)
        people = open_people(emulator, queue.url)
        raw = open_raw(account, emulator)
        for method, path, body in REQUESTS:
            raw(method, f"/domains/{people.name}{path}", body)
        # One for the type that starts no profiles, two for the over-long value.
        assert len(queue.receive(3)) == 3
        queue.client.delete_queue(QueueUrl=queue.url)
        people.put("Strict", id=f"{MARKER}-2")
        raw.close()
        deadline = time.monotonic() + 5
        while queue.url not in log.read_text("utf-8") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert emulator.stop() == 0
        assert MARKER not in emulator.process.stdout.read()
    text = log.read_text("utf-8")
    # It does log something: the letter that found no queue.
    assert queue.url in text
    assert MARKER not in text
