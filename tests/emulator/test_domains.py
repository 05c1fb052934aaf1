"""Create, Get, List, Update and DeleteDomain over HTTP (aws-semantics 1.8, 2.7, 2.10, 3, 4.1)."""

import time
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

SETTINGS: dict[str, Any] = {
    "Matching": {
        "Enabled": True,
        "JobSchedule": {"DayOfTheWeek": "MONDAY", "Time": "02:00"},
        "AutoMerging": {
            "Enabled": True,
            "Consolidation": {"MatchingAttributesList": [["EmailAddress"], ["PhoneNumber"]]},
            "ConflictResolution": {"ConflictResolvingModel": "RECENCY"},
            "MinAllowedConfidenceScoreForMerging": 0.8,
        },
        "ExportingConfig": {"S3Exporting": {"S3BucketName": "matches", "S3KeyName": "all"}},
    },
    "RuleBasedMatching": {
        "Enabled": True,
        "MatchingRules": [{"Rule": ["EmailAddress", "LastName"]}],
        "MaxAllowedRuleLevelForMatching": 1,
        "MaxAllowedRuleLevelForMerging": 1,
        "AttributeTypesSelector": {
            "AttributeMatchingModel": "ONE_TO_ONE",
            "EmailAddress": ["EmailAddress"],
        },
    },
    "DataStore": {"Enabled": True},
}


def not_found(name: str, account: str) -> tuple[int, str, str]:
    """What an unknown domain answers (live: aws-semantics 3.1)."""
    text = f"DomainName {name} is not found in account {account}"
    return 404, "ResourceNotFoundException", text


def as_tuple(refusal: Any) -> tuple[int, str, str]:
    return refusal.status, refusal.code, refusal.message


def key_arn(account: str) -> str:
    return f"arn:aws:kms:us-east-1:{account}:key/1"


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    away = {"ResponseMetadata", "CreatedAt", "LastUpdatedAt", "Stats"}
    return {name: value for name, value in answer.items() if name not in away}


def test_a_new_domain_is_answered_with_its_members_and_the_moment_of_its_creation(
    customer_profiles: Any,
) -> None:
    before = time.time()
    answer = customer_profiles.create_domain(
        DomainName="crm", DefaultExpirationDays=366, Tags={"team": "care"}
    )
    assert without_times(answer) == {
        "DomainName": "crm",
        "DefaultExpirationDays": 366,
        "Tags": {"team": "care"},
    }
    assert before - 1 <= answer["CreatedAt"].timestamp() <= time.time() + 1
    assert answer["LastUpdatedAt"] == answer["CreatedAt"]


def test_a_moment_is_on_the_wire_a_number_of_seconds(raw: Any) -> None:
    answer = raw("POST", "/domains/crm", {"DefaultExpirationDays": 1})
    assert answer.headers["content-type"] == "application/json"
    assert abs(answer.json["CreatedAt"] - time.time()) < 5


def test_a_domain_is_read_as_it_was_created(
    customer_profiles: Any, account: str, open_queue: Any
) -> None:
    members = SETTINGS | {
        "DefaultEncryptionKey": key_arn(account),
        "DeadLetterQueueUrl": open_queue().url,
        "Tags": {"team": "care"},
    }
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=30, **members)
    shown = customer_profiles.get_domain(DomainName="crm")
    assert without_times(shown) == {"DomainName": "crm", "DefaultExpirationDays": 30} | members


def test_a_domain_is_created_once(customer_profiles: Any, refused: Refused) -> None:
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=30)
    again = refused(customer_profiles.create_domain, DomainName="crm", DefaultExpirationDays=60)
    assert as_tuple(again) == (400, "BadRequestException", "Domain crm already exists")
    assert customer_profiles.get_domain(DomainName="crm")["DefaultExpirationDays"] == 30


@pytest.mark.parametrize("days", [1, 1098])
def test_objects_may_expire_after_1_to_1098_days(customer_profiles: Any, days: int) -> None:
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=days)
    assert customer_profiles.get_domain(DomainName="crm")["DefaultExpirationDays"] == days


