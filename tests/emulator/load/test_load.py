"""`lifecycle load` puts every row of an export into a domain, and accounts for all of them."""

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.load.conftest import TRIAL, Loading

ROWS = [
    {"UserId": "1", "status": "Active", "planType": "Standard"},
    {"UserId": "2", "status": "Expired", "planType": "Premium"},
    {"UserId": "3", "status": "Active"},
]


def test_rows_become_profiles(loading: Loading) -> None:
    loading.write("rows.ndjson", *ROWS)
    answer = loading.load("rows.ndjson", "--verify", "3")
    assert (answer["read"], answer["sent"], answer["rejected"]) == (3, 3, 0)
    assert answer["verified"] == {"profiles": 3, "wrong": []}
    assert loading.profile("2")["Attributes"]["TrialStatus"] == "Expired"
    assert not (loading.folder / "rejected.ndjson").exists()


def csv_of(rows: list[dict[str, str]]) -> bytes:
    lines = ["UserId,status,planType"]
    lines += [f"{row['UserId']},{row['status']},{row.get('planType', '')}" for row in rows]
    return "\n".join([*lines, ""]).encode()


@pytest.mark.parametrize("kind", ["list", "csv", "gzip", "csv.gz", "parquet", "stdin", "object"])
def test_every_form_of_file_gives_the_same_profiles(loading: Loading, kind: str) -> None:
    ndjson = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    given = None
    match kind:
        case "list":
            name, data = "rows.json", json.dumps(ROWS, indent=1).encode()
        case "csv":
            name, data = "rows.csv", csv_of(ROWS)
        case "gzip":
            name, data = "rows.ndjson.gz", gzip.compress(ndjson)
        case "csv.gz":
            name, data = "rows.csv.gz", gzip.compress(csv_of(ROWS))
        case "parquet":
            name, data = "rows.parquet", parquet_of(loading.folder)
        case "stdin":
            name, data, given = "-", b"", ndjson
        case _:
            name, data = "row.json", json.dumps(ROWS[0], indent=1).encode()
    if data:
        (loading.folder / name).write_bytes(data)
    answer = loading.load(name, given=given)
    assert answer["sent"] == answer["read"] == (1 if kind == "object" else 3)
    assert loading.profile("1")["Attributes"]["TrialPlanType"] == "Standard"
    if kind != "object":
        assert "TrialPlanType" not in loading.profile("3")["Attributes"]


def parquet_of(folder: Path) -> bytes:
    from pyarrow import Table, parquet  # noqa: PLC0415 - slow to import

    path = folder / "made.parquet"
    parquet.write_table(Table.from_pylist(ROWS), path)
    return path.read_bytes()


def test_a_second_run_sends_only_what_changed(loading: Loading) -> None:
    loading.write("rows.ndjson", *ROWS)
    loading.load("rows.ndjson")
    again = loading.load("rows.ndjson")
    assert (again["sent"], again["unchanged"], again["calls"]["made"]) == (0, 3, 0)
    loading.write("rows.ndjson", ROWS[0], ROWS[1] | {"status": "Converted"}, ROWS[2])
    changed = loading.load("rows.ndjson")
    assert (changed["sent"], changed["unchanged"]) == (1, 2)
    assert loading.profile("2")["Attributes"]["TrialStatus"] == "Converted"


def test_rows_of_one_customer_are_put_in_their_order_and_again_behind_a_change(
    loading: Loading,
) -> None:
    rows = [{"UserId": "1", "status": f"S{number}"} for number in range(50)]
    loading.write("rows.ndjson", *rows)
    first = loading.load("rows.ndjson")
    assert (first["sent"], first["repeated_unique_keys"]) == (50, 49)
    assert loading.profile("1")["Attributes"]["TrialStatus"] == "S49"
    assert loading.load("rows.ndjson")["unchanged"] == 50
    rows[10]["status"] = "changed"
    loading.write("rows.ndjson", *rows)
    # What comes before the changed row stays; what comes after it must win over it once more.
    assert loading.load("rows.ndjson")["unchanged"] == 10
    assert loading.profile("1")["Attributes"]["TrialStatus"] == "S49"


