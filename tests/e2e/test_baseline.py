"""Today's program over what the last release deployed: nothing is replaced by accident.

With the team's own mappings and settings, and with those of the release.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

import mappings
from tests.baseline import states
from tests.e2e.conftest import Deployment, deployed_to
from tests.programs import OWN, ROOT

pytestmark = pytest.mark.e2e

OBJECT_TYPE = "aws-native:customerprofiles:ObjectType"
IRREPLACEABLE = {
    "aws-native:customerprofiles:Domain",
    OBJECT_TYPE,
    "aws-native:kms:Key",
    "aws-native:sqs:Queue",
}
"""What is lost with them: customers' data, what it is encrypted with, what was not delivered."""

HARMLESS = {"same", "create", "update"}
GONE = (
    "the last release deployed to {stack} what no mapping defines: {names}. If customers' data is "
    "there, bring the mapping back and go by `Removing an object type` (deletableObjectTypes) in "
    "docs/guides/environments.md. If nobody has deployed it, keep what you deploy: make baseline "
    "(tests/baseline/README.md)"
)
TWO_STEPS = (
    "what the last release protected goes in two steps: deploy it with deletableObjectTypes and "
    "keep that (make baseline), and only then remove the mapping"
)
CHANGES = yaml.safe_load((states.release() / "changes.yaml").read_text(encoding="utf-8"))

Released = Callable[[str], AbstractContextManager[Deployment]]


@pytest.fixture
def released(programs: Path, tmp_path: Path, start_emulator: Callable[..., Any]) -> Released:
    """`with released(stack) as deployment:` as the last release left the stack.

    Its program has the team's own mappings and settings.
    """

    @contextmanager
    def imported(stack: str) -> Iterator[Deployment]:
        with deployed_to(
            tmp_path, programs, start_emulator, stack=stack, source=ROOT
        ) as deployment:
            state = tmp_path / "state.json"
            salt = configuration(deployment)["encryptionsalt"]
            text = states.state(stack, deployment.emulator.url, salt)
            state.write_text(text, encoding="utf-8")
            deployment.pulumi("stack", "import", "--file", str(state))
            yield deployment

    return imported


def configuration(deployment: Deployment) -> dict[str, Any]:
    """The stack's configuration file."""
    stack = deployment.workspace.environ["PULUMI_STACK"]
    path = deployment.workspace.folder / f"Pulumi.{stack}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def steps(deployment: Deployment) -> list[tuple[str, str, str]]:
    """(operation, type, name) of all that a preview would do."""
    done = deployment.cli("preview", "--json", "--show-sames")
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{said}\n{TWO_STEPS if 'is protected' in said else ''}"
    planned = []
    for step in json.loads(done.stdout)["steps"]:
        _, _, types, name = step["urn"].split("::")
        planned.append((step["op"], types.rpartition("$")[2], name))
    return planned


def lost(
    planned: list[tuple[str, str, str]], let_go: Collection[str] = ()
) -> list[tuple[str, str, str]]:
    """Those steps which something irreplaceable would not survive.

    let_go: object types that are to be deleted.
    """
    meant = {("delete", OBJECT_TYPE, name) for name in let_go}
    return [
        step
        for step in planned
        if step[0] not in HARMLESS and step[1] in IRREPLACEABLE and step not in meant
    ]


def may_go(stack: str) -> set[str]:
    """The object types of the last release that the team's own settings let go."""
    path = ROOT / f"Pulumi.{stack}.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    # `pulumi config set` writes a text.
    if str(config.get("customer-lifecycle:keepsCustomerData", True)).lower() == "false":
        return states.object_types(stack)
    return set(config.get("customer-lifecycle:deletableObjectTypes", ()))


@pytest.mark.parametrize("stack", states.STACKS)
def test_nothing_irreplaceable_of_the_last_release_is_replaced_or_deleted(
    released: Released, stack: str
) -> None:
    gone = states.object_types(stack) - {each.object_type.name for each in mappings.load(OWN)}
    kept = sorted(gone - may_go(stack))
    assert not kept, GONE.format(stack=stack, names=", ".join(kept))
    with released(stack) as deployment:
        planned = steps(deployment)
    assert {kind for _, kind, _ in planned} >= IRREPLACEABLE
    assert lost(planned, gone) == []


@pytest.mark.parametrize("stack", states.STACKS)
def test_with_the_mappings_and_settings_of_the_last_release_only_what_is_listed_changes(
    released: Released, stack: str
) -> None:
    listed = {tuple(each["step"].split()) for each in CHANGES.get(stack, [])}
    with released(stack) as deployment:
        states.copy_mappings(states.release() / "mappings", deployment.program / "mappings")
        today = configuration(deployment)["config"]
        release = yaml.safe_load(states.settings(stack))["config"]
        for name in today.keys() | release.keys():
            # Where the local AWS is differs by run.
            if not name.startswith("aws-native:") and name != "customer-lifecycle:endpoint":
                deployment.configure(name, release.get(name))
        changes = {step for step in steps(deployment) if step[0] != "same"}
    # What is no longer planned goes off the list: it is of an earlier release.
    assert changes == listed


def test_a_resource_that_is_called_otherwise_in_the_program_is_found_to_be_lost(
    released: Released,
) -> None:
    with released("dev") as deployment:
        states.copy_mappings(states.release() / "mappings", deployment.program / "mappings")
        file = deployment.program / "components" / "customer_profiles.py"
        text = file.read_text(encoding="utf-8")
        assert text.count('"domain",\n') == 1
        file.write_text(text.replace('"domain",\n', '"customers",\n'), encoding="utf-8")
        done = deployment.cli("preview", "--json")
    kept = "aws-native:customerprofiles:Domain"
    # The domain is protected: the preview itself refuses to let go of it.
    assert done.returncode != 0 or lost(steps(deployment)) == [("delete", kept, "domain")]
