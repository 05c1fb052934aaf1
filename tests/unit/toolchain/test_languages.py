"""What programs in other languages need, apart from what a deployment needs, and a Go."""

from typing import Any

import pytest

import toolchain
from toolchain import MissingProgramsError, cache, pins

PROGRAMS = [name for module in pins.LANGUAGE_MODULES for name in module.programs]


def test_programs_in_go_get_their_host_and_the_users_go(machine: Any) -> None:
    go = machine.go()
    programs = toolchain.languages(environ=machine.environ)
    assert list(programs) == [*PROGRAMS, "go"]
    assert cache.is_program(programs["pulumi-language-go"])
    assert programs["go"] == go


def test_a_go_that_is_too_old_for_the_examples_is_passed_over(machine: Any) -> None:
    machine.go(version="1.20.1")
    fetched = machine.go(folder=machine.cache / f"go-{pins.GO_VERSION}" / "go" / "bin")
    assert toolchain.languages(environ=machine.environ)["go"] == fetched


def test_only_looking_names_the_go_that_is_missing(machine: Any) -> None:
    go = machine.go()
    programs = toolchain.languages(environ=machine.environ)
    assert toolchain.languages(build=False, environ=machine.environ) == programs
    go.unlink()
    with pytest.raises(MissingProgramsError, match=r"^go: .*python -m toolchain --languages"):
        toolchain.languages(build=False, environ=machine.environ)
