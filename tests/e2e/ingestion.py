"""What the end-to-end tests of the three ways in share: a deployed stack and short calls to it."""

import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WAIT_SECONDS = 60.0
PAUSE_SECONDS = 0.05
TRIAL, PURCHASE, OFFER = "TrialSubscription", "PurchasedSubscription", "MarketingAssignedOffers"
SOURCES = {TRIAL: "trials", PURCHASE: "purchases", OFFER: "offers"}
ATTRIBUTES = {TRIAL: "TrialStatus", PURCHASE: "SubscriptionStatus", OFFER: "offerViewed"}
MEMBERS = {TRIAL: "status", PURCHASE: "status", OFFER: "offerViewed"}

Rows = Iterable[tuple[str, str]]
"""(customer, status) of each row."""

TABLES = {
    TRIAL: (
        "trial_subscriptions",
        "user_id, start_date, end_date, trial_days, plan_type, status, updated_at",
        "status",
    ),
    PURCHASE: (
        "purchased_subscriptions",
        "user_id, start_date, end_date, plan_type, discount, price, status, auto_renew, updated_at",
        "status",
    ),
    OFFER: (
        "marketing_assigned_offers",
        "user_id, email, phone, offer_name, offer_viewed, updated_at",
        "offer_viewed",
    ),
}


