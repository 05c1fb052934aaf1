"""Source expressions: where a field's value comes from in the source record.

Either an accessor (`_source.address.city`) or a Handlebars template over `_source`. Admin guide,
"Mapping field definitions": `_source` is the only root; plain interpolation, nested paths,
concatenation, `#if`, `#unless`, `#each`, `#with` and `removeExtraSpace` are documented. What the
guide does not name (`else`, `{{{ }}}`, other helpers, index access) is refused here, because the
service's answer to it is not known. A name without `_source` is relative to the item of `#each` or
the object of `#with`, and stands nowhere else. Interpolated values are not HTML-escaped.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

ROOT: Final = "_source"
MAX_DEPTH: Final = 32

_NAME: Final = r"[^\s.{}\[\]/#\"'()=|@&!>~^;,]+"
_ACCESSOR: Final = re.compile(rf"{ROOT}((?:\.{_NAME})*)")
_PATH: Final = re.compile(rf"(?:this|{_NAME})(?:\.{_NAME})*")
_MUSTACHE: Final = re.compile(r"\{\{(?!\{)([^{}]*)\}\}")
_BLOCKS: Final = frozenset({"if", "unless", "each", "with", "removeExtraSpace"})
_CONTEXTS: Final = frozenset({"each", "with"})
"""Blocks in which names are relative: to the item, or to the object."""
_SHORTEST_EXPONENT: Final = re.compile(r"e([+-])0*(\d)")


class SourceError(ValueError):
    """A source expression that is not of the documented form. position: 0-based character."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed source expression.

    path: the member names of a plain accessor, without `_source`; None for a template.
    paths: every path below `_source` that the expression names outside of blocks' own contexts.
    """

    path: tuple[str, ...] | None
    paths: frozenset[tuple[str, ...]]
    _nodes: tuple["_Node", ...] = ()

    def evaluate(self, record: Mapping[str, Any]) -> Any:
        """The JSON value of an accessor, the text of a template; None for a missing path."""
        if self.path is not None:
            return _walk(record, self.path)
        return _render(self._nodes, record, record)


@dataclass(frozen=True, slots=True)
class _Node:
    """Text, an interpolation, or a block. rooted: whether the path starts at `_source`."""

    text: str = ""
    block: str | None = None
    path: tuple[str, ...] | None = None
    rooted: bool = True
    children: tuple["_Node", ...] = ()


@lru_cache(maxsize=4096)
def parse(source: str) -> Source:
    """The parsed expression. Raises: SourceError."""
    if "{{" in source or "}}" in source:
        nodes = _Parser(source).parse()
        return Source(None, frozenset(_rooted_paths(nodes)), nodes)
    match = _ACCESSOR.fullmatch(source)
    if match is None:
        raise SourceError(_accessor_problem(source), 0)
    path = tuple(match[1].split(".")[1:])
    if not path:
        raise SourceError(f"an accessor names a member of the record, e.g. {ROOT}.email", 0)
    return Source(path, frozenset({path}))


def as_text(value: Any) -> str | None:
    """How a JSON value becomes a profile value, all of which are strings (API model, Profile).

    None for null, "", objects and arrays: they carry no value. Numbers and booleans keep their
    JSON spelling, floats the shortest one (aws-semantics section 7): 449.0 is `449`.
    """
    if value.__class__ is str:
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:  # noqa: PLR2004 - where JSON turns to exponents
            return str(int(value))
        return _SHORTEST_EXPONENT.sub(r"e\1\2", repr(value))
    return None


def _accessor_problem(source: str) -> str:
    if "[" in source:
        return "index access is not documented; only #each reads arrays"
    if not source.startswith(ROOT):
        return f"a path starts with {ROOT}, e.g. {ROOT}.email"
    return f"not an accessor; write {ROOT}.member or {ROOT}.member.member"


def _walk(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


class _Parser:
    """Splits a template into text and mustaches and nests its blocks."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: list[str] = []

    def parse(self) -> tuple[_Node, ...]:
        levels: list[tuple[_Node, list[_Node]]] = []
        children: list[_Node] = []
        for start, text, tag in self._pieces():
            if text:
                children.append(_Node(text=text))
            if tag is None:
                continue
            if tag.startswith("#"):
                if len(levels) == MAX_DEPTH:
                    raise SourceError(f"blocks nest at most {MAX_DEPTH} deep", start)
                name, node = self._block(tag, start)
                self._open.append(name)
                levels.append((node, children))
                children = []
            elif tag.startswith("/"):
                if not levels or self._open.pop() != tag[1:].strip():
                    raise SourceError("this closing tag has no opening one", start)
                node, outer = levels.pop()
                done = _Node("", node.block, node.path, node.rooted, tuple(children))
                outer.append(done)
                children = outer
            else:
                path, rooted = self._path(tag, start)
                if not path and rooted:
                    raise SourceError(f"name a member, e.g. {ROOT}.email", start)
                children.append(_Node(path=path, rooted=rooted))
        if levels:
            raise SourceError(f"#{self._open[-1]} is not closed", len(self._source))
        return tuple(children)

    def _pieces(self) -> Iterator[tuple[int, str, str | None]]:
        """(position of the tag, text before it, tag); the last with tag None."""
        at = 0
        for match in _MUSTACHE.finditer(self._source):
            yield match.start(), self._text(at, match.start()), match[1].strip()
            at = match.end()
        yield at, self._text(at, len(self._source)), None

    def _text(self, start: int, end: int) -> str:
        text = self._source[start:end]
        for braces in ("{{", "}}"):
            if braces in text:
                raise SourceError("unbalanced or triple braces", start + text.index(braces))
        if text.endswith("{") or (text.startswith("}") and start > 0):
            raise SourceError("{{{ }}} is not documented", start)
        return text

    def _block(self, tag: str, start: int) -> tuple[str, _Node]:
        words = tag[1:].split()
        if not words or words[0] not in _BLOCKS:
            known = ", ".join(f"#{name}" for name in sorted(_BLOCKS))
            raise SourceError(f"the documented blocks are {known}", start)
        name = words[0]
        if name == "removeExtraSpace":
            if len(words) > 1:
                raise SourceError("#removeExtraSpace takes no argument", start)
            return name, _Node(block=name)
        if len(words) != 2:  # noqa: PLR2004 - the helper and its one argument
            raise SourceError(f"#{name} takes one path", start)
        path, rooted = self._path(words[1], start)
        if rooted and name in _CONTEXTS and "each" in self._open:
            # A few of these, one in the other, would run for hours over a record with ten items.
            raise SourceError("inside #each, #each and #with take a path of the item", start)
        return name, _Node(block=name, path=path, rooted=rooted)

    def _path(self, text: str, start: int) -> tuple[tuple[str, ...], bool]:
        """(member names, whether they start at the record)."""
        if _PATH.fullmatch(text) is None or text == "else":
            raise SourceError("neither a path nor a documented block", start)
        names = text.split(".")
        if names[0] == ROOT:
            return tuple(names[1:]), True
        if _CONTEXTS.isdisjoint(self._open):
            raise SourceError(f"a path starts with {ROOT}, e.g. {ROOT}.{names[-1]}", start)
        return tuple(names[1:] if names[0] == "this" else names), False


def _rooted_paths(nodes: tuple[_Node, ...]) -> Iterator[tuple[str, ...]]:
    for node in nodes:
        if node.path and node.rooted:
            yield node.path
        yield from _rooted_paths(node.children)


def _render(nodes: tuple[_Node, ...], record: Mapping[str, Any], context: Any) -> str:
    parts: list[str] = []
    for node in nodes:
        if node.text:
            parts.append(node.text)
            continue
        value = None if node.path is None else _walk(record if node.rooted else context, node.path)
        if node.block is None:
            parts.append(as_text(value) or "")
        elif node.block == "removeExtraSpace":
            parts.append(" ".join(_render(node.children, record, context).split()))
        elif node.block == "each":
            items = list(value.values()) if isinstance(value, Mapping) else value
            if isinstance(items, list):
                parts.extend(_render(node.children, record, item) for item in items)
        elif node.block == "with":
            if _truthy(value):
                parts.append(_render(node.children, record, value))
        elif _truthy(value) is (node.block == "if"):
            parts.append(_render(node.children, record, context))
    return "".join(parts)


def _truthy(value: Any) -> bool:
    """Handlebars: false, null, "", 0 and an empty array are false; an empty object is true."""
    return isinstance(value, Mapping) or bool(value)
