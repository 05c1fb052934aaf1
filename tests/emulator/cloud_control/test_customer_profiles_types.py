"""What a domain holds beside object types, as CloudFormation makes it through Cloud Control."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

NAMES = {
    "CalculatedAttributeDefinition": "CalculatedAttributeName",
    "EventStream": "EventStreamName",
    "Integration": "Uri",
    "SegmentDefinition": "SegmentDefinitionName",
}
ORDER: dict[str, Any] = {
    "ObjectTypeName": "Order",
    "Description": "An order",
    "AllowProfileCreation": True,
    "Fields": {"id": {"Source": "_source.id"}, "total": {"Source": "_source.total"}},
    "Keys": {"orderId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]},
}
FLOW = {
    "FlowName": "orders",
    "KmsArn": "arn:aws:kms:us-east-1:111122223333:key/1",
    "SourceFlowConfig": {
        "ConnectorType": "S3",
        "SourceConnectorProperties": {"S3": {"BucketName": "orders"}},
    },
    "Tasks": [{"SourceFields": ["id"], "TaskType": "Filter"}],
    "TriggerConfig": {"TriggerType": "OnDemand"},
}
TAGS = [{"Key": "team", "Value": "care"}]


def type_name(kind: str) -> str:
    return f"AWS::CustomerProfiles::{kind}"


def desired(kind: str, account: str) -> dict[str, Any]:
    """A resource with everything that is usual."""
    match kind:
        case "CalculatedAttributeDefinition":
            own: dict[str, Any] = {
                "CalculatedAttributeName": "spent",
                "DisplayName": "Spent",
                "AttributeDetails": {
                    "Attributes": [{"Name": "total"}],
                    "Expression": "{Order.total}",
                },
                "Statistic": "SUM",
                "Conditions": {"ObjectCount": 10},
            }
        case "EventStream":
            arn = f"arn:aws:kinesis:us-east-1:{account}:stream/changes"
            own = {"EventStreamName": "changes", "Uri": arn}
        case "Integration":
            own = {
                "Uri": "arn:aws:s3:::exports",
                "ObjectTypeNames": [
                    {"Key": "ShopifyCreateOrders", "Value": "Order"},
                    {"Key": "ShopifyUpdatedOrders", "Value": "Order"},
                ],
            }
        case _:
            dimension = {"ProfileAttributes": {"Attributes": {"a": ANY_OF}}}
            own = {
                "SegmentDefinitionName": "lapsed",
                "DisplayName": "Lapsed",
                "SegmentGroups": {"Groups": [{"Dimensions": [dimension], "Type": "ALL"}]},
            }
    return {"DomainName": "crm", "Tags": TAGS} | own


ANY_OF = {"DimensionType": "INCLUSIVE", "Values": ["1"]}


@pytest.fixture(autouse=True)
def crm(customer_profiles: Any) -> None:
    """The domain of all resources here."""
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=30)
    customer_profiles.put_profile_object_type(DomainName="crm", **ORDER)


@pytest.mark.parametrize("kind", NAMES)
def test_a_resource_lives_from_its_creation_to_its_deletion(
    control: Any, account: str, refused: Refused, kind: str
) -> None:
    wanted = desired(kind, account)
    identifier = control.create(type_name(kind), wanted)
    assert identifier == f"crm|{wanted[NAMES[kind]]}"
    shown = control.get(type_name(kind), identifier)
    assert wanted.items() <= shown.items()
    assert "CreatedAt" in shown
    retagged = {"op": "replace", "path": "/Tags", "value": [{"Key": "a", "Value": "b"}]}
    changed = control.update(type_name(kind), identifier, retagged)
    assert changed["Tags"] == retagged["value"]
    listed = control.client.list_resources(
        TypeName=type_name(kind), ResourceModel='{"DomainName": "crm"}'
    )["ResourceDescriptions"]
    assert [each["Identifier"] for each in listed] == [identifier]
    assert control.deletion(type_name(kind), identifier)["OperationStatus"] == "SUCCESS"
    named = {"TypeName": type_name(kind), "Identifier": identifier}
    assert refused(control.client.get_resource, **named).code == "ResourceNotFoundException"
    assert control.deletion(type_name(kind), identifier)["ErrorCode"] == "NotFound"


@pytest.mark.parametrize("kind", NAMES)
def test_what_exists_is_not_made_again(control: Any, account: str, kind: str) -> None:
    identifier = control.create(type_name(kind), desired(kind, account))
    event = control.creation(type_name(kind), desired(kind, account))
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert event["Identifier"] == identifier


def test_a_second_event_stream_of_a_domain_exists_already(control: Any, account: str) -> None:
    kind = type_name("EventStream")
    control.create(kind, desired("EventStream", account))
    event = control.creation(kind, desired("EventStream", account) | {"EventStreamName": "others"})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert "already associated with an active EventStream" in event["StatusMessage"]


def test_a_second_flow_of_a_name_exists_already(control: Any) -> None:
    wanted = {"DomainName": "crm", "ObjectTypeName": "Order", "FlowDefinition": FLOW}
    identifier = control.create(type_name("Integration"), wanted)
    assert identifier.endswith(":flow/orders")
    event = control.creation(type_name("Integration"), wanted | {"ObjectTypeName": "Visit"})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert control.get(type_name("Integration"), identifier)["ObjectTypeName"] == "Order"


def test_a_calculated_attribute_changes_where_the_api_can_change_it(
    control: Any, account: str
) -> None:
    kind = type_name("CalculatedAttributeDefinition")
    identifier = control.create(kind, desired("CalculatedAttributeDefinition", account))
    changed = control.update(
        kind, identifier, {"op": "replace", "path": "/Conditions/ObjectCount", "value": 5}
    )
    assert changed["Conditions"] == {"ObjectCount": 5}
    event = control.change(
        kind, identifier, {"op": "replace", "path": "/Statistic", "value": "COUNT"}
    )
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotUpdatable")
    assert control.get(kind, identifier)["Statistic"] == "SUM"


def test_a_segment_never_changes(control: Any, account: str) -> None:
    kind = type_name("SegmentDefinition")
    identifier = control.create(kind, desired("SegmentDefinition", account))
    event = control.change(kind, identifier, {"op": "add", "path": "/Description", "value": "d"})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotUpdatable")


def test_an_integration_is_replaced_by_an_update(control: Any, account: str) -> None:
    kind = type_name("Integration")
    identifier = control.create(kind, desired("Integration", account))
    changed = control.update(kind, identifier, {"op": "remove", "path": "/ObjectTypeNames/1"})
    assert changed["ObjectTypeNames"] == [{"Key": "ShopifyCreateOrders", "Value": "Order"}]


def test_an_invalid_resource_fails_with_the_reason_of_the_service(
    control: Any, account: str
) -> None:
    wanted = desired("CalculatedAttributeDefinition", account)
    wanted["AttributeDetails"]["Expression"] = "{Order.sum}"
    event = control.creation(type_name("CalculatedAttributeDefinition"), wanted)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert "sum is no field of object type Order" in event["StatusMessage"]
