"""The two data files that the provider embeds, from its own Go module, with our overlay."""

import gzip
import json
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path("cmd/pulumi-resource-aws-native")
OVERLAY: Final = "overlay.json"


def prepare(module: Path, work: Path) -> None:
    """Write `schema.json.gz` and `metadata.json.gz` where main.go embeds them.

    The release that can be built knows fewer properties than the service and our SDK have by now.
    `overlay.json` beside main.go adds the ones that we use to its metadata: the provider refuses
    a property that is not in there.

    Args:
        module: the upstream module as Go keeps it.
        work: the folder that holds main.go and the overlay.
    """
    schema = (module / SOURCE / "schema.json").read_bytes()
    metadata = json.loads((module / SOURCE / "metadata.json").read_bytes())
    overlay = json.loads((work / OVERLAY).read_bytes())
    _pack(work / "schema.json.gz", schema)
    _pack(work / "metadata.json.gz", json.dumps(_merged(metadata, overlay)).encode())


def _merged(base: Any, addition: Any) -> Any:
    """Objects are joined member by member; anything else of the addition wins."""
    if isinstance(base, dict) and isinstance(addition, dict):
        joined = {name: _merged(base[name], addition[name]) for name in base.keys() & addition}
        return base | addition | joined
    return addition


def _pack(path: Path, content: bytes) -> None:
    # Without a time in it the same input gives the same program.
    path.write_bytes(gzip.compress(content, compresslevel=6, mtime=0))
