"""The pins agree with each other, with what is locked, and with what is written about them."""

import re
from pathlib import Path

import pytest

from toolchain import pins
from toolchain.pins import Module

ROOT = Path(__file__).resolve().parents[3]
README = (pins.HERE / "README.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

MODULES = (*pins.MODULES, pins.ACTIONLINT_MODULE, *pins.LANGUAGE_MODULES)

each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def read(module: Module, name: str) -> str:
    return (module.folder / name).read_text(encoding="utf-8")


def replacements(module: Module) -> list[tuple[str, str]]:
    """(module, what stands for it) of each `replace` in go.mod."""
    return re.findall(r"(\S+)(?: v\S+)? => (.+)", read(module, "go.mod"))


def test_each_pinned_module_is_one_of_those_that_are_built() -> None:
    folders = {path.parent.name for path in pins.HERE.glob("*/go.mod")}
    assert folders == {module.name for module in MODULES}


@each_module
def test_the_checksums_of_all_that_a_module_requires_are_pinned(module: Module) -> None:
    line = re.compile(r"^\s*(?:require )?(\S+\.\S+/\S+) (v\S+)", re.MULTILINE)
    required = dict(line.findall(read(module, "go.mod")))
    replaced = dict(replacements(module))
    assert len(required) > 10
    sums = read(module, "go.sum")
    wanted = [replaced.get(path, f"{path} {version}") for path, version in required.items()]
    assert [line for line in wanted if f"\n{line}/go.mod h1:" not in f"\n{sums}"] == []


@each_module
def test_the_checksum_of_what_is_built_is_pinned(module: Module) -> None:
    assert f"\n{module.path} v{module.version} h1:" in f"\n{read(module, 'go.sum')}"


@each_module
def test_no_module_is_replaced_by_a_folder_of_this_machine(module: Module) -> None:
    for replaced, by in replacements(module):
        assert re.fullmatch(r"[a-z0-9.-]+\.[a-z]+/\S+ v\S+", by), replaced


@each_module
def test_a_module_builds_a_package_that_it_requires(module: Module) -> None:
    if module.package == ".":
        assert f'"{module.path}/' in read(module, "main.go")
        assert "var version string" in read(module, "main.go")
    else:
        assert module.package.startswith(f"{module.path}/")
        assert f"\ntool {module.package}\n" in read(module, "go.mod")


def test_the_modules_build_every_program_once() -> None:
    built = [program for module in MODULES for program in module.programs]
    hosts = [f"pulumi-language-{name}" for name in ("yaml", "nodejs", "go")]
    assert sorted(built) == sorted([*pins.PROGRAMS, pins.ACTIONLINT, *hosts, "sdkgen"])


@each_module
def test_the_go_from_pypi_can_build_each_module(module: Module) -> None:
    assert pins.is_recent_enough(pins.GO_VERSION, module.go_version)


def test_the_go_from_pypi_can_compile_the_example_in_go() -> None:
    text = (ROOT / "examples" / "go" / "go.mod").read_text(encoding="utf-8")
    (wanted,) = re.findall(r"^go (\S+)$", text, re.MULTILINE)
    assert pins.is_recent_enough(pins.GO_VERSION, wanted)


def test_the_pulumi_that_is_built_is_as_recent_as_we_ask_of_the_users() -> None:
    assert pins.is_recent_enough(pins.CLI_MODULE.version, pins.CLI_MINIMUM)


def test_the_pulumi_that_is_built_is_as_recent_as_the_locked_sdk() -> None:
    locked = re.search(r"^pulumi==(\S+)", LOCK, re.MULTILINE)
    assert locked is not None
    assert pins.is_recent_enough(pins.CLI_MODULE.version, locked[1])


def test_the_official_plugin_is_the_release_of_the_locked_sdk() -> None:
    assert f"\npulumi-aws-native=={pins.PROVIDER_OFFICIAL} \\\n" in LOCK


def test_the_readme_names_the_versions_that_are_pinned() -> None:
    assert f"from {pins.CLI_MINIMUM} on" in README
    assert f"{pins.HOST_MODULE.version} is the last release" in README
    assert f"{pins.PROVIDER_MODULE.version} is the newest release" in README
    assert f"after {pins.PROVIDER_MODULE.version} and that we use" in README
    assert f"`{pins.GO_PACKAGE}` from PyPI" in README


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a copy of the pins, which are read from there."""
    for module in MODULES:
        (tmp_path / module.name).mkdir()
        for path in module.sources:
            (tmp_path / module.name / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(pins, "HERE", tmp_path)
    return tmp_path


@each_module
def test_the_key_of_a_build_changes_with_any_pinned_file(copied: Path, module: Module) -> None:
    keys = {module.key}
    for path in module.sources:
        assert path.parent == copied / module.name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + b"\r")
        keys.add(module.key)
        path.write_bytes(content)
    (copied / module.name / "another").write_bytes(b"")
    keys.add(module.key)
    assert len(keys) == len(module.sources) + 1


def test_the_key_of_a_build_does_not_depend_on_where_the_pins_are(copied: Path) -> None:
    there = [module.key for module in MODULES]
    assert str(copied) != str(ROOT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pins, "HERE", ROOT / "toolchain")
        assert [module.key for module in MODULES] == there


@pytest.mark.parametrize(
    ("name", "value"),
    [("RECIPE", pins.RECIPE + 1), ("sys.platform", "plan9"), ("platform.machine", lambda: "vax")],
)
def test_the_key_of_a_build_changes_with_the_recipe_and_the_kind_of_machine(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    before = {module.key for module in MODULES}
    monkeypatch.setattr(f"toolchain.pins.{name}", value)
    assert before.isdisjoint(module.key for module in MODULES)


def test_a_go_mod_without_the_upstream_module_is_an_error_that_names_the_file(copied: Path) -> None:
    (copied / "cli" / "go.mod").write_text("module empty\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"cli/go\.mod: nothing there matches"):
        _ = pins.CLI_MODULE.version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.274.1", (3, 274, 1)),
        ("3.274.1-dev.0+abc", (3, 274, 1)),
        ("go1.26", (1, 26, 0)),
        ("pulumi-resource-aws-native-v1.84.0", (1, 84, 0)),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_version_is_read_from_what_a_program_says(
    text: str, version: tuple[int, int, int] | None
) -> None:
    assert pins.parse_version(text) == version


def test_versions_are_compared_as_numbers() -> None:
    assert pins.is_recent_enough("3.1000.0", "3.259.0")
    assert pins.is_recent_enough("3.259.0", "3.259.0")
    assert not pins.is_recent_enough("3.99.9", "3.259.0")
    assert not pins.is_recent_enough("", "3.259.0")
