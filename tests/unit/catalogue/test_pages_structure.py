"""How the pages are made: well formed, whole, readable by everyone, and the same every time."""

import hashlib
import os
import posixpath
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag

import pytest

from lifecycle.catalogue.pages import render
from tests.unit.catalogue.html_page import Element, rows
from tests.unit.catalogue.samples import HOSTILE, mapping
from tests.unit.catalogue.sites import SITES, files, pages, read_all, said

REPOSITORY = Path(__file__).parents[3]


Pages = dict[str, Element]


@pytest.fixture(params=SITES)
def name(request: pytest.FixtureRequest) -> str:
    """The name of each of the sites."""
    return str(request.param)


@pytest.fixture
def site(name: str) -> dict[str, bytes]:
    """Its files."""
    return files(name)


@pytest.fixture
def read_pages(name: str) -> Pages:
    """Its pages."""
    return pages(name)


def test_every_line_of_the_diagram_is_a_row_of_the_table(read_pages: Pages) -> None:
    page = read_pages["diagram.html"]
    lines = {
        each.all("title")[0].text
        for each in page.all("g")
        if (each.attributes.get("class") or "").startswith("line")
    }
    listed = {
        f"{row[0]}.{row[1]} → {row[3]}" for row in rows(page, "edges-table") if row[3] != "none"
    }
    assert {" ".join(line.split()) for line in lines} == listed


def test_pages_are_well_formed_and_in_one_language(
    site: dict[str, bytes], read_pages: Pages
) -> None:
    for name, page in read_pages.items():
        assert site[name].startswith(b"<!doctype html>\n")
        assert page.one("html").attributes["lang"] == "en"
        identifiers = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
        assert len(identifiers) == len(set(identifiers)), name


def test_titles_say_where_one_is(read_pages: Pages) -> None:
    titles = [page.all("title")[0].text for page in read_pages.values()]
    assert all(title.endswith("Customers") for title in titles)
    assert len(set(titles)) == len(titles)


def test_every_link_leads_to_a_page_and_a_place_that_are_there(
    site: dict[str, bytes], read_pages: Pages
) -> None:
    for name, page in read_pages.items():
        for element in page.all("a", "link", "script"):
            target = element.attributes.get("href") or element.attributes.get("src")
            assert target is not None
            path, anchor = urldefrag(target)
            where = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            where = where if path else name
            assert where in site, f"{name} -> {target}"
            if anchor:
                places = [each.attributes.get("id") for each in read_pages[where].walk()]
                assert anchor in places, f"{name} -> {target}"


def test_every_page_can_be_reached_from_the_overview(read_pages: Pages) -> None:
    seen, open_pages = set(), ["index.html"]
    while open_pages:
        name = open_pages.pop()
        if name in seen:
            continue
        seen.add(name)
        for link in read_pages[name].all("a"):
            path = urldefrag(str(link.attributes["href"])).url
            if path:
                open_pages.append(
                    posixpath.normpath(f"{posixpath.dirname(name)}/{path}").lstrip("/")
                )
    assert seen == read_pages.keys()


def test_nothing_comes_from_anywhere_else(site: dict[str, bytes], read_pages: Pages) -> None:
    for name, content in site.items():
        text = content.decode()
        own = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        if name.endswith((".css", ".js")):
            assert "url(" not in own
            assert "@import" not in own
            assert "//" not in re.sub(r"(?m)^\s*// .*$", "", own)
        if name.endswith(".html"):
            for each in read_pages[name].walk():
                for attribute, value in each.attributes.items():
                    assert attribute not in {"style", "onclick", "onload", "srcset"}
                    if attribute in {"href", "src"}:
                        assert re.match(r"[a-z]+:|//", value or "") is None, value


def test_headings_go_down_step_by_step(read_pages: Pages) -> None:
    for name, page in read_pages.items():
        levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1, name
        assert levels.count(1) == 1
        assert all(below <= above + 1 for above, below in pairwise(levels)), name


