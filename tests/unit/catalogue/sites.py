"""Whole sites of mappings: the repository's own, and some that use what those do not."""

from collections.abc import Mapping
from functools import cache

import mappings
from lifecycle.catalogue.pages import FILTER_FROM, render
from profiles import (
    EMAIL_ADDRESS,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    Field,
    Key,
    ObjectType,
    ObjectTypeMapping,
)
from tests.unit.catalogue.html_page import Element, read
from tests.unit.catalogue.samples import ASSET, HOSTILE_MAPPING, attribute_field, mapping

TITLE = "Customers"
MANY = mapping(
    {
        "UserId": "1",
        "status": "new",
        "home": {"City": "Oslo"},
        "serial": "s",
        "mail": "a@b.invalid",
    },
    {"UserId": "2"},
    name="Everything",
    fields=(
        *(attribute_field(f"value{number}") for number in range(FILTER_FROM)),
        attribute_field("status"),
        Field("home", "_source.home", "_profile.Address"),
        Field("city", "_source.city", "_profile.Address.City"),
        Field("serial", "_source.serial", "_asset.SerialNumber"),
        Field("mail", "_source.mail", None, EMAIL_ADDRESS),
        Field("stamp", "_source.stamp", "_profile.SourceLastUpdatedTimestamp"),
    ),
    keys=(
        Key("serial", ("serial",), (ASSET,)),
        Key("mail", ("mail", "UserId"), (PROFILE, SECONDARY, NEW_ONLY)),
    ),
    expiration_days=1,
    source_priority=2,
    max_profile_object_count=5,
    source_last_updated_timestamp_format="EpochMilli",
    encryption_key="arn:aws:kms:us-east-1:111122223333:key/k",
)
TEMPLATE = ObjectTypeMapping(
    ObjectType("Contact", "Contact records", template_id="CTR-NoInferred"), ({"id": "1"},)
)
WITHOUT_EXAMPLE = mapping(name="Silent", allow_profile_creation=False)
SITES: Mapping[str, tuple[ObjectTypeMapping, ...]] = {
    "published": mappings.load(),
    "every setting": (MANY, TEMPLATE, WITHOUT_EXAMPLE),
    "hostile": (HOSTILE_MAPPING,),
    "empty": (),
}


@cache
def files(name: str) -> dict[str, bytes]:
    """The files of one of the sites."""
    return render(SITES[name], TITLE)


@cache
def pages(name: str) -> dict[str, Element]:
    """The pages of one of the sites."""
    return read_all(files(name))


def read_all(site: Mapping[str, bytes]) -> dict[str, Element]:
    """The pages among the files of a site."""
    return {name: read(content) for name, content in site.items() if name.endswith(".html")}


def said(page: Element) -> str:
    """All text of a page's content."""
    return " ".join(page.one("main").text.split())
