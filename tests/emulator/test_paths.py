"""Paths and methods that no operation has, or that only look like one of them."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def unchanged(people: Any) -> Iterator[None]:
    """Whatever the test sends changes nothing."""
    people.put("Person", id="1")
    before = people.call("get_domain")["Stats"], people.client.list_domains()["Items"]
    yield
    assert (people.call("get_domain")["Stats"], people.client.list_domains()["Items"]) == before
    assert len(people.call("list_profile_object_types")["Items"]) == 1


def check_refusal(answer: Any, status: int, code: str) -> None:
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, code)
    assert answer.json.keys() == {"Message"}


NOWHERE = """/ // /domain /Domains /domains/NAME/ /domains/NAME// //domains/NAME
/domains/NAME/nothing /domains/NAME/profiles/nothing /domains/NAME/../NAME /domains/./NAME
/domains/NAME/profiles/search/ /domains/NAME/object-types/Person/ /domains//NAME /%64omains/NAME
/domains%2FNAME /domains/NAME%2Fprofiles/search/x /domains/NAME;x/y /tags /profiles
/../../etc/passwd /domains/NAME/profiles/objects//merge""".split()


@pytest.mark.parametrize("path", NOWHERE)
def test_a_path_of_no_operation_is_refused(people: Any, raw: Any, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = raw(method, path.replace("NAME", people.name), b"{}")
        check_refusal(answer, 404, "UnknownOperationException")


NAMES = r""".. . %2e%2e %2F ..%2F..%2Fetc%2Fpasswd a%2Fb a%5Cb a%20b a+b %00 a%00 %0A a%0A %C3%A9
%F0%9F%9A%80 %25 a% %zz * a;b a=b a:b ~ a.b ' %22 %7B%7D {DomainName}""".split()


@pytest.mark.parametrize("name", [*NAMES, "x" * 65])
def test_a_name_out_of_bounds_in_the_path_is_refused(raw: Any, name: str) -> None:
    for method, path, body in (
        ("GET", "/domains/{}", None),
        ("POST", "/domains/{}", {"DefaultExpirationDays": 1}),
        ("PUT", "/domains/{}", {"DefaultExpirationDays": 1}),
        ("DELETE", "/domains/{}", None),
        ("GET", "/domains/{}/object-types", None),
        ("POST", "/domains/{}/profiles", {"FirstName": "Ada"}),
        ("PUT", "/domains/{}/profiles/objects", {"ObjectTypeName": "Person", "Object": "{}"}),
    ):
        answer = raw(method, path.format(name), body)
        check_refusal(answer, 400, "BadRequestException")
        assert "'domainName'" in answer.json["Message"]


@pytest.mark.parametrize("name", ["%FF", "a%C0%AF", "%ED%A0%80"])
def test_a_name_that_is_no_utf8_is_refused(raw: Any, name: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = raw(method, f"/domains/{name}", {"DefaultExpirationDays": 1})
        check_refusal(answer, 400, "BadRequestException")


def test_an_empty_name_in_the_path_is_out_of_bounds(people: Any, raw: Any) -> None:
    domain = f"/domains/{people.name}"
    for method, path, place in (
        ("GET", "/domains/", "'domainName'"),
        ("DELETE", "/domains/", "'domainName'"),
        ("GET", "/domains//object-types", "'domainName'"),
        ("POST", "/domains//profiles", "'domainName'"),
        ("GET", f"{domain}/object-types/", "'objectTypeName'"),
        ("DELETE", f"{domain}/object-types/", "'objectTypeName'"),
        ("GET", "/tags/", "'resourceArn'"),
    ):
        answer = raw(method, path)
        check_refusal(answer, 400, "BadRequestException")
        assert place in answer.json["Message"]


def test_a_name_may_be_percent_encoded(people: Any, raw: Any) -> None:
    encoded = "".join(f"%{byte:02x}" for byte in people.name.encode())
    assert raw("GET", f"/domains/{encoded}").json["DomainName"] == people.name
    names = raw("GET", f"/domains/{encoded}/object-types/%50erson").json
    assert names["ObjectTypeName"] == "Person"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/domains", "POST PUT DELETE PATCH"),
        ("/domains/NAME", "PATCH"),
        ("/domains/NAME/object-types", "POST PUT DELETE"),
        ("/domains/NAME/object-types/Person", "POST PATCH"),
        ("/domains/NAME/profiles", "GET DELETE PATCH"),
        ("/domains/NAME/profiles/objects", "GET DELETE PATCH"),
        ("/domains/NAME/profiles/search", "GET PUT DELETE"),
        ("/domains/NAME/profiles/delete", "GET PUT DELETE"),
        ("/domains/NAME/profiles/objects/delete", "GET PUT DELETE"),
        ("/domains/NAME/profiles/keys/delete", "GET PUT DELETE"),
        ("/domains/NAME/profiles/objects/merge", "GET PUT DELETE"),
        ("/domains/NAME/batch-get-profiles", "GET PUT DELETE"),
    ],
)
def test_a_method_that_the_path_does_not_have_is_refused(
    people: Any, raw: Any, path: str, methods: str
) -> None:
    for method in methods.split():
        answer = raw(method, path.replace("NAME", people.name), b"{}")
        check_refusal(answer, 404, "UnknownOperationException")


def test_head_and_options_are_refused_without_effect(people: Any, raw: Any) -> None:
    for method in ("HEAD", "OPTIONS"):
        answer = raw(method, f"/domains/{people.name}")
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (
            404,
            "UnknownOperationException",
        )


@pytest.mark.parametrize(
    "query", ["x=1", "max-results", "%ff=%zz", "&&=&", "DomainName=other", "next-token&a[]=1", "?"]
)
def test_a_query_that_the_operation_does_not_have_changes_nothing(
    people: Any, raw: Any, query: str
) -> None:
    answer = raw("GET", f"/domains/{people.name}?{query}")
    assert (answer.status, answer.json["DomainName"]) == (200, people.name)