@pytest.mark.parametrize("days", [0, 1099, None])
def test_another_expiry_is_refused(customer_profiles: Any, refused: Refused, days: Any) -> None:
    refusal = refused(customer_profiles.create_domain, DomainName="crm", DefaultExpirationDays=days)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "'defaultExpirationDays' failed to satisfy constraint" in refusal.message
    assert customer_profiles.list_domains()["Items"] == []


def test_an_account_has_at_most_100_domains(customer_profiles: Any, refused: Refused) -> None:
    for number in range(100):
        customer_profiles.create_domain(DomainName=f"d{number}", DefaultExpirationDays=1)
    refusal = refused(customer_profiles.create_domain, DomainName="more", DefaultExpirationDays=1)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "100 domains" in refusal.message
    customer_profiles.delete_domain(DomainName="d7")
    customer_profiles.create_domain(DomainName="more", DefaultExpirationDays=1)


def test_accounts_do_not_see_each_others_domains(
    connect: Any, account: str, refused: Refused
) -> None:
    stranger = str(int(account) ^ 1).zfill(12)
    mine, theirs = connect(account), connect(stranger)
    mine.create_domain(DomainName="crm", DefaultExpirationDays=1)
    assert theirs.list_domains()["Items"] == []
    assert as_tuple(refused(theirs.get_domain, DomainName="crm")) == not_found("crm", stranger)
    theirs.create_domain(DomainName="crm", DefaultExpirationDays=2)
    theirs.delete_domain(DomainName="crm")
    assert mine.get_domain(DomainName="crm")["DefaultExpirationDays"] == 1


def test_regions_do_not_see_each_others_domains(
    connect: Any, account: str, refused: Refused
) -> None:
    here, there = connect(account, "us-east-1"), connect(account, "eu-central-1")
    here.create_domain(DomainName="crm", DefaultExpirationDays=1)
    assert there.list_domains()["Items"] == []
    assert as_tuple(refused(there.get_domain, DomainName="crm")) == not_found("crm", account)


@pytest.mark.parametrize("operation", ["get_domain", "update_domain", "delete_domain"])
def test_an_unknown_domain_is_named_with_the_account(
    customer_profiles: Any, account: str, refused: Refused, operation: str
) -> None:
    refusal = refused(getattr(customer_profiles, operation), DomainName="nowhere")
    assert as_tuple(refusal) == not_found("nowhere", account)


def test_an_empty_domain_counts_nothing(customers: Any) -> None:
    assert customers.stats() == {
        "ProfileCount": 0,
        "MeteringProfileCount": 0,
        "ObjectCount": 0,
        "TotalSize": 0,
    }


def test_a_domain_counts_its_profiles_its_objects_and_their_size(people: Any) -> None:
    people.call("create_profile", FirstName="Ada")
    texts = ['{"id": "1", "first": "Grâce 👩\u200d🚀"}', '{"id": "2"}']
    for text in texts:
        people.call("put_profile_object", ObjectTypeName="Person", Object=text)
    assert people.stats() == {
        "ProfileCount": 3,
        "MeteringProfileCount": 3,
        "ObjectCount": 2,
        "TotalSize": sum(len(text.encode()) for text in texts),
    }


@pytest.mark.parametrize(("objects", "metered"), [(100, 1), (101, 2), (200, 2), (201, 3)])
def test_every_hundred_objects_make_a_profile_count_once_more(
    customers: Any, objects: int, metered: int
) -> None:
    fields = {"id": ("id",), "owner": ("owner",)}
    customers.declare("Visit", fields, {"visit": ("id", "UNIQUE"), "owner": ("owner", "PROFILE")})
    items = [{"Id": str(n), "Object": f'{{"id": {n}, "owner": "o"}}'} for n in range(objects)]
    for start in range(0, objects, 10):
        batch = items[start : start + 10]
        customers.call("batch_put_profile_object", ObjectTypeName="Visit", Items=batch)
    stats = customers.stats()
    assert (stats["ProfileCount"], stats["ObjectCount"]) == (1, objects)
    assert stats["MeteringProfileCount"] == metered


