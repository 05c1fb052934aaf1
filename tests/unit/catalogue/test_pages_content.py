"""What the pages of the catalogue tell."""

import pytest

from tests.unit.catalogue.html_page import Element, rows
from tests.unit.catalogue.sites import pages, said


@pytest.fixture(scope="module")
def published() -> dict[str, Element]:
    """The pages of the repository's own mappings."""
    return pages("published")


@pytest.fixture(scope="module")
def everything() -> dict[str, Element]:
    """The pages of mappings that use every setting."""
    return pages("every setting")


def test_the_overview_lists_object_types_with_their_settings(published: dict[str, Element]) -> None:
    listed = rows(published["index.html"], "types-table")
    name = "TrialSubscription Trial Subscription Signups"
    assert listed[2] == [name, "6", "after 100 days", "yes", "none"]


def test_the_overview_lists_attributes_with_writers_keys_and_values(
    published: dict[str, Element],
) -> None:
    listed = rows(published["index.html"], "attributes-table")
    everyone = "MarketingAssignedOffers, PurchasedSubscription, TrialSubscription"
    assert listed[0] == ["AccountNumber", everyone, "_account", "00001"]
    assert listed[2] == ["PhoneNumber", "MarketingAssignedOffers", "_phone", "none"]
    assert len(listed) == 17


def test_an_object_type_shows_its_table_with_source_target_and_content_type(
    published: dict[str, Element],
) -> None:
    listed = rows(published["types/MarketingAssignedOffers.html"], "fields-table")
    assert listed[1] == ["email", "_source.email", "EmailAddress", "EMAIL_ADDRESS", "_email"]
    assert listed[3] == ["offer", "_source.offerName", "Attributes.offerName", "STRING", "none"]


def test_an_object_type_says_what_its_keys_do(published: dict[str, Element]) -> None:
    account, email, _ = rows(published["types/MarketingAssignedOffers.html"], "keys-table")
    assert account[2] == "PROFILE UNIQUE"
    assert "Finds the customer" in account[3]
    assert "Names the object" in account[3]
    assert email[2] == "none"
    assert email[3].startswith("For searches only")


def test_an_object_type_shows_its_example_and_the_profile_that_it_alone_gives(
    published: dict[str, Element],
) -> None:
    page = published["types/TrialSubscription.html"]
    assert '"trialDays": "90"' in page.one("pre").text
    values = dict(rows(page, "example-1-values"))
    assert values["Attributes.TrialStatus"] == "Expired"
    assert len(values) == 6


def test_an_object_type_shows_every_setting_that_it_has(everything: dict[str, Element]) -> None:
    text = said(everything["types/Everything.html"])
    for part in (
        "after 1 day Counted",
        "Source priority 2",
        "at most 5",
        "EpochMilli",
        "a key of its own",
        "mappings/everything.py",
        "EmailAddress only when its object creates the profile",
        "Compared together: mail as an e-mail address, capitals or not; UserId letter by letter.",
    ):
        assert part in text
    assert "arn:aws" not in text


def test_a_template_and_a_type_without_example_say_so(everything: dict[str, Element]) -> None:
    template = said(everything["types/Contact.html"])
    assert "CTR-NoInferred" in template
    assert "It gives no profile by itself." in template
    assert "not put: " in template
    silent = said(everything["types/Silent.html"])
    assert "has no example object" in silent
    assert "rejected to the dead-letter queue" in silent


def test_an_attribute_shows_its_writers_search_keys_and_last_value(
    published: dict[str, Element],
) -> None:
    page = published["attributes/AccountNumber.html"]
    writers = rows(page, "writers-table")
    assert [row[:3] for row in writers] == [
        ["1", "none", "MarketingAssignedOffers"],
        ["1", "none", "PurchasedSubscription"],
        ["1", "none", "TrialSubscription"],
    ]
    (key,) = rows(page, "keys-table")
    assert key[0] == "_account"
    assert key[1].endswith("TrialSubscription, the service itself")
    assert rows(page, "values-table") == [["00001", "TrialSubscription"]]


def test_an_attribute_that_no_key_holds_says_so(published: dict[str, Element]) -> None:
    text = said(published["attributes/Attributes.TrialStatus.html"])
    assert "None: nobody can search for its value." in text


def test_a_whole_address_shows_the_members_that_the_example_has(
    everything: dict[str, Element],
) -> None:
    page = everything["attributes/Address.City.html"]
    assert rows(page, "values-table") == [["Oslo", "Everything 1"]]
    assert "as a member of a whole object" in said(page)
    stamp = said(everything["attributes/SourceLastUpdatedTimestamp.html"])
    assert "shows it in no profile" in stamp


def test_the_example_profile_names_the_last_writer_of_each_value(
    published: dict[str, Element],
) -> None:
    listed = rows(published["profile.html"], "profile-1-values")
    assert ["Attributes.SubscriptionPrice", "$99.99", "PurchasedSubscription"] in listed
    assert len(listed) == 16


def test_several_customers_in_the_examples_give_a_table_each(
    everything: dict[str, Element],
) -> None:
    page = everything["profile.html"]
    assert "give 2 profiles" in said(page)
    assert rows(page, "profile-2-values")[0] == ["AccountNumber", "2", "Everything 2"]


def test_a_long_table_has_a_filter_box_and_a_short_one_has_none(
    published: dict[str, Element],
) -> None:
    page = published["index.html"]
    boxes = [each.attributes for each in page.walk() if "data-filters" in each.attributes]
    assert [box["data-filters"] for box in boxes] == ["attributes-table"]
