"""SearchProfiles over HTTP: several keys, FoundByItems and pages (aws-semantics 3.1)."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]


def pair(key: str, *values: str) -> dict[str, Any]:
    return {"KeyName": key, "Values": list(values)}


@pytest.fixture
def crowd(people: Any) -> Any:
    """Four people: 1 and 2 are of tier gold, 3 and 4 of silver, 2 and 3 share a phone."""
    for number, tier, phone in (("1", "gold", "1"), ("2", "gold", "2"), ("3", "silver", "2")):
        people.put("Person", id=number, tier=tier, phone=phone)
    people.put("Person", id="4", tier="silver", phone="4", email="4@example.com")
    return people


def found(crowd: Any, first: dict[str, Any], *others: dict[str, Any], **more: Any) -> str:
    """The numbers of the people that a search finds, in order."""
    if others:
        more["AdditionalSearchKeys"] = list(others)
    items = crowd.call("search_profiles", **first, **more)["Items"]
    numbers = {crowd.id_of("personId", number): number for number in "1234"}
    return "".join(numbers[item["ProfileId"]] for item in items)


# Several keys


@pytest.mark.parametrize(
    ("keys", "either", "both"),
    [
        ([pair("tier", "gold")], "12", "12"),
        ([pair("tier", "gold"), pair("_phone", "2")], "123", "2"),
        ([pair("_phone", "2"), pair("tier", "gold")], "123", "2"),
        ([pair("tier", "gold"), pair("_phone", "4")], "124", ""),
        ([pair("tier", "gold"), pair("tier", "silver")], "1234", ""),
        ([pair("tier", "gold", "silver"), pair("_phone", "1", "2")], "1234", "123"),
        ([pair("tier", "none"), pair("_phone", "9")], "", ""),
        ([pair("tier", "gold"), pair("tier", "gold")], "12", "12"),
        ([pair("personId", "2"), *[pair("tier", "gold")] * 3, pair("_phone", "2")], "123", "2"),
    ],
)
def test_keys_are_joined_by_or_unless_by_and(
    crowd: Any, keys: list[dict[str, Any]], either: str, both: str
) -> None:
    assert found(crowd, *keys) == either
    assert found(crowd, *keys, LogicalOperator="OR") == either
    assert found(crowd, *keys, LogicalOperator="AND") == both


@pytest.mark.parametrize("operator", ["AND", "OR"])
def test_one_unknown_key_among_several_is_not_found(
    crowd: Any, refused: Refused, operator: str
) -> None:
    keys = [pair("tier", "gold"), pair("color", "red")]
    for first, second in (keys, keys[::-1]):
        refusal = refused(found, crowd, first, second, LogicalOperator=operator)
        assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")
        assert "color" in refusal.message


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"AdditionalSearchKeys": []}, "'additionalSearchKeys'"),
        ({"AdditionalSearchKeys": [pair("tier", "x")] * 5}, "'additionalSearchKeys'"),
        ({"AdditionalSearchKeys": [{"KeyName": "tier"}]}, "values'"),
        ({"AdditionalSearchKeys": [pair("tier")]}, "values'"),
        ({"AdditionalSearchKeys": [pair("tier", "")]}, "values'"),
        ({"AdditionalSearchKeys": [pair("a b", "x")]}, "keyName'"),
        ({"AdditionalSearchKeys": [pair("tier", "x") | {"Weight": 1}]}, "unknown members"),
        ({"AdditionalSearchKeys": pair("tier", "x")}, "'additionalSearchKeys'"),
        ({"LogicalOperator": "XOR"}, "'logicalOperator'"),
        ({"LogicalOperator": "and"}, "'logicalOperator'"),
    ],
)
def test_further_keys_out_of_bounds_are_refused(
    crowd: Any, raw: Any, members: dict[str, Any], place: str
) -> None:
    body = pair("tier", "gold") | members
    answer = raw("POST", f"/domains/{crowd.name}/profiles/search", body)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert place in answer.json["Message"]


# FoundByItems


def reasons(crowd: Any, *others: dict[str, Any], **more: Any) -> list[Any]:
    """FoundByItems of each profile that is found by tier gold and other keys."""
    more |= {"AdditionalSearchKeys": list(others)} if others else {}
    return [item.get("FoundByItems") for item in crowd.find("tier", "gold", **more)]


def test_or_tells_the_pairs_that_hit(crowd: Any) -> None:
    tier, phone, mail = pair("tier", "gold"), pair("_phone", "2", "9"), pair("_email", "x")
    assert reasons(crowd, phone, mail) == [[tier], [tier, phone], [phone]]


def test_and_tells_every_pair_of_the_search(crowd: Any) -> None:
    others = [
        pair("_phone", "1", "2"),
        pair("personId", "1", "2", "3"),
        pair("tier", "gold"),
        pair("personId", "2"),
    ]
    (told,) = reasons(crowd, *others, LogicalOperator="AND")
    assert told == [pair("tier", "gold"), *others]


@pytest.mark.parametrize("more", [{}, {"LogicalOperator": "AND"}, {"LogicalOperator": "OR"}])
def test_a_search_by_one_key_tells_no_pairs(crowd: Any, more: dict[str, str]) -> None:
    assert reasons(crowd, **more) == [None, None]


# Pages


@pytest.fixture
def many(people: Any) -> Any:
    """Twenty-three people of tier gold."""
    texts = [f'{{"id": {number}, "tier": "gold"}}' for number in range(23)]
    for start in range(0, 23, 10):
        items = [{"Id": str(n), "Object": text} for n, text in enumerate(texts[start : start + 10])]
        people.call("batch_put_profile_object", ObjectTypeName="Person", Items=items)
    return people


def pages(many: Any, **more: Any) -> list[list[str]]:
    """The profile ids of every page of a search for tier gold."""
    seen: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        answer = many.search("tier", "gold", **more, **token)
        seen.append([item["ProfileId"] for item in answer["Items"]])
        if "NextToken" not in answer:
            return seen
        token = {"NextToken": answer["NextToken"]}


@pytest.mark.parametrize(
    ("more", "sizes"),
    [
        ({}, [20, 3]),
        ({"MaxResults": 1}, [1] * 23),
        ({"MaxResults": 10}, [10, 10, 3]),
        ({"MaxResults": 22}, [22, 1]),
        ({"MaxResults": 23}, [23]),
        ({"MaxResults": 100}, [23]),
    ],
)
def test_pages_have_the_size_asked_for_and_together_every_profile_once(
    many: Any, more: dict[str, int], sizes: list[int]
) -> None:
    seen = pages(many, **more)
    assert [len(page) for page in seen] == sizes
    assert [each for page in seen for each in page] == pages(many, MaxResults=100)[0]
    assert len({each for page in seen for each in page}) == 23


def test_a_search_by_several_keys_comes_in_pages_too(many: Any) -> None:
    keys = {"AdditionalSearchKeys": [pair("personId", "0", "5", "22")]}
    both = pages(many, MaxResults=2, LogicalOperator="AND", **keys)
    assert [len(page) for page in both] == [2, 1]
    assert [len(page) for page in pages(many, **keys)] == [20, 3]


def test_profiles_that_come_and_go_between_pages_shift_nothing(many: Any) -> None:
    (before,) = pages(many, MaxResults=100)
    token = many.search("tier", "gold", MaxResults=10)["NextToken"]
    for gone in (before[0], before[9], before[10]):
        many.call("delete_profile", ProfileId=gone)
    many.put("Person", id="new", tier="gold")
    rest = many.search("tier", "gold", MaxResults=100, NextToken=token)["Items"]
    found_ids = [item["ProfileId"] for item in rest]
    assert found_ids == [*before[11:], many.id_of("personId", "new")]


@pytest.mark.parametrize("size", [0, 101, -1])
def test_a_page_has_1_to_100_profiles(many: Any, refused: Refused, size: int) -> None:
    refusal = refused(many.search, "tier", "gold", MaxResults=size)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "'maxResults'" in refusal.message


@pytest.mark.parametrize("size", ["ten", "1.0", "", "1e1", "0x10", "٣", "9" * 40])
def test_a_page_size_is_a_number(many: Any, raw: Any, size: str) -> None:
    digits = "".join(f"%{byte:02X}" for byte in size.encode())
    path = f"/domains/{many.name}/profiles/search?max-results={digits}"
    answer = raw("POST", path, pair("tier", "gold"))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert "'maxResults'" in answer.json["Message"]


def test_a_token_is_good_for_its_own_search_only(
    many: Any, open_domain: Any, refused: Refused
) -> None:
    token = many.search("tier", "gold", MaxResults=1)["NextToken"]
    same = many.search("tier", "gold", NextToken=token, MaxResults=5)
    assert len(same["Items"]) == 5
    other = open_domain(many.client)
    further = {"AdditionalSearchKeys": [pair("personId", "1", "2", "3")]}
    joined = many.search("tier", "gold", MaxResults=1, **further)["NextToken"]
    wrong = [
        lambda: many.search("tier", "silver", NextToken=token),
        lambda: many.search("tier", "gold", "silver", NextToken=token),
        lambda: many.search("personId", "gold", NextToken=token),
        lambda: many.search("tier", "gold", NextToken=token, **further),
        lambda: many.search("tier", "gold", NextToken=joined, LogicalOperator="AND", **further),
        lambda: other.search("_email", "gold", NextToken=token),
        lambda: many.call("list_profile_object_types", NextToken=token),
        lambda: many.client.list_domains(NextToken=token),
    ]
    for search in wrong:
        refusal = refused(search)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")
        assert "NextToken" in refusal.message


def test_a_token_of_a_list_is_no_token_of_a_search(
    many: Any, refused: Refused, connect: Any, account: str
) -> None:
    profile_id = many.id_of("personId", "1")
    many.declare("Visit", {"id": ("id",)}, {"personId": ("id", "PROFILE", "UNIQUE")})
    of_types = many.call("list_profile_object_types", MaxResults=1)["NextToken"]
    many.client.create_domain(DomainName="more", DefaultExpirationDays=1)
    of_domains = many.client.list_domains(MaxResults=1)["NextToken"]
    for token in (of_types, of_domains):
        refusal = refused(many.search, "tier", "gold", NextToken=token)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")
        members = {"ObjectTypeName": "Person", "ProfileId": profile_id, "NextToken": token}
        assert refused(many.call, "list_profile_objects", **members).status == 400
    elsewhere = connect(account, "eu-central-1")
    assert refused(elsewhere.list_domains, NextToken=of_domains).status == 400


@pytest.mark.parametrize("token", ["x", "AAAA", "bm90IG91cnM=", "!", "é", "[" * 1024, "t" * 1025])
def test_a_token_that_was_not_given_out_is_refused(many: Any, refused: Refused, token: str) -> None:
    refusal = refused(many.search, "tier", "gold", NextToken=token)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_an_empty_token_is_out_of_bounds(many: Any, raw: Any) -> None:
    path = f"/domains/{many.name}/profiles/search?next-token="
    answer = raw("POST", path, pair("tier", "gold"))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert "'nextToken'" in answer.json["Message"]
