"""What the distributions of this tree say that they need, against what their modules import."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from tests.unit.test_architecture import ROOMS, imports, sources

REPOSITORY = Path(__file__).parents[2]
LOCAL_AWS = "packages/lifecycle-emulator/dependencies.txt"
OF_THE_CALLER = {"pytest"}
"""The plugin is loaded by the pytest of the project that has it."""


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(lines: list[str]) -> set[str]:
    """The distributions that requirements name, without those that only an extra needs."""
    wanted = (line.partition("#")[0] for line in lines if "extra ==" not in line)
    return {normalized(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for text in wanted if text}


def listed(file: str) -> set[str]:
    return names((REPOSITORY / file).read_text(encoding="utf-8").splitlines())


def imported(rooms: set[str]) -> Iterator[tuple[str, set[str]]]:
    """(`file:line`, the distributions that may have the module) of each import from outside."""
    owners = packages_distributions()
    for room in sorted(rooms):
        for file in sources(REPOSITORY, room):
            for each in imports(REPOSITORY, file):
                top = each.module.partition(".")[0]
                if top not in ROOMS and top not in sys.stdlib_module_names:
                    found = {normalized(name) for name in owners.get(top, [top])}
                    yield f"{each.file}:{each.line}: {each.module}", found


def undeclared(rooms: set[str], declared: set[str]) -> list[str]:
    """Imports of what is neither declared nor needed by something that is."""
    known = declared.union(*(names(requires(name) or []) for name in declared))
    return [place for place, owners in imported(rooms) if owners.isdisjoint(known)]


def test_the_local_aws_declares_what_it_imports() -> None:
    declared = listed(LOCAL_AWS)
    assert undeclared({"emulator", "profiles"}, declared | OF_THE_CALLER) == []
    missing = undeclared({"emulator", "profiles"}, declared - {"orjson"} | OF_THE_CALLER)
    assert any("orjson" in place for place in missing)


def test_the_whole_declares_what_it_imports() -> None:
    declared = listed(LOCAL_AWS) | listed("dependencies.txt")
    # Types alone come from `types-boto3`, under TYPE_CHECKING.
    typed = {"types-boto3-customer-profiles", "types-boto3-sqs", "types-boto3-ssm"}
    # Parquet is an extra; without it the command says so. The policy pack is started from here.
    extra = {"pyarrow", "pulumi-policy"}
    rooms = ROOMS.keys() - {"lambdas"}
    assert undeclared(rooms, declared | OF_THE_CALLER | typed | extra) == []


def test_no_distribution_is_declared_twice() -> None:
    assert listed(LOCAL_AWS).isdisjoint(listed("dependencies.txt"))
