"""The catalogue as it is read: clicks, the keyboard, a filter, and no script at all."""

from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Browser, program
from tests.unit.catalogue.samples import HOSTILE

PAGES = (
    "index.html",
    "diagram.html",
    "profile.html",
    "types/MarketingAssignedOffers.html",
    "attributes/AccountNumber.html",
)


def shown_rows(browser: Browser, table: str) -> list[str]:
    """The first cell of each row that shows."""
    rows = browser.all(f"#{table} tbody tr")
    return [row.text.split()[0] for row in rows if row.is_displayed()]


def visited(browser: Browser, limit: int = 300) -> list[str]:
    """What the Tab key reaches from the top of the page, in order; each must show that it has it.

    Each as its tag with its text, or with its name where it has no text of its own.
    """
    reached = []
    for _ in range(limit):
        browser.press(Keys.TAB)
        element = browser.focused
        if element.tag_name == "body":
            return reached
        width, style = browser.evaluate(
            "[getComputedStyle(arguments[0]).outlineWidth,"
            " getComputedStyle(arguments[0]).outlineStyle]",
            element,
        )
        assert (float(width.removesuffix("px")) >= 2, style) == (True, "solid")
        name = element.get_attribute("aria-labelledby") or element.get_attribute("id")
        reached.append(f"{element.tag_name} {name or element.text}")
    raise AssertionError(f"the keyboard never leaves the page: {reached[-5:]}")


def test_a_reader_gets_from_the_overview_to_a_type_to_an_attribute_and_back(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "index.html")
    browser.link("TrialSubscription").click()
    assert browser.page == "TrialSubscription.html"
    assert browser.find("h1").text == "TrialSubscription"
    browser.link("Attributes.TrialStatus").click()
    assert browser.page == "Attributes.TrialStatus.html"
    assert browser.find("#values-table tbody tr").text == "Expired TrialSubscription"
    browser.link("Profile attribute").click()
    assert browser.page == "index.html#attributes"


def test_the_navigation_leads_to_every_main_page_from_anywhere(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "types/TrialSubscription.html")
    for text, page in (
        ("Diagram", "diagram.html"),
        ("Example profile", "profile.html"),
        ("Overview", "index.html"),
    ):
        browser.link(text, "nav").click()
        assert browser.page == page


def test_a_value_of_the_example_profile_leads_to_the_object_that_wrote_it(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "profile.html")
    browser.link("PurchasedSubscription").click()
    assert browser.page == "PurchasedSubscription.html#example-1"
    assert '"planType": "Professional"' in browser.find(":target pre").text


def test_a_label_of_the_diagram_leads_to_its_page(browser: Browser, site: Path) -> None:
    browser.open(site / "diagram.html")
    browser.find("svg a[aria-label=EmailAddress] text").click()
    assert browser.page == "EmailAddress.html"


def test_a_line_of_the_diagram_grows_under_the_pointer(browser: Browser, site: Path) -> None:
    browser.open(site / "diagram.html")
    line, other = browser.all(".line")[1:3]
    ActionChains(browser.driver).move_to_element(line).perform()
    widths = [
        float(each.find_element("css selector", ".seen").value_of_css_property("stroke-width")[:-2])
        for each in (line, other)
    ]
    assert widths[0] > widths[1]


def test_the_first_stop_of_the_keyboard_is_the_way_to_the_content(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "index.html")
    browser.press(Keys.TAB)
    skip = browser.focused
    assert skip.text == "Skip to the content"
    assert skip.rect["x"] >= 0
    assert skip.rect["y"] >= 0
    browser.press(Keys.ENTER)
    assert browser.focused.tag_name == "main"
    browser.press(Keys.TAB)
    assert browser.focused.text == "diagram"