def test_an_update_changes_what_it_names_and_keeps_the_rest(
    customer_profiles: Any, account: str, open_queue: Any
) -> None:
    members = {"DefaultEncryptionKey": key_arn(account), "DeadLetterQueueUrl": open_queue().url}
    created = customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=30, **members)
    answer = customer_profiles.update_domain(DomainName="crm", DefaultExpirationDays=60)
    shown = customer_profiles.get_domain(DomainName="crm")
    wanted = {"DomainName": "crm", "DefaultExpirationDays": 60} | members
    assert (without_times(answer), without_times(shown)) == (wanted, wanted)
    assert shown["CreatedAt"] == created["CreatedAt"]
    assert shown["LastUpdatedAt"] > created["LastUpdatedAt"]


@pytest.mark.parametrize("member", ["DefaultEncryptionKey", "DeadLetterQueueUrl"])
def test_an_empty_text_removes_the_key_or_the_queue(
    customer_profiles: Any, account: str, open_queue: Any, member: str
) -> None:
    members = {"DefaultEncryptionKey": key_arn(account), "DeadLetterQueueUrl": open_queue().url}
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=30, **members)
    customer_profiles.update_domain(DomainName="crm", **{member: ""})
    shown = customer_profiles.get_domain(DomainName="crm")
    assert member not in shown
    assert (members.keys() & shown.keys()) == members.keys() - {member}


def test_a_domain_can_be_created_without_queue_by_an_empty_text(customer_profiles: Any) -> None:
    customer_profiles.create_domain(
        DomainName="crm", DefaultExpirationDays=30, DeadLetterQueueUrl=""
    )
    assert "DeadLetterQueueUrl" not in customer_profiles.get_domain(DomainName="crm")


@pytest.mark.parametrize(
    "url",
    [
        "https://sqs.us-east-1.amazonaws.com/999999999999/rejects",
        "http://127.0.0.1:4566/999999999999/rejects",
        "https://sqs.us-east-1.amazonaws.com/",
        "rejects",
        "http://[",
    ],
)
def test_a_queue_of_another_account_is_refused(
    customer_profiles: Any, refused: Refused, url: str
) -> None:
    wanted = (400, "BadRequestException", "Error queue URL does not belong to your account ID")
    members = {"DomainName": "crm", "DefaultExpirationDays": 30, "DeadLetterQueueUrl": url}
    assert as_tuple(refused(customer_profiles.create_domain, **members)) == wanted
    assert customer_profiles.list_domains()["Items"] == []
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=1)
    assert as_tuple(refused(customer_profiles.update_domain, **members)) == wanted
    shown = without_times(customer_profiles.get_domain(DomainName="crm"))
    assert shown == {"DomainName": "crm", "DefaultExpirationDays": 1}


def test_a_key_of_another_account_is_refused(customer_profiles: Any, refused: Refused) -> None:
    wanted = (400, "BadRequestException", "Failed to grant access to key")
    members = {
        "DomainName": "crm",
        "DefaultExpirationDays": 30,
        "DefaultEncryptionKey": key_arn("999999999999"),
    }
    assert as_tuple(refused(customer_profiles.create_domain, **members)) == wanted
    assert customer_profiles.list_domains()["Items"] == []
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=1)
    assert as_tuple(refused(customer_profiles.update_domain, **members)) == wanted
    assert customer_profiles.get_domain(DomainName="crm")["DefaultExpirationDays"] == 1


def test_domains_are_listed_with_their_tags_and_moments(customer_profiles: Any) -> None:
    created = customer_profiles.create_domain(
        DomainName="crm", DefaultExpirationDays=1, Tags={"team": "care"}
    )
    (item,) = customer_profiles.list_domains()["Items"]
    moments = {name: created[name] for name in ("CreatedAt", "LastUpdatedAt")}
    assert item == {"DomainName": "crm", "Tags": {"team": "care"}} | moments


