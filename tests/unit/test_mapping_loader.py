"""How mapping modules are loaded: what is wrong with any of them is reported, all at once."""

from pathlib import Path

import pytest

import mappings
from profiles import InvalidMappingError

RIGHT = """
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="{name}",
    description="{name}",
    fields=(Field("id", "_source.id", "_profile.AccountNumber"),),
    keys=(Key("_account", ("id",), (PROFILE, UNIQUE)),),
)
EXAMPLES = ({{"id": "1"}},)
"""


def folder_with(folder: Path, **modules: str) -> Path:
    """A folder `mappings` with these modules."""
    folder = folder / "mappings"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('no mapping')\n", encoding="utf-8")
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def said(folder: Path) -> list[str]:
    """Every finding about the modules of a folder, as a user reads it."""
    return [str(finding) for finding in mappings.read(folder)[1]]


def test_the_modules_of_any_folder_are_loaded_sorted_by_file_name(tmp_path: Path) -> None:
    modules = {name: RIGHT.format(name=name) for name in ("zebra", "apple", "mango")}
    loaded_names = [
        each.object_type.name for each in mappings.load(folder_with(tmp_path, **modules))
    ]
    assert loaded_names == ["apple", "mango", "zebra"]


def test_a_module_that_fails_is_a_finding_with_its_line_and_the_others_are_checked(
    tmp_path: Path,
) -> None:
    folder = folder_with(
        tmp_path,
        broken="import json\n\nOBJECT_TYPE = json.missing\n",
        right=RIGHT.format(name="Right"),
        wrong=RIGHT.format(name="1st"),
    )
    found, findings = mappings.read(folder)
    assert [each.file for each in found] == ["mappings/right.py", "mappings/wrong.py"]
    assert [str(each) for each in findings] == [
        (
            "mappings/broken.py: broken: AttributeError: module 'json' has no attribute 'missing' "
            "(line 3) [MAPPING_UNLOADABLE] -> correct the module"
        ),
        (
            "mappings/wrong.py: 1st: the name is not allowed [TYPE_NAME] -> "
            "start with a letter, go on with letters, digits, _ or -"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("OBJECT_TYPE = (\n", "SyntaxError: '(' was never closed", 1),
        ("import no_such_module_anywhere\n", "ModuleNotFoundError: No module named", 1),
        ("\n\nraise ValueError('not today')\n", "ValueError: not today", 3),
        ("def f():\n    return 1 / 0\n\nf()\n", "ZeroDivisionError: division by zero", 2),
        ("import json\njson.loads('')\n", "JSONDecodeError: Expecting value", 2),
        ("import sys\nsys.exit('stop')\n", "SystemExit: stop", 2),
    ],
)
def test_whatever_a_module_does_the_finding_names_the_line_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, problem: str, line: int
) -> None:
    folder = folder_with(tmp_path, broken=text)
    monkeypatch.chdir(tmp_path)
    for place in (folder, Path("mappings")):
        (finding,) = said(place)
        assert finding.startswith(f"mappings/broken.py: broken: {problem}")
        assert f"line {line})" in finding
        assert finding.endswith("[MAPPING_UNLOADABLE] -> correct the module")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "OBJECT_TYPE must be a profiles.ObjectType"),
        ("OBJECT_TYPE = 'Crm'\nEXAMPLES = ()\n", "OBJECT_TYPE must be"),
        (RIGHT.replace("EXAMPLES", "EXAMPLE"), "EXAMPLES must be a tuple of dicts"),
        (RIGHT.replace("},)", "})"), "EXAMPLES must be a tuple of dicts"),
        (RIGHT.replace("({{", "[{{").replace("}},)", "}}]"), "EXAMPLES must be a tuple of dicts"),
        (RIGHT.replace('{{"id": "1"}}', "'id'"), "EXAMPLES must be a tuple of dicts"),
        (RIGHT.replace('"1"', "object()"), "Object of type object is not JSON serializable"),
        (RIGHT.replace('"1"', "float('nan')"), "Out of range float values are not JSON compliant"),
    ],
)
def test_a_module_defines_an_object_type_and_examples_that_are_json(
    tmp_path: Path, text: str, problem: str
) -> None:
    (finding,) = said(folder_with(tmp_path, crm=text.format(name="Crm")))
    assert finding.startswith("mappings/crm.py: crm: ")
    assert problem in finding
    assert finding.endswith("[MAPPING_UNLOADABLE] -> correct the module")


def test_a_forgotten_comma_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        comma=RIGHT.format(name="Comma").replace("UNIQUE)),)", "UNIQUE)))"),
        wrong=RIGHT.format(name="1st"),
    )
    comma, wrong = said(folder)
    assert comma.startswith("mappings/comma.py: Comma: keys is a Key [VALUE_TYPE]")
    assert wrong.startswith("mappings/wrong.py: 1st: the name is not allowed")


def test_loading_raises_every_error_of_every_module(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        one="raise RuntimeError\n",
        three=RIGHT.format(name="Three").replace("PROFILE, UNIQUE)", "UNIQUE, UNIQUE)"),
        two=RIGHT.format(name="Two").replace("AccountNumber", "Foo"),
    )
    with pytest.raises(InvalidMappingError) as invalid:
        mappings.load(folder)
    assert [(each.file, each.rule.id) for each in invalid.value.findings] == [
        ("mappings/one.py", "MAPPING_UNLOADABLE"),
        ("mappings/three.py", "KEY_IDENTIFIER"),
        ("mappings/three.py", "KEY_PROFILE_MISSING"),
        ("mappings/two.py", "TARGET_UNKNOWN"),
    ]
    assert str(invalid.value).splitlines()[1:] == [f"  {each}" for each in said(folder)]


def test_a_warning_does_not_stop_loading(tmp_path: Path) -> None:
    unused = RIGHT.replace("),),\n    keys", '), Field("note", "_source.note")),\n    keys')
    folder = folder_with(tmp_path, crm=unused.format(name="Crm"))
    assert "[FIELD_UNUSED]" in said(folder)[0]
    assert [each.object_type.name for each in mappings.load(folder)] == ["Crm"]
