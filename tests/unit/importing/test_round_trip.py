"""A request becomes a module that loads as the same object type, whatever its texts are."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mappings
from lifecycle.importing.model import Imported
from lifecycle.importing.module_text import module_text
from lifecycle.importing.run import plan, read_file, write
from profiles import ContentType, Field, Identifier, Key, ObjectType
from profiles.requests import to_cloudformation, to_request

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=150)
plain = st.text("abcXY 'z\"\\{}_-", min_size=1, max_size=150)
anything = texts | plain
# Of other characters not even two programs agree how wide they are.
printed = plain | st.text(st.characters(max_codepoint=126), min_size=1, max_size=150)
some = st.none() | st.integers(1, 1000)
names = st.from_regex(r"[a-zA-Z_][a-zA-Z_0-9-]{0,30}", fullmatch=True)


def object_types(anything: st.SearchStrategy[str] = anything) -> st.SearchStrategy[ObjectType]:
    """Types of any texts, or of these."""
    return _object_types(anything)


@st.composite
def _object_types(draw: st.DrawFn, anything: st.SearchStrategy[str]) -> ObjectType:
    fields = draw(
        st.lists(
            st.builds(
                Field, anything, anything, st.none() | anything, st.sampled_from(ContentType)
            ),
            max_size=4,
            unique_by=lambda each: each.name,
        )
    )
    identifiers = st.lists(st.sampled_from(Identifier), max_size=3, unique=True).map(tuple)
    fields_of_key = st.lists(anything, min_size=1, max_size=3).map(tuple)
    keys = draw(st.lists(st.builds(Key, anything, fields_of_key, identifiers), max_size=3))
    return ObjectType(
        name=draw(names),
        description=draw(anything | st.lists(anything, min_size=5, max_size=9).map(" ".join)),
        fields=tuple(fields),
        # Several keys of one name stand together in a request.
        keys=tuple(sorted(keys, key=lambda each: each.name)),
        allow_profile_creation=draw(st.booleans()),
        expiration_days=draw(some),
        source_priority=draw(some),
        max_profile_object_count=draw(some),
        source_last_updated_timestamp_format=draw(st.none() | anything),
        encryption_key=draw(st.none() | anything),
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=6,
)
records = st.dictionaries(anything, values, max_size=4)


def loaded(folder: Path, document: Any) -> ObjectType:
    """What the document's module declares, as `mappings` loads it."""
    file = folder / "in.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    write(plan(read_file(file), folder / "out"), force=True)
    (found,), _ = mappings.read(folder / "out")
    return found.object_type


@settings(deadline=None, max_examples=60)
@given(object_types())
def test_a_request_comes_back_as_the_same_object_type(object_type: ObjectType) -> None:
    with TemporaryDirectory() as folder:
        assert loaded(Path(folder), to_request(object_type)) == object_type


@settings(deadline=None, max_examples=30)
@given(object_types())
def test_a_template_comes_back_as_the_same_but_for_orders_without_meaning(
    object_type: ObjectType,
) -> None:
    properties = to_cloudformation(object_type) | {"DomainName": {"Ref": "Domain"}}
    resource = {"Type": "AWS::CustomerProfiles::ObjectType", "Properties": properties}
    with TemporaryDirectory() as folder:
        found = loaded(Path(folder), {"Resources": {"Imported": resource}})
    assert to_request(found) == to_request(object_type)


@pytest.fixture(scope="module")
def formatted() -> Callable[[str], str]:
    """What `ruff format` makes of a source."""

    def run(source: str) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name("ruff"), "format", "--line-length=100", "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    return run


UNESCAPED = printed.map(lambda text: text.replace("\\", "/").replace('"', "'"))
"""Where a long text of escapes is divided is the formatter's own affair."""


@settings(deadline=None, max_examples=40)
@given(
    object_types(UNESCAPED),
    st.lists(records, max_size=2).map(tuple),
)
def test_modules_are_formatted_as_the_projects_own(
    formatted: Callable[[str], str], object_type: ObjectType, examples: Any
) -> None:
    source = module_text(Imported(object_type, "test", examples))
    assert formatted(source) == source
    scope: dict[str, Any] = {}
    exec(compile(source, "module", "exec"), scope)  # noqa: S102
    assert scope["EXAMPLES"] == examples
    assert scope["OBJECT_TYPE"] == object_type


@pytest.mark.parametrize("mapping", mappings.load(), ids=lambda each: each.object_type.name)
def test_the_projects_own_modules_come_out_as_they_are(mapping: Any) -> None:
    """All but the sentence about it, which no request has."""
    own = (mappings.FOLDER.parent / mapping.file).read_text(encoding="utf-8")
    source = module_text(Imported(mapping.object_type, "test", mapping.examples))
    assert source.partition("\n")[2] == own.partition("\n")[2]


@pytest.mark.parametrize("length", [82, 83, 89, 90, 91])
def test_a_description_that_fits_into_a_line_of_its_own_has_one(
    formatted: Callable[[str], str], length: int
) -> None:
    object_type = ObjectType(name="A", description=f"{'word ' * 20:.{length - 1}}.")
    source = module_text(Imported(object_type, "test", ()))
    assert formatted(source) == source
