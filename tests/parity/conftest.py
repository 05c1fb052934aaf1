"""Whom the parity cases ask: the emulator, or with AWS_PARITY=1 AWS itself."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.parity.service import ServiceUnderTest

ACCOUNT = "444455556666"
OF_AWS = os.environ.get("AWS_PARITY") == "1"


@pytest.fixture(scope="session")
def service(request: pytest.FixtureRequest) -> Iterator[ServiceUnderTest]:
    """The service that all cases ask, which has nothing of theirs when they have ended."""
    asked = aws() if OF_AWS else emulated(request.getfixturevalue("emulator"))
    asked.sweep()
    yield asked
    asked.sweep()


def emulated(emulator: Any) -> ServiceUnderTest:
    session = boto3.Session(ACCOUNT, "local", region_name="us-east-1")
    return ServiceUnderTest(session, ACCOUNT, endpoint=emulator.url, lags=False)


def aws() -> ServiceUnderTest:
    """AWS with the credentials and the region that the AWS CLI would take."""
    session = boto3.Session()
    if session.region_name is None:
        pytest.exit("AWS_PARITY=1 needs a region: set AWS_REGION", returncode=2)
    account = session.client("sts").get_caller_identity()["Account"]
    return ServiceUnderTest(session, account, endpoint=None, lags=True)
