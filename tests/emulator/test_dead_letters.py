"""Rejected objects in the domain's dead-letter queue (aws-semantics 2.2 and 2.7)."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

AMBIGUOUS = "All keys of this object are binding to more than one profiles"
TOO_LARGE = "Your data contains profile object larger than 256000 bytes"

PROFILE = "profile.amazonaws.com"


@pytest.fixture
def queue(open_queue: Any) -> Any:
    """A queue to which Customer Profiles may send."""
    return open_queue()


@pytest.fixture
def strict(customer_profiles: Any, open_domain: Any, queue: Any) -> Any:
    """A domain with the queue, and a type `Visit` that starts no profiles: all it gets is rejected.

    Fields: id, who, note.
    """
    return declare(open_domain(customer_profiles, DeadLetterQueueUrl=queue.url))


def declare(customers: Any, **more: Any) -> Any:
    fields = {"id": ("id",), "who": ("who",), "note": ("note", "Attributes.Note")}
    keys = {"visit": ("id", "UNIQUE"), "who": ("who", "PROFILE")}
    customers.declare("Visit", fields, keys, **({"AllowProfileCreation": False} | more))
    return customers


def put_text(customers: Any, text: str) -> str:
    answer = customers.call("put_profile_object", ObjectTypeName="Visit", Object=text)
    return str(answer["ProfileObjectUniqueKey"])


@pytest.fixture
def other(customer_profiles: Any, open_domain: Any, open_queue: Any) -> tuple[Any, Any]:
    """Another domain like `strict`, and its queue."""
    queue = open_queue()
    return declare(open_domain(customer_profiles, DeadLetterQueueUrl=queue.url)), queue


def settle(other: tuple[Any, Any]) -> None:
    """Wait until all letters of earlier puts are sent: letters go out in order."""
    domain, queue = other
    domain.put("Visit", id="last", who="ada")
    assert len(queue.receive(1)) == 1


def there(queue: Any) -> list[Any]:
    """The messages that are in the queue now."""
    return list(queue.client.receive_message(QueueUrl=queue.url).get("Messages", []))


# What arrives, and why


def test_a_rejected_object_is_answered_and_arrives_word_for_word_with_the_reason(
    strict: Any, queue: Any
) -> None:
    text = '{"id": 1.50,\n "who":"ada", "same": 1, "same": 2, "name": "Åse 👩\u200d🚀 \\u0041"}'
    assert put_text(strict, text)
    (letter,) = queue.receive(1)
    assert letter.body == text
    assert letter.attributes["Message"]["DataType"] == "String"
    assert "does not allow profile creation" in letter.reason
    assert strict.stats()["ObjectCount"] == strict.stats()["ProfileCount"] == 0


def test_an_object_that_matches_several_profiles_is_rejected_with_the_text_of_the_service(
    strict: Any, queue: Any
) -> None:
    for _ in range(2):
        profile_id = strict.call("create_profile")["ProfileId"]
        strict.call("add_profile_key", ProfileId=profile_id, KeyName="who", Values=["ada"])
    strict.put("Visit", id="1", who="ada")
    (letter,) = queue.receive(1)
    assert (json.loads(letter.body), letter.reason) == ({"id": "1", "who": "ada"}, AMBIGUOUS)


def test_an_object_above_the_largest_size_is_rejected_with_the_text_of_the_service(
    strict: Any, queue: Any
) -> None:
    declare(strict, AllowProfileCreation=True)
    head = '{"id": "1", "who": "ada", "more": "'
    fits = "é" * ((256_000 - len(head) - 2) // 2)
    put_text(strict, head + fits + '"}')
    large = head + fits + 'éx"}'
    put_text(strict, large)
    (letter,) = queue.receive(1)
    assert (letter.body, letter.reason) == (large, TOO_LARGE)
    assert strict.stats()["ObjectCount"] == 1


def test_an_object_with_an_over_long_value_is_rejected_and_the_reason_names_the_field(
    strict: Any, queue: Any
) -> None:
    declare(strict, AllowProfileCreation=True)
    strict.put("Visit", id="1", who="ada", note="n" * 256)
    (letter,) = queue.receive(1)
    assert "_profile.Attributes.Note is longer than 255 characters" in letter.reason
    assert "nnn" not in letter.reason
    assert json.loads(letter.body)["note"] == "n" * 256


def test_an_object_that_matches_several_standard_objects_is_rejected(
    customer_profiles: Any, open_domain: Any, queue: Any
) -> None:
    domain = open_domain(customer_profiles, DeadLetterQueueUrl=queue.url)
    fields = {"id": ("id",), "who": ("who",), "line": ("line", "_asset.ModelName")}
    unique = {"id": ("id", "UNIQUE"), "who": ("who", "PROFILE")}
    domain.declare(
        "Product", fields, unique | {"number": ("id", "ASSET"), "line": ("line", "ASSET")}
    )
    # Each starts an asset of its own; then both get the same line.
    for number in "12":
        domain.put("Product", id=number, who="ada", line=number)
        domain.put("Product", id=number, who="ada", line="fan")
    domain.put("Product", id="3", who="ada", line="fan")
    (letter,) = queue.receive(1)
    assert json.loads(letter.body)["id"] == "3"
    assert "_asset" in letter.reason
    assert domain.stats()["ObjectCount"] == 2


def test_rejected_objects_arrive_in_order(strict: Any, queue: Any) -> None:
    for number in range(30):
        strict.put("Visit", id=number, who="ada")
    numbers = [json.loads(letter.body)["id"] for letter in queue.receive(30)]
    assert numbers == list(range(30))


def test_rejected_items_of_a_batch_arrive_too(people: Any, queue: Any) -> None:
    declare(people)
    people.call("update_domain", DeadLetterQueueUrl=queue.url)
    profile_id = people.call("create_profile")["ProfileId"]
    people.call("add_profile_key", ProfileId=profile_id, KeyName="who", Values=["ada"])
    records = [
        {"id": "1", "who": "ada"},
        {"id": "2", "who": "eve"},
        {"who": "ada"},
        {"id": "4", "who": "bob"},
    ]
    items = [{"Id": str(n), "Object": json.dumps(record)} for n, record in enumerate(records)]
    answer = people.call("batch_put_profile_object", ObjectTypeName="Visit", Items=items)
    # A rejected object was taken in; only what is refused at once has failed.
    assert [item["Id"] for item in answer["Successful"]] == ["0", "1", "3"]
    assert [item["Id"] for item in answer["Failed"]] == ["2"]
    assert [json.loads(letter.body) for letter in queue.receive(2)] == [records[1], records[3]]
    assert people.objects(profile_id, "Visit") == [records[0]]


def test_what_is_kept_or_refused_at_once_sends_no_letter(
    strict: Any, queue: Any, other: tuple[Any, Any], refused: Any
) -> None:
    profile_id = strict.call("create_profile")["ProfileId"]
    strict.call("add_profile_key", ProfileId=profile_id, KeyName="who", Values=["ada"])
    strict.put("Visit", id="1", who="ada")
    for text in ("{", "[]", "{}", '{"id": "2"}', '{"who": "ada"}'):
        assert refused(put_text, strict, text).status == 400
    settle(other)
    assert there(queue) == []


# Which queue


def test_a_domain_without_queue_forgets_what_it_rejects(customers: Any, queue: Any) -> None:
    declare(customers)
    assert customers.put("Visit", id="1", who="ada")
    customers.call("update_domain", DeadLetterQueueUrl=queue.url)
    customers.put("Visit", id="2", who="ada")
    assert [json.loads(letter.body)["id"] for letter in queue.receive(1)] == ["2"]


def test_a_cleared_queue_gets_nothing_more(strict: Any, queue: Any, other: tuple[Any, Any]) -> None:
    strict.put("Visit", id="1", who="ada")
    assert len(queue.receive(1)) == 1
    strict.call("update_domain", DeadLetterQueueUrl="")
    strict.put("Visit", id="2", who="ada")
    settle(other)
    assert there(queue) == []


def test_a_changed_queue_gets_what_is_rejected_from_then_on(
    strict: Any, queue: Any, open_queue: Any
) -> None:
    newer = open_queue()
    strict.put("Visit", id="1", who="ada")
    strict.call("update_domain", DeadLetterQueueUrl=newer.url)
    strict.put("Visit", id="2", who="ada")
    assert [json.loads(letter.body)["id"] for letter in newer.receive(1)] == ["2"]
    assert [json.loads(letter.body)["id"] for letter in queue.receive(1)] == ["1"]


def test_a_deleted_queue_disturbs_neither_puts_nor_other_queues(
    strict: Any, queue: Any, other: tuple[Any, Any]
) -> None:
    queue.client.delete_queue(QueueUrl=queue.url)
    for number in range(50):
        assert strict.put("Visit", id=number, who="ada")
    settle(other)


# The queue's policy


def statement(**changes: Any) -> dict[str, Any]:
    """What the admin guide asks for, with members changed."""
    asked = {
        "Effect": "Allow",
        "Principal": {"Service": PROFILE},
        "Action": "SQS:SendMessage",
        "Resource": "*",
    }
    return asked | changes


def where(operator: str, **keys: Any) -> dict[str, Any]:
    """A condition: `where("StringEquals", SourceAccount=...)`."""
    return {"Condition": {operator: {f"aws:{name}": value for name, value in keys.items()}}}


DOMAIN_ARN = "arn:aws:profile:us-east-1:{account}:domains/{domain}"

ALLOWING: list[list[dict[str, Any]]] = [
    [statement()],
    [statement(Action="sqs:*"), statement(Action=["sqs:ReceiveMessage"])],
    [statement(Action=["sqs:SendMessage", "sqs:GetQueueUrl"])],
    [statement(Action="*")],
    [statement(Principal={"Service": ["sns.amazonaws.com", PROFILE]})],
    [statement(Principal="*")],
    [statement(Resource="arn:aws:sqs:us-east-1:{account}:{queue}")],
    [statement(Resource=["arn:aws:sqs:us-east-1:{account}:*"])],
    [statement(**where("StringEquals", SourceAccount="{account}"))],
    [statement(**where("StringEquals", SourceAccount=["999999999999", "{account}"]))],
    [statement(**where("StringEquals", SourceAccount="{account}", SourceArn=DOMAIN_ARN))],
    [statement(**where("ArnEquals", sourcearn=DOMAIN_ARN))],
    [statement(**where("ArnEquals", SourceArn="arn:aws:profile:*:{account}:domains/*"))],
    [statement(**where("ArnLike", SourceArn="arn:aws:profile:us-east-?:{account}:*"))],
    [statement(**where("StringLike", SourceArn="*/{domain}"))],
    [statement(**where("StringNotEquals", SourceAccount="999999999999"))],
    [statement(**where("Bool", SecureTransport="true"))],
    [statement(**where("StringEqualsIfExists", PrincipalOrgID="o-1"))],
    [statement(), statement(Effect="Deny", **where("Bool", SecureTransport="false"))],
    [statement(), statement(Effect="Deny", Principal={"Service": "sns.amazonaws.com"})],
    [statement(), statement(Effect="Deny", **where("StringNotEquals", SourceAccount="{account}"))],
    [statement(), statement(Effect="Deny", Resource="arn:aws:sqs:us-east-1:{account}:other")],
]
REFUSING: list[list[dict[str, Any]]] = [
    [],
    [statement(Principal={"Service": "connect.amazonaws.com"})],
    [statement(Principal={"AWS": "arn:aws:iam::{account}:root"})],
    [statement(Action="sqs:ReceiveMessage")],
    [statement(Effect="Deny")],
    [statement(), statement(Effect="Deny")],
    [statement(), statement(Effect="Deny", Principal="*", Action="sqs:*")],
    [statement(), statement(Effect="Deny", **where("StringEquals", SourceAccount="{account}"))],
    [statement(), statement(Effect="Deny", **where("ArnNotLike", SourceArn="arn:aws:s3:*"))],
    [statement(Resource="arn:aws:sqs:us-east-1:{account}:other")],
    [statement(Resource="arn:aws:sqs:eu-west-1:{account}:{queue}")],
    [statement(**where("StringEquals", SourceAccount="999999999999"))],
    [statement(**where("StringEquals", SourceArn="arn:aws:profile:*:{account}:domains/*"))],
    [statement(**where("ArnEquals", SourceArn=DOMAIN_ARN + "x"))],
    [statement(**where("ArnLike", SourceArn="arn:aws:profile:us-east-1:*:domains/other"))],
    [statement(**where("StringEquals", SourceAccount="{account}", SourceArn="other"))],
    [statement(**where("StringEquals", SourceAccount="{account}", PrincipalOrgID="o-1"))],
    [statement(**where("NumericLessThan", SourceAccount="1"))],
]


@pytest.mark.parametrize(
    ("statements", "arrives"),
    [*((each, True) for each in ALLOWING), *((each, False) for each in REFUSING)],
)
def test_the_policy_of_the_queue_decides(
    strict: Any,
    queue: Any,
    other: tuple[Any, Any],
    account: str,
    statements: list[dict[str, Any]],
    arrives: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    names = {"account": account, "domain": strict.name, "queue": queue.url.rpartition("/")[2]}
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    queue.set_policy(json.loads(text))
    strict.put("Visit", id="1", who="ada")
    settle(other)
    assert len(there(queue)) == int(arrives)


def test_one_statement_need_not_stand_in_a_list(strict: Any, queue: Any) -> None:
    queue.set_policy({"Version": "2012-10-17", "Statement": statement()})
    strict.put("Visit", id="1", who="ada")
    assert len(queue.receive(1)) == 1


# What the log says


@pytest.fixture(scope="module")
def logged(start_emulator: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(an emulator of this file's own, the text of its log so far)."""
    log: Path = tmp_path_factory.mktemp("emulator") / "log"
    with start_emulator(log) as emulator:
        yield emulator, lambda: log.read_text(encoding="utf-8")
        assert emulator.stop() == 0


def appears(text: str, log: Callable[[], str]) -> bool:
    """Whether the text stands in the log within a few seconds."""
    deadline = time.monotonic() + 5
    while text not in log() and time.monotonic() < deadline:
        time.sleep(0.02)
    return text in log()


@pytest.mark.parametrize("state", ["without policy", "deleted"])
def test_the_log_names_the_queue_that_takes_no_letters_but_shows_no_object(
    logged: Any, connect: Any, account: str, open_domain: Any, open_queue: Any, state: str
) -> None:
    emulator, log = logged
    queue = open_queue(emulator)
    client = connect(account, on=emulator)
    strict = declare(open_domain(client, DeadLetterQueueUrl=queue.url))
    if state == "deleted":
        queue.client.delete_queue(QueueUrl=queue.url)
    else:
        queue.client.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": ""})
    strict.put("Visit", id="marker-id", who="marker-who", note="marker-note" * 100)
    assert appears(queue.url, log)
    (line,) = [line for line in log().splitlines() if queue.url in line]
    wanted = {"without policy": PROFILE, "deleted": "NonExistentQueue"}[state]
    assert wanted in line
    assert "marker" not in log()
    if state == "without policy":
        assert there(queue) == []