def test_the_keyboard_reaches_everything_in_the_order_of_reading(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "types/MarketingAssignedOffers.html")
    assert visited(browser) == [
        "a Skip to the content",
        "a Customer profile catalogue",
        "a Overview",
        "a Diagram",
        "a Example profile",
        "a Object type",
        "div fields-table-caption",
        "a AccountNumber",
        "a EmailAddress",
        "a PhoneNumber",
        "a Attributes.offerName",
        "a Attributes.offerViewed",
        "div keys-table-caption",
        "div example-1-object",
        "div example-1-values-caption",
        "a AccountNumber",
        "a EmailAddress",
        "a Attributes.offerName",
        "a Attributes.offerViewed",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_is_a_stop_of_the_keyboard_and_none_is_a_trap(
    browser: Browser, site: Path, page: str
) -> None:
    browser.open(site / page)
    reached = visited(browser)
    links = browser.evaluate("document.querySelectorAll('a').length")
    assert sum(each.startswith("a ") for each in reached) == links


def test_the_enter_key_follows_a_label_of_the_diagram(browser: Browser, site: Path) -> None:
    browser.open(site / "diagram.html")
    browser.evaluate("document.querySelector('svg a').focus()")
    browser.press(Keys.ENTER)
    assert browser.page == "MarketingAssignedOffers.html"


def test_the_keyboard_can_pass_over_the_diagram(browser: Browser, site: Path) -> None:
    browser.open(site / "diagram.html")
    browser.evaluate("document.querySelector('figure .skip').focus()")
    assert browser.focused.is_displayed()
    browser.press(Keys.ENTER, Keys.TAB)
    assert browser.focused.get_attribute("id") == "edges-table-filter"


def test_the_filter_hides_rows_as_one_types_and_says_how_many_are_left(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "index.html")
    everything = shown_rows(browser, "attributes-table")
    assert len(everything) == 17
    browser.find("#attributes-table-filter").click()
    browser.press("Trial date")
    assert shown_rows(browser, "attributes-table") == [
        "Attributes.TrialEndDate",
        "Attributes.TrialStartDate",
    ]
    assert browser.find("[role=status]").text == "2 of 17"
    # Of the table of object types, which has no filter, all rows stay.
    assert len(shown_rows(browser, "types-table")) == 3
    browser.press(Keys.ESCAPE)
    assert shown_rows(browser, "attributes-table") == everything
    assert browser.find("[role=status]").text == ""


def test_a_filter_that_finds_nothing_says_so(browser: Browser, site: Path) -> None:
    browser.open(site / "diagram.html")
    browser.find("#edges-table-filter").send_keys("no such field")
    assert shown_rows(browser, "edges-table") == []
    assert browser.find("[role=status]").text == "0 of 19"


@pytest.mark.parametrize("page", PAGES)
def test_without_scripts_every_row_shows_and_no_filter(
    browser: Browser, site: Path, page: str
) -> None:
    browser.scripts(on=False)
    browser.open(site / page)
    assert all(row.is_displayed() for row in browser.all("tr"))
    assert len(browser.all("tr")) > 3
    assert not any(box.is_displayed() for box in browser.all(".filter"))


def test_every_page_is_read_without_a_word_of_complaint_and_from_the_disk_alone(
    browser: Browser, site: Path
) -> None:
    for page in sorted(site.rglob("*.html")):
        browser.open(page)
        requested = browser.requested()
        assert {name.rpartition("/")[2] for name in requested} >= {"style.css", "filter.js"}
        assert all(name.startswith(f"{site.as_uri()}/") for name in requested)
        assert browser.said() == []


def test_the_pages_forbid_themselves_to_load_from_elsewhere(browser: Browser, site: Path) -> None:
    browser.open(site / "index.html")
    # Port 9 discards; the browser must not even try.
    browser.driver.execute_script(
        "const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';"
    )
    (complaint,) = browser.said()
    assert "violates the following Content Security Policy" in complaint


def test_hostile_texts_stay_texts(browser: Browser, hostile_site: Path) -> None:
    for page in sorted(hostile_site.rglob("*.html")):
        browser.open(page)
        # An alert would make this fail, too.
        assert browser.evaluate("document.scripts.length") == 1
        assert browser.said() == []
    browser.open(hostile_site / "index.html")
    assert HOSTILE in browser.find("main").text


def test_a_page_of_a_hostile_name_can_be_reached(browser: Browser, hostile_site: Path) -> None:
    browser.open(hostile_site / "index.html")
    browser.link("Attributes.../../etc/passwd").click()
    assert browser.find("h1").text == "Attributes.../../etc/passwd"
    browser.link("CON").click()
    assert browser.find("h1").text == "CON"


def test_a_missing_chromium_is_a_failure_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="tests/install_packages chromium"):
        program("chromium")
