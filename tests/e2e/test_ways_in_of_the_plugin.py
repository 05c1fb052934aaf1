"""A program in another language with every way in: a change through each reaches the profile."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.e2e.examples import GUIDE, Example
from tests.e2e.ingestion import until

pytestmark = pytest.mark.e2e

CUSTOMER = "00001"
DATABASE = {
    "resourceArn": "arn:aws:rds:us-east-1:000000000000:cluster:shop",
    "secretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop",
    "database": "shop",
}
STATEMENTS = (
    "CREATE TABLE orders (customer_id text, email text, total text, updated_at timestamp)",
    "INSERT INTO orders VALUES ('00001', 'batch@example.com', '30', '2026-01-02 03:04:05')",
)


def merged(base: Any, addition: Any) -> Any:
    """Objects are joined member by member; anything else of the addition wins."""
    if isinstance(base, dict) and isinstance(addition, dict):
        return base | {name: merged(base.get(name), each) for name, each in addition.items()}
    return addition


@pytest.fixture
def deployed(example: Example) -> dict[str, Any]:
    """The example with what the guide adds to it, deployed; its outputs."""
    (addition,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = example.folder / "Pulumi.yaml"
    program = merged(yaml.safe_load(path.read_text("utf-8")), yaml.safe_load(addition))
    path.write_text(yaml.safe_dump(program), encoding="utf-8")
    example.run("pulumi", "stack", "init", "local")
    example.up()
    return dict(json.loads(example.output("pulumi", "stack", "output", "--json")))


def order(way: str, total: str) -> str:
    """An order whose e-mail address tells the way that it came."""
    return json.dumps({"customerId": CUSTOMER, "email": f"{way}@example.com", "total": total})


def wait_for(example: Example, way: str, total: str) -> None:
    """Wait until the customer's one profile has the order that came this way."""

    def arrived() -> bool | None:
        profile = example.profile(CUSTOMER)
        expected = (f"{way}@example.com", {"LastOrderTotal": total})
        told = (profile["EmailAddress"], profile["Attributes"]) if profile else None
        return told == expected or None

    until(arrived)


@pytest.mark.parametrize("example", ["yaml"], indirect=True)
def test_a_change_through_each_way_in_of_a_program_in_yaml_reaches_the_profile(
    example: Example, deployed: dict[str, Any]
) -> None:
    entry = {
        "EventBusName": deployed["eventBusName"],
        "Source": "shop",
        "DetailType": "Orders",
        "Detail": order("events", "10"),
    }
    assert example.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    wait_for(example, "events", "10")

    example.client("sns").publish(
        TopicArn=deployed["topicArn"],
        Message=order("topic", "20"),
        MessageGroupId=CUSTOMER,
        MessageDeduplicationId="1",
        MessageAttributes={"ObjectType": {"DataType": "String", "StringValue": "Orders"}},
    )
    wait_for(example, "topic", "20")

    for statement in STATEMENTS:
        example.client("rds-data").execute_statement(sql=statement, **DATABASE)
    machine = deployed["batchStateMachines"]["orders"]
    example.client("stepfunctions").start_execution(stateMachineArn=machine)
    wait_for(example, "batch", "30")
    assert re.search(r"^    \d+ unchanged$", example.up("--expect-no-changes"), re.MULTILINE)
