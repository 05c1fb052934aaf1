"""Put, Get, List and DeleteProfileObjectType over HTTP (aws-semantics 1.5 to 1.8)."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

PERSON: dict[str, Any] = {
    "ObjectTypeName": "Person",
    "Description": "A person as the CRM knows them",
    "AllowProfileCreation": True,
    "ExpirationDays": 100,
    "SourcePriority": 2,
    "MaxProfileObjectCount": 50,
    "SourceLastUpdatedTimestampFormat": "EpochMilli",
    "Fields": {
        "id": {"Source": "_source.id"},
        "email": {
            "Source": "_source.email",
            "Target": "_profile.EmailAddress",
            "ContentType": "EMAIL_ADDRESS",
        },
    },
    "Keys": {
        "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
        "_email": [{"FieldNames": ["email"]}],
    },
}


def person(**changes: Any) -> dict[str, Any]:
    """The request body with members changed, or left out where the change is None."""
    body = copy.deepcopy(PERSON) | changes
    return {name: value for name, value in body.items() if value is not None}


def put(customers: Any, **changes: Any) -> Any:
    return customers.call("put_profile_object_type", **person(**changes))


def get(customers: Any, name: str = "Person") -> dict[str, Any]:
    return dict(customers.call("get_profile_object_type", ObjectTypeName=name))


def refusal_of(customers: Any, refused: Refused, **changes: Any) -> str:
    """The text with which the changed type is refused."""
    refusal = refused(put, customers, **changes)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    return str(refusal.message)


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    away = {"ResponseMetadata", "CreatedAt", "LastUpdatedAt"}
    return {name: value for name, value in answer.items() if name not in away}


def test_a_type_is_read_as_it_was_put(customers: Any) -> None:
    answer = put(customers, Tags={"team": "care"})
    assert shown(answer) == shown(get(customers)) == person(Tags={"team": "care"})
    assert answer["CreatedAt"] == answer["LastUpdatedAt"] == get(customers)["LastUpdatedAt"]


def test_profiles_are_not_created_unless_the_type_says_so(customers: Any) -> None:
    put(customers, AllowProfileCreation=None)
    assert get(customers)["AllowProfileCreation"] is False
    customers.put("Person", id="1")
    assert customers.find("personId", "1") == []


def test_a_second_put_replaces_the_type_as_a_whole(customers: Any) -> None:
    first = put(customers)
    fields = {"id": {"Source": "_source.number"}}
    keys = {"personId": PERSON["Keys"]["personId"]}
    changed = {
        "ObjectTypeName": "Person",
        "Description": "changed",
        "Fields": fields,
        "Keys": keys,
    }
    second = customers.call("put_profile_object_type", **changed)
    assert shown(second) == shown(get(customers)) == changed | {"AllowProfileCreation": False}
    assert second["CreatedAt"] == first["CreatedAt"]
    assert second["LastUpdatedAt"] > first["LastUpdatedAt"]
    assert len(customers.call("list_profile_object_types")["Items"]) == 1


def test_fields_that_a_second_put_adds_work_for_the_next_object_only(customers: Any) -> None:
    put(customers)
    customers.put("Person", id="1", tier="gold")
    customers.put("Person", id="2", tier="gold")
    more = PERSON["Fields"] | {
        "tier": {"Source": "_source.tier", "Target": "_profile.Attributes.Tier"}
    }
    put(customers, Fields=more)
    customers.put("Person", id="2", tier="silver")
    assert "Attributes" not in customers.find("personId", "1")[0]
    assert customers.find("personId", "2")[0]["Attributes"] == {"Tier": "silver"}


def test_a_second_put_leaves_the_tags_alone(customers: Any) -> None:
    put(customers, Tags={"team": "care"})
    put(customers, Tags={"team": "sales", "stage": "dev"})
    assert get(customers)["Tags"] == {"team": "care"}
    put(customers)
    assert get(customers)["Tags"] == {"team": "care"}


def test_a_key_is_unknown_once_no_type_names_it(customers: Any, refused: Refused) -> None:
    put(customers)
    assert customers.find("personId", "1") == []
    keys = {"crmId": PERSON["Keys"]["personId"]}
    put(customers, Keys=keys)
    refusal = refused(customers.find, "personId", "1")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
    assert customers.find("crmId", "1") == []


def test_a_key_that_another_type_names_too_stays_known(customers: Any) -> None:
    put(customers)
    put(customers, ObjectTypeName="Visitor")
    customers.call("delete_profile_object_type", ObjectTypeName="Person")
    assert customers.find("personId", "1") == []


def test_one_key_name_means_one_content_type_in_the_whole_domain(
    customers: Any, refused: Refused
) -> None:
    put(customers)
    fields = PERSON["Fields"] | {"id": {"Source": "_source.id", "ContentType": "NUMBER"}}
    text = refusal_of(customers, refused, ObjectTypeName="Order", Fields=fields)
    assert "personId" in text
    assert "KEY_REUSE" in text
    # The type itself may change it: the definition that it replaces does not count.
    put(customers, Fields=fields)


def test_every_fault_of_a_mapping_is_named_at_once(customers: Any, refused: Refused) -> None:
    fields = {
        "id": {"Source": "id"},
        "Tags": {"Source": "_source.tags"},
        "odd": {"Source": "_source.odd", "Target": "_profile.Foo"},
    }
    keys = {
        "a": [{"FieldNames": ["id"], "StandardIdentifiers": ["UNIQUE"]}],
        "b": [{"FieldNames": ["nothing"], "StandardIdentifiers": ["UNIQUE"]}],
    }
    text = refusal_of(customers, refused, Fields=fields, Keys=keys)
    rules = """FIELD_SOURCE FIELD_NAME_RESERVED TARGET_UNKNOWN KEY_UNKNOWN_FIELD KEY_UNIQUE_COUNT
    KEY_PROFILE_MISSING"""
    assert [rule for rule in rules.split() if f"[{rule}]" not in text] == []
    assert customers.call("list_profile_object_types")["Items"] == []


@pytest.mark.parametrize(
    "source",
    [
        "{{_source.a",
        "{{#if _source.a}}x",
        "{{#if _source.a}}x{{/each}}",
        "{{/if}}",
        "{{#shout _source.a}}x{{/shout}}",
        "{{}}",
        "_source.a[0]",
        "_source",
        "a.b",
    ],
)
def test_a_source_that_is_no_expression_is_refused(
    customers: Any, refused: Refused, source: str
) -> None:
    fields = PERSON["Fields"] | {"odd": {"Source": source}}
    assert "FIELD_SOURCE" in refusal_of(customers, refused, Fields=fields)


@pytest.mark.parametrize("name", ["_profile", "_asset", "_mine"])
def test_names_with_a_leading_underscore_belong_to_the_service(
    customers: Any, refused: Refused, name: str
) -> None:
    assert "TYPE_NAME_RESERVED" in refusal_of(customers, refused, ObjectTypeName=name)


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("Description", None, "'description'"),
        ("Description", "", "'description'"),
        ("Description", "d" * 1001, "'description'"),
        ("ExpirationDays", 0, "'expirationDays'"),
        ("ExpirationDays", 1099, "'expirationDays'"),
        ("SourcePriority", 0, "'sourcePriority'"),
        ("MaxProfileObjectCount", 0, "'maxProfileObjectCount'"),
        ("EncryptionKey", "k" * 256, "'encryptionKey'"),
        ("AllowProfileCreation", "true", "'allowProfileCreation'"),
        ("ExpirationDays", "100", "'expirationDays'"),
        ("Fields", {"a b": {"Source": "_source.a"}}, "'fields.key'"),
        ("Fields", {"f" * 65: {"Source": "_source.a"}}, "'fields.key'"),
        ("Fields", {"a": {"Source": ""}}, "'fields.member.source'"),
        ("Fields", {"a": {"Source": "s" * 1001}}, "'fields.member.source'"),
        ("Fields", {"a": {"Source": "_source.a", "ContentType": "URL"}}, "contentType'"),
        ("Keys", {"a.b": []}, "'keys.key'"),
        ("Keys", {"a": [{"FieldNames": ["x.y"]}]}, "pattern"),
        ("Keys", {"a": [{"FieldNames": [], "StandardIdentifiers": ["MINE"]}]}, "enum value set"),
        ("ObjectTypeName", "1st", "'objectTypeName'"),
        ("ObjectTypeName", "n" * 256, "'objectTypeName'"),
    ],
)
def test_members_out_of_bounds_are_refused_by_place(
    customers: Any, refused: Refused, member: str, value: Any, place: str
) -> None:
    body = person() | {member: value}
    refusal = refused(customers.call, "put_profile_object_type", **body)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert place in refusal.message
    assert customers.call("list_profile_object_types")["Items"] == []


def test_a_refused_change_leaves_the_type_as_it_was(customers: Any, refused: Refused) -> None:
    put(customers)
    before = get(customers)
    customers.put("Person", id="1", email="ada@example.com")
    refusal_of(customers, refused, Description="changed", Keys={})
    after = get(customers)
    assert shown(after) == shown(before)
    assert after["LastUpdatedAt"] == before["LastUpdatedAt"]
    assert customers.put("Person", id="1", email="ada@example.org")
    assert customers.find("personId", "1")[0]["EmailAddress"] == "ada@example.org"


def test_a_type_has_at_most_10_keys(customers: Any, refused: Refused) -> None:
    keys = PERSON["Keys"] | {f"k{number}": [{"FieldNames": ["id"]}] for number in range(8)}
    put(customers, Keys=keys)
    # Several entries under one name count each.
    keys["k7"] = [{"FieldNames": ["id"]}, {"FieldNames": ["email"]}]
    assert "KEY_COUNT" in refusal_of(customers, refused, Keys=keys)


def test_a_domain_has_at_most_100_types(customers: Any, refused: Refused) -> None:
    for number in range(100):
        put(customers, ObjectTypeName=f"T{number}")
    assert "100 object types" in refusal_of(customers, refused, ObjectTypeName="T100")
    put(customers, ObjectTypeName="T0", Description="changed")
    customers.call("delete_profile_object_type", ObjectTypeName="T1")
    put(customers, ObjectTypeName="T100")


def test_a_template_stands_alone(customers: Any, refused: Refused) -> None:
    body = {"ObjectTypeName": "Contacts", "Description": "d", "TemplateId": "CTR"}
    customers.call("put_profile_object_type", **body)
    assert get(customers, "Contacts")["TemplateId"] == "CTR"
    for member in ("Fields", "Keys", "AllowProfileCreation", "SourceLastUpdatedTimestampFormat"):
        more = {member: PERSON[member]}
        refusal = refused(customers.call, "put_profile_object_type", **body, **more)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")
        assert "emplate" in refusal.message


@pytest.mark.parametrize("operation", ["get_profile_object_type", "delete_profile_object_type"])
def test_an_unknown_type_is_not_found(customers: Any, refused: Refused, operation: str) -> None:
    refusal = refused(customers.call, operation, ObjectTypeName="Nothing")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
    assert "Nothing" in refusal.message


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("put_profile_object_type", PERSON),
        ("get_profile_object_type", {"ObjectTypeName": "Person"}),
        ("delete_profile_object_type", {"ObjectTypeName": "Person"}),
        ("list_profile_object_types", {}),
    ],
)
def test_an_unknown_domain_has_no_types(
    customer_profiles: Any, account: str, refused: Refused, operation: str, members: Any
) -> None:
    refusal = refused(getattr(customer_profiles, operation), DomainName="nowhere", **members)
    text = f"DomainName nowhere is not found in account {account}"
    assert (refusal.status, refusal.message) == (404, text)


def test_types_are_listed_without_their_mapping(customers: Any) -> None:
    answer = put(customers, Tags={"team": "care"})
    (item,) = customers.call("list_profile_object_types")["Items"]
    names = """ObjectTypeName Description SourcePriority MaxProfileObjectCount CreatedAt
    LastUpdatedAt Tags"""
    assert item == {name: answer[name] for name in names.split()}


def test_types_are_listed_in_pages(customers: Any) -> None:
    for name in "CBA":
        put(customers, ObjectTypeName=name)
    first = customers.call("list_profile_object_types", MaxResults=2)
    put(customers, ObjectTypeName="AA")
    more = {"MaxResults": 2, "NextToken": first["NextToken"]}
    second = customers.call("list_profile_object_types", **more)
    names = [[item["ObjectTypeName"] for item in page["Items"]] for page in (first, second)]
    assert names == [["A", "B"], ["C"]]
    assert "NextToken" not in second


def test_a_token_of_another_domain_is_refused(
    customers: Any, open_domain: Any, refused: Refused
) -> None:
    other = open_domain(customers.client)
    for name in "AB":
        put(customers, ObjectTypeName=name)
        put(other, ObjectTypeName=name)
    token = other.call("list_profile_object_types", MaxResults=1)["NextToken"]
    refusal = refused(customers.call, "list_profile_object_types", NextToken=token)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_a_deleted_type_takes_its_objects_and_values_but_leaves_the_profiles(
    customers: Any, refused: Refused
) -> None:
    put(customers)
    visitor = {
        "id": {"Source": "_source.id"},
        "page": {"Source": "_source.page", "Target": "_profile.Attributes.Page"},
    }
    keys = {"personId": PERSON["Keys"]["personId"]}
    put(customers, ObjectTypeName="Visitor", Fields=visitor, Keys=keys)
    customers.put("Person", id="1", email="ada@example.com")
    customers.put("Visitor", id="1", page="home")
    profile_id = customers.id_of("personId", "1")
    assert "Message" in customers.call("delete_profile_object_type", ObjectTypeName="Person")
    assert refused(get, customers).status == 404
    profile = customers.profile(profile_id)
    assert profile == {"ProfileId": profile_id, "Attributes": {"Page": "home"}}
    assert customers.find("_email", "ada@example.com") == []
    assert customers.id_of("personId", "1") == profile_id
    assert customers.objects(profile_id, "Visitor") == [{"id": "1", "page": "home"}]
    assert customers.stats()["ObjectCount"] == 1
    put(customers)
    assert customers.objects(profile_id, "Person") == []


def test_a_type_that_comes_again_begins_anew(customers: Any) -> None:
    first = put(customers, Tags={"team": "care"})
    customers.call("delete_profile_object_type", ObjectTypeName="Person")
    again = put(customers)
    assert again["CreatedAt"] > first["CreatedAt"]
    assert "Tags" not in get(customers)
