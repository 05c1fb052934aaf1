"""The commands of docs/guides/environments.md, on the local stack instead of the one they name."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from lifecycle.workspace import PROGRAM

pytestmark = pytest.mark.e2e

GUIDE = PROGRAM / "docs" / "guides" / "environments.md"
LOCAL = str(PROGRAM / "policy" / "local.json")


def commands() -> Iterator[list[str]]:
    """Each command of the guide in words, in its blocks as in its sentences."""
    text = GUIDE.read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    for line in [*blocks, *re.findall(r"`((?:pulumi|lifecycle) [^`]* -s [^`]*)`", text)]:
        command = shlex.split(line, comments=True)
        if command[0] in {"pulumi", "lifecycle"}:
            yield ["local" if each in {"dev", "prod"} else each for each in command]


def test_the_commands_of_the_guide_do_what_it_says(deployment: Any) -> None:
    told = list(commands())
    settings = [each for each in told if each[:3] == ["pulumi", "config", "set"]]
    (alias,) = [each for each in settings if "connectInstanceAlias" in each]
    for _, *arguments in settings:
        if "connectInstanceAlias" not in arguments:
            deployment.pulumi(*arguments)
    ups = [each for each in told if "--policy-pack" in each]
    assert [each[1] for each in ups] == ["preview", "up"]
    for _, operation, *options in ups:
        pack = [str(PROGRAM / each) if each == "policy/run" else each for each in options]
        sure = ["--yes", "--skip-preview"] if operation == "up" else []
        deployment.pulumi(operation, *pack, "--policy-pack-config", LOCAL, *sure)
    verified = [each for each in told if each[0] == "lifecycle" and "--connect" not in each]
    assert len(verified) == 1
    for _, *arguments in verified:
        done = deployment.lifecycle(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    # The one command that the local AWS cannot follow says so.
    deployment.pulumi(*alias[1:])
    done = deployment.cli("preview")
    assert "connectInstanceAlias: the local AWS has no Amazon Connect" in done.stdout + done.stderr
