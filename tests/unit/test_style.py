"""The shared palette: contrast as WCAG 2.2 AA asks for, computed, light, dark and on paper."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import emulator.console
import lifecycle.catalogue
from emulator import look

STYLES = {
    package.__name__: look.asset(Path(package.__file__).parent, "style.css").decode()
    for package in (emulator.console, lifecycle.catalogue)
}
PALETTES = r":root \{([^}]*--paper[^}]*)\}"
TEXT, GRAPHIC = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11."""
HUES = [f"hue-{number}" for number in range(6)]


def palettes() -> dict[str, dict[str, str]]:
    """Colours by name: light as they stand, dark and paper with what these change."""
    light, dark, paper = (
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6})\b", block))
        for block in re.findall(PALETTES, STYLES["emulator.console"])
    )
    return {"light": light, "dark": light | dark, "paper": light | dark | paper}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` or `#rgb` (WCAG 2.2, definitions)."""
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_is_computed_as_the_guidelines_do() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("colour", ["ink", "soft", "link"])
def test_text_can_be_read_on_every_ground(scheme: str, ground: str, colour: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[colour], palette[ground]) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
@pytest.mark.parametrize("colour", ["focus", "soft", *HUES])
def test_lines_marks_and_the_focus_can_be_seen_on_every_ground(scheme: str, colour: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[colour], palette["paper"]) >= GRAPHIC
    assert contrast(palette[colour], palette["raised"]) >= GRAPHIC


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_skip_link_can_be_read(scheme: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette["paper"], palette["ink"]) >= TEXT


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_dark_and_paper_change_every_colour_that_light_has(style: str) -> None:
    light, dark, paper = (
        set(re.findall(r"--([a-z0-9-]+): #", block)) for block in re.findall(PALETTES, style)
    )
    assert light == dark == paper


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_no_colour_stands_outside_of_the_palettes(style: str) -> None:
    rest = re.sub(PALETTES, "", style)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rest) == []


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_every_colour_that_is_used_is_defined(style: str) -> None:
    defined = set(re.findall(r"--([a-z0-9-]+):", style))
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", style)) <= defined


@pytest.mark.parametrize("package", [emulator.console, lifecycle.catalogue])
def test_a_site_has_its_own_templates_over_the_shared_ones(package: ModuleType) -> None:
    folder = Path(package.__file__ or "").parent
    own = {file.name for file in (folder / "templates").iterdir()}
    shared = {file.name for file in (Path(look.__file__).parent / "templates").iterdir()}
    assert own.isdisjoint(shared)
    assert set(look.environment(folder).list_templates()) == own | shared


def test_what_neither_a_site_nor_the_look_has_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.css"):
        look.asset(Path(look.__file__).parent, "nothing.css")
