"""A valid request of every operation that is emulated, to be broken or repeated by tests."""

import json
from typing import Any
from urllib.parse import quote

NOBODY = "0" * 32

PERSON: dict[str, Any] = {
    "ObjectTypeName": "Person",
    "Description": "A person",
    "AllowProfileCreation": True,
    "ExpirationDays": 100,
    "SourcePriority": 1,
    "MaxProfileObjectCount": 10,
    "Fields": {
        "id": {"Source": "_source.id"},
        "first": {"Source": "_source.first", "Target": "_profile.FirstName"},
        "mail": {
            "Source": "{{_source.mail}}",
            "Target": "_profile.EmailAddress",
            "ContentType": "EMAIL_ADDRESS",
        },
    },
    "Keys": {
        "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
        "_email": [{"FieldNames": ["mail"]}],
    },
}


def requests(domain: str, account: str, profile_id: str, key: str) -> dict[str, dict[str, Any]]:
    """A request of every operation that is implemented, valid in a domain like `start` makes.

    Of event streams a domain has one; `domain-more` has none.
    """
    inside = {"DomainName": domain}
    record = json.dumps({"id": "2", "first": "Grace", "mail": "grace@example.com"})
    arn = f"arn:aws:profile:us-east-1:{account}:domains/{domain}"
    keys = [{"KeyName": "_email", "Values": ["ada@example.com"]}]
    of_one = inside | {"ProfileId": profile_id}
    typed = inside | {"ObjectTypeName": "Person"}
    return {
        "CreateDomain": {"DomainName": "new", "DefaultExpirationDays": 1, "Tags": {"a": "b"}},
        "GetDomain": inside,
        "UpdateDomain": inside | {"DefaultExpirationDays": 2, "DeadLetterQueueUrl": ""},
        "DeleteDomain": inside,
        "ListDomains": {"MaxResults": 5},
        "PutProfileObjectType": inside | PERSON,
        "GetProfileObjectType": typed,
        "ListProfileObjectTypes": inside | {"MaxResults": 5},
        "DeleteProfileObjectType": typed,
        "PutProfileObject": typed | {"Object": record},
        "BatchPutProfileObject": typed | {"Items": [{"Id": "a", "Object": record}]},
        "ListProfileObjects": typed | of_one | {"MaxResults": 5},
        "DeleteProfileObject": typed | of_one | {"ProfileObjectUniqueKey": key},
        "SearchProfiles": inside
        | {"KeyName": "personId", "Values": ["1"], "MaxResults": 5}
        | {"AdditionalSearchKeys": keys, "LogicalOperator": "OR"},
        "CreateProfile": inside
        | {"FirstName": "Ada", "Address": {"City": "Oslo"}, "Attributes": {"Tier": "gold"}}
        | {"EngagementPreferences": {"Email": [{"KeyName": "k", "ContactType": "EmailAddress"}]}},
        "UpdateProfile": of_one
        | {"FirstName": "", "Address": {"City": ""}, "Attributes": {"Tier": ""}},
        "DeleteProfile": of_one,
        "BatchGetProfile": inside | {"ProfileIds": [profile_id, NOBODY]},
        "MergeProfiles": inside
        | {"MainProfileId": profile_id, "ProfileIdsToBeMerged": [profile_id]}
        | {"FieldSourceProfileIds": {"FirstName": profile_id, "Attributes": {"a": profile_id}}},
        "AddProfileKey": of_one | {"KeyName": "personId", "Values": ["3"]},
        "DeleteProfileKey": of_one | {"KeyName": "personId", "Values": ["1"]},
        "TagResource": {"resourceArn": arn, "tags": {"a": "b"}},
        "UntagResource": {"resourceArn": arn, "tagKeys": ["a"]},
        "ListTagsForResource": {"resourceArn": arn},
        **of_definitions(domain, account, profile_id),
    }


