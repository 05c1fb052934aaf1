"""SearchProfiles and the standard indexes (aws-semantics 1.6 and 3.1), paging, metering (2.10)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.customer_profiles import domains, profiles
from emulator.customer_profiles.world import World
from emulator.http import Caller, ServiceError
from profiles import EMAIL_ADDRESS, NUMBER, PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.errors import NotFoundError
from profiles.profile_writes import add_key, create_profile, update_profile
from profiles.search import search
from profiles.standard import SEARCH_KEYS

StartDomain = Callable[..., Any]

CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(
        Field("id", "_source.id"),
        Field("email", "_source.email", None, EMAIL_ADDRESS),
        Field("points", "_source.points", None, NUMBER),
        Field("first", "_source.first"),
        Field("last", "_source.last"),
    ),
    keys=(
        Key("crmId", ("id",), (PROFILE, UNIQUE)),
        Key("_email", ("email",)),
        Key("pointsKey", ("points",)),
        Key("names", ("first", "last")),
    ),
    allow_profile_creation=True,
)


def made(domain: Any, **values: str) -> str:
    """The id of a new profile with these values."""
    return create_profile(domain.engine, values).id


# One key


def test_a_known_key_without_hit_finds_nothing(start_domain: StartDomain) -> None:
    assert start_domain(CRM).find("crmId", "nobody") == []


@pytest.mark.parametrize("key", sorted(SEARCH_KEYS))
def test_every_predefined_key_is_known_in_every_domain(start_domain: StartDomain, key: str) -> None:
    assert start_domain().find(key, "value") == []


def test_an_unknown_key_is_refused_with_the_text_of_the_service(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    with pytest.raises(NotFoundError, match=r"KeyName nobodyId is not defined in the domain"):
        domain.find("nobodyId", "1")


@pytest.mark.parametrize("every", [True, False])
def test_one_unknown_key_among_several_refuses_the_search(
    start_domain: StartDomain, *, every: bool
) -> None:
    domain = start_domain(CRM)
    domain.put("Crm", id="1")
    with pytest.raises(NotFoundError, match="nobodyId"):
        search(domain.engine, [("crmId", ["1"]), ("nobodyId", ["1"])], every=every)


def test_several_values_of_a_key_are_alternatives_and_hits_come_in_order_of_creation(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ids = [domain.put("Crm", id=str(number)).profile_id for number in range(4)]
    assert domain.ids("crmId", "3", "nobody", "0", "2") == [ids[0], ids[2], ids[3]]


def test_a_profile_that_two_values_find_is_one_hit(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    outcome = domain.put("Crm", id="1", email="ann@example.com")
    domain.put("Crm", id="1", email="ann@home.example")
    assert domain.ids("_email", "ann@example.com", "ann@home.example") == [outcome.profile_id]
    assert domain.ids("_email", "ann@example.com", "ANN@example.com") == [outcome.profile_id]


@pytest.mark.parametrize("value", ["ann", "ann@example", "nn@example.com", "%", "ann@example.co_"])
def test_a_match_is_exact_and_knows_no_wild_card(start_domain: StartDomain, value: str) -> None:
    domain = start_domain(CRM)
    domain.put("Crm", id="1", email="ann@example.com")
    assert domain.find("_email", value) == []


def test_a_key_is_searched_by_the_content_type_of_its_field(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    outcome = domain.put("Crm", id="007", points=1.50)
    assert domain.ids("pointsKey", "01.500") == [outcome.profile_id]
    assert domain.ids("crmId", "007") == [outcome.profile_id]
    assert domain.find("crmId", "7") == []


def test_a_key_of_two_fields_is_searched_by_its_parts_in_order(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    outcome = domain.put("Crm", id="1", first="Ann", last="Lee")
    assert domain.ids("names", "Ann", "Lee") == [outcome.profile_id]
    assert domain.find("names", "Lee", "Ann") == []
    assert domain.find("names", "Ann") == []
    assert domain.find("names", "Ann", "Lee", "Roe") == []


def test_a_profile_is_found_by_its_id_alone(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    ids = [domain.put("Crm", id=number).profile_id for number in "123"]
    assert domain.ids("_profileId", ids[1]) == [ids[1]]
    assert domain.ids("_profileId", ids[2], "unknown", ids[0]) == [ids[0], ids[2]]


# Indexes of the standard profile


@pytest.mark.parametrize(
    ("key", "field", "value", "asked"),
    [
        ("_account", "AccountNumber", "00001", "00001"),
        ("_email", "EmailAddress", "Ann@Example.com", "ann@example.COM"),
        ("_email", "PersonalEmailAddress", "Ann@Example.com", "ann@example.COM"),
        ("_email", "BusinessEmailAddress", "Ann@Example.com", "ann@example.COM"),
        ("_phone", "PhoneNumber", "+1 (206) 345-7890", "2063457890"),
        ("_phone", "MobilePhoneNumber", "+1 (206) 345-7890", "2063457890"),
        ("_phone", "HomePhoneNumber", "+1 (206) 345-7890", "2063457890"),
        ("_phone", "BusinessPhoneNumber", "+1 (206) 345-7890", "2063457890"),
    ],
)
def test_a_standard_field_is_found_by_its_standard_key_though_no_type_defines_it(
    start_domain: StartDomain, key: str, field: str, value: str, asked: str
) -> None:
    domain = start_domain()
    profile_id = made(domain, **{field: value})
    assert domain.ids(key, asked) == [profile_id]


@pytest.mark.parametrize(
    ("names", "full"),
    [
        ({"FirstName": "Michael", "LastName": "Mac"}, "Michael Mac"),
        ({"FirstName": "Ann", "MiddleName": "B", "LastName": "Lee"}, "ann  b LEE"),
        ({"LastName": "Lee"}, "lee"),
        ({"FirstName": "Ann Marie", "LastName": "Lee"}, "Ann Marie Lee"),
    ],
)
def test_the_full_name_is_the_parts_that_there_are_joined_by_one_space(
    start_domain: StartDomain, names: dict[str, str], full: str
) -> None:
    domain = start_domain()
    profile_id = made(domain, **names)
    assert domain.ids("_fullName", full) == [profile_id]


def test_a_part_of_the_full_name_alone_finds_nothing(start_domain: StartDomain) -> None:
    domain = start_domain()
    made(domain, FirstName="Ann", LastName="Lee")
    assert domain.find("_fullName", "Ann") == []
    assert domain.find("_fullName", "Lee Ann") == []


def test_a_standard_index_follows_the_value_of_its_field(start_domain: StartDomain) -> None:
    domain = start_domain()
    profile_id = made(domain, EmailAddress="ann@example.com", FirstName="Ann")
    update_profile(domain.engine, profile_id, {"EmailAddress": "ann@home.example"})
    assert domain.find("_email", "ann@example.com") == []
    assert domain.ids("_email", "ann@home.example") == [profile_id]
    update_profile(domain.engine, profile_id, {"EmailAddress": ""})
    assert domain.find("_email", "ann@home.example") == []
    assert domain.ids("_fullName", "Ann") == [profile_id]


@pytest.mark.parametrize(("key", "field"), [("_email", "EmailAddress"), ("_fullName", "FirstName")])
def test_a_blank_standard_field_is_in_no_index(
    start_domain: StartDomain, key: str, field: str
) -> None:
    domain = start_domain()
    made(domain, **{field: "  "})
    assert domain.find(key, " ") == []


@pytest.mark.parametrize("key", ["_email", "_phone", "_fullName", "pointsKey"])
def test_a_blank_key_value_is_never_bound(start_domain: StartDomain, key: str) -> None:
    domain = start_domain(CRM)
    profile_id = made(domain, FirstName="Ann")
    add_key(domain.engine, profile_id, key, ["1", " \t"])
    domain.put("Crm", id="1", email=" \t", points=" \t")
    assert domain.ids(key, "1") == [profile_id]
    assert domain.find(key, " \t") == []


# Several keys


def positions(domain: Any, *criteria: tuple[str, list[str]], every: bool) -> dict[str, list[int]]:
    """Profile id to the positions of the criteria that found it."""
    found = search(domain.engine, criteria, every=every)
    return {hit.profile.id: hit.criteria for hit in found}


def test_or_finds_profiles_that_meet_any_key_and_says_which(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    one = domain.put("Crm", id="1", email="ann@example.com").profile_id
    two = domain.put("Crm", id="2", email="bob@example.com").profile_id
    domain.put("Crm", id="3", email="eve@example.com")
    criteria = [("crmId", ["1", "2"]), ("_email", ["bob@example.com"])]
    assert positions(domain, *criteria, every=False) == {one: [0], two: [0, 1]}


def test_and_finds_profiles_that_meet_every_key(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    domain.put("Crm", id="1", email="ann@example.com")
    two = domain.put("Crm", id="2", email="bob@example.com").profile_id
    criteria = [("crmId", ["1", "2"]), ("_email", ["bob@example.com"])]
    assert positions(domain, *criteria, every=True) == {two: [0, 1]}
    assert positions(domain, ("crmId", ["1"]), criteria[1], every=True) == {}
    assert positions(domain, criteria[0], criteria[0], every=True).keys() == {
        *domain.ids("crmId", "1", "2")
    }


# Paging, FoundByItems and metering, in the operations themselves

CALLER = Caller("111122223333", "us-east-1")
DOMAIN = {"DomainName": "customers"}


@pytest.fixture
def world() -> Iterator[World]:
    """The local service without its wire, with one domain."""
    local = World(None)
    domains.create_domain(local, CALLER, DOMAIN | {"DefaultExpirationDays": 366})
    yield local
    local.database.close()


def create(world: World, number: int) -> str:
    values = {"AccountNumber": f"{number:05}", "FirstName": "Ann"}
    created = profiles.create_profile(world, CALLER, DOMAIN | values)
    return str(created["ProfileId"])


def find(world: World, **members: Any) -> dict[str, Any]:
    asked = DOMAIN | {"KeyName": "_fullName", "Values": ["ann"]} | members
    return profiles.search_profiles(world, CALLER, asked)


def test_pages_hold_twenty_profiles_if_not_said_and_together_each_one_once(world: World) -> None:
    ids = [create(world, number) for number in range(45)]
    shown, token, sizes = [], None, []
    while True:
        answer = find(world, **({} if token is None else {"NextToken": token}))
        sizes.append(len(answer["Items"]))
        shown += [item["ProfileId"] for item in answer["Items"]]
        token = answer["NextToken"]
        if token is None:
            break
    assert sizes == [20, 20, 5]
    assert shown == ids


@pytest.mark.parametrize(("size", "shown"), [(1, 1), (2, 2), (3, 3), (100, 3)])
def test_the_next_token_is_null_where_nothing_follows(world: World, size: int, shown: int) -> None:
    for number in range(3):
        create(world, number)
    answer = find(world, MaxResults=size)
    assert len(answer["Items"]) == shown
    assert (answer["NextToken"] is None) is (shown == 3)


def test_pages_stay_true_while_profiles_come_and_go(world: World) -> None:
    ids = [create(world, number) for number in range(4)]
    first = find(world, MaxResults=2)
    profiles.delete_profile(world, CALLER, DOMAIN | {"ProfileId": ids[1]})
    new = create(world, 4)
    rest = find(world, NextToken=first["NextToken"])
    assert [item["ProfileId"] for item in rest["Items"]] == [ids[2], ids[3], new]


def test_a_token_is_good_for_its_own_search_only(world: World) -> None:
    for number in range(2):
        create(world, number)
    token = find(world, MaxResults=1)["NextToken"]
    for members in ({"NextToken": "abc"}, {"NextToken": token, "Values": ["bob"]}):
        with pytest.raises(ServiceError, match="NextToken"):
            find(world, **members)


def test_found_by_items_name_the_pairs_that_hit(world: World) -> None:
    create(world, 1)
    create(world, 2)
    additional = [
        {"KeyName": "_account", "Values": ["00002"]},
        {"KeyName": "_email", "Values": ["nobody@example.com"]},
    ]
    by_name = {"KeyName": "_fullName", "Values": ["ann"]}
    items = find(world, AdditionalSearchKeys=additional)["Items"]
    assert [item["FoundByItems"] for item in items] == [[by_name], [by_name, additional[0]]]
    (both,) = find(world, AdditionalSearchKeys=additional[:1], LogicalOperator="AND")["Items"]
    assert both["FoundByItems"] == [by_name, additional[0]]
    assert all("FoundByItems" not in item for item in find(world)["Items"])


@pytest.mark.parametrize(("objects", "metered"), [(0, 1), (100, 1), (101, 2), (200, 2), (201, 3)])
def test_each_further_hundred_objects_meter_a_profile_once_more(
    world: World, objects: int, metered: int
) -> None:
    domain = world.domain(CALLER, "customers")
    domain.engine.put_type(
        ObjectType(
            name="Visit",
            description="Visit",
            fields=(Field("id", "_source.id"), Field("who", "_source.who")),
            keys=(Key("visitId", ("id",), (UNIQUE,)), Key("_account", ("who",), (PROFILE,))),
        )
    )
    create(world, 1)
    size = 0
    for number in range(objects):
        text = f'{{"id": "{number}", "who": "00001", "first": "Zoë"}}'
        domain.engine.put("Visit", text)
        size += len(text.encode())
    stats = domains.get_domain(world, CALLER, DOMAIN)["Stats"]
    assert stats == {
        "ProfileCount": 1,
        "MeteringProfileCount": metered,
        "ObjectCount": objects,
        "TotalSize": size,
    }