BAD = [
    '{"UserId": "4", "status": ',
    "[1, 2]",
    {"status": "Active"},
    {"UserId": "5", "status": "x" * 300},
]


def test_bad_rows_are_rejected_once_and_the_others_are_taken(loading: Loading) -> None:
    loading.write("rows.ndjson", BAD[0], ROWS[0], BAD[1], BAD[2], ROWS[1], BAD[3])
    answer = loading.load("rows.ndjson", code=3)
    assert (answer["read"], answer["sent"], answer["rejected"]) == (6, 2, 4)
    rejected = loading.rejected()
    assert [each["_rejected"]["row"] for each in rejected] == [1, 3, 4, 6]
    assert rejected[0]["_rejected"]["text"] == BAD[0].strip()  # type: ignore[attr-defined]
    assert {"status": "Active"}.items() <= rejected[2].items()
    assert "UNIQUE key _account" in rejected[2]["_rejected"]["reason"]
    assert "longer than 255" in rejected[3]["_rejected"]["reason"]


def test_rejected_rows_that_were_put_right_are_loaded_from_the_rejects_file(
    loading: Loading,
) -> None:
    loading.write("rows.ndjson", *BAD)
    loading.load("rows.ndjson", code=3)
    again = loading.load("rejected.ndjson", "--rejects", "still.ndjson", code=3)
    assert again["rejected"] == 4
    right = [each | {"UserId": "9", "status": "Active"} for each in loading.rejected()[2:]]
    loading.write("right.ndjson", *right)
    assert loading.load("right.ndjson")["sent"] == 2
    assert loading.profile("9")["Attributes"]["TrialStatus"] == "Active"


def test_a_row_that_the_service_refuses_is_rejected_with_its_answer(
    loading: Loading, faulty: Any
) -> None:
    rule = {"service": "profile", "probability": 1, "error": "BadRequestException"}
    rules = [rule | {"operation": name} for name in ("PutProfileObject", "BatchPutProfileObject")]
    loading.write("rows.ndjson", *ROWS)
    with faulty(rules):
        answer = loading.load("rows.ndjson", code=3)
    assert (answer["sent"], answer["rejected"]) == (0, 3)
    assert all("BadRequest" in reason for reason in answer["reasons"])
    assert loading.load("rejected.ndjson", "--rejects", "r.ndjson")["sent"] == 3


def test_without_batches_rows_are_put_one_by_one(loading: Loading, faulty: Any) -> None:
    rule = {"service": "profile", "operation": "BatchPutProfileObject"}
    rule |= {"error": "AccessDeniedException"}
    loading.write("rows.ndjson", *({"UserId": str(n)} for n in range(100)))
    with faulty([rule | {"probability": 1}]):
        assert loading.load("rows.ndjson")["sent"] == 100


def test_a_dry_run_tells_and_sends_nothing(loading: Loading) -> None:
    rows = [{"UserId": "0", "status": "Active"} for _ in range(150)]
    loading.write("rows.ndjson", *rows, *ROWS)
    answer = loading.load("rows.ndjson", "--dry-run")
    found = answer["preflight"]
    assert (found["profiles"], found["metered_profiles"]) == (4, 4)
    assert found["suspicious_keys"] == [{"key": "_account", "rows": 150}]
    assert "Attributes.TrialEndDate" in found["empty_attributes"]
    found = loading.client.search_profiles(
        DomainName=loading.domain, KeyName="_account", Values=["1"]
    )
    assert found["Items"] == []


def test_it_verifies_what_the_domain_holds(loading: Loading) -> None:
    loading.write("rows.ndjson", *ROWS)
    loading.load("rows.ndjson")
    profile = loading.profile("2")["ProfileId"]
    loading.client.update_profile(
        DomainName=loading.domain, ProfileId=profile, Attributes={"TrialStatus": "by hand"}
    )
    answer = loading.load("rows.ndjson", "--verify", "9", "--wait", "0.2", code=1)
    assert answer["verified"]["wrong"] == [{"row": 2, "paths": ["Attributes.TrialStatus"]}]