def of_definitions(domain: str, account: str, profile_id: str) -> dict[str, dict[str, Any]]:
    """The requests about what a domain holds beside its object types."""
    inside = {"DomainName": domain}
    of_one = inside | {"ProfileId": profile_id}
    attribute = inside | {"CalculatedAttributeName": "newest"}
    ranged = {"Value": 9, "Unit": "DAYS", "TimestampSource": "{Person.at}"}
    first = {"first": {"DimensionType": "INCLUSIVE", "Values": ["Ada"]}}
    groups = [{"Type": "ALL", "Dimensions": [{"Attributes": first}]}]
    details = {"Attributes": [{"Name": "first"}], "Expression": "{Person.first}"}
    definition = {"Statistic": "LAST_OCCURRENCE", "AttributeDetails": details} | {
        "Conditions": {"Range": ranged, "ObjectCount": 3},
        "Filter": {"Include": "ALL", "Groups": groups},
    }
    segment = inside | {"SegmentDefinitionName": "a"}
    city = {"ProfileAttributes": {"Address": {"City": first["first"]}}}
    integration = inside | {"Uri": "arn:aws:s3:::exports"}
    stream = inside | {"EventStreamName": "a"}
    arn = f"arn:aws:kinesis:us-east-1:{account}:stream/a"
    paged = inside | {"MaxResults": 5}
    return {
        "GetProfileObjectTypeTemplate": {"TemplateId": "Zendesk-users"},
        "ListProfileObjectTypeTemplates": {"MaxResults": 5},
        "CreateCalculatedAttributeDefinition": attribute
        | definition
        | {"CalculatedAttributeName": "more"},
        "GetCalculatedAttributeDefinition": attribute,
        "UpdateCalculatedAttributeDefinition": attribute | {"Conditions": {"ObjectCount": 2}},
        "ListCalculatedAttributeDefinitions": paged,
        "GetCalculatedAttributeForProfile": attribute | of_one,
        "ListCalculatedAttributesForProfile": of_one | {"MaxResults": 5},
        "BatchGetCalculatedAttributeForProfile": attribute
        | {"ProfileIds": [profile_id], "ConditionOverrides": {"Range": {"Start": 1, **DAYS}}},
        "DeleteCalculatedAttributeDefinition": attribute,
        "CreateSegmentDefinition": segment
        | {"SegmentDefinitionName": "b", "DisplayName": "B"}
        | {"SegmentGroups": {"Groups": [{"Dimensions": [city], "Type": "ALL"}]}},
        "GetSegmentDefinition": segment,
        "ListSegmentDefinitions": paged,
        "DeleteSegmentDefinition": segment,
        "PutIntegration": integration | {"ObjectTypeNames": {"SegmentIdentify": "Person"}},
        "GetIntegration": integration,
        "ListIntegrations": paged | {"IncludeHidden": "true"},
        "ListAccountIntegrations": {"Uri": "arn:aws:s3:::exports", "MaxResults": 5},
        "DeleteIntegration": integration,
        "CreateEventStream": {"DomainName": f"{domain}-more"}
        | {"EventStreamName": "a", "Uri": arn},
        "GetEventStream": stream,
        "ListEventStreams": paged,
        "DeleteEventStream": stream,
    }


DAYS = {"Unit": "DAYS"}


