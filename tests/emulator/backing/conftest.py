"""An account of the test's own, where nothing is enforced and where IAM is."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.emulator.backing.accounts import Aws


@pytest.fixture
def aws(emulator: Any, account: str) -> Aws:
    """The test's own account."""
    return Aws(emulator, account)


@pytest.fixture(scope="session")
def enforcing_emulator(
    start_emulator: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """An emulator that enforces IAM; it must end well, and must not have failed within."""
    log = tmp_path_factory.mktemp("enforcing") / "log"
    with start_emulator(log, "--iam") as running:
        running.log = log
        yield running
        assert running.stop() == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def enforcing(enforcing_emulator: Any, account: str) -> Aws:
    """The test's own account where IAM is enforced; its own clients are the account's root."""
    return Aws(enforcing_emulator, account)
