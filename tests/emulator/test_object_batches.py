"""BatchPutProfileObject over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.objects import MISSING_KEY

Refused = Callable[..., Any]


def put_batch(customers: Any, texts: list[str], type_name: str = "Person") -> Any:
    items = [{"Id": f"i{number}", "Object": text} for number, text in enumerate(texts)]
    return customers.call("batch_put_profile_object", ObjectTypeName=type_name, Items=items)


def test_a_batch_puts_its_objects_in_order(people: Any) -> None:
    texts = ['{"id": "1", "tier": "gold"}', '{"id": "2"}', '{"id": "1", "tier": "silver"}']
    answer = put_batch(people, texts)
    keys = {item["Id"]: item["ProfileObjectUniqueKey"] for item in answer["Successful"]}
    assert keys["i0"] == keys["i2"] == people.put("Person", id="1")
    assert answer["Failed"] == []
    assert people.find("personId", "1")[0]["Attributes"] == {"Tier": "silver"}


def test_an_item_that_is_refused_stops_no_other(people: Any) -> None:
    answer = put_batch(people, ['{"id": "1"}', "{", '{"first": "Ada"}', '{"id": "2"}'])
    assert [item["Id"] for item in answer["Successful"]] == ["i0", "i3"]
    assert [(item["Id"], item["Code"]) for item in answer["Failed"]] == [("i1", 400), ("i2", 400)]
    assert answer["Failed"][1]["Message"] == MISSING_KEY
    assert people.stats()["ObjectCount"] == 2


def test_a_batch_has_1_to_10_items(people: Any, refused: Refused) -> None:
    texts = [f'{{"id": "{number}"}}' for number in range(11)]
    for wrong in (texts, []):
        refusal = refused(put_batch, people, wrong)
        assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert people.stats()["ObjectCount"] == 0
    assert len(put_batch(people, texts[:10])["Successful"]) == 10


def test_a_batch_of_an_unknown_type_fails_as_a_whole(people: Any, refused: Refused) -> None:
    refusal = refused(put_batch, people, ['{"id": "1"}'], "Nothing")
    assert (refusal.status, refusal.code) == (404, "ResourceNotFoundException")


def test_a_batch_with_one_item_out_of_bounds_puts_nothing(people: Any, refused: Refused) -> None:
    refusal = refused(put_batch, people, ['{"id": "1"}', ""])
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "'items.2.member.object'" in refusal.message
    assert people.stats()["ObjectCount"] == 0


@pytest.mark.parametrize("operation", ["put_profile_object", "batch_put_profile_object"])
def test_an_unknown_domain_takes_no_objects(
    customer_profiles: Any, account: str, refused: Refused, operation: str
) -> None:
    members: dict[str, Any] = {"Object": "{}"}
    if operation.startswith("batch"):
        members = {"Items": [{"Id": "1", "Object": "{}"}]}
    refusal = refused(
        getattr(customer_profiles, operation),
        DomainName="nowhere",
        ObjectTypeName="Person",
        **members,
    )
    text = f"DomainName nowhere is not found in account {account}"
    assert (refusal.status, refusal.message) == (404, text)
