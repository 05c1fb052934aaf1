"""Which objects a partitioned replay keeps together: all that could meet, and few others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lifecycle.review.key_links import KeyLinks
from lifecycle.review.partitions import Components
from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NAME,
    NEW_ONLY,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Identifier,
    Key,
    ObjectType,
)
from tests.unit.review.replaying import CUT_SMALL, export, replayed, version

NUMBER = Field("number", "_source.number")


def made(name: str, fields: tuple[Field, ...], keys: tuple[Key, ...]) -> ObjectType:
    return ObjectType(
        name=name,
        description=name,
        fields=(NUMBER, *fields),
        keys=(Key(f"{name}Number", ("number",), (UNIQUE,)), *keys),
        allow_profile_creation=True,
    )


ACCOUNT = Field("account", "_source.account", "_profile.AccountNumber")
EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
PLAIN_EMAIL = Field("email", "_source.email")
FIRST = Field("first", "_source.first", "_profile.FirstName")
LAST = Field("last", "_source.last", "_profile.LastName")
FULL = Field("full", "_source.full", None, NAME)
SERIAL = Field("serial", "_source.serial", "_asset.SerialNumber")
STATUS = Field("status", "_source.status", "_asset.Status")
BY_ACCOUNT = Key("_account", ("account",), (PROFILE,))
BY_EMAIL = Key("_email", ("email",), (PROFILE,))

MEETING: dict[str, tuple[tuple[ObjectType, ...], list[tuple[str, dict[str, Any]]]]] = {
    "by a PROFILE key of two types": (
        (made("A", (ACCOUNT,), (BY_ACCOUNT,)), made("B", (ACCOUNT,), (BY_ACCOUNT,))),
        [("A", {"number": 1, "account": "x"}), ("B", {"number": 1, "account": "x"})],
    ),
    "by a PROFILE key of one type and a key of another that is only searched": (
        (
            made("A", (PLAIN_EMAIL, ACCOUNT), (BY_ACCOUNT, Key("mail", ("email",)))),
            made("B", (PLAIN_EMAIL,), (Key("mail", ("email",), (PROFILE,)),)),
        ),
        [
            ("A", {"number": 1, "account": "x", "email": "e"}),
            ("B", {"number": 1, "email": "e"}),
        ],
    ),
    "by equal normal forms of different texts": (
        (made("A", (EMAIL,), (BY_EMAIL,)),),
        [("A", {"number": 1, "email": "E@X.org"}), ("A", {"number": 2, "email": " e@x.org"})],
    ),
    "by a SECONDARY key": (
        (made("A", (ACCOUNT, EMAIL), (BY_ACCOUNT, Key("mail", ("email",), (PROFILE, SECONDARY)))),),
        [("A", {"number": 1, "email": "e"}), ("A", {"number": 2, "account": "x", "email": "e"})],
    ),
    "by a LOOKUP_ONLY key": (
        (
            made("A", (PLAIN_EMAIL,), (Key("mail", ("email",), (PROFILE,)),)),
            made("B", (PLAIN_EMAIL,), (Key("mail", ("email",), (PROFILE, LOOKUP_ONLY)),)),
        ),
        [("A", {"number": 1, "email": "e"}), ("B", {"number": 1, "email": "e"})],
    ),
    "by a NEW_ONLY key": (
        (made("A", (PLAIN_EMAIL,), (Key("mail", ("email",), (PROFILE, NEW_ONLY)),)),),
        [("A", {"number": 1, "email": "e"}), ("A", {"number": 2, "email": "e"})],
    ),
    "by a key of several fields": (
        (made("A", (ACCOUNT, EMAIL), (Key("pair", ("account", "email"), (PROFILE,)),)),),
        [
            ("A", {"number": 1, "account": "x", "email": "E"}),
            ("A", {"number": 2, "account": "x", "email": "e"}),
        ],
    ),
    "by a template": (
        (
            made(
                "A",
                (Field("both", "{{_source.first}}-{{_source.last}}"),),
                (Key("both", ("both",), (PROFILE,)),),
            ),
        ),
        [
            ("A", {"number": 1, "first": "a", "last": "b"}),
            ("A", {"number": 2, "first": "a", "last": "b"}),
        ],
    ),
    "by a standard field that feeds the index of a PROFILE key": (
        (made("A", (EMAIL, ACCOUNT), (BY_ACCOUNT,)), made("B", (EMAIL,), (BY_EMAIL,))),
        [
            ("A", {"number": 1, "account": "x", "email": "e@x.org"}),
            ("B", {"number": 1, "email": "E@x.org"}),
        ],
    ),
    "by the index's form of a value that the key compares otherwise": (
        (
            made("A", (EMAIL, ACCOUNT), (BY_ACCOUNT,)),
            made("B", (PLAIN_EMAIL,), (BY_EMAIL,)),
        ),
        [
            ("A", {"number": 1, "account": "x", "email": "e@x.org"}),
            ("B", {"number": 1, "email": "E@x.org"}),
        ],
    ),
    "by a full name that two other objects wrote": (
        (
            made("A", (ACCOUNT, FIRST, LAST), (BY_ACCOUNT,)),
            made("B", (FULL,), (Key("_fullName", ("full",), (PROFILE,)),)),
        ),
        [
            ("A", {"number": 1, "account": "x", "first": "Ann Mary"}),
            ("A", {"number": 2, "account": "x", "last": "Lee"}),
            ("B", {"number": 1, "full": "ann mary LEE"}),
        ],
    ),
    "by a full name that the key compares as it is": (
        (
            made("A", (ACCOUNT, FIRST, LAST), (BY_ACCOUNT,)),
            made(
                "B",
                (Field("full", "_source.full"),),
                (Key("_fullName", ("full",), (PROFILE,)),),
            ),
        ),
        [
            ("A", {"number": 1, "account": "x", "first": "Ann", "last": "Lee"}),
            ("B", {"number": 1, "full": "ANN Lee"}),
        ],
    ),
    "by a full name that the key compares as a phone number": (
        (
            made("A", (ACCOUNT, FIRST, LAST), (BY_ACCOUNT,)),
            made(
                "B",
                (Field("full", "_source.full", None, PHONE_NUMBER),),
                (Key("_fullName", ("full",), (PROFILE,)),),
            ),
        ),
        [
            ("A", {"number": 1, "account": "x", "last": "555"}),
            ("B", {"number": 1, "full": "call 5-55"}),
        ],
    ),
    "by the UNIQUE value, which moves the object": (
        (made("A", (ACCOUNT,), (BY_ACCOUNT,)),),
        [("A", {"number": 1, "account": "x"}), ("A", {"number": 1, "account": "y"})],
    ),
    "by a standard object's own key": (
        (
            made(
                "A",
                (ACCOUNT, Field("serial", "_source.serial"), STATUS),
                (BY_ACCOUNT, Key("thing", ("serial",), (Identifier.ASSET,))),
            ),
        ),
        [
            ("A", {"number": 1, "account": "x", "serial": "s", "status": "a"}),
            ("A", {"number": 2, "account": "y", "serial": "s", "status": "b"}),
        ],
    ),
    "by a standard object's index": (
        (
            made("A", (ACCOUNT, SERIAL), (BY_ACCOUNT,)),
            made(
                "B",
                (ACCOUNT, Field("serial", "_source.serial"), STATUS),
                (BY_ACCOUNT, Key("_serialNumber", ("serial",), (Identifier.ASSET,))),
            ),
        ),
        [
            ("A", {"number": 1, "account": "x", "serial": "s"}),
            ("B", {"number": 1, "account": "y", "serial": "s", "status": "b"}),
        ],
    ),
    "by a standard object's index that refuses what finds two": (
        (
            made("A", (ACCOUNT, SERIAL), (BY_ACCOUNT,)),
            made(
                "B",
                (ACCOUNT, Field("serial", "_source.serial"), STATUS),
                (BY_ACCOUNT, Key("_serialNumber", ("serial",), (Identifier.ASSET,))),
            ),
        ),
        [
            ("A", {"number": 1, "account": "x", "serial": "s"}),
            ("A", {"number": 2, "account": "y", "serial": "s"}),
            ("B", {"number": 1, "account": "z", "serial": "s", "status": "b"}),
        ],
    ),
    "by a standard object's keys that refuse what finds two": (
        (
            made(
                "A",
                (ACCOUNT, Field("k1", "_source.k1"), Field("k2", "_source.k2"), STATUS),
                (
                    BY_ACCOUNT,
                    Key("k1", ("k1",), (Identifier.ASSET,)),
                    Key("k2", ("k2",), (Identifier.ASSET,)),
                ),
            ),
        ),
        [
            ("A", {"number": 1, "account": "v", "k1": "a", "status": "s"}),
            ("A", {"number": 2, "account": "w", "k1": "b", "status": "s"}),
            ("A", {"number": 3, "account": "x", "k1": "a", "k2": "c", "status": "s"}),
            ("A", {"number": 4, "account": "y", "k1": "b", "k2": "c", "status": "s"}),
            ("A", {"number": 5, "account": "z", "k2": "c", "status": "s"}),
        ],
    ),
    "by a standard object's index that finds its profile": (
        (
            made("A", (ACCOUNT, SERIAL), (BY_ACCOUNT,)),
            made(
                "B",
                (Field("serial", "_source.serial"),),
                (Key("_serialNumber", ("serial",), (PROFILE,)),),
            ),
        ),
        [
            ("A", {"number": 1, "account": "x", "serial": "s"}),
            ("B", {"number": 1, "serial": "s"}),
        ],
    ),
}


def connected(links: KeyLinks, objects: list[tuple[str, dict[str, Any]]]) -> bool:
    """Whether a chain of shared numbers leads from each object to each other one."""
    components = Components()
    firsts = []
    for each in objects:
        first, *others = links.numbers(*each)
        firsts.append(first)
        for number in others:
            components.link(first, number)
    return len({components.find(first) for first in firsts}) == 1


@pytest.mark.parametrize("way", MEETING)
def test_objects_that_can_meet_are_connected(way: str) -> None:
    types, objects = MEETING[way]
    assert connected(KeyLinks(types), objects)


@pytest.mark.parametrize("way", MEETING)
def test_it_is_enough_that_they_can_meet_under_either_version(way: str) -> None:
    types, objects = MEETING[way]
    apart = tuple(replace(each, keys=each.keys[:1]) for each in types)
    assert connected(KeyLinks(types, apart), objects)
    assert connected(KeyLinks(apart, types), objects)


@pytest.mark.parametrize("way", MEETING)
def test_where_objects_meet_parts_tell_what_the_whole_tells(tmp_path: Path, way: str) -> None:
    types, objects = MEETING[way]
    apart = tuple(replace(each, keys=each.keys[:1]) for each in types)
    source = export(tmp_path / "export", objects)
    for new in (version(), version(*apart)):
        whole = replayed(source, version(*types), new)
        assert replayed(source, version(*types), new, sizes=CUT_SMALL) == whole


def test_of_fields_with_one_name_the_last_is_read_as_the_engine_does() -> None:
    twice = (EMAIL, replace(EMAIL, source="_source.other", target=None))
    types = (made("A", (*twice, ACCOUNT), (BY_ACCOUNT,)), made("B", (EMAIL,), (BY_EMAIL,)))
    links = KeyLinks(types)
    one = ("A", {"number": 1, "account": "x", "email": "a@x.org", "other": "b@x.org"})
    assert connected(links, [one, ("B", {"number": 1, "email": "b@x.org"})])
    assert not connected(links, [one, ("B", {"number": 1, "email": "a@x.org"})])


def test_customers_who_share_nothing_that_matching_looks_up_are_not_connected() -> None:
    person = made(
        "A",
        (ACCOUNT, EMAIL, FIRST, LAST, SERIAL),
        (BY_ACCOUNT, Key("_email", ("email",)), Key("_fullName", ("first",))),
    )
    common = {"email": "e@x.org", "first": "Ann", "last": "Lee"}
    one = ("A", {"number": 1, "account": "x", "serial": "1", **common})
    other = ("A", {"number": 2, "account": "y", "serial": "2", **common})
    assert not connected(KeyLinks([person]), [one, other])


def test_equal_numbers_of_two_types_do_not_connect_their_objects() -> None:
    types = [made("A", (ACCOUNT,), (BY_ACCOUNT,)), made("B", (EMAIL,), (BY_EMAIL,))]
    links = KeyLinks(types)
    assert not connected(
        links, [("A", {"number": 1, "account": "x"}), ("B", {"number": 1, "email": "x"})]
    )


def test_values_that_are_equal_under_keys_of_other_names_do_not_connect() -> None:
    phone = Field("phone", "_source.phone", "_profile.PhoneNumber", PHONE_NUMBER)
    types = [
        made("A", (ACCOUNT,), (BY_ACCOUNT,)),
        made("B", (phone,), (Key("_phone", ("phone",), (PROFILE,)),)),
    ]
    assert not connected(
        KeyLinks(types), [("A", {"number": 1, "account": "5"}), ("B", {"number": 1, "phone": "5"})]
    )


def test_an_id_that_the_service_makes_connects_nothing() -> None:
    by_id = made("A", (ACCOUNT,), (BY_ACCOUNT, Key("_profileId", ("number",), (PROFILE,))))
    (one, other) = (("A", {"number": 1, "account": each}) for each in "xy")
    links = KeyLinks([replace(by_id, keys=(Key("own", ("account",), (UNIQUE,)), *by_id.keys[1:]))])
    assert not connected(links, [one, other])


def test_an_object_without_values_and_one_of_an_unknown_type_have_no_number() -> None:
    links = KeyLinks([made("A", (ACCOUNT,), (BY_ACCOUNT,))])
    assert links.numbers("A", {"account": "", "number": None}) == []
    assert links.numbers("B", {"account": "x", "number": 1}) == []


def test_a_value_that_several_rules_and_versions_read_alike_gives_one_number() -> None:
    types = [made("A", (ACCOUNT,), (BY_ACCOUNT,))]
    numbers = KeyLinks(types, types).numbers("A", {"account": "x", "number": 1})
    # The account as key and as the index of AccountNumber is one, the UNIQUE value the other.
    assert len(numbers) == 2
