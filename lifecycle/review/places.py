"""On which line of a mapping module its object type, fields and keys stand.

Read from the source text, so that a module need not run for it; where rows are made in a way that
the text does not show, the line of the object type stands for them.
"""

import ast
from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from profiles import Field, Key, ObjectType

_MEMBERS: Final = {
    kind.__name__: tuple(each.name for each in fields(kind)) for kind in (Field, Key, ObjectType)
}
_DECLARED: Final = "OBJECT_TYPE"


def places(text: str) -> dict[str, int]:
    """Place to line, from 1.

    `""` for the object type, `description` and the like for its members, `field X`, `key Y` (the
    first entry of that name) and, for each entry, what `entry_place` gives.
    """
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[str, int] = {}
    if (declared := _declared(module)) is not None:
        found[""] = declared.lineno
    for call, kind in _calls(module):
        members = _members(call, _MEMBERS[kind])
        if kind == ObjectType.__name__:
            found.setdefault("", call.lineno)
            for member, (line, _) in members.items():
                found.setdefault(member, line)
        elif (name := _text(members.get("name"))) is not None:
            found.setdefault(f"{kind.lower()} {name}", call.lineno)
            if kind == Key.__name__:
                found.setdefault(_entry(name, _texts(members.get("fields"))), call.lineno)
    return found


def entry_place(key: Key) -> str:
    """The place of one of several entries of a key's name."""
    return _entry(key.name, key.fields)


def _entry(name: str, names: tuple[str, ...]) -> str:
    return f"key {name} over {', '.join(names)}"


def _declared(module: ast.Module) -> ast.stmt | None:
    """The statement that gives the module its object type."""
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        if any(isinstance(each, ast.Name) and each.id == _DECLARED for each in targets):
            return statement
    return None


def _calls(module: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Calls that make a row, each with what it makes, in the order of the text."""
    imported = {
        alias.asname or alias.name: alias.name
        for statement in module.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
        if alias.name in _MEMBERS
    }
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        function = call.func
        if isinstance(function, ast.Name) and function.id in imported:
            yield call, imported[function.id]
        elif isinstance(function, ast.Attribute) and function.attr in _MEMBERS:
            yield call, function.attr


def _members(call: ast.Call, names: tuple[str, ...]) -> dict[str, tuple[int, ast.expr]]:
    """Member to (line, the expression that gives it)."""
    given = {name: (node.lineno, node) for name, node in zip(names, call.args, strict=False)}
    named = {each.arg: (each.lineno, each.value) for each in call.keywords if each.arg is not None}
    return given | named


def _text(member: tuple[int, ast.expr] | None) -> str | None:
    node = None if member is None else member[1]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts(member: tuple[int, ast.expr] | None) -> tuple[str, ...]:
    elements = member[1].elts if member is not None and isinstance(member[1], ast.Tuple) else []
    return tuple(text for each in elements if (text := _text((each.lineno, each))) is not None)
