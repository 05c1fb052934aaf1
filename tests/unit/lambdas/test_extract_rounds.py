"""What a round writes and answers, and what it does with rows that cannot be items."""

import hashlib
import json
import re
from typing import Any

import pytest

COLUMNS = '"UserId" TEXT, note TEXT, updated INTEGER'
LIMIT = 200_000
SECRET = "secret@marker"


def test_a_round_is_a_file_of_one_object_a_line(extraction: Any) -> None:
    extraction.table(
        '"UserId" TEXT, days INTEGER, price REAL, note TEXT, updated INTEGER',
        [("a", 90, 1.5, None, 1), ("b", None, None, "Åse", 2)],
    )
    answer = extraction()
    assert extraction.files == {
        "batches/trials/run-1/0.jsonl": (
            '{"UserId":"a","days":90,"price":1.5}\n{"UserId":"b","note":"Åse"}\n'.encode()
        )
    }
    assert answer == {
        "bucket": "batches",
        "key": "batches/trials/run-1/0.jsonl",
        "count": 2,
        "rejected": 0,
        "after": {"watermark": 2, "key": "b"},
        "round": 1,
        "more": False,
        "advance": True,
        "extractedAt": 1_700_000_000.0,
    }


def test_a_line_is_one_line_for_every_reader(extraction: Any) -> None:
    note = "a\u2028b\u2029c\x85d\ne\x1cf\uffffg😀"
    extraction.table(COLUMNS, [("a", note, 1)])
    answer = extraction()
    (data,) = extraction.files.values()
    assert len(data.decode().splitlines()) == 1
    assert extraction.items(answer) == [{"UserId": "a", "note": note}]


def test_a_round_without_rows_writes_nothing_and_moves_nothing(extraction: Any) -> None:
    extraction.table(COLUMNS, [])
    answer = extraction()
    assert extraction.files == {}
    assert (answer["count"], answer["more"], answer["advance"]) == (0, False, False)
    assert answer["after"] == {"watermark": None, "key": None}
    extraction.watermark = json.dumps({"watermark": 5, "key": "a"})
    assert extraction()["after"] == {"watermark": 5, "key": "a"}


def test_a_watermark_that_was_never_set_reads_every_row(extraction: Any) -> None:
    extraction.table(COLUMNS, [("a", "x", 1)])
    extraction.watermark = json.dumps({"watermark": None, "key": None})
    assert extraction()["count"] == 1


def test_a_round_ends_after_its_rows_and_says_that_there_may_be_more(extraction: Any) -> None:
    extraction.table(COLUMNS, [(key, "x", 1) for key in "abcde"])
    first = extraction(pageRows=2, runRows=3)
    assert (first["count"], first["more"], first["round"]) == (3, True, 1)
    second = extraction(pageRows=2, runRows=3, after=first["after"], round=first["round"])
    assert (second["count"], second["more"]) == (2, False)
    assert second["key"] == "batches/trials/run-1/1.jsonl"
    assert [each["UserId"] for each in extraction.items(second)] == ["d", "e"]


def test_a_round_that_is_tried_again_writes_the_same_file_again(extraction: Any) -> None:
    extraction.table(COLUMNS, [("a", "x", 1)])
    first = extraction()
    extraction.table(COLUMNS, [("a", "x", 1), ("b", "x", 1)])
    again = extraction()
    assert again["key"] == first["key"]
    assert [each["UserId"] for each in extraction.items(again)] == ["a", "b"]


def test_a_round_ends_when_its_time_is_short_but_reads_a_page(extraction: Any) -> None:
    extraction.table(COLUMNS, [(key, "x", 1) for key in "abcdef"])
    extraction.execute_statement.seconds = 60
    answer = extraction(pageRows=1, seconds=400)
    assert (answer["count"], answer["more"]) == (3, True)
    assert answer["after"] == {"watermark": 1, "key": "c"}
    assert extraction(pageRows=1, seconds=30)["count"] == 1


def test_a_round_ends_once_its_file_is_large(
    extraction: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction.module, "ROUND_BYTES", 100)
    extraction.table(COLUMNS, [(key, "x" * 40, 1) for key in "abcdef"])
    answer = extraction(pageRows=1)
    assert (answer["count"], answer["more"]) == (2, True)


def test_a_page_that_is_too_large_is_halved_until_it_fits(extraction: Any) -> None:
    extraction.table(COLUMNS, [(f"{number:03}", "x" * 100, 1) for number in range(20)])
    extraction.page_bytes = 500
    answer = extraction(pageRows=16)
    assert [each["UserId"] for each in extraction.items(answer)] == [f"{n:03}" for n in range(20)]
    limits = [int(each["sql"].split()[-1]) for each in extraction.execute_statement.calls]
    assert limits == [16, 8, 4, 2, *[2] * 10]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("BadRequestException", "Database returned more than the allowed response size limit"),
        ("DatabaseErrorException", "Database response exceeded size limit"),
        ("UnsupportedResultException", "The result is too large"),
    ],
)
def test_a_row_that_is_too_large_alone_fails_the_round(
    extraction: Any, made: Any, code: str, text: str
) -> None:
    extraction.execute_statement.answer = _always(made.refusal(code, text))
    with pytest.raises(extraction.module.ExtractError, match="a row is too large"):
        extraction(pageRows=4)
    assert len(extraction.execute_statement.calls) == 3
    assert extraction.files == {}