def pages_of(client: Any, size: int) -> list[list[str]]:
    pages, more = [], {}
    while True:
        answer = client.list_domains(MaxResults=size, **more)
        pages.append([item["DomainName"] for item in answer["Items"]])
        if "NextToken" not in answer:
            return pages
        more = {"NextToken": answer["NextToken"]}


def test_a_list_comes_in_pages_of_the_size_asked_for(customer_profiles: Any) -> None:
    for name in "edcba":
        customer_profiles.create_domain(DomainName=name, DefaultExpirationDays=1)
    assert pages_of(customer_profiles, 2) == [["a", "b"], ["c", "d"], ["e"]]
    assert pages_of(customer_profiles, 5) == [["a", "b", "c", "d", "e"]]


def test_a_page_has_20_entries_unless_asked_otherwise(customer_profiles: Any) -> None:
    for number in range(21):
        customer_profiles.create_domain(DomainName=f"d{number}", DefaultExpirationDays=1)
    assert len(customer_profiles.list_domains()["Items"]) == 20


def test_domains_that_come_and_go_between_pages_shift_nothing(customer_profiles: Any) -> None:
    for name in "bdf":
        customer_profiles.create_domain(DomainName=name, DefaultExpirationDays=1)
    first = customer_profiles.list_domains(MaxResults=2)
    customer_profiles.create_domain(DomainName="a", DefaultExpirationDays=1)
    customer_profiles.delete_domain(DomainName="d")
    rest = customer_profiles.list_domains(MaxResults=2, NextToken=first["NextToken"])
    assert [item["DomainName"] for item in rest["Items"]] == ["f"]


@pytest.mark.parametrize("token", ["x", "AAAA", "bm90IG91cnM=", "!", "é", "[" * 1024])
def test_a_token_that_was_not_given_out_is_refused(
    customer_profiles: Any, refused: Refused, token: str
) -> None:
    refusal = refused(customer_profiles.list_domains, NextToken=token)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "NextToken" in refusal.message


def test_a_token_that_was_changed_is_refused(customer_profiles: Any, refused: Refused) -> None:
    for name in "abc":
        customer_profiles.create_domain(DomainName=name, DefaultExpirationDays=1)
    token = customer_profiles.list_domains(MaxResults=1)["NextToken"]
    for position in (0, len(token) // 2, len(token) - 5):
        changed = "A" if token[position] != "A" else "B"
        forged = token[:position] + changed + token[position + 1 :]
        assert refused(customer_profiles.list_domains, NextToken=forged).status == 400


@pytest.mark.parametrize("size", ["0", "101", "-1", "ten", "1.5", "", "9" * 30, "٣"])
def test_a_page_has_1_to_100_entries(raw: Any, size: str) -> None:
    answer = raw("GET", "/domains?max-results=" + "".join(f"%{b:02X}" for b in size.encode()))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert "'maxResults'" in answer.json["Message"]


def test_a_deleted_domain_takes_all_its_data_along(people: Any, refused: Refused) -> None:
    client, name = people.client, people.name
    people.put("Person", id="1", email="ada@example.com")
    assert "Message" in people.call("delete_domain")
    assert refused(client.get_domain, DomainName=name).status == 404
    assert client.list_domains()["Items"] == []
    client.create_domain(DomainName=name, DefaultExpirationDays=1)
    assert people.stats()["ProfileCount"] == people.stats()["ObjectCount"] == 0
    assert people.call("list_profile_object_types")["Items"] == []
    assert people.find("_email", "ada@example.com") == []


def test_a_deleted_domain_leaves_others_alone(people: Any, open_domain: Any) -> None:
    other = open_domain(people.client)
    people.put("Person", id="1")
    other.call("delete_domain")
    assert people.stats()["ObjectCount"] == 1
