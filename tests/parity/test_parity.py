"""What Customer Profiles answers, compared with what it answered before."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.parity.case import Case, all_cases
from tests.parity.page import COMMAND, PAGE, page
from tests.parity.scene import Scene
from tests.parity.service import ServiceUnderTest
from tests.parity.snapshots import FOLDER, Snapshot, difference, load, save

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_the_service_answers_as_before(
    case: Case, service: ServiceUnderTest, request: pytest.FixtureRequest
) -> None:
    scene = Scene(service, case.fact)
    try:
        case.ask(scene)
    finally:
        scene.close()
    kept = load(case)
    if request.config.getoption("--update-snapshots"):
        today = f"{datetime.now(UTC):%Y-%m-%d}" if service.is_aws else None
        save(case, (kept or Snapshot([])).updated(scene.steps, today))
        return
    assert kept is not None, f"{case.name} has no snapshot: run {COMMAND}"
    changed = difference(kept.expected(of_aws=service.is_aws), scene.steps)
    assert not changed, (
        f"{case.fact}: another answer than that of {kept.validated or COMMAND}\n{changed}"
    )


def test_the_page_lists_the_snapshots_as_they_are(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-snapshots"):
        PAGE.write_text(page(CASES), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(CASES), f"out of date: run {COMMAND}"


def test_every_snapshot_belongs_to_a_case() -> None:
    assert len({each.name for each in CASES}) == len(CASES)
    assert {each.stem for each in Path(FOLDER).glob("*.json")} == {each.name for each in CASES}
