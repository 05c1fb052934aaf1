"""Clients of AWS, or of the local AWS, and what of their errors people are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed

# An endpoint that never answers is given up well within half a minute.
CONNECT_SECONDS: Final = 4
READ_SECONDS: Final = 6
ATTEMPTS: Final = 3
CONNECTIONS: Final = 10
"""As botocore has it."""


def client(
    deployed: Deployed,
    service: str,
    *,
    attempts: int = ATTEMPTS,
    read_seconds: float = READ_SECONDS,
    connections: int = CONNECTIONS,
) -> Any:
    """A client of the service where the stack is.

    attempts: how often a call is tried in all. connections: how many are kept for calls at a time.
    Raises: CouldNotRunError.
    """
    import boto3  # noqa: PLC0415 - half a second
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    # The local AWS takes any key; without one the SDK would search the network for credentials.
    key = "test" if deployed.endpoint else None
    try:
        session: Any = boto3.Session(aws_access_key_id=key, aws_secret_access_key=key)
        return session.client(
            service, region_name=deployed.region, endpoint_url=deployed.endpoint, config=config
        )
    except (BotoCoreError, ValueError) as error:
        raise CouldNotRunError(f"the AWS SDK cannot be set up: {error}") from None


def pages(operation: Any, **members: Any) -> Iterator[dict[str, Any]]:
    """Every answer of an operation that goes on by NextToken. Raises: what the SDK does."""
    page = operation(**members)
    yield page
    while page.get("NextToken"):
        page = operation(**members, NextToken=page["NextToken"])
        yield page


def said(error: BaseException) -> str:
    """What AWS answered, as `Code: message`; a text of AWS has no value of an object in it."""
    answer = getattr(error, "response", {}).get("Error", {})
    code, text = answer.get("Code", "unknown"), answer.get("Message", "")
    return f"{code}: {text}" if text else str(code)


@contextmanager
def could_not_run(where: str) -> Iterator[None]:
    """Turns what the SDK raises into a sentence; object contents never stand in it."""
    from botocore import exceptions  # noqa: PLC0415 - slow to import

    try:
        yield
    except exceptions.ClientError as error:
        raise CouldNotRunError(f"{error.operation_name} on {where}: {said(error)}") from None
    except exceptions.NoCredentialsError:
        raise CouldNotRunError(
            "there are no AWS credentials: sign in, or set AWS_PROFILE"
        ) from None
    except (
        exceptions.EndpointConnectionError,
        exceptions.ConnectTimeoutError,
        exceptions.HTTPClientError,
    ) as error:
        endpoint = getattr(error, "kwargs", {}).get("endpoint_url", "the endpoint")
        raise CouldNotRunError(
            f"{endpoint} does not answer; if it is the local AWS, start it with: lifecycle emulator"
        ) from None
    except exceptions.BotoCoreError as error:
        raise CouldNotRunError(f"the AWS SDK could not run: {type(error).__name__}") from None