def test_a_row_too_long_for_an_item_is_on_record_instead(extraction: Any) -> None:
    frame = len('{"UserId":"a","note":""}')
    longest, longer = "x" * (LIMIT - frame), "x" * (LIMIT - frame + 1)
    extraction.table(COLUMNS, [("a", longest, 1), ("b", longer, 2), ("c", "x", 3)])
    answer = extraction()
    assert (answer["count"], answer["rejected"], answer["advance"]) == (2, 1, True)
    assert [each["UserId"] for each in extraction.items(answer)] == ["a", "c"]
    (sent,) = extraction.send_message.served
    attributes = {name: value["StringValue"] for name, value in sent["MessageAttributes"].items()}
    digest = hashlib.sha256(sent["MessageBody"].encode()).hexdigest()[:16]
    assert json.loads(sent["MessageBody"]) == {"UserId": "b", "note": longer}
    assert attributes == {
        "Reason": "ItemTooLarge: the object has 200001 bytes, the limit of an item is 200000",
        "ObjectType": "TrialSubscription",
        "Origin": f"row batches/trials/run-1/0.jsonl/{digest}",
        "Way": "batch",
        "RejectedAt": "2023-11-14T22:13:20.000+00:00",
    }
    origin = attributes["Origin"].encode()
    assert sent["MessageDeduplicationId"] == hashlib.sha256(origin).hexdigest()
    assert sent["MessageGroupId"] == sent["MessageDeduplicationId"]


def test_the_length_of_an_item_counts_in_bytes_as_step_functions_does(extraction: Any) -> None:
    extraction.table(COLUMNS, [("a", "語" * 70_000, 1)])
    assert (extraction()["count"], len(extraction.send_message.served)) == (0, 1)


def test_a_round_of_nothing_but_rejects_moves_the_watermark(extraction: Any) -> None:
    extraction.table(COLUMNS, [("a", "x" * LIMIT, 4)])
    answer = extraction()
    assert (answer["count"], answer["advance"]) == (0, True)
    assert answer["after"] == {"watermark": 4, "key": "a"}
    assert extraction.files == {}


def test_a_round_that_is_tried_again_records_a_row_once(extraction: Any) -> None:
    extraction.table(COLUMNS, [("a", "x" * LIMIT, 1), ("b", "y" * LIMIT, 1)])
    extraction()
    extraction()
    sent = [each["MessageDeduplicationId"] for each in extraction.send_message.served]
    assert sent[:2] == sent[2:]
    assert len(set(sent)) == 2


def test_a_row_too_long_for_a_message_leaves_its_digest(extraction: Any) -> None:
    extraction.table(COLUMNS, [("a", "x" * 1_100_000, 1)])
    extraction()
    (sent,) = extraction.send_message.served
    body = json.loads(sent["MessageBody"])
    assert (body["truncated"], body["length"]) == (True, 1_100_024)
    assert re.fullmatch(r"[0-9a-f]{64}", body["sha256"])
    assert "truncated" in sent["MessageAttributes"]["Reason"]["StringValue"]


def test_a_row_that_cannot_be_put_on_record_fails_the_round(extraction: Any, made: Any) -> None:
    extraction.table(COLUMNS, [("a", "x" * LIMIT, 1)])
    extraction.send_message.answer = _always(made.refusal("AccessDenied", status=403))
    with pytest.raises(extraction.module.ExtractError, match="AccessDenied"):
        extraction()


def test_a_round_prints_its_figures_as_metrics_and_no_data(extraction: Any) -> None:
    extraction.table(COLUMNS, [(SECRET, SECRET, 1), ("b", SECRET + "x" * LIMIT, 2)])
    extraction()
    assert SECRET not in extraction.printed
    rejected, line = [json.loads(each) for each in extraction.printed.splitlines()]
    assert (rejected["outcome"], rejected["code"]) == ("rejected", "ItemTooLarge")
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1_700_000_000_000
    assert directive == {
        "Namespace": "CustomerLifecycle",
        "Dimensions": [["Domain", "Way"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in ("Extracted", "Rejected")],
    }
    assert (line["Domain"], line["Way"]) == ("customers", "batch")
    assert (line["Extracted"], line["Rejected"]) == (1, 1)
    assert (line["source"], line["round"], line["more"]) == ("trials", 0, False)


def _always(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer
