"""The program that tests deploy: this repository's, with the sample's mappings and settings."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SAMPLE: Final = ROOT / "tests" / "sample"
"""What tests know by heart: see its README."""

OWN: Final = ROOT / "mappings"
"""The team's own mappings, of which tests know nothing."""

UNSAVED_STEPS: Final = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""For updates that nobody interrupts: a third of their work is to save the state at every step."""

PARTS: Final = ("__main__.py", "Pulumi.yaml", "components", "lambdas", "profiles")
_NOT_COPIED: Final = shutil.ignore_patterns("__pycache__")


def copy_program(folder: Path, more: Iterable[str] = (), source: Path = SAMPLE) -> None:
    """Copy the program to a folder that is not there yet, so that a test may change it.

    more: further packages. source: where its mappings and settings come from; ROOT has the team's.
    """
    folder.mkdir()
    for name in (*PARTS, *more):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=_NOT_COPIED)
        else:
            shutil.copy(ROOT / name, folder)
    _take(source, folder)


def take_the_sample(copy: Path) -> None:
    """Give a copy of the repository the sample's mappings and settings, instead of the team's."""
    shutil.rmtree(copy / "mappings")
    _take(SAMPLE, copy)


def _take(source: Path, folder: Path) -> None:
    shutil.copytree(source / "mappings", folder / "mappings", ignore=_NOT_COPIED)
    for path in source.glob("Pulumi.*.yaml"):
        shutil.copy(path, folder)