def place_of(operation: str, members: dict[str, Any]) -> tuple[str, str]:
    """The method and path of a valid request, written out once more beside the model's."""
    inside = f"/domains/{members.get('DomainName')}"
    typed = f"{inside}/object-types/{members.get('ObjectTypeName')}"
    named = members.get("CalculatedAttributeName")
    calculated = f"{inside}/calculated-attributes/{named}"
    of_profile = f"{inside}/profile/{members.get('ProfileId')}/calculated-attributes"
    segment = f"{inside}/segment-definitions/{members.get('SegmentDefinitionName')}"
    stream = f"{inside}/event-streams/{members.get('EventStreamName')}"
    tagged = f"/tags/{quote(members.get('resourceArn', ''), safe='')}"
    return {
        "CreateDomain": ("POST", inside),
        "GetDomain": ("GET", inside),
        "UpdateDomain": ("PUT", inside),
        "DeleteDomain": ("DELETE", inside),
        "ListDomains": ("GET", "/domains"),
        "PutProfileObjectType": ("PUT", typed),
        "GetProfileObjectType": ("GET", typed),
        "ListProfileObjectTypes": ("GET", f"{inside}/object-types"),
        "DeleteProfileObjectType": ("DELETE", typed),
        "PutProfileObject": ("PUT", f"{inside}/profiles/objects"),
        "BatchPutProfileObject": ("PUT", f"{inside}/profiles/objects/batch-put-profile-object"),
        "ListProfileObjects": ("POST", f"{inside}/profiles/objects"),
        "DeleteProfileObject": ("POST", f"{inside}/profiles/objects/delete"),
        "SearchProfiles": ("POST", f"{inside}/profiles/search"),
        "CreateProfile": ("POST", f"{inside}/profiles"),
        "UpdateProfile": ("PUT", f"{inside}/profiles"),
        "DeleteProfile": ("POST", f"{inside}/profiles/delete"),
        "BatchGetProfile": ("POST", f"{inside}/batch-get-profiles"),
        "MergeProfiles": ("POST", f"{inside}/profiles/objects/merge"),
        "AddProfileKey": ("POST", f"{inside}/profiles/keys"),
        "DeleteProfileKey": ("POST", f"{inside}/profiles/keys/delete"),
        "TagResource": ("POST", tagged),
        "UntagResource": ("DELETE", tagged),
        "ListTagsForResource": ("GET", tagged),
        "GetProfileObjectTypeTemplate": ("GET", f"/templates/{members.get('TemplateId')}"),
        "ListProfileObjectTypeTemplates": ("GET", "/templates"),
        "CreateCalculatedAttributeDefinition": ("POST", calculated),
        "GetCalculatedAttributeDefinition": ("GET", calculated),
        "UpdateCalculatedAttributeDefinition": ("PUT", calculated),
        "DeleteCalculatedAttributeDefinition": ("DELETE", calculated),
        "ListCalculatedAttributeDefinitions": ("GET", f"{inside}/calculated-attributes"),
        "GetCalculatedAttributeForProfile": ("GET", f"{of_profile}/{named}"),
        "ListCalculatedAttributesForProfile": ("GET", of_profile),
        "BatchGetCalculatedAttributeForProfile": ("POST", f"{calculated}/batch-get-for-profiles"),
        "CreateSegmentDefinition": ("POST", segment),
        "GetSegmentDefinition": ("GET", segment),
        "DeleteSegmentDefinition": ("DELETE", segment),
        "ListSegmentDefinitions": ("GET", f"{inside}/segment-definitions"),
        "PutIntegration": ("PUT", f"{inside}/integrations"),
        "GetIntegration": ("POST", f"{inside}/integrations"),
        "ListIntegrations": ("GET", f"{inside}/integrations"),
        "ListAccountIntegrations": ("POST", "/integrations"),
        "DeleteIntegration": ("POST", f"{inside}/integrations/delete"),
        "CreateEventStream": ("POST", stream),
        "GetEventStream": ("GET", stream),
        "DeleteEventStream": ("DELETE", stream),
        "ListEventStreams": ("GET", f"{inside}/event-streams"),
    }[operation]


READS = {"GetDomain", "ListDomains", "GetProfileObjectType", "ListProfileObjectTypes"}
READS |= {"ListTagsForResource", "GetProfileObjectTypeTemplate", "ListProfileObjectTypeTemplates"}
READS |= {"GetCalculatedAttributeDefinition", "ListCalculatedAttributeDefinitions"}
READS |= {"GetCalculatedAttributeForProfile", "ListCalculatedAttributesForProfile"}
READS |= {"GetSegmentDefinition", "ListSegmentDefinitions", "ListIntegrations"}
READS |= {"GetEventStream", "ListEventStreams"}
"""They have no body, so that no body can be wrong."""


WITHOUT_BODY = (
    "DeleteDomain",
    "DeleteProfileObjectType",
    "DeleteCalculatedAttributeDefinition",
    "DeleteSegmentDefinition",
    "DeleteEventStream",
)
"""Deletions that do what they say whatever the body."""
