"""`lifecycle demo` as a user runs it."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LIFECYCLE
from tests.programs import copy_program

pytestmark = pytest.mark.e2e

# reference/seed.md, "the merged profile".
PROFILE = {
    "AccountNumber": "00001",
    "EmailAddress": "test@test.com",
    "Attributes.SubscriptionAutoRenew": "False",
    "Attributes.SubscriptionDiscount": "None",
    "Attributes.SubscriptionEndDate": "2020-03-20",
    "Attributes.SubscriptionPlanType": "Professional",
    "Attributes.SubscriptionPrice": "$99.99",
    "Attributes.SubscriptionStartDate": "2019-03-20",
    "Attributes.SubscriptionStatus": "Active",
    "Attributes.TrialDays": "90",
    "Attributes.TrialEndDate": "2020-03-19",
    "Attributes.TrialPlanType": "Standard",
    "Attributes.TrialStartDate": "2020-01-19",
    "Attributes.TrialStatus": "Expired",
    "Attributes.offerName": "30% Renewal",
    "Attributes.offerViewed": "false",
}

CHANGES = [
    ["events", "TrialSubscription", "Attributes.TrialStatus", "Expired", "Converted"],
    ["topic", "PurchasedSubscription", "Attributes.SubscriptionAutoRenew", "False", "True"],
    ["batch", "MarketingAssignedOffers", "Attributes.offerViewed", "false", "true"],
]

Marked = tuple[dict[str, str], Callable[[], list[str]]]


@pytest.fixture
def start_demo(
    marked: Marked,
    programs: Path,  # noqa: ARG001 - built before
    tmp_path: Path,
) -> Callable[..., Any]:
    """Start the demo of a copy of the project with the sample; its output is one stream."""

    def start() -> Any:
        project = tmp_path / "program"
        copy_program(project, ("lifecycle",))
        return subprocess.Popen(
            [str(LIFECYCLE), "demo"],
            env=marked[0] | {"PYTHONPATH": str(project)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def cells_of(said: str) -> list[list[str]]:
    """The cells of every row of every table."""
    lines = [line for line in said.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│ ").split("│")] for line in lines]


def test_the_demo_shows_the_one_merged_profile_and_its_changes_and_leaves_nothing(
    start_demo: Callable[..., Any],
) -> None:
    with start_demo() as demo:
        said, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, said
    cells = cells_of(said)
    rows = [row for row in cells if len(row) == 4]
    assert {attribute: actual for attribute, _, actual, _ in rows} == PROFILE
    assert {attribute: expected for attribute, expected, _, _ in rows} == PROFILE
    assert {mark for _, _, _, mark in rows} == {"ok"}
    assert "profiles found: 1" in said
    changes = [row for row in cells if len(row) == 6]
    assert [row[:5] for row in changes] == CHANGES
    assert all(float(row[5]) >= 0 for row in changes)


@pytest.mark.parametrize(
    "moment", ["local AWS", "pulumi up", "20 resources", "verify", "by each way", "destroy"]
)
def test_ctrl_c_in_the_demo_leaves_no_process_behind(
    start_demo: Callable[..., Any], marked: Marked, moment: str
) -> None:
    with start_demo() as demo:
        for line in demo.stdout:
            if moment in line:
                break
        assert marked[1]()
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=30)
    assert demo.returncode == 128 + signal.SIGINT
    assert marked[1]() == []
