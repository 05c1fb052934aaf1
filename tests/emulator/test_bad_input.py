"""What a client may send by mistake or on purpose: a 4xx of the modelled shape, nothing changed."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

JSON = "application/json"

# Operations that write or search, each with a valid body.
BODIES: dict[str, dict[str, Any]] = {
    "CreateDomain": {"DefaultExpirationDays": 1},
    "UpdateDomain": {"DefaultExpirationDays": 1},
    "PutProfileObjectType": {"Description": "d", "Fields": {"a": {"Source": "_source.a"}}},
    "PutProfileObject": {"ObjectTypeName": "Person", "Object": '{"id": "2"}'},
    "BatchPutProfileObject": {
        "ObjectTypeName": "Person",
        "Items": [{"Id": "a", "Object": '{"id": "2"}'}],
    },
    "ListProfileObjects": {"ObjectTypeName": "Person", "ProfileId": "0" * 32},
    "SearchProfiles": {"KeyName": "_email", "Values": ["ada@example.com"]},
    "CreateProfile": {"FirstName": "Ada"},
    "UpdateProfile": {"ProfileId": "0" * 32, "FirstName": "Ada"},
    "MergeProfiles": {"MainProfileId": "0" * 32, "ProfileIdsToBeMerged": ["0" * 32]},
    "AddProfileKey": {"ProfileId": "0" * 32, "KeyName": "_email", "Values": ["a"]},
    "TagResource": {"tags": {"a": "b"}},
}


@pytest.fixture
def place(people: Any, account: str) -> Callable[[str], tuple[str, str]]:
    """`place(operation)`: its method and path in the domain."""
    domain = f"/domains/{people.name}"
    arn = f"arn%3Aaws%3Aprofile%3Aus-east-1%3A{account}%3Adomains%2F{people.name}"
    places = {
        "CreateDomain": ("POST", "/domains/new"),
        "UpdateDomain": ("PUT", domain),
        "PutProfileObjectType": ("PUT", f"{domain}/object-types/New"),
        "PutProfileObject": ("PUT", f"{domain}/profiles/objects"),
        "BatchPutProfileObject": ("PUT", f"{domain}/profiles/objects/batch-put-profile-object"),
        "ListProfileObjects": ("POST", f"{domain}/profiles/objects"),
        "SearchProfiles": ("POST", f"{domain}/profiles/search"),
        "CreateProfile": ("POST", f"{domain}/profiles"),
        "UpdateProfile": ("PUT", f"{domain}/profiles"),
        "MergeProfiles": ("POST", f"{domain}/profiles/objects/merge"),
        "AddProfileKey": ("POST", f"{domain}/profiles/keys"),
        "TagResource": ("POST", f"/tags/{arn}"),
    }
    return places.__getitem__


def snapshot(people: Any) -> Any:
    """All that can be read of the account and the domain."""
    domain = people.call("get_domain")
    domain.pop("ResponseMetadata")
    types = people.call("list_profile_object_types")["Items"]
    profiles = people.find("personId", "1", "2")
    objects = [people.objects(profile["ProfileId"], "Person") for profile in profiles]
    return people.client.list_domains()["Items"], domain, types, profiles, objects


@pytest.fixture
def unchanged(people: Any) -> Iterator[None]:
    """Whatever the test sends changes nothing."""
    people.put("Person", id="1", email="ada@example.com", first="Ada")
    before = snapshot(people)
    yield
    assert snapshot(people) == before


def check_refusal(answer: Any, status: int = 400, code: str = "BadRequestException") -> str:
    """An error as the model has them; its message."""
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, code)
    assert answer.headers["content-type"] == JSON
    assert answer.json.keys() == {"Message"}
    return str(answer.json["Message"])


# Bodies that are no requests

NESTED = b"[" * 100_000
MALFORMED: dict[str, bytes] = {
    "cut off": b'{"Description": "d"',
    "no JSON": b"Ada",
    "single quotes": b"{'Description': 'd'}",
    "trailing comma": b'{"Description": "d",}',
    "two objects": b"{}{}",
    "a comment": b"{} // none",
    "NaN": b'{"DefaultExpirationDays": NaN}',
    "infinity": b'{"DefaultExpirationDays": -Infinity}',
    "a number beyond all": b'{"DefaultExpirationDays": 1e999}',
    "invalid UTF-8": b'{"FirstName": "\xff\xfe"}',
    "UTF-16": '{"FirstName": "Ada"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"FirstName": "Ada"}',
    "overlong UTF-8": b'{"FirstName": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"FirstName": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"FirstName": "\\ud800"}',
    "surrogates in reverse": b'{"FirstName": "\\udc00\\ud800"}',
    "a raw NUL": b'{"FirstName": "a\x00b"}',
    "a raw line break": b'{"FirstName": "a\nb"}',
    "nothing but NULs": bytes(1000),
    "white space": b" \n\t",
    "deep lists": NESTED + b"]" * len(NESTED),
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep and cut off": NESTED,
    "a list": b'[{"Description": "d"}]',
    "a text": b'"Ada"',
    "a number": b"1",
    "null": b"null",
    "true": b"true",
    "a form": b"DefaultExpirationDays=1&Description=d",
    "XML": b"<Description>d</Description>",
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_is_no_json_object_is_refused_by_every_operation(
    raw: Any, place: Any, body: bytes
) -> None:
    for operation in BODIES:
        check_refusal(raw(*place(operation), body))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", sorted(BODIES.keys() - {"CreateProfile", "UpdateDomain"}))
def test_a_request_without_body_misses_its_members(raw: Any, place: Any, operation: str) -> None:
    for body in (None, b"", {}):
        assert "Member must not be null" in check_refusal(raw(*place(operation), body))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", BODIES)
def test_an_unknown_member_is_refused(raw: Any, place: Any, operation: str) -> None:
    for name in ("Extra", "extra", "", "__proto__", "Ob\0ject", "x" * 10_000):
        text = check_refusal(raw(*place(operation), BODIES[operation] | {name: "secret-value"}))
        assert "unknown members" in text
        assert "secret-value" not in text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", BODIES)
def test_members_have_one_spelling(raw: Any, place: Any, operation: str) -> None:
    body = {name.swapcase(): value for name, value in BODIES[operation].items()}
    check_refusal(raw(*place(operation), body))


@pytest.mark.usefixtures("unchanged")
def test_a_member_of_the_path_or_the_query_does_not_stand_in_the_body(raw: Any, place: Any) -> None:
    more: dict[str, list[dict[str, Any]]] = {
        "CreateDomain": [{"DomainName": "other"}],
        "CreateProfile": [{"DomainName": "other"}, {"DomainName": None}],
        "PutProfileObjectType": [{"ObjectTypeName": "Other"}],
        "SearchProfiles": [{"MaxResults": 5}, {"NextToken": "abc"}],
        "TagResource": [{"resourceArn": "arn:aws:profile"}],
    }
    for operation, members in more.items():
        for member in members:
            check_refusal(raw(*place(operation), BODIES[operation] | member))


def test_of_a_member_that_comes_twice_the_last_counts(people: Any, raw: Any, place: Any) -> None:
    body = b'{"FirstName": 1, "FirstName": "Eve", "FirstName": "Ada"}'
    profile_id = raw(*place("CreateProfile"), body).json["ProfileId"]
    assert people.profile(profile_id)["FirstName"] == "Ada"
    check_refusal(raw(*place("CreateProfile"), b'{"FirstName": "Ada", "FirstName": 1}'))
    assert people.stats()["ProfileCount"] == 1


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "\xff", "json;" * 500]
)
def test_the_body_counts_whatever_its_content_type_says(
    people: Any, raw: Any, place: Any, content_type: str
) -> None:
    raw._headers["content-type"] = content_type
    assert raw(*place("PutProfileObject"), BODIES["PutProfileObject"]).status == 200
    check_refusal(raw(*place("PutProfileObject"), b"ObjectTypeName=Person"))
    assert people.stats()["ObjectCount"] == 1


# Values out of bounds


@pytest.mark.usefixtures("unchanged")
def test_an_object_of_256001_characters_is_refused(raw: Any, place: Any) -> None:
    head = '{"id": "1", "more": "'
    for letter in ("x", "é", "👩"):
        text = head + letter * (256_001 - len(head) - 2) + '"}'
        assert len(text) == 256_001
        members = {"ObjectTypeName": "Person", "Object": text}
        assert "'object'" in check_refusal(raw(*place("PutProfileObject"), members))
        items = {"ObjectTypeName": "Person", "Items": [{"Id": "a", "Object": text}]}
        assert "'items.1.member.object'" in check_refusal(
            raw(*place("BatchPutProfileObject"), items)
        )


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "number", [0, -1, 1099, 2**31, 2**63, 2**64, 10**40, 1.5, 1.0, 1e300, -0.0, True, "1", [1]]
)
def test_a_number_out_of_bounds_or_of_another_kind_is_refused(
    raw: Any, place: Any, number: Any
) -> None:
    for operation in ("CreateDomain", "UpdateDomain"):
        text = check_refusal(raw(*place(operation), {"DefaultExpirationDays": number}))
        assert "'defaultExpirationDays'" in text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("number", [2**31, 2**63, 2**64 - 1, 10**40])
def test_a_number_without_upper_bound_has_32_bits(raw: Any, place: Any, number: int) -> None:
    for name in ("SourcePriority", "MaxProfileObjectCount"):
        body = BODIES["PutProfileObjectType"] | {name: number}
        text = check_refusal(raw(*place("PutProfileObjectType"), body))
        assert f"'{name[0].lower()}{name[1:]}'" in text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("score", [-0.1, 1.1, 7, 1e300, "0.5", True, None, []])
def test_a_score_is_between_0_and_1(raw: Any, place: Any, score: Any) -> None:
    merging = {"Enabled": True, "MinAllowedConfidenceScoreForMerging": score}
    if score is None:
        merging = {"Enabled": None}
    body = {"DefaultExpirationDays": 1, "Matching": {"Enabled": True, "AutoMerging": merging}}
    assert "matching.autoMerging." in check_refusal(raw(*place("CreateDomain"), body))


def test_characters_that_json_can_escape_are_kept_as_they_are(
    people: Any, raw: Any, place: Any
) -> None:
    name = "\0 a\0b \x1f \x7f \ufffe \uffff \u202e 👩\u200d🚀"
    record = json.dumps({"id": name, "first": name, "tier": name})
    put = raw(*place("PutProfileObject"), {"ObjectTypeName": "Person", "Object": record})
    assert put.status == 200
    (profile,) = people.find("personId", name)
    assert (profile["FirstName"], profile["Attributes"]) == (name, {"Tier": name})
    members = {"ProfileId": profile["ProfileId"], "LastName": name}
    assert raw(*place("UpdateProfile"), members).status == 200
    assert people.find("_fullName", f"{name} {name}")[0]["LastName"] == name
    assert people.find("personId", "\0 a") == []


def test_deep_members_of_an_object_are_kept_word_for_word(
    people: Any, raw: Any, place: Any
) -> None:
    deep = "[" * 1000 + "]" * 1000
    text = f'{{"id": "1", "deep": {deep}}}'
    members = {"ObjectTypeName": "Person", "Object": text}
    assert raw(*place("PutProfileObject"), members).status == 200
    items = people.call(
        "list_profile_objects", ProfileId=people.id_of("personId", "1"), ObjectTypeName="Person"
    )["Items"]
    assert [item["Object"] for item in items] == [text]
    members["Object"] = text.replace(deep, "[" * 1100 + "]" * 1100)
    check_refusal(raw(*place("PutProfileObject"), members))
    assert people.stats()["ObjectCount"] == 1


# Domains and types that are not there


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", sorted(BODIES.keys() - {"CreateDomain", "TagResource"}))
def test_an_unknown_domain_is_named_with_the_account(
    people: Any, raw: Any, place: Any, account: str, operation: str
) -> None:
    method, path = place(operation)
    answer = raw(method, path.replace(people.name, "nowhere"), BODIES[operation])
    text = check_refusal(answer, 404, "ResourceNotFoundException")
    assert text == f"DomainName nowhere is not found in account {account}"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "operation", ["PutProfileObject", "BatchPutProfileObject", "ListProfileObjects"]
)
def test_an_unknown_type_is_not_found(raw: Any, place: Any, operation: str) -> None:
    for name in ("Nothing", "person", "Person-"):
        answer = raw(*place(operation), BODIES[operation] | {"ObjectTypeName": name})
        check_refusal(answer, 404, "ResourceNotFoundException")
