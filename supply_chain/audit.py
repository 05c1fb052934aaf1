"""`python -m supply_chain.audit LOCK...`: known vulnerabilities of what is locked, by pip-audit.

Exits 0 if none is known, 1 if one is, 2 if pip-audit failed. That the database could not be
reached, or does not know a package, is a warning: who merges is told, and not stopped.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

EXIT_VULNERABLE: Final = 1
EXIT_FAILED: Final = 2
TIMEOUT_SECONDS: Final = 300

_NETWORK: Final = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Max retries exceeded"
    r"|NameResolutionError|Temporary failure in name resolution|Connection (refused|reset|aborted)"
    r"|ProxyError|SSLError|Could not connect|Service(Unavailable| Unavailable)|\b(429|50[234])\b"
)
"""How requests and urllib3, which pip-audit asks with, tell that nobody answered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """code: of the process. lines: for people. warning: "" if there is none."""

    code: int
    lines: tuple[str, ...] = ()
    warning: str = ""


def judge(stdout: str, stderr: str, returncode: int) -> Verdict:
    """What a run of `pip-audit --format json` means."""
    packages = _packages(stdout)
    if packages is None:
        said = stderr.strip().splitlines()[-1:] or [f"exit code {returncode}"]
        if _NETWORK.search(stderr):
            return Verdict(0, (), f"nothing was audited, nobody answered: {said[0]}")
        return Verdict(EXIT_FAILED, (f"pip-audit failed: {said[0]}",))
    vulnerable = tuple(
        f"{each['name']} {each['version']}: {flaw['id']}, fixed in {_fixed(flaw)}"
        for each in packages
        for flaw in each.get("vulns", ())
    )
    skipped = sorted(each["name"] for each in packages if "skip_reason" in each)
    warning = ""
    if skipped:
        shown = ", ".join(skipped[:5]) + (", ..." if skipped[5:] else "")
        count = f"{len(skipped)} of {len(packages)} packages"
        warning = f"{count} could not be audited: {shown}"
    return Verdict(EXIT_VULNERABLE if vulnerable else 0, vulnerable, warning)


def audit(lock: Path, run: Callable[..., Any] = subprocess.run) -> Verdict:
    """Audit one lock file. run: as `subprocess.run`."""
    program = Path(sys.executable).with_name("pip-audit")
    command = [
        str(program),
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner=off",
        "--format=json",
        f"--requirement={lock}",
    ]
    try:
        done = run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Verdict(0, (), f"nothing was audited: no answer in {TIMEOUT_SECONDS} s")
    except FileNotFoundError:
        return Verdict(EXIT_FAILED, (f"there is no {program}: run make audit",))
    return judge(done.stdout, done.stderr, done.returncode)


def main(locks: Sequence[str]) -> int:
    """Audit all, and say what was found. Returns: the exit code."""
    worst = 0
    # GitHub shows such a line at the pull request.
    prefix = "::warning::" if os.environ.get("GITHUB_ACTIONS") else "warning: "
    for lock in locks:
        verdict = audit(Path(lock))
        for line in verdict.lines:
            sys.stdout.write(f"{lock}: {line}\n")
        if verdict.warning:
            sys.stdout.write(f"{prefix}{lock}: {verdict.warning}\n")
        worst = max(worst, verdict.code)
    return worst


def _packages(stdout: str) -> list[dict[str, Any]] | None:
    """What pip-audit looked at; None if it did not get so far."""
    try:
        told = json.loads(stdout)
    except ValueError:
        return None
    packages = told.get("dependencies") if isinstance(told, dict) else None
    return packages if isinstance(packages, list) else None


def _fixed(flaw: dict[str, Any]) -> str:
    return ", ".join(flaw.get("fix_versions") or ()) or "no version yet"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
