"""The catalogue in the dark, on a small screen, on paper, and as a screen reader hears it."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import NARROW, WIDE, Browser
from tests.browser.test_catalogue import PAGES

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PATIENCE = 10
WEAK_TEXTS = """(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const weak = [];
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.getClientRects().length || element.closest('title, desc')) continue;
    const style = getComputedStyle(element);
    const colour = parse(element.closest('svg') ? style.fill : style.color);
    const [one, other] = [light(colour), light(ground(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    seen += 1;
    if (ratio < 4.5) weak.push(`${text}: ${ratio.toFixed(2)}`);
  }
  return [seen, weak];
})()"""
"""(number of texts that show, those whose contrast is below that of WCAG 2.2 AA)."""


def picture(page: str, width: int, scheme: str) -> Path:
    """Where the screenshot of a page is kept."""
    name = page.removesuffix(".html").replace("/", "-")
    return SCREENSHOTS / f"catalogue-{name}-{width}-{scheme}.png"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_every_text_has_contrast_in_light_and_in_dark(
    browser: Browser, site: Path, page: str, scheme: str
) -> None:
    browser.media(scheme)
    browser.open(site / page)
    seen, weak = browser.evaluate(WEAK_TEXTS)
    assert seen > 30
    assert weak == []
    browser.screenshot(picture(page, WIDE, scheme))


def test_a_text_without_contrast_would_be_found(browser: Browser, site: Path) -> None:
    browser.open(site / "index.html")
    browser.driver.execute_script("document.querySelector('h1').style.color = '#999'")
    _, weak = browser.evaluate(WEAK_TEXTS)
    assert [each.partition(":")[0] for each in weak] == ["Customer profile catalogue"]


def test_the_page_is_dark_where_the_reader_wants_it_dark(browser: Browser, site: Path) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        browser.media(scheme)
        browser.open(site / "index.html")
        ground = browser.find("html").value_of_css_property("background-color")
        grounds[scheme] = [int(each) for each in ground.strip("rgba()").split(",")[:3]]
    assert min(grounds["light"]) > 230
    assert max(grounds["dark"]) < 40


@pytest.mark.parametrize("page", PAGES)
def test_a_small_screen_scrolls_only_down_and_tables_within_their_own_region(
    browser: Browser, site: Path, page: str
) -> None:
    browser.width(NARROW)
    browser.open(site / page)
    browser.screenshot(picture(page, NARROW, "light"))
    assert browser.evaluate("document.documentElement.scrollWidth") == NARROW
    wide = browser.evaluate(
        "[...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth)"
    )
    assert wide
    browser.driver.execute_script("arguments[0].focus()", wide[0])
    browser.press(Keys.ARROW_RIGHT)
    # The browser scrolls with its next picture.
    WebDriverWait(browser.driver, PATIENCE, 0.05).until(
        lambda _: browser.evaluate("arguments[0].scrollLeft", wide[0]) > 0
    )


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_outline_of_a_link_at_the_edge_of_a_table_is_not_cut_off(
    browser: Browser, site: Path, width: int
) -> None:
    browser.width(width)
    browser.open(site / "index.html")
    link = browser.link("AccountNumber")
    region = link.find_element("xpath", "ancestor::*[@role='region']")
    browser.driver.execute_script("arguments[0].focus({focusVisible: true})", link)
    sizes = [link.value_of_css_property(f"outline-{each}") for each in ("width", "offset")]
    outline = sum(float(each.removesuffix("px")) for each in sizes)
    assert outline > 3
    assert link.rect["x"] - outline >= region.rect["x"]
    assert region.rect["x"] >= 0


def test_a_long_name_stays_on_a_small_screen(browser: Browser, hostile_site: Path) -> None:
    browser.width(NARROW)
    for page in sorted(hostile_site.rglob("*.html")):
        browser.open(page)
        assert browser.evaluate("document.documentElement.scrollWidth") == NARROW, page


def test_captions_stay_on_a_small_screen(browser: Browser, site: Path) -> None:
    browser.width(NARROW)
    browser.open(site / "index.html")
    for caption in browser.all("caption span"):
        assert caption.rect["width"] <= NARROW


def test_paper_has_no_navigation_and_nothing_cut_off(browser: Browser, site: Path) -> None:
    browser.media("dark", "print")
    browser.open(site / "index.html")
    assert not browser.find("nav").is_displayed()
    assert not browser.find(".filter").is_displayed()
    assert (
        browser.find("html").value_of_css_property("background-color") == "rgba(255, 255, 255, 1)"
    )
    assert browser.find(".scroll").value_of_css_property("overflow-x") == "visible"
    browser.media()
    printed = base64.b64decode(browser.command("Page.printToPDF")["data"])
    assert printed.startswith(b"%PDF-")


# What a screen reader hears


def value(node: Mapping[str, Any], what: str) -> str:
    """The role, name or description of a node."""
    return str(node.get(what, {}).get("value", ""))


def named(nodes: list[Mapping[str, Any]], role: str) -> list[str]:
    """The names of all nodes of a role, in order."""
    return [value(node, "name") for node in nodes if value(node, "role") == role]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_landmarks_and_a_title(browser: Browser, site: Path, page: str) -> None:
    browser.open(site / page)
    nodes = browser.accessibility()
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert len(named(nodes, role)) == 1
    assert named(nodes, "navigation") == ["Catalogue"]
    (title,) = named(nodes, "RootWebArea")
    assert title.endswith("Customer profile catalogue")


@pytest.mark.parametrize("page", PAGES)
def test_whatever_can_be_used_has_a_name(browser: Browser, site: Path, page: str) -> None:
    browser.open(site / page)
    nodes = browser.accessibility()
    usable = [node for node in nodes if focusable(node) and value(node, "role") != "RootWebArea"]
    assert len(usable) > 10
    nameless = [value(node, "role") for node in usable if not value(node, "name")]
    # The content itself takes the focus from the link that skips to it, and needs no name.
    assert [role for role in nameless if role != "main"] == []


def focusable(node: Mapping[str, Any]) -> bool:
    """Whether the node can have the focus."""
    return any(
        each["name"] == "focusable" and each["value"]["value"] for each in node["properties"]
    )


@pytest.mark.parametrize("page", PAGES)
def test_tables_are_heard_as_tables_with_their_captions(
    browser: Browser, site: Path, page: str
) -> None:
    browser.open(site / page)
    nodes = browser.accessibility()
    captions = [each.text for each in browser.all("caption")]
    assert named(nodes, "table") == captions
    regions = named(nodes, "region")
    assert set(captions) <= set(regions)
    assert len(named(nodes, "columnheader")) == len(browser.all("thead th"))


def test_the_filter_is_heard_as_a_search_with_its_result(browser: Browser, site: Path) -> None:
    browser.open(site / "index.html")
    browser.find("#attributes-table-filter").send_keys("phone")
    nodes = browser.accessibility()
    assert named(nodes, "search") == ["Profile attributes"]
    assert named(nodes, "searchbox") == ["Filter attributes"]
    assert len(named(nodes, "status")) == 1
    assert "1 of 17" in named(nodes, "StaticText")
    assert len(named(nodes, "rowheader")) == 3 + 1


def test_the_diagram_is_heard_in_words_with_its_labels_as_links(
    browser: Browser, site: Path
) -> None:
    browser.open(site / "diagram.html")
    nodes = browser.accessibility()
    (diagram,) = [
        node
        for node in nodes
        if value(node, "name") == "Source fields and the attributes that they fill"
        and value(node, "role") != "StaticText"
    ]
    assert "3 object types with 19 fields" in value(diagram, "description")
    assert "17 attributes" in value(diagram, "description")
    links = named(nodes, "link")
    # Once in the diagram, once in each of its lines of the table.
    assert links.count("EmailAddress") == 2
    assert links.count("AccountNumber") == 1 + 3
    assert "Skip the diagram" in links
