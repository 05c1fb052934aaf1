"""TagResource, UntagResource and ListTagsForResource over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]


@pytest.fixture
def arns(people: Any, account: str) -> dict[str, str]:
    """The ARNs of a domain and of its object type."""
    domain = f"arn:aws:profile:us-east-1:{account}:domains/{people.name}"
    return {"domain": domain, "type": f"{domain}/object-types/Person"}


def tags_of(client: Any, arn: str) -> dict[str, str]:
    return dict(client.list_tags_for_resource(resourceArn=arn)["tags"])


@pytest.mark.parametrize("kind", ["domain", "type"])
def test_tags_are_added_replaced_and_removed(people: Any, arns: Any, kind: str) -> None:
    client, arn = people.client, arns[kind]
    assert tags_of(client, arn) == {}
    client.tag_resource(resourceArn=arn, tags={"team": "care", "stage": "dev"})
    client.tag_resource(resourceArn=arn, tags={"stage": "prod", "cost": ""})
    assert tags_of(client, arn) == {"team": "care", "stage": "prod", "cost": ""}
    client.untag_resource(resourceArn=arn, tagKeys=["team", "cost", "never-there"])
    assert tags_of(client, arn) == {"stage": "prod"}


def test_the_tags_of_a_domain_and_of_its_types_are_apart(people: Any, arns: Any) -> None:
    people.client.tag_resource(resourceArn=arns["domain"], tags={"a": "1"})
    people.client.tag_resource(resourceArn=arns["type"], tags={"b": "2"})
    assert tags_of(people.client, arns["domain"]) == {"a": "1"}
    assert tags_of(people.client, arns["type"]) == {"b": "2"}


def test_tags_show_where_the_resource_is_read(people: Any, arns: Any) -> None:
    for arn in arns.values():
        people.client.tag_resource(resourceArn=arn, tags={"team": "care"})
    type_ = people.call("get_profile_object_type", ObjectTypeName="Person")
    assert people.call("get_domain")["Tags"] == type_["Tags"] == {"team": "care"}
    (item,) = people.call("list_profile_object_types")["Items"]
    assert item["Tags"] == {"team": "care"}


def test_tags_do_not_touch_what_they_hang_on(people: Any, arns: Any) -> None:
    before = people.call("get_profile_object_type", ObjectTypeName="Person")
    people.client.tag_resource(resourceArn=arns["type"], tags={"team": "care"})
    after = people.call("get_profile_object_type", ObjectTypeName="Person")
    assert (after["Fields"], after["Keys"]) == (before["Fields"], before["Keys"])
    people.put("Person", id="1", first="Ada")
    assert people.find("personId", "1")[0]["FirstName"] == "Ada"


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        (":domains/nowhere", 404),
        (":domains/{domain}/object-types/Nothing", 404),
        (":domains/nowhere/object-types/Person", 404),
        (":domains/{domain}/object-types", 400),
        (":domains/{domain}/layouts/x", 400),
        (":domains", 400),
        (":gateways/{domain}", 400),
        ("", 400),
    ],
)
@pytest.mark.parametrize("operation", ["list_tags_for_resource", "tag_resource", "untag_resource"])
def test_what_is_not_there_has_no_tags(
    people: Any, account: str, refused: Refused, operation: str, tail: str, status: int
) -> None:
    arn = f"arn:aws:profile:us-east-1:{account}" + tail.format(domain=people.name)
    more = {"tag_resource": {"tags": {"a": "b"}}, "untag_resource": {"tagKeys": ["a"]}}
    refusal = refused(getattr(people.client, operation), resourceArn=arn, **more.get(operation, {}))
    code = {400: "BadRequestException", 404: "ResourceNotFoundException"}[status]
    assert (refusal.status, refusal.code) == (status, code)


@pytest.mark.parametrize("part", ["account", "region"])
def test_tags_of_another_account_or_region_are_out_of_reach(
    connect: Any, account: str, people: Any, arns: Any, refused: Refused, part: str
) -> None:
    where = {
        "account": (str(int(account) ^ 1).zfill(12), "us-east-1"),
        "region": (account, "eu-central-1"),
    }
    stranger = connect(*where[part])
    refusal = refused(stranger.tag_resource, resourceArn=arns["domain"], tags={"a": "b"})
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
    assert tags_of(people.client, arns["domain"]) == {}


@pytest.mark.parametrize("arn", ["arn:aws:s3:::bucket", "domains/crm", "arn:aws:profile:x"])
def test_an_arn_of_something_else_is_refused(people: Any, refused: Refused, arn: str) -> None:
    refusal = refused(people.client.list_tags_for_resource, resourceArn=arn)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"aws:owned": "x"},
        {"": "x"},
        {"k" * 129: "x"},
        {"k": "v" * 257},
        {"space here": "x"},
        {f"k{number}": "v" for number in range(51)},
    ],
)
def test_tags_out_of_bounds_are_refused_and_change_nothing(
    people: Any, arns: Any, refused: Refused, tags: dict[str, str]
) -> None:
    refusal = refused(people.client.tag_resource, resourceArn=arns["domain"], tags=tags)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert tags_of(people.client, arns["domain"]) == {}


def test_a_resource_has_at_most_50_tags(people: Any, arns: Any, refused: Refused) -> None:
    fifty = {f"k{number}": "v" for number in range(50)}
    people.client.tag_resource(resourceArn=arns["domain"], tags=fifty)
    more = {"k0": "replaced", "k50": "v"}
    refusal = refused(people.client.tag_resource, resourceArn=arns["domain"], tags=more)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert tags_of(people.client, arns["domain"]) == fifty
    people.client.tag_resource(resourceArn=arns["domain"], tags={"k0": "replaced"})
    assert tags_of(people.client, arns["domain"])["k0"] == "replaced"


def test_an_arn_with_bare_slashes_in_the_path_is_the_same_resource(
    people: Any, arns: Any, raw: Any
) -> None:
    people.client.tag_resource(resourceArn=arns["type"], tags={"team": "care"})
    assert raw("GET", f"/tags/{arns['type']}").json == {"tags": {"team": "care"}}


def test_untagging_names_its_keys(arns: Any, raw: Any) -> None:
    answer = raw("DELETE", f"/tags/{arns['domain']}")
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert "'tagKeys'" in answer.json["Message"]
