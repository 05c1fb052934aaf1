"""Pages of requests: the latest, and one with its bodies and the ways to send it again."""

from itertools import islice
from typing import Any, Final

import orjson

from emulator.console.context import Context, whole_number
from emulator.console.json_text import laid_out
from emulator.console.page import NothingHereError, Page
from emulator.console.replay import boto3_call, curl
from emulator.operations import PROTOCOLS
from emulator.request_log import LoggedRequest

PER_PAGE: Final = 50
REFRESH_SECONDS: Final = 3
LONGEST_BODY: Final = 300_000
"""Bytes that are shown: an object has up to 256,000."""

_NOT_KEPT: Final = (
    "This request is not kept any more, or it was before the local AWS started: only the latest are"
    " in memory."
)


def requests(context: Context) -> Page:
    """The latest requests of our own services."""
    query = context.query
    service, operation = query.text("service"), query.text("operation")
    account, failed = query.text("account"), bool(query.text("failed"))
    before = query.number("before")

    def wanted(entry: LoggedRequest) -> bool:
        return (
            service in {"", entry.service}
            and account in {"", entry.request.caller.account}
            and (not failed or entry.failed)
            and (not before or entry.number < before)
            and (not operation or operation.lower() in entry.operation.lower())
        )

    found = list(islice(filter(wanted, context.requests.newest()), PER_PAGE + 1))
    given: dict[str, Any] = {
        "services": list(PROTOCOLS),
        "asked": {
            "service": service,
            "operation": operation,
            "account": account,
            "failed": "yes" if failed else "",
        },
        "before": before,
        "found": found[:PER_PAGE],
        "older": found[PER_PAGE - 1].number if len(found) > PER_PAGE else 0,
        "total": context.requests.total,
        "kept": len(context.requests),
        "seconds": REFRESH_SECONDS,
    }
    return Page("requests.html", given, refresh=REFRESH_SECONDS if query.text("refresh") else 0)


def request(context: Context, number: str) -> Page:
    """One request. Raises: NothingHereError."""
    entry = context.requests.find(whole_number(number))
    if entry is None:
        raise NothingHereError(_NOT_KEPT)
    given: dict[str, Any] = {
        "entry": entry,
        "sent": _readable(entry.request.body),
        "answered": _readable(entry.response.body),
        "curl": curl(entry, context.endpoint),
        "boto3": boto3_call(entry, context.endpoint),
    }
    return Page("request.html", given)


def _readable(body: bytes) -> str:
    """The body as text, JSON on lines of its own; an overlong one cut off."""
    shown = body[:LONGEST_BODY].decode("utf-8", "replace")
    if len(body) > LONGEST_BODY:
        return f"{shown}\n… and {len(body) - LONGEST_BODY:,} more bytes"
    try:
        orjson.loads(body)
    except ValueError:
        return shown
    return laid_out(shown)
