"""`lifecycle emulator --switch`: choices where AWS is silent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lifecycle.cli import main

LONG = "x" * 300


def put_a_long_value(emulator: Any) -> dict[str, Any] | None:
    """The profile that an object with an over-long value gives, None if there is none."""
    profiles = emulator.client("customer-profiles", "111122223333")
    profiles.create_domain(DomainName="d", DefaultExpirationDays=1)
    target = "_profile.Attributes.Note"
    profiles.put_profile_object_type(
        DomainName="d",
        ObjectTypeName="T",
        Description="t",
        AllowProfileCreation=True,
        Fields={"id": {"Source": "_source.id"}, "n": {"Source": "_source.n", "Target": target}},
        Keys={"k": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]},
    )
    text = json.dumps({"id": "1", "n": LONG})
    profiles.put_profile_object(DomainName="d", ObjectTypeName="T", Object=text)
    found = profiles.search_profiles(DomainName="d", KeyName="k", Values=["1"])["Items"]
    return dict(found[0]) if found else None


def test_without_a_switch_an_object_with_an_over_long_value_is_rejected(
    start_emulator: Callable[..., Any], tmp_path: Path
) -> None:
    with start_emulator(tmp_path / "log") as emulator:
        assert put_a_long_value(emulator) is None


def test_a_switch_decides_otherwise(start_emulator: Callable[..., Any], tmp_path: Path) -> None:
    arguments = ("--switch", "keep_over_long_values=true", "--switch", "manual_rank=5")
    with start_emulator(tmp_path / "log", *arguments) as emulator:
        profile = put_a_long_value(emulator)
    assert profile is not None
    assert profile["Attributes"] == {"Note": LONG}


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ("keep=true", "there is no keep; there are unique_per_profile"),
        ("keep_over_long_values=yes", "keep_over_long_values is true or false"),
        ("manual_rank=high", "manual_rank is a whole number"),
        ("manual_rank", "manual_rank is a whole number"),
    ],
)
def test_a_wrong_switch_is_refused_with_what_there_is(switch: str, said: str) -> None:
    done = CliRunner().invoke(main, ["emulator", "--port", "0", "--switch", switch])
    assert done.exit_code == 2
    assert said in done.stderr
