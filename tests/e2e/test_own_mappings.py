"""A team that keeps mappings of its own: the project's tests and its demo hold for them too."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import LIFECYCLE
from tests.programs import ROOT, take_the_sample

pytestmark = pytest.mark.e2e

NOT_COPIED = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
POLICY = "tests/policy/test_program.py"
TESTS = (
    "tests/mappings/test_each_mapping.py",
    "tests/unit/test_sample.py",
    f"{POLICY}::test_a_shared_stack_keeps_the_rules",
    f"{POLICY}::test_the_local_stack_keeps_them_and_says_that_it_keeps_no_customers_data",
)
"""Those that look at the team's own mappings, and those that make sure of the sample."""

SOURCES = "customer-lifecycle:ingestion"

LOYALTY = '''"""Memberships of the loyalty programme: level and points."""

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="LoyaltyMembership",
    description="Loyalty programme memberships",
    allow_profile_creation=True,
    expiration_days=366,
    fields=(
        Field("customer", "_source.customerNumber", "_profile.AccountNumber"),
        Field("level", "_source.level", "_profile.Attributes.LoyaltyLevel"),
        Field("points", "_source.points", "_profile.Attributes.LoyaltyPoints"),
    ),
    keys=(Key("_account", ("customer",), (PROFILE, UNIQUE)),),
)

EXAMPLES = (
    {
        "customerNumber": "00001",
        "level": "Gold",
        "points": 1250,
    },
)
'''
NEWSLETTER = '''"""Newsletters that a reader gets, who is known by an e-mail address alone."""

from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="NewsletterSignup",
    description="Newsletter signups",
    allow_profile_creation=True,
    expiration_days=200,
    fields=(
        Field("address", "_source.contact.email", "_profile.EmailAddress", EMAIL_ADDRESS),
        Field("topic", "_source.topic", "_profile.Attributes.NewsletterTopic"),
        Field("active", "_source.active", "_profile.Attributes.NewsletterActive"),
    ),
    keys=(Key("_email", ("address",), (PROFILE, UNIQUE)),),
)

EXAMPLES = (
    {
        "contact": {"email": "ann@example.org"},
        "topic": "Offers",
        "active": True,
    },
)
'''
SOURCE = {
    "name": "loyalty",
    "objectType": "LoyaltyMembership",
    "query": 'SELECT customer AS "customerNumber", level, points, updated_at FROM memberships',
    "watermarkColumn": "updated_at",
    "keyColumn": "customerNumber",
    "clusterArn": "arn:aws:rds:us-east-1:000000000000:cluster:crm",
    "secretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
    "database": "crm",
}


class Project:
    """A copy of the project in which the mappings are a team's own; the sample's to begin with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=NOT_COPIED, symlinks=True)
        take_the_sample(folder)
        self.write_schemas()

    def write_schemas(self) -> None:
        """What a team does after a change of the mappings."""
        shutil.rmtree(self.folder / "docs" / "reference" / "schemas")
        done = self.run(str(LIFECYCLE), "schemas", "--write", "docs/reference/schemas")
        assert done.returncode == 0, done.stderr

    def write(self, **modules: str) -> None:
        for name, text in modules.items():
            (self.folder / "mappings" / f"{name}.py").write_text(text, encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.folder / "mappings" / f"{name}.py").unlink()

    def edit(self, name: str, *edits: tuple[str, str]) -> None:
        path = self.folder / "mappings" / f"{name}.py"
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def sources(self, change: Callable[[list[Any]], list[Any]]) -> None:
        """Change the batch sources of the local stack."""
        path = self.folder / "Pulumi.local.yaml"
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        batch = settings["config"][SOURCES]["batch"]
        batch["sources"] = change(batch["sources"])
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command with all packages of the copy."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def test(self) -> "subprocess.CompletedProcess[str]":
        """Run the tests that look at the mappings, each failure in a line."""
        options = ("-q", "--tb=line", "-p", "no:cacheprovider")
        return self.run(sys.executable, "-m", "pytest", *options, *TESTS)


def more(project: Project) -> None:
    """A module, and a field in another one."""
    project.write(loyalty_membership=LOYALTY)
    field = 'Field("status", "_source.status", "_profile.Attributes.TrialStatus"),'
    new = 'Field("seats", "_source.seats", "_profile.Attributes.TrialSeats"),'
    example = '"status": "Expired",'
    project.edit(
        "trial_subscription",
        (field, f"{field}\n        {new}"),
        (example, f'{example}\n        "seats": "25",'),
    )


def fewer(project: Project) -> None:
    """A module and its source have gone."""
    project.remove("marketing_assigned_offers")
    project.sources(lambda sources: [each for each in sources if each["name"] != "offers"])


def others(project: Project) -> None:
    """No module of the sample is left."""
    for name in ("marketing_assigned_offers", "purchased_subscription", "trial_subscription"):
        project.remove(name)
    project.write(loyalty_membership=LOYALTY, newsletter_signup=NEWSLETTER)
    project.sources(lambda _: [SOURCE])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.mark.parametrize("change", [more, fewer, others])
def test_the_tests_hold_once_the_schemas_are_written(
    project: Project, change: Callable[[Project], None]
) -> None:
    change(project)
    project.write_schemas()
    done = project.test()
    assert done.returncode == 0, done.stdout


def test_what_is_left_to_do_is_told_and_no_other_test_fails(project: Project) -> None:
    project.remove("marketing_assigned_offers")
    done = project.test()
    assert done.stdout.splitlines()[-1].startswith("2 failed, ")
    for reminder in (
        "run: git rm docs/reference/schemas/MarketingAssignedOffers.json",
        "ingestion.batch.sources[2].objectType: no mapping defines it",
        "take the source out",
    ):
        assert reminder in done.stdout
    project.write(loyalty_membership=LOYALTY)
    done = project.test()
    assert "['LoyaltyMembership']: run: lifecycle schemas --write" in done.stdout


def test_the_demo_shows_customers_who_have_no_account_number(project: Project) -> None:
    others(project)
    done = project.run(str(LIFECYCLE), "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Profile of account 00001 " in done.stdout
    assert "Profile of account ann@example.org " in done.stdout
    for way in ("events", "topic", "batch"):
        assert f"│ {way} " in done.stdout
