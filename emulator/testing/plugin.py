"""The pytest plugin: fixtures of a local AWS, which starts when a test first asks for it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from emulator.testing.local import LocalAws, local_aws


@dataclass(frozen=True, slots=True)
class LocalDomain:
    """A domain, and a boto3 client of Customer Profiles in the account that has it."""

    name: str
    account: str
    client: Any


@pytest.fixture(scope="session")
def customer_profiles_aws() -> Iterator[LocalAws]:
    """One local AWS for all tests (for those of one worker under pytest-xdist)."""
    with local_aws() as aws:
        yield aws


@pytest.fixture
def customer_profiles_domain(customer_profiles_aws: LocalAws) -> LocalDomain:
    """An empty domain in an account of the test's own, where it meets no other test's data."""
    account = f"{secrets.randbelow(9 * 10**11) + 10**11:012d}"
    name = f"customers-{secrets.token_hex(4)}"
    client = customer_profiles_aws.client("customer-profiles", account)
    client.create_domain(DomainName=name, DefaultExpirationDays=366)
    return LocalDomain(name, account, client)
