"""`lifecycle load` against a deployed stack: by calls, and by its batch source."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.ingestion import TRIAL, customer_ids, record

pytestmark = pytest.mark.e2e


def write(folder: Path, customers: list[str], status: str) -> Path:
    """An export of good rows and a bad one."""
    path = folder / "rows.ndjson"
    rows = [json.dumps(record(TRIAL, customer, status)) for customer in customers]
    path.write_text("\n".join([*rows, '{"status": "Active"}', ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize("via", ["calls", "batch"])
def test_an_export_is_loaded_into_the_stacks_domain(
    ingestion: Any, tmp_path: Path, via: str
) -> None:
    customers = customer_ids(12)
    rows = write(tmp_path, customers, f"by {via}")
    rejects, journal = tmp_path / "rejected.ndjson", tmp_path / "journal"
    done = ingestion.deployment.lifecycle(
        *("load", str(rows), "--type", TRIAL, "-s", "local", "--via", via, "--json"),
        *("--rejects", str(rejects), "--journal", str(journal)),
    )
    assert done.returncode == 3, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["read"], answer["sent"], answer["rejected"]) == (13, 12, 1)
    if via == "batch":
        assert answer["run"] == {"status": "SUCCEEDED", "accounted": 12}
    ingestion.wait_for(TRIAL, dict.fromkeys(customers, f"by {via}"))
    (rejected,) = rejects.read_text(encoding="utf-8").splitlines()
    assert json.loads(rejected)["_rejected"]["row"] == 13
