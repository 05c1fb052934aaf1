"""The look that the console and the catalogue of mappings share: a frame, parts, a style, an icon.

A site is a folder with `templates/` and `assets/` of its own, which come on top of these.
"""

import re
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

NAMES: Final = re.compile(r"(?<=.[._])")
"""Where a long name may go to the next line: after dots and underscores, but for the first."""

_HERE: Final = Path(__file__).parent


def environment(site: Path, **options: Any) -> Environment:
    """The templates of a site, which escape whatever they are given. options: more of jinja's."""
    return Environment(
        loader=FileSystemLoader([site / "templates", _HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )


def asset(site: Path, name: str) -> bytes:
    """A file that the pages of a site load: the shared one, and after it the site's own.

    Raises: FileNotFoundError where there is neither.
    """
    files = [folder / "assets" / name for folder in (_HERE, site)]
    found = [file.read_bytes() for file in files if file.is_file()]
    if not found:
        raise FileNotFoundError(name)
    return b"\n".join(found)


def breakable(text: str, at: re.Pattern[str] = NAMES) -> Markup:
    """The text, escaped, which may go to the next line there."""
    return Markup("<wbr>").join(at.split(text))
