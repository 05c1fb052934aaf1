"""Who may import whom: the arrows between the rooms of this repository, read from its sources.

Imports inside functions and `import_module` with a text count like any other.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MAX_LINES = 400
MAX_PROGRAM_LINES = 60
NO_ROOMS = {"tests", "benchmarks", "docs"}
INPUT_OUTPUT = frozenset(
    """asyncio ftplib http io logging multiprocessing os pathlib select shelve shutil signal smtplib
    socket socketserver sqlite3 ssl subprocess sys tempfile threading urllib""".split()
)


@dataclass(frozen=True)
class Room:
    """What the modules of one package may import beside the standard library.

    ours: packages of this repository. itself: whether its modules may import each other.
    outside: installed packages; None for any. input_output: whether it may touch the world.
    """

    ours: frozenset[str]
    outside: frozenset[str] | None = None
    itself: bool = True
    input_output: bool = True


ROOMS = {
    "profiles": Room(frozenset(), outside=frozenset({"orjson"}), input_output=False),
    "mappings": Room(frozenset({"profiles"}), outside=frozenset()),
    "components": Room(frozenset({"profiles"})),
    "lifecycle": Room(frozenset({"profiles", "mappings", "emulator", "toolchain"})),
    "emulator": Room(frozenset({"profiles"})),
    "plugin": Room(frozenset({"components", "profiles"})),
    "policy": Room(frozenset(), outside=frozenset({"pulumi_policy"})),
    "toolchain": Room(frozenset()),
    "supply_chain": Room(frozenset(), outside=frozenset()),
    # A function is deployed as one file, and runs where nothing else of ours is.
    "lambdas": Room(frozenset(), outside=frozenset({"boto3", "botocore"}), itself=False),
    "__main__": Room(frozenset({"mappings", "components", "profiles"})),
}


@dataclass(frozen=True)
class Import:
    """`file:line` imports `module`; names: what a `from` takes out of it."""

    file: str
    line: int
    module: str
    names: tuple[str, ...] = ()


def sources(root: Path, room: str) -> list[Path]:
    """The Python files of a room; a room that does not exist yet has none."""
    program = root / f"{room}.py"
    return [program] if program.is_file() else sorted((root / room).rglob("*.py"))


def module_name(root: Path, file: Path) -> str:
    """`profiles/validation/__init__.py` is `profiles.validation`."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, file: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands in it."""
    shown = file.relative_to(root).as_posix()
    package = module_name(root, file).split(".")
    if file.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), shown)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(shown, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = tuple(alias.name for alias in node.names)
            yield Import(shown, node.lineno, module, names)
        elif isinstance(node, ast.Call) and node.args and (text := _imported(node)):
            yield Import(shown, node.lineno, text)


def _imported(call: ast.Call) -> str:
    """The module of `import_module("a.b")`; `a` of `import_module(f"a.{name}")`."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in {"import_module", "__import__"}:
        return ""
    text = call.args[0]
    if isinstance(text, ast.JoinedStr):
        text = text.values[0]
        whole = False
    else:
        whole = True
    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        return ""
    return text.value if whole else text.value.rpartition(".")[0]


def forbidden(root: Path) -> list[str]:
    """`file:line: room -> module` of every import that its room does not allow."""
    found = []
    for name, room in ROOMS.items():
        for file in sources(root, name):
            for each in imports(root, file):
                top = each.module.partition(".")[0]
                if not allowed(name, room, top):
                    found.append(f"{each.file}:{each.line}: {name} -> {each.module}")
    return found


def allowed(name: str, room: Room, top: str) -> bool:
    if top == name:
        return room.itself
    if top in ROOMS and top != "__main__":
        return top in room.ours
    if top in sys.stdlib_module_names:
        return room.input_output or top not in INPUT_OUTPUT
    return room.outside is None or top in room.outside


def cycle(root: Path, room: str) -> str:
    """`a -> b -> a` for modules of a room that import each other, "" where none do."""
    files = {module_name(root, file): file for file in sources(root, room)}
    graph: dict[str, set[str]] = {}
    for module, file in files.items():
        graph[module] = {
            target
            for each in imports(root, file)
            for target in _executed(module, each, files.keys())
            if target in files and target != module
        }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return ""


def _executed(importer: str, each: Import, known: frozenset[str]) -> Iterator[str]:
    """The modules that an import runs: those it names, and the packages on the way to them."""
    named = [f"{each.module}.{name}" for name in each.names]
    targets = [name if name in known else each.module for name in named] or [each.module]
    for target in targets:
        yield target
        parts = target.split(".")
        for end in range(1, len(parts)):
            package = ".".join(parts[:end])
            if not f"{importer}.".startswith(f"{package}."):
                yield package


def planted(root: Path, files: dict[str, str]) -> Path:
    """A repository with these files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


# This repository


def test_every_arrow_between_rooms_is_one_of_the_design() -> None:
    assert forbidden(REPOSITORY) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_modules_of_a_room_import_each_other_in_a_circle(room: str) -> None:
    assert cycle(REPOSITORY, room) == ""


def test_every_package_is_a_room_with_its_arrows() -> None:
    packages = {file.parent.name for file in REPOSITORY.glob("[a-z]*/*.py")}
    assert packages - NO_ROOMS <= ROOMS.keys()
    assert {"profiles", "mappings", "components", "lifecycle", "emulator", "toolchain"} <= packages


def test_no_module_is_longer_than_400_lines_tests_included() -> None:
    long = {
        file.relative_to(REPOSITORY).as_posix(): lines
        for folder in ROOMS.keys() | NO_ROOMS
        for file in sources(REPOSITORY, folder)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_the_pulumi_program_has_less_than_60_lines() -> None:
    program = (REPOSITORY / "__main__.py").read_text(encoding="utf-8")
    assert len(program.splitlines()) < MAX_PROGRAM_LINES


# What these tests would find


@pytest.mark.parametrize(
    ("file", "text", "arrow"),
    [
        (
            "profiles/a.py",
            "import emulator.server\n",
            "profiles/a.py:1: profiles -> emulator.server",
        ),
        ("profiles/a.py", "\nimport sqlite3\n", "profiles/a.py:2: profiles -> sqlite3"),
        (
            "profiles/a.py",
            "from http.client import x\n",
            "profiles/a.py:1: profiles -> http.client",
        ),
        ("profiles/a.py", "import pathlib\n", "profiles/a.py:1: profiles -> pathlib"),
        ("profiles/a.py", "import pulumi\n", "profiles/a.py:1: profiles -> pulumi"),
        ("profiles/a.py", "import botocore\n", "profiles/a.py:1: profiles -> botocore"),
        ("profiles/b/c.py", "from ..a import x\nfrom mappings import load\n", "c.py:2: "),
        ("mappings/a.py", "from components import x\n", "mappings/a.py:1: mappings -> components"),
        ("mappings/a.py", "import pulumi\n", "mappings/a.py:1: mappings -> pulumi"),
        ("components/a.py", "import mappings\n", "components/a.py:1: components -> mappings"),
        ("components/a.py", "import lifecycle\n", "components/a.py:1: components -> lifecycle"),
        ("emulator/a.py", "import mappings\n", "emulator/a.py:1: emulator -> mappings"),
        ("emulator/a.py", "from toolchain import x\n", "emulator/a.py:1: emulator -> toolchain"),
        ("toolchain/a.py", "import profiles\n", "toolchain/a.py:1: toolchain -> profiles"),
        (
            "lifecycle/a.py",
            "import components.tags\n",
            "lifecycle/a.py:1: lifecycle -> components.",
        ),
        ("lambdas/a.py", "import orjson\n", "lambdas/a.py:1: lambdas -> orjson"),
        ("lambdas/a.py", "import profiles\n", "lambdas/a.py:1: lambdas -> profiles"),
        ("lambdas/a.py", "from lambdas import b\n", "lambdas/a.py:1: lambdas -> lambdas"),
        ("lambdas/a.py", "from . import b\n", "lambdas/a.py:1: lambdas -> lambdas"),
        ("__main__.py", "import emulator\n", "__main__.py:1: __main__ -> emulator"),
        (
            "lifecycle/a.py",
            "def f():\n    if True:\n        import components\n",
            "lifecycle/a.py:3: lifecycle -> components",
        ),
        (
            "lifecycle/a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import components\n",
            "lifecycle/a.py:3: lifecycle -> components",
        ),
        (
            "emulator/a.py",
            "from importlib import import_module\nimport_module('mappings.x')\n",
            "emulator/a.py:2: emulator -> mappings.x",
        ),
        (
            "emulator/a.py",
            "import importlib\nimportlib.import_module(f'lifecycle.{1}_command')\n",
            "emulator/a.py:2: emulator -> lifecycle",
        ),
        ("emulator/a.py", "__import__('mappings')\n", "emulator/a.py:1: emulator -> mappings"),
    ],
)
def test_a_forbidden_import_is_named_with_its_file_line_and_arrow(
    tmp_path: Path, file: str, text: str, arrow: str
) -> None:
    (found,) = forbidden(planted(tmp_path, {file: text}))
    assert arrow in found


def test_an_allowed_import_is_not_named(tmp_path: Path) -> None:
    root = planted(
        tmp_path,
        {
            "profiles/a.py": "import re\nimport orjson\nfrom profiles import b\nfrom . import b\n",
            "mappings/a.py": "import json\nfrom profiles import ObjectType\n",
            "components/a.py": "import pulumi\nfrom profiles.requests import to_request\n",
            "lifecycle/a.py": "import mappings, emulator.server, toolchain, profiles, boto3\n",
            "emulator/a.py": "import sqlite3, ministack\nfrom emulator import b\n",
            "toolchain/a.py": "import click, os\n",
            "lambdas/a.py": "import os, json, boto3\nfrom botocore.config import Config\n",
            "__main__.py": "import pulumi, mappings, components, profiles\n",
        },
    )
    assert forbidden(root) == []


def test_a_circle_is_named_with_the_way_round_it(tmp_path: Path) -> None:
    root = planted(
        tmp_path,
        {
            "profiles/__init__.py": "from profiles.a import x\n",
            "profiles/a.py": "def f():\n    from profiles import b\n",
            "profiles/b.py": "from .c import x\n",
            "profiles/c.py": "import profiles.a\n",
        },
    )
    steps = cycle(root, "profiles").split(" -> ")
    assert set(pairwise(steps)) == {
        ("profiles.a", "profiles.b"),
        ("profiles.b", "profiles.c"),
        ("profiles.c", "profiles.a"),
    }


def test_a_package_on_the_way_to_a_module_is_part_of_a_circle(tmp_path: Path) -> None:
    root = planted(
        tmp_path,
        {
            "emulator/one/__init__.py": "from emulator.one.a import x\n",
            "emulator/one/a.py": "from emulator.two import y\n",
            "emulator/one/b.py": "",
            "emulator/two.py": "from emulator.one.b import x\n",
        },
    )
    assert set(cycle(root, "emulator").split(" -> ")) == {
        "emulator.one",
        "emulator.one.a",
        "emulator.two",
    }


def test_modules_that_import_in_one_direction_are_no_circle(tmp_path: Path) -> None:
    root = planted(
        tmp_path,
        {
            "profiles/__init__.py": "from profiles.a import x\n",
            "profiles/a.py": "from profiles.inner import b\n",
            "profiles/inner/__init__.py": "from profiles.inner.b import x\n",
            "profiles/inner/b.py": "from profiles.inner import c\n",
            "profiles/inner/c.py": "",
        },
    )
    assert cycle(root, "profiles") == ""
