"""`GET /_emulator/state`: what there is, where it is kept, and what keeping it takes."""

import os
import platform
import resource
import sqlite3
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from emulator.customer_profiles import CustomerProfiles
from emulator.customer_profiles.browse import summaries
from emulator.customer_profiles.database import VERSION
from emulator.request_log import RequestLog

_MOST_DOMAINS: Final = 10_000
_STATM: Final = Path("/proc/self/statm")
_KIB: Final = 1024


def packages() -> dict[str, str]:
    """Versions of the packages that decide how the local AWS behaves."""
    return {name: version(name) for name in ("botocore", "ministack")}


def state_report(
    customer_profiles: CustomerProfiles, requests: RequestLog, started: float
) -> dict[str, Any]:
    """Counts by domain, file, versions, uptime, memory. started: `time.monotonic()` then."""
    world = customer_profiles.world
    found = summaries(world, "", _MOST_DOMAINS)
    return {
        "domains": [
            {
                "account": each.account,
                "region": each.region,
                "name": each.name,
                "objectTypes": each.types,
                "profiles": each.profiles,
                "objects": each.objects,
            }
            for each in found
        ],
        "file": _file(world.database.file),
        "requests": requests.total,
        "uptimeSeconds": round(time.monotonic() - started, 3),
        "memoryBytes": _memory(),
        "versions": packages()
        | {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version},
    }


def _file(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    parts = [file.with_name(file.name + ending) for ending in ("", "-wal")]
    size = sum(part.stat().st_size for part in parts if part.exists())
    return {"path": str(file), "bytes": size, "format": VERSION}


def _memory() -> int:
    """Resident now; where the system does not tell, the most it ever was."""
    if _STATM.exists():
        return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if platform.system() == "Darwin" else most * _KIB