def test_people_get_sentences_without_any_value_of_a_row(loading: Loading) -> None:
    loading.write("rows.ndjson", *ROWS, {"UserId": "77777", "status": "secret" * 60})
    done = loading.run("rows.ndjson", code=3)
    assert "sent 3, unchanged 0, rejected 1 of 4" in done.stdout
    assert "first: rows.ndjson row 4" in done.stdout
    for text in (done.stdout, done.stderr):
        assert "secret" not in text
        assert "77777" not in text


# What keeps it from running


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere.ndjson",), "nowhere.ndjson: after row 0: No such file or directory"),
        (("cut.ndjson.gz",), "the compressed data end too early"),
        (("open.csv",), "open.csv: line 2: a quote that opens here swallows the next lines"),
        (("rows.ndjson", "--rejects", "rows.ndjson"), "something else than rejected rows"),
        (("twice.csv",), "each column needs a name of its own"),
        (("rows.ndjson", "--type", "Nothing"), "no mapping has the object type Nothing"),
        (("rows.ndjson", "--domain", "nothing"), "DomainName nothing is not found"),
        (("rows.ndjson", "--endpoint", "http://127.0.0.1:9"), "does not answer"),
        (("rows.ndjson", "--journal", "rows.ndjson"), "cannot be used as journal"),
        (("rows.ndjson", "--rejects", "no/such/folder"), "No such file or directory"),
    ],
)
def test_it_says_what_is_wrong_and_sends_nothing(
    loading: Loading, arguments: tuple[str, ...], says: str
) -> None:
    loading.write("rows.ndjson", *ROWS)
    packed = gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS * 500).encode())
    (loading.folder / "cut.ndjson.gz").write_bytes(packed[:-20])
    (loading.folder / "open.csv").write_text('UserId,status\n1,"open\n2,Active\n3,Active\n')
    (loading.folder / "twice.csv").write_text("a,a\n1,2\n")
    command = loading.command(*arguments)
    # An option that is given twice counts as it was given last.
    words = [*command[:2], *command[-6:], *arguments]
    done = subprocess.run(
        words, cwd=loading.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    found = loading.client.search_profiles(
        DomainName=loading.domain, KeyName="_account", Values=["1"]
    )
    assert found["Items"] == []


def test_a_full_disk_is_told_before_anything_is_sent(loading: Loading) -> None:
    loading.write("rows.ndjson", *ROWS * 2_000)
    limited = ["bash", "-c", 'ulimit -f 64; exec "$@"', "bash", *loading.command("rows.ndjson")]
    done = subprocess.run(
        limited, cwd=loading.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "no room to work in: File too large; TMPDIR says where" in done.stderr
    assert "nothing was sent" in done.stderr
    # Nothing of it is left behind.
    assert [each.name for each in loading.folder.iterdir()] == ["rows.ndjson"]


def test_the_rejected_rows_of_another_file_are_kept_until_they_are_loaded(
    loading: Loading,
) -> None:
    loading.write("one.ndjson", ROWS[0], {"status": "Active"})
    loading.write("two.ndjson", ROWS[1])
    loading.load("one.ndjson", code=3)
    done = loading.run("two.ndjson")
    assert "rejected.ndjson has 1 rejected rows of earlier loads too" in done.stdout
    assert loading.load("two.ndjson")["rejected_earlier"] == 1
    (left,) = loading.rejected()
    loading.write("rejected.ndjson", left | {"UserId": "8"})
    assert loading.load("rejected.ndjson")["sent"] == 1
    assert not (loading.folder / "rejected.ndjson").exists()


def test_the_journal_of_another_domain_is_refused(loading: Loading, account: str) -> None:
    from tests.emulator.load.conftest import make_domain  # noqa: PLC0415 - only here

    loading.write("rows.ndjson", *ROWS)
    loading.load("rows.ndjson", "--journal", "j")
    loading.domain = f"other-{account}"
    make_domain(loading.client, loading.domain)
    done = loading.run("rows.ndjson", "--journal", "j", code=2)
    assert f"is the journal of {TRIAL} of domain load-" in done.stderr
