"""The data that the provider embeds: upstream's files with our overlay."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from toolchain import pins, provider_data

OBJECT_TYPE = "aws-native:customerprofiles:ObjectType"
MAIN = (pins.PROVIDER_MODULE.folder / "main.go").read_text(encoding="utf-8")
OVERLAY = json.loads((pins.PROVIDER_MODULE.folder / provider_data.OVERLAY).read_bytes())


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """An upstream module with little data, written as upstream writes it."""
    metadata = {
        "resources": {
            OBJECT_TYPE: {
                "cf": "AWS::CustomerProfiles::ObjectType",
                "inputs": {"domainName": {"type": "string"}},
                "outputs": {},
                "createOnly": ["domainName"],
            },
            "aws-native:sqs:Queue": {"inputs": {}},
        },
        "types": {},
    }
    folder = tmp_path / "module" / provider_data.SOURCE
    folder.mkdir(parents=True)
    (folder / "schema.json").write_text('{ "name": "aws-native" }', encoding="utf-8")
    (folder / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return tmp_path / "module"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The folder of a build, with our overlay."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / provider_data.OVERLAY).write_text(json.dumps(OVERLAY), encoding="utf-8")
    return folder


def unpacked(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


def test_the_files_that_main_go_embeds_are_the_ones_that_are_written(
    module: Path, work: Path
) -> None:
    provider_data.prepare(module, work)
    written = {path.name for path in work.iterdir()} - {provider_data.OVERLAY}
    embedded = re.findall(r"^//go:embed (\S+)\nvar (\w+) \[\]byte$", MAIN, re.MULTILINE)
    assert {name for name, _ in embedded} == written
    assert [variable for _, variable in embedded] == ["schema", "metadata"]
    assert "provider.Serve(version, schema, metadata)" in MAIN


def test_the_schema_is_upstreams_own(module: Path, work: Path) -> None:
    provider_data.prepare(module, work)
    packed = (work / "schema.json.gz").read_bytes()
    assert gzip.decompress(packed) == (module / provider_data.SOURCE / "schema.json").read_bytes()


def test_the_overlay_adds_to_the_metadata_and_takes_nothing_away(module: Path, work: Path) -> None:
    before = json.loads((module / provider_data.SOURCE / "metadata.json").read_bytes())
    provider_data.prepare(module, work)
    after = unpacked(work / "metadata.json.gz")
    resource = after["resources"][OBJECT_TYPE]
    assert resource["inputs"]["domainName"] == {"type": "string"}
    assert resource["inputs"]["sourcePriority"]["type"] == "integer"
    assert resource["outputs"]["maxProfileObjectCount"]["type"] == "integer"
    for added in ("sourcePriority", "maxProfileObjectCount"):
        del resource["inputs"][added]
        del resource["outputs"][added]
    assert after == before


def test_where_both_say_something_the_overlay_wins(module: Path, work: Path) -> None:
    overlay = {"resources": {OBJECT_TYPE: {"createOnly": ["domainName", "name"]}}}
    (work / provider_data.OVERLAY).write_text(json.dumps(overlay), encoding="utf-8")
    provider_data.prepare(module, work)
    resource = unpacked(work / "metadata.json.gz")["resources"][OBJECT_TYPE]
    assert resource["createOnly"] == ["domainName", "name"]
    assert resource["cf"] == "AWS::CustomerProfiles::ObjectType"


def test_the_same_input_gives_the_same_bytes(module: Path, work: Path) -> None:
    names = ("schema.json.gz", "metadata.json.gz")
    provider_data.prepare(module, work)
    first = [(work / name).read_bytes() for name in names]
    provider_data.prepare(module, work)
    assert [(work / name).read_bytes() for name in names] == first
    # The time in a gzip header.
    assert [packed[4:8] for packed in first] == [b"\0\0\0\0"] * len(names)


def test_what_an_object_type_can_be_given_it_gives_back() -> None:
    added = OVERLAY["resources"][OBJECT_TYPE]
    assert added["inputs"] == added["outputs"]