def test_every_page_has_its_landmarks_and_a_way_past_them(read_pages: Pages) -> None:
    for page in read_pages.values():
        body = page.one("body")
        first = next(each for each in body.children if isinstance(each, Element))
        assert (first.tag, first.attributes["href"]) == ("a", "#content")
        assert page.one("main").attributes["id"] == "content"
        assert page.one("nav").attributes["aria-label"]
        assert page.one("header")
        assert page.one("footer")


def test_the_navigation_says_which_page_is_shown(read_pages: Pages) -> None:
    for name, page in read_pages.items():
        current = [
            each.text for each in page.one("nav").all("a") if "aria-current" in each.attributes
        ]
        expected = {
            "index.html": ["Overview"],
            "diagram.html": ["Diagram"],
            "profile.html": ["Example profile"],
        }
        assert current == expected.get(name, [])


def test_tables_have_captions_and_say_what_their_headings_are_for(read_pages: Pages) -> None:
    for name, page in read_pages.items():
        for table in page.all("table"):
            caption = table.one("caption")
            assert caption.text.strip()
            assert all(each.attributes["scope"] == "col" for each in table.one("thead").all("th"))
            for row in table.one("tbody").all("tr"):
                headings = [each.attributes["scope"] for each in row.all("th")]
                assert headings == ["row"] or table.attributes["id"] == "values-table", name
                assert len(row.all("th", "td")) == len(table.one("thead").all("th"))


def test_what_scrolls_can_be_reached_and_has_a_name(read_pages: Pages) -> None:
    scrolling = [
        each.attributes
        for page in read_pages.values()
        for each in page.walk()
        if "scroll" in (each.attributes.get("class") or "").split()
    ]
    assert scrolling
    for each in scrolling:
        assert (each["role"], each["tabindex"]) == ("region", "0")
        assert "aria-label" in each or "aria-labelledby" in each


def test_labels_and_references_name_what_is_there(read_pages: Pages) -> None:
    for page in read_pages.values():
        places = {each.attributes.get("id") for each in page.walk()}
        for element in page.walk():
            for attribute in ("aria-labelledby", "aria-describedby", "for", "data-filters"):
                named = element.attributes.get(attribute)
                assert named is None or set(named.split()) <= places
        labels = {each.attributes["for"] for each in page.all("label")}
        assert {each.attributes["id"] for each in page.all("input")} == labels


def test_the_pages_are_whole_without_a_script(read_pages: Pages) -> None:
    for page in read_pages.values():
        # Of no use without one, a filter box shows itself; nothing else is hidden.
        hidden = [each for each in page.walk() if "hidden" in each.attributes]
        assert hidden == [each for each in page.walk() if "data-filters" in each.attributes]
        assert all(not each.children for each in page.all("script"))


def test_half_of_a_surrogate_pair_becomes_a_question_mark() -> None:
    site = render([mapping(description="a\ud800b")], "Customers")
    assert "a?b" in said(read_all(site)["index.html"])


def test_whatever_a_mapping_says_stays_text() -> None:
    site = render(SITES["hostile"], HOSTILE)
    hostile = read_all(site)
    for name, page in hostile.items():
        assert b"<script>alert" not in site[name]
        assert b"</style>" not in site[name]
        scripts = [each.attributes.get("src") for each in page.all("script")]
        assert len(scripts) == 1
        assert page.all("b", "style", "img") == []
        assert HOSTILE in page.all("title")[0].text
    assert HOSTILE in said(hostile["index.html"])


def test_files_have_safe_names_whatever_their_subjects_are_called() -> None:
    for name in files("hostile"):
        assert re.fullmatch(r"(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9._-]*", name)
        assert ".." not in name
    names = [name.casefold() for name in files("hostile")]
    assert len(set(names)) == len(names)


def test_the_order_of_hashes_does_not_show(tmp_path: Path) -> None:
    code = (
        "import hashlib, mappings\n"
        "from lifecycle.catalogue.pages import render\n"
        "files = render(mappings.load(), 'Customers')\n"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    here = repr(sorted(files("published").items()))
    assert found == {hashlib.sha256(here.encode()).hexdigest()}


def test_no_page_tells_where_or_when_it_was_written(site: dict[str, bytes]) -> None:
    for content in site.values():
        text = content.decode()
        assert str(REPOSITORY) not in text
        assert str(Path.home()) not in text or str(Path.home()) == "/"
