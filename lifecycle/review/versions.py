"""Versions of the mappings: those of a commit, and those of a folder.

Each is loaded in a process of its own; a commit is checked out in a temporary git worktree, which
goes again whatever happens.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lifecycle.errors import CouldNotRunError
from lifecycle.review.dump import version_of
from lifecycle.review.model import Version
from mappings import FOLDER

ROOT: Final = Path(__file__).resolve().parents[2]
"""The repository, which holds `mappings/` and this package."""

WORKING_TREE: Final = "the working tree"
TIMEOUT_SECONDS: Final = 60

_FOLDER: Final = "mappings"
_SHORT: Final = 7
# Git sets them for hooks, and they would lead away from the folder that is meant.
_GIT_PLACES: Final = frozenset(
    """GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_COMMON_DIR GIT_OBJECT_DIRECTORY
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE""".split()
)


def load_folder(folder: Path = FOLDER, name: str = WORKING_TREE) -> Version:
    """The version whose modules are in the folder. Raises: CouldNotRunError."""
    if not folder.is_dir():
        raise CouldNotRunError(f"there is no folder {folder}")
    return _load(folder, name)


def load_git(reference: str | None = None, root: Path = ROOT) -> Version:
    """The version of a commit of the repository; one without `mappings/` has no object types.

    reference: as git understands it; None for the commit where this branch left origin/main, or
    main. Raises: CouldNotRunError.
    """
    if reference is None:
        name, commit = _merge_base(root)
    else:
        name, commit = reference, _commit(root, reference)
    prefix = _git(root, "rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="lifecycle-review-") as temporary:
        tree = Path(temporary) / "tree"
        try:
            # A hook of the user's would run in the worktree too.
            hooks = f"core.hooksPath={os.devnull}"
            _git(root, "-c", hooks, "worktree", "add", "--quiet", "--detach", str(tree), commit)
            folder = tree / prefix / _FOLDER
            shown = f"{name} ({commit[:_SHORT]})"
            return _load(folder, shown) if folder.is_dir() else Version(shown, ())
        finally:
            _try_git(root, "worktree", "remove", "--force", "--force", str(tree))
            _try_git(root, "worktree", "prune")


def _merge_base(root: Path) -> tuple[str, str]:
    """(name, commit) of where the branch left the main one."""
    main = _main(root)
    if main is None:
        raise CouldNotRunError(
            "there is neither origin/main nor main to compare with: run git fetch origin main "
            "(in GitHub Actions: actions/checkout with fetch-depth: 0), or name a version with "
            "--against"
        )
    done = _try_git(root, "merge-base", "HEAD", main)
    if done.returncode != 0:
        raise CouldNotRunError(
            f"HEAD and {main} have no commit in common; in a shallow clone run git fetch "
            "--unshallow, or name a version with --against"
        )
    return f"merge base with {main}", done.stdout.strip()


def _main(root: Path) -> str | None:
    _git(root, "rev-parse", "--git-dir")
    for name, full in (("origin/main", "refs/remotes/origin/main"), ("main", "refs/heads/main")):
        if _try_git(root, "rev-parse", "--verify", "--quiet", full).returncode == 0:
            return name
    return None


def _commit(root: Path, reference: str) -> str:
    _git(root, "rev-parse", "--git-dir")
    wanted = f"{reference}^{{commit}}"
    done = _try_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    if done.returncode != 0:
        raise CouldNotRunError(
            f"git knows no commit {reference!r}: fetch it first (git fetch origin), or name "
            "another with --against"
        )
    return done.stdout.strip()


def _git(root: Path, *arguments: str) -> str:
    done = _try_git(root, *arguments)
    if done.returncode != 0:
        said = done.stderr.strip() or f"exit code {done.returncode}"
        command = next(each for each in arguments if each[0] != "-" and "=" not in each)
        raise CouldNotRunError(f"git {command} in {root}: {said}")
    return done.stdout.strip()


def _try_git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environ = {name: value for name, value in os.environ.items() if name not in _GIT_PLACES}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=root,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise CouldNotRunError("git was not found: install it, or put it on PATH") from None


def _load(folder: Path, name: str) -> Version:
    command = [sys.executable, "-m", "lifecycle.review.dump", str(folder.absolute())]
    # A cached module of a file that was just rewritten could pass for it.
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CouldNotRunError(
            f"the mappings of {name} did not load in {TIMEOUT_SECONDS} s: a module runs on and on"
        ) from None
    try:
        return version_of(name, json.loads(done.stdout))
    except ValueError:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise CouldNotRunError(f"the mappings of {name} ended the process: {said[0]}") from None
