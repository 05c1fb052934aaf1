"""The calls to Customer Profiles, and what their failures mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lifecycle.clients import client, could_not_run, said
from lifecycle.errors import CouldNotRunError
from lifecycle.load.staging import Staged
from lifecycle.retries import SERVER_ERROR, TOO_MANY_REQUESTS, is_concurrent, passing, passing_code
from lifecycle.stack_outputs import Deployed

READ_SECONDS: Final = 20
_NO_BATCHES: Final = ("NotImplemented", "UnknownOperation", "AccessDenied", "Forbidden")
_NOT_FOR_ROWS: Final = (
    *("AccessDenied", "Forbidden", "UnrecognizedClient", "InvalidSignature", "ExpiredToken"),
    *("ResourceNotFound", "InvalidClientToken", "MissingAuthentication", "SignatureDoesNotMatch"),
)
"""Codes that blame the caller or the place: every row would be refused."""


class ThrottledError(Exception):
    """The call came too soon."""


class PassingCallError(Exception):
    """The call failed, and may succeed when it is made again."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A row that was not taken. passing: another try may succeed."""

    reason: str
    passing: bool


class Target:
    """One object type of one domain. connections: how many calls are made at a time."""

    def __init__(self, deployed: Deployed, object_type: str, connections: int) -> None:
        self.batches = True
        self.domain = deployed.domain
        self.object_type = object_type
        # What is tried again, and when, is ours to say.
        self.client = client(
            deployed,
            "customer-profiles",
            attempts=1,
            read_seconds=READ_SECONDS,
            connections=connections,
        )

    def check(self) -> None:
        """Raises: CouldNotRunError unless the domain has the object type."""
        with could_not_run(f"domain {self.domain}"):
            self.client.get_profile_object_type(
                DomainName=self.domain, ObjectTypeName=self.object_type
            )

    def put(self, rows: Sequence[Staged]) -> dict[int, Failed]:
        """Put the rows, each of another customer; what failed, by position.

        Raises: ThrottledError, PassingCallError for the whole call; CouldNotRunError where no row
        could ever be taken.
        """
        if len(rows) > 1 and self.batches:
            return self._put_batch(rows)
        failed = {}
        for position, row in enumerate(rows):
            failure = self._put_one(row)
            if failure is not None:
                failed[position] = failure
        return failed

    def _put_one(self, row: Staged) -> Failed | None:
        from botocore.exceptions import ClientError, HTTPClientError  # noqa: PLC0415 - slow

        try:
            self.client.put_profile_object(
                DomainName=self.domain, ObjectTypeName=self.object_type, Object=row.text
            )
        except ClientError as error:
            self._raise(error)
            return Failed(said(error), passing=False)
        except HTTPClientError as error:
            raise PassingCallError(type(error).__name__) from None
        return None

    def _put_batch(self, rows: Sequence[Staged]) -> dict[int, Failed]:
        from botocore.exceptions import ClientError, HTTPClientError  # noqa: PLC0415 - slow

        items = [{"Id": str(at), "Object": row.text} for at, row in enumerate(rows)]
        try:
            answer = self.client.batch_put_profile_object(
                DomainName=self.domain, ObjectTypeName=self.object_type, Items=items
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code.startswith(_NO_BATCHES):
                # Some accounts and policies know single puts only.
                self.batches = False
                return self.put(rows)
            self._raise(error)
            # It may be for one of them: alone, each gets its own answer.
            return {
                at: failure
                for at, row in enumerate(rows)
                if (failure := self._put_one(row)) is not None
            }
        except HTTPClientError as error:
            raise PassingCallError(type(error).__name__) from None
        return {int(each["Id"]): _failed(each) for each in answer.get("Failed", ())}

    def _raise(self, error: Any) -> None:
        """What of an error concerns more than the rows."""
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == TOO_MANY_REQUESTS or "Throttl" in code or "TooManyRequests" in code:
            raise ThrottledError(code) from None
        if passing(error):
            raise PassingCallError(said(error)) from None
        if code.startswith(_NOT_FOR_ROWS):
            raise CouldNotRunError(f"domain {self.domain}: {said(error)}") from None


def _failed(item: dict[str, Any]) -> Failed:
    """One of `Failed` in an answer to a batch. Its Code is a number (API model)."""
    code, text = item.get("Code", 0), str(item.get("Message", ""))
    too_soon = code == TOO_MANY_REQUESTS or passing_code(text)
    again = too_soon or is_concurrent(text) or (isinstance(code, int) and code >= SERVER_ERROR)
    return Failed(text or f"error {code}", passing=again)
