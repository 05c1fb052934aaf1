"""Segments, integrations and templates of the emulator: stored, validated, shown."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

GROUPS: dict[str, Any] = {
    "Include": "ALL",
    "Groups": [
        {
            "Type": "ANY",
            "Dimensions": [
                {
                    "ProfileAttributes": {
                        "Attributes": {
                            "TrialStatus": {"DimensionType": "INCLUSIVE", "Values": ["Expired"]}
                        }
                    }
                }
            ],
        }
    ],
}
BUCKET = "arn:aws:s3:::crm-exports"
FLOW: dict[str, Any] = {
    "FlowName": "contacts",
    "KmsArn": "arn:aws:kms:us-east-1:111122223333:key/1",
    "SourceFlowConfig": {
        "ConnectorType": "S3",
        "SourceConnectorProperties": {"S3": {"BucketName": "crm-exports"}},
    },
    "Tasks": [
        {
            "SourceFields": ["id"],
            "TaskType": "Map",
            "TaskProperties": {"SOURCE_DATA_TYPE": "string"},
        }
    ],
    "TriggerConfig": {"TriggerType": "OnDemand"},
}


def segment(domain: str, **changed: Any) -> dict[str, Any]:
    named = {"DomainName": domain, "SegmentDefinitionName": "lapsed", "DisplayName": "Lapsed"}
    return named | {"SegmentGroups": GROUPS} | changed


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_segment_is_kept_as_it_was_made(customer_profiles: Any, domain: str) -> None:
    tags = {"team": "care"}
    asked = segment(domain, Description="Trials that ended", Tags=tags)
    made = without_metadata(customer_profiles.create_segment_definition(**asked))
    named = {"DomainName": domain, "SegmentDefinitionName": "lapsed"}
    shown = without_metadata(customer_profiles.get_segment_definition(**named))
    assert made.items() <= shown.items()
    del asked["DomainName"]
    assert asked.items() <= shown.items()
    assert shown["SegmentType"] == "CLASSIC"
    assert shown["SegmentDefinitionArn"].endswith(f":domains/{domain}/segment-definitions/lapsed")
    (listed,) = customer_profiles.list_segment_definitions(DomainName=domain)["Items"]
    assert listed.items() <= shown.items()
    customer_profiles.delete_segment_definition(**named)
    assert customer_profiles.list_segment_definitions(DomainName=domain)["Items"] == []


def test_a_segment_by_a_query_is_an_enhanced_one(customer_profiles: Any, domain: str) -> None:
    asked = segment(domain, SegmentSqlQuery="SELECT 1")
    del asked["SegmentGroups"]
    customer_profiles.create_segment_definition(**asked)
    named = {"DomainName": domain, "SegmentDefinitionName": "lapsed"}
    assert customer_profiles.get_segment_definition(**named)["SegmentType"] == "ENHANCED"


BOTH = {"ProfileAttributes": {}, "CalculatedAttributes": {}}
OF_SPENT = {"spent": {"DimensionType": "INCLUSIVE", "Values": ["1"]}}


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"SegmentSqlQuery": "SELECT 1"}, 400, "either SegmentGroups or SegmentSqlQuery"),
        ({"SegmentGroups": {"Groups": [{"Dimensions": [BOTH]}]}}, 400, "exactly one member"),
        ({"SegmentGroups": {"Groups": [{"Dimensions": [{}]}]}}, 400, "exactly one member"),
        (
            {"SegmentGroups": {"Groups": [{"SourceSegments": [{"SegmentDefinitionName": "x"}]}]}},
            404,
            "Segment definition x is not found",
        ),
        (
            {"SegmentGroups": {"Groups": [{"Dimensions": [{"CalculatedAttributes": OF_SPENT}]}]}},
            404,
            "Calculated attribute spent is not found",
        ),
    ],
)
def test_a_segment_of_what_is_not_there_is_refused(
    customer_profiles: Any,
    domain: str,
    refused: Refused,
    changed: dict[str, Any],
    status: int,
    says: str,
) -> None:
    refusal = refused(customer_profiles.create_segment_definition, **segment(domain, **changed))
    assert refusal.status == status
    assert says in refusal.message
    assert customer_profiles.list_segment_definitions(DomainName=domain)["Items"] == []


def test_a_segment_of_the_same_name_is_refused(
    customer_profiles: Any, domain: str, refused: Refused
) -> None:
    customer_profiles.create_segment_definition(**segment(domain))
    refusal = refused(customer_profiles.create_segment_definition, **segment(domain))
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_an_integration_is_made_replaced_and_removed(customer_profiles: Any, domain: str) -> None:
    named = {"DomainName": domain, "Uri": BUCKET}
    first = customer_profiles.put_integration(
        **named, ObjectTypeName="Person", Tags={"team": "care"}
    )
    assert (first["ObjectTypeName"], first["Scope"]) == ("Person", "PROFILE")
    second = customer_profiles.put_integration(
        **named, ObjectTypeNames={"SegmentIdentify": "Person"}
    )
    assert "ObjectTypeName" not in second
    assert second["CreatedAt"] == first["CreatedAt"]
    shown = customer_profiles.get_integration(**named)
    assert without_metadata(shown) == without_metadata(second)
    assert shown["Tags"] == {"team": "care"}
    customer_profiles.delete_integration(**named)
    assert customer_profiles.list_integrations(DomainName=domain)["Items"] == []


def test_a_flow_gives_its_integration_a_uri(
    customer_profiles: Any, domain: str, account: str
) -> None:
    made = customer_profiles.put_integration(
        DomainName=domain, ObjectTypeName="Person", FlowDefinition=FLOW
    )
    assert made["Uri"] == f"arn:aws:appflow:us-east-1:{account}:flow/contacts"


def test_a_flow_is_made_once_and_changed_by_its_uri(
    customer_profiles: Any, domain: str, refused: Refused
) -> None:
    customer_profiles.create_domain(DomainName="another", DefaultExpirationDays=1)
    flow = {"ObjectTypeName": "Person", "FlowDefinition": FLOW}
    uri = customer_profiles.put_integration(DomainName=domain, **flow)["Uri"]
    for name in (domain, "another"):
        refusal = refused(customer_profiles.put_integration, DomainName=name, **flow)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")
        assert refusal.message == "Flow with name contacts already exists."
    named = {"DomainName": domain, "Uri": uri}
    assert customer_profiles.get_integration(**named)["ObjectTypeName"] == "Person"
    changed = customer_profiles.put_integration(**named, ObjectTypeName="Visit")
    assert changed["ObjectTypeName"] == "Visit"


def test_a_source_is_integrated_into_one_domain_and_found_by_its_uri(
    customer_profiles: Any, domain: str, refused: Refused, connect: Callable[..., Any], account: str
) -> None:
    customer_profiles.create_domain(DomainName="another", DefaultExpirationDays=1)
    source = {"Uri": BUCKET, "ObjectTypeName": "Person"}
    customer_profiles.put_integration(DomainName=domain, **source)
    customer_profiles.put_integration(DomainName=domain, Uri="s3://b", ObjectTypeName="Person")
    refusal = refused(customer_profiles.put_integration, DomainName="another", **source)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert refusal.message == (
        f"Integration {BUCKET} belongs to domain {domain}; an integration can belong to only one"
        " domain: delete it there first"
    )
    found = customer_profiles.list_account_integrations(Uri=BUCKET, IncludeHidden=True)["Items"]
    assert [each["DomainName"] for each in found] == [domain]
    elsewhere = connect(account, "eu-west-1")
    elsewhere.create_domain(DomainName="another", DefaultExpirationDays=1)
    elsewhere.put_integration(DomainName="another", **source)
    customer_profiles.delete_integration(DomainName=domain, Uri=BUCKET)
    customer_profiles.put_integration(DomainName="another", **source)
    found = customer_profiles.list_account_integrations(Uri=BUCKET)["Items"]
    assert [each["DomainName"] for each in found] == ["another"]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({}, "either Uri or FlowDefinition"),
        ({"Uri": BUCKET, "FlowDefinition": FLOW}, "either Uri or FlowDefinition"),
        (
            {"Uri": BUCKET, "ObjectTypeName": "Person", "ObjectTypeNames": {"a": "Person"}},
            "either ObjectTypeName or ObjectTypeNames",
        ),
        (
            {"Uri": BUCKET, "ObjectTypeNames": {"SegmentIdentify": "Person", "Paid": "Person"}},
            "unknown event type; it knows SegmentIdentify, ShopifyCreateCustomers, Shopify",
        ),
    ],
)
def test_an_integration_says_each_thing_once(
    customer_profiles: Any, domain: str, refused: Refused, members: dict[str, Any], says: str
) -> None:
    refusal = refused(customer_profiles.put_integration, DomainName=domain, **members)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert says in refusal.message


def test_a_domain_has_fifty_integrations_at_most(
    customer_profiles: Any, domain: str, refused: Refused
) -> None:
    for number in range(50):
        customer_profiles.put_integration(DomainName=domain, Uri=f"{BUCKET}-{number}")
    one_more = {"DomainName": domain, "Uri": BUCKET}
    refusal = refused(customer_profiles.put_integration, **one_more)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert refusal.message == "A domain has at most 50 integrations: delete one first"
    customer_profiles.put_integration(DomainName=domain, Uri=f"{BUCKET}-7", ObjectTypeName="Person")
    customer_profiles.delete_integration(DomainName=domain, Uri=f"{BUCKET}-7")
    customer_profiles.put_integration(**one_more)


def test_a_domain_takes_all_that_it_holds_along(customer_profiles: Any, domain: str) -> None:
    customer_profiles.create_segment_definition(**segment(domain))
    customer_profiles.put_integration(DomainName=domain, Uri=BUCKET, ObjectTypeName="Person")
    customer_profiles.delete_domain(DomainName=domain)
    customer_profiles.create_domain(DomainName=domain, DefaultExpirationDays=1)
    assert customer_profiles.list_segment_definitions(DomainName=domain)["Items"] == []
    assert customer_profiles.list_integrations(DomainName=domain)["Items"] == []


def test_templates_are_listed_and_show_what_is_public_of_them(
    customer_profiles: Any, refused: Refused
) -> None:
    listed, token = [], None
    while listed == [] or token:
        more = {"NextToken": token} if token else {}
        page = customer_profiles.list_profile_object_type_templates(MaxResults=7, **more)
        listed += page["Items"]
        token = page.get("NextToken")
    ids = [each["TemplateId"] for each in listed]
    assert ids == sorted(set(ids))
    for each in listed:
        template = customer_profiles.get_profile_object_type_template(TemplateId=each["TemplateId"])
        assert each.items() <= template.items()
    contact = customer_profiles.get_profile_object_type_template(TemplateId="Salesforce-Contact")
    assert contact["Fields"]["Email"]["Target"] == "_profile.EmailAddress"
    users = customer_profiles.get_profile_object_type_template(TemplateId="Zendesk-users")
    assert users["Keys"]["_zendeskUserId"] == [{"FieldNames": ["id"]}]
    refusal = refused(customer_profiles.get_profile_object_type_template, TemplateId="Nothing")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
