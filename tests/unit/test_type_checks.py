"""What mypy reads of the SDKs is all that our packages use of them: the rest would be Any."""

import ast
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
SDKS = ("pulumi_aws", "pulumi_aws_native")


def used(source: str) -> Iterator[str]:
    """Modules of the SDKs that a source takes: `pulumi_aws_native.sqs`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module in SDKS:
            yield from (f"{node.module}.{each.name}" for each in node.names)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in SDKS:
            yield ast.unparse(node)


def test_every_service_of_the_sdks_that_we_use_is_checked_by_its_types() -> None:
    (read,) = [each for each in SETTINGS["overrides"] if each.get("follow_imports") == "normal"]
    files = [path for room in SETTINGS["packages"] for path in (ROOT / room).rglob("*.py")]
    names = {name for path in files for name in used(path.read_text(encoding="utf-8"))}
    modules = {name for name in names if find_spec(name) is not None}
    assert {"pulumi_aws.connect", "pulumi_aws_native.sqs"} <= modules
    patterns = [pattern.removesuffix(".*") for pattern in read["module"]]
    assert {each for each in modules if not any(fnmatchcase(each, p) for p in patterns)} == set()
    assert {each for each in patterns if find_spec(each) is None} == set()