class Ingestion:
    """A deployed stack with all ways in. outputs: of the stack."""

    def __init__(self, deployment: Any) -> None:
        self.deployment = deployment
        self.outputs = json.loads(deployment.cli("stack", "output", "--json").stdout)
        self.domain = self.outputs["domain_name"]
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A boto3 client with the stack's own credentials, made once."""
        if service not in self._clients:
            self._clients[service] = self.deployment.client(service)
        return self._clients[service]

    # Sending

    def send(self, way: str, object_type: str, rows: Rows) -> None:
        """Send one change for each row through the way."""
        {"events": self.publish_events, "topic": self.publish, "batch": self.run_batch}[way](
            object_type, rows
        )

    def publish_events(self, object_type: str, rows: Rows) -> None:
        """Put an event for each row onto the bus."""
        entries = [
            {
                "EventBusName": self.outputs["event_bus_name"],
                "Source": "tests",
                "DetailType": object_type,
                "Detail": json.dumps(record(object_type, customer, status)),
            }
            for customer, status in rows
        ]
        for first in range(0, len(entries), 10):
            answer = self.client("events").put_events(Entries=entries[first : first + 10])
            assert answer["FailedEntryCount"] == 0

    def publish(self, object_type: str, rows: Rows) -> None:
        """Publish a message for each row, in order."""
        messages = [
            (customer, json.dumps(record(object_type, customer, status)))
            for customer, status in rows
        ]
        self.publish_texts(object_type, messages)

    def publish_texts(self, object_type: str, messages: Iterable[tuple[str, str]]) -> None:
        """Publish (customer, body) as they are, in order."""
        attributes = {"ObjectType": {"DataType": "String", "StringValue": object_type}}
        entries = [
            {
                "Id": str(number % 10),
                "Message": body,
                "MessageGroupId": customer,
                "MessageDeduplicationId": secrets.token_hex(16),
                "MessageAttributes": attributes,
            }
            for number, (customer, body) in enumerate(messages)
        ]
        for first in range(0, len(entries), 10):
            answer = self.client("sns").publish_batch(
                TopicArn=self.outputs["topic_arn"],
                PublishBatchRequestEntries=entries[first : first + 10],
            )
            assert answer.get("Failed", []) == []

    def run_batch(self, object_type: str, rows: Rows) -> None:
        """Write the rows to the source database and have them delivered."""
        self.write_rows(object_type, rows)
        assert self.finished(self.start(object_type))["status"] == "SUCCEEDED"

    # The source database

    def sql(self, text: str, **parameters: str) -> Any:
        """One statement."""
        return self.client("rds-data").execute_statement(
            resourceArn="arn:aws:rds:us-east-1:000000000000:cluster:crm",
            secretArn="arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
            database="crm",
            sql=text,
            parameters=[
                {"name": name, "value": {"stringValue": value}}
                for name, value in parameters.items()
            ],
        )

    def create_tables(self) -> None:
        """The tables that the stack's sources read."""
        for table, columns, _ in TABLES.values():
            declared = ", ".join(
                "updated_at timestamp" if name == "updated_at" else f"{name} text"
                for name in columns.split(", ")
            )
            self.sql(f"CREATE TABLE IF NOT EXISTS {table} ({declared})")

    def write_rows(self, object_type: str, rows: Rows) -> None:
        """Replace the row of each customer; it changed now."""
        table, _, column = TABLES[object_type]
        for customer, status in rows:
            changed = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
            self.sql(f"DELETE FROM {table} WHERE user_id = :customer", customer=customer)
            self.client("rds-data").execute_statement(
                resourceArn="arn:aws:rds:us-east-1:000000000000:cluster:crm",
                secretArn="arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
                database="crm",
                sql=(
                    f"INSERT INTO {table} (user_id, {column}, updated_at)"
                    " VALUES (:customer, :status, :changed)"
                ),
                parameters=[
                    {"name": "customer", "value": {"stringValue": customer}},
                    {"name": "status", "value": {"stringValue": status}},
                    {
                        "name": "changed",
                        "value": {"stringValue": changed},
                        "typeHint": "TIMESTAMP",
                    },
                ],
            )

    def start(self, object_type: str, **more: str) -> str:
        """Start the state machine of the type's source; the execution's ARN."""
        machine = self.outputs["batch_state_machines"][SOURCES[object_type]]
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=machine, input=json.dumps(more)
        )
        return str(answer["executionArn"])

    def finished(self, execution: str) -> dict[str, Any]:
        """The execution once it has ended."""

        def ended() -> Any:
            told = self.client("stepfunctions").describe_execution(executionArn=execution)
            return told if told["status"] != "RUNNING" else None

        return dict(until(ended))

    def watermark(self, object_type: str) -> Any:
        """How far the type's source has been delivered."""
        name = f"/customer-lifecycle/{self.domain}/watermarks/{SOURCES[object_type]}"
        return json.loads(self.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])

    # What came of it

    def attribute(self, customer: str, name: str) -> str | None:
        """One attribute of the customer's one profile; None without profile or value."""
        found = self.client("customer-profiles").search_profiles(
            DomainName=self.domain, KeyName="_account", Values=[customer]
        )["Items"]
        assert len(found) <= 1
        return found[0].get("Attributes", {}).get(name) if found else None

    def wait_for(self, object_type: str, expected: dict[str, str]) -> None:
        """Wait until every customer has the status that is expected."""
        name = ATTRIBUTES[object_type]

        def wrong() -> dict[str, Any]:
            actual = {customer: self.attribute(customer, name) for customer in expected}
            return {each: (value, expected[each]) for each, value in actual.items()
                    if value != expected[each]}  # fmt: skip

        deadline = time.monotonic() + WAIT_SECONDS
        while left := wrong():
            assert time.monotonic() < deadline, f"(actual, expected) of customers: {left}"
            # To ask for all of them takes time from what is waited for.
            time.sleep(0.2)

    def rejects(self, mark: str) -> list[dict[str, Any]]:
        """The messages in the rejects queue whose body has the mark; they stay there."""
        return [each for each in self.messages("rejects_queue_url") if mark in each["Body"]]

    def wait_for_rejects(self, mark: str, count: int) -> list[dict[str, Any]]:
        """The rejects with the mark once there are so many."""
        return list(until(lambda: found if len(found := self.rejects(mark)) >= count else None))

    def messages(self, output: str) -> list[dict[str, Any]]:
        """Every message that can be received from the queue, given back at once."""
        sqs, url = self.client("sqs"), self.outputs[output]
        found: dict[str, dict[str, Any]] = {}
        while True:
            received = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=30,
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not received:
                break
            found |= {each["MessageId"]: each for each in received}
        for each in found.values():
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0
            )
        return list(found.values())

    def depth(self, name: str) -> int:
        """How many messages a queue of the stack has, received ones included."""
        url = self.client("sqs").get_queue_url(QueueName=f"{self.domain}-{name}")["QueueUrl"]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(told["Attributes"][each]) for each in names)

    def wait_until_quiet(self) -> None:
        """Until no change is on its way through the topic."""
        until(lambda: True if self.depth("changes.fifo") == 0 else None)

    # What goes wrong

    def faults(self, *rules: dict[str, Any]) -> None:
        """From now on these faults; none clears them."""
        place = urlsplit(self.deployment.emulator.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=10)
        body = json.dumps({"seed": 1, "rules": rules}) if rules else None
        connection.request("PUT" if rules else "DELETE", "/_emulator/faults", body)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        connection.close()

    def set_visibility(self, seconds: int) -> None:
        """How long a message of the topic's queue that was received stays hidden."""
        name = f"{self.domain}-changes.fifo"
        url = self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        attributes = {"VisibilityTimeout": str(seconds)}
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def kill_function(self) -> int:
        """End every process that runs a function now, without warning; how many there were."""
        victims = children(self.deployment.emulator.process.pid)
        for each in victims:
            os.kill(each, signal.SIGKILL)
        return len(victims)


def record(object_type: str, customer: str, status: str) -> dict[str, str]:
    """A source record of the type with this status."""
    return {"UserId": customer, MEMBERS[object_type]: status}


def customer_ids(count: int) -> list[str]:
    """Customers that nobody else has."""
    mark = secrets.token_hex(4)
    return [f"{mark}-{number:04}" for number in range(count)]


def until(found: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """What `found` gives once it is not None."""
    deadline = time.monotonic() + seconds
    while (value := found()) is None:
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(PAUSE_SECONDS)
    return value


def children(process: int) -> list[int]:
    """The child processes."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return sorted(int(each) for path in threads for each in path.read_text().split())
