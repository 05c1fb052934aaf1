"""The pages of the catalogue: what the templates are given, and the files that they become."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from emulator import look
from lifecycle.catalogue import words
from lifecycle.catalogue.attributes import Attribute, Manner, attributes_of
from lifecycle.catalogue.diagram import diagram_of
from lifecycle.catalogue.file_names import file_names
from lifecycle.catalogue.replay import Replay, Value, examples_of, replay
from profiles import Field, ObjectType, ObjectTypeMapping
from profiles.standard import ATTRIBUTES

FILTER_FROM: Final = 10
"""Rows from which a table gets a filter box."""

_BREAKS: Final = {
    "names": look.NAMES,
    "words": re.compile(r"(?<=.[._])|(?<=[a-z0-9])(?=[A-Z])"),
    "folders": re.compile(r"(?<=/)"),
}
"""Where a long name may go to the next line: after dots and underscores, ..."""

_HERE: Final = Path(__file__).parent
_ASSETS: Final = ("style.css", "filter.js", "icon.svg")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of an object type, the attributes that it fills and the keys that it is part of."""

    field: Field
    fills: tuple[tuple[str, Manner], ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """Everything that the pages tell."""

    title: str
    mappings: tuple[ObjectTypeMapping, ...]

    @cached_property
    def object_types(self) -> tuple[ObjectType, ...]:
        """All object types, in the order of their modules."""
        return tuple(mapping.object_type for mapping in self.mappings)

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """All attributes."""
        return attributes_of(self.object_types)

    @cached_property
    def together(self) -> Replay:
        """All examples of all types, one after the other."""
        return replay(
            self.mappings, [each for mapping in self.mappings for each in examples_of(mapping)]
        )

    def alone(self, mapping: ObjectTypeMapping) -> list[Replay]:
        """Each example of one type by itself."""
        return [replay([mapping], [example]) for example in examples_of(mapping)]

    @cached_property
    def fills(self) -> dict[tuple[str, str], list[tuple[str, Manner]]]:
        """(object type, field) to the attributes that it fills."""
        found: dict[tuple[str, str], list[tuple[str, Manner]]] = {}
        for attribute in self.attributes:
            for writer in attribute.writers:
                if writer.manner is not Manner.MEMBER:
                    place = (writer.object_type.name, writer.field.name)
                    found.setdefault(place, []).append((attribute.name, writer.manner))
        return found

    def rows(self, object_type: ObjectType) -> list[FieldRow]:
        """The fields of one type."""
        return [
            FieldRow(
                field,
                tuple(self.fills.get((object_type.name, field.name), ())),
                tuple(key.name for key in object_type.keys if field.name in key.fields),
            )
            for field in object_type.fields
        ]

    @cached_property
    def _values(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for profile in self.together.profiles:
            for value in profile.values:
                name = self.page_name(value.name)
                if name is not None:
                    found.setdefault(name, []).append(value)
        return found

    def values_of(self, attribute: Attribute) -> list[Value]:
        """What the attribute has in each profile that the examples give together."""
        return self._values.get(attribute.name, [])

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the attributes, each of which has a page."""
        return frozenset(attribute.name for attribute in self.attributes)

    def page_name(self, name: str) -> str | None:
        """The attribute whose page tells of this path: `Address` for `Address.City`."""
        # What follows `Attributes.` is one name, dots included.
        above, found, _ = f".{name}".partition(f".{ATTRIBUTES}.")
        whole = f"{above}.{ATTRIBUTES}"[1:] if found else name.rpartition(".")[0]
        # The enumeration Gender is kept as its text, GenderString.
        names = (name, whole, name.removesuffix("String"))
        return next((known for known in names if known in self.names), None)


def render(mappings: Sequence[ObjectTypeMapping], title: str) -> dict[str, bytes]:
    """Path below the folder to the content of each file of the site."""
    site = Site(title, tuple(mappings))
    return _Renderer(site).files()


class _Renderer:
    def __init__(self, site: Site) -> None:
        self._site = site
        type_files = file_names(each.name for each in site.object_types)
        attribute_files = file_names(each.name for each in site.attributes)
        self._type_paths = {name: f"types/{stem}.html" for name, stem in type_files.items()}
        self._attribute_paths = {
            name: f"attributes/{stem}.html" for name, stem in attribute_files.items()
        }
        self._environment = look.environment(_HERE, keep_trailing_newline=True)
        self._environment.filters |= {"breakable": _breakable}
        self._environment.globals |= {
            "site": site,
            "words": words,
            "Manner": Manner,
            "type_path": self._type_paths.__getitem__,
            "attribute_path": self._attribute_path,
            "filter_from": FILTER_FROM,
            "counted": words.counted,
        }

    def files(self) -> dict[str, bytes]:
        site = self._site
        files = {name: look.asset(_HERE, name) for name in _ASSETS}
        files["index.html"] = self._page("index.html")
        diagram = diagram_of(site.object_types, site.attributes)
        files["diagram.html"] = self._page("diagram.html", diagram=diagram)
        files["profile.html"] = self._page("profile.html")
        for mapping in site.mappings:
            path = self._type_paths[mapping.object_type.name]
            files[path] = self._page(
                "type.html",
                "../",
                mapping=mapping,
                object_type=mapping.object_type,
                replays=site.alone(mapping),
            )
        for attribute in site.attributes:
            path = self._attribute_paths[attribute.name]
            files[path] = self._page("attribute.html", "../", attribute=attribute)
        return files

    def _page(self, template: str, root: str = "", **given: Any) -> bytes:
        text = self._environment.get_template(template).render(root=root, here=template, **given)
        # Half of a surrogate pair is no character that a file could hold.
        return text.encode("utf-8", "replace")

    def _attribute_path(self, name: str) -> str | None:
        known = self._site.page_name(name)
        return None if known is None else self._attribute_paths[known]


def _breakable(text: str, where: str = "names") -> Markup:
    """The text, which may go to the next line there."""
    return look.breakable(text, _BREAKS[where])
