"""A real Chromium without a window, and the catalogues that it reads from the disk."""

import base64
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

import mappings
from lifecycle.catalogue.folder import write
from lifecycle.catalogue.pages import render
from tests.unit.catalogue.samples import HOSTILE_MAPPING

FLAGS: Final = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage
--hide-scrollbars""".split()
WIDE: Final = 1280
NARROW: Final = 320
"""WCAG 2.2, success criterion 1.4.10."""
HEIGHT: Final = 900


def program(name: str) -> str:
    """Where Debian's program is. Without it the tests fail: none of them may be passed over."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not installed: run tests/install_packages chromium", pytrace=False)
    return found


class Browser:
    """What a reader does: look, click, type; and what the browser says about a page."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, page: Path) -> None:
        """Show a page from the disk; what the browser said before is forgotten."""
        self.said()
        self.requested()
        self.driver.get(page.as_uri())

    @property
    def page(self) -> str:
        """Name of the file that is shown, without its folder."""
        return self.driver.current_url.rpartition("/")[2]

    def media(self, scheme: str = "light", media: str = "") -> None:
        """The reader's colour scheme, and `print` for paper. Nothing moves."""
        wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        self.command("Emulation.setEmulatedMedia", features=features, media=media)

    def width(self, pixels: int) -> None:
        """The width of the window, which may be less than a window of this system could have."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=pixels,
            height=HEIGHT,
            deviceScaleFactor=1,
            mobile=False,
        )

    def scripts(self, *, on: bool) -> None:
        """Whether pages may run scripts."""
        self.command("Emulation.setScriptExecutionDisabled", value=not on)

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def evaluate(self, expression: str, *arguments: Any) -> Any:
        """The value of a JavaScript expression, in which the arguments are `arguments`."""
        return self.driver.execute_script(f"return {expression}", *arguments)

    def find(self, selector: str) -> WebElement:
        """The first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """All elements of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def link(self, text: str, within: str = "main") -> WebElement:
        """The first link with this text."""
        return self.find(within).find_element(By.LINK_TEXT, text)

    def press(self, *keys: str) -> None:
        """Keys, one after the other, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    @property
    def focused(self) -> WebElement:
        """The element that has the focus."""
        return self.driver.switch_to.active_element

    def said(self) -> list[str]:
        """Errors and warnings of the browser since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requested(self) -> list[str]:
        """Every address that the browser asked for since the page was opened."""
        events = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def accessibility(self) -> list[Mapping[str, Any]]:
        """What the browser tells a screen reader: the nodes of its tree that are not ignored."""
        self.command("Accessibility.enable")
        nodes = self.command("Accessibility.getFullAXTree")["nodes"]
        return [node for node in nodes if not node["ignored"]]

    def screenshot(self, path: Path) -> None:
        """The whole page as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(program("chromedriver")))
    # No other window has the focus.
    driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture
def browser(_chromium: Browser) -> Browser:
    """One browser for all tests, as it is when it is new: wide, light, with scripts."""
    _chromium.scripts(on=True)
    _chromium.width(WIDE)
    _chromium.media()
    return _chromium


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of the repository's own mappings."""
    folder = tmp_path_factory.mktemp("site")
    write(folder, render(mappings.load(), "Customer profile catalogue"))
    return folder


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue every text of which would do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    write(folder, render([HOSTILE_MAPPING], "Hostile"))
    return folder
