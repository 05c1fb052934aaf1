"""The program keeps the rules with every stack's settings. `make check` runs this file."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.settings import SETTINGS
from policy.exceptions import EXCEPTIONS
from policy.kinds import TAGGED, TAGGED_LATER, UNTAGGED
from policy.model import Expectations, Resource
from policy.rules import RULES, found, violations
from tests.programs import ROOT
from tests.unit.conftest import ACCOUNT
from tests.unit.test_environments import EVERY_WAY, config
from tests.unit.test_program import committed, local_aws, program

__all__ = ["local_aws"]

SHARED = ("dev", "staging", "prod")
SEVERAL = {"moreRegions": ["eu-central-1"]}
"""Where the database of EVERY_WAY is."""


def registered(engine: Any) -> list[Resource]:
    """What the program registered, as the rules look at it."""
    return [
        Resource(each.type, each.name, each.inputs, each.protect, each.retain_on_delete)
        for each in engine.resources
    ]


def expected(settings: Mapping[str, str]) -> Expectations:
    """What a stack with these settings is asked for."""
    own = {
        each.name: json.loads(settings[f"customer-lifecycle:{each.name}"])
        if f"customer-lifecycle:{each.name}" in settings
        else each.default
        for each in SETTINGS
        if each.name in {"requiredTags", "keepsCustomerData", "deletableObjectTypes"}
    }
    return Expectations(
        own["requiredTags"], own["keepsCustomerData"], own["deletableObjectTypes"], ACCOUNT
    )


def broken(run_program: Any, stack: str, settings: Mapping[str, str]) -> list[str]:
    """Every rule that the stack breaks."""
    resources = registered(run_program(program, settings, stack))
    assert len(resources) > 8
    return [str(each) for each in violations(resources, expected(settings))]


@pytest.mark.usefixtures("own_mappings")
@pytest.mark.parametrize("stack", SHARED)
def test_a_shared_stack_keeps_the_rules(run_program: Any, stack: str) -> None:
    assert broken(run_program, stack, committed(stack, ROOT)) == []


@pytest.mark.parametrize("stack", SHARED)
@pytest.mark.parametrize("topic", [{"enabled": True}, {"enabled": True, "fifo": False}])
def test_it_keeps_them_with_every_way_in_several_regions_and_an_instance(
    run_program: Any, stack: str, topic: dict[str, bool]
) -> None:
    more = {"connectInstanceAlias": "contact-centre", "ingestion": EVERY_WAY | {"topic": topic}}
    assert broken(run_program, stack, config(stack, **SEVERAL, **more)) == []


def test_it_keeps_them_while_an_object_type_may_be_deleted(run_program: Any) -> None:
    settings = config("prod", deletableObjectTypes=["TrialSubscription"])
    assert broken(run_program, "prod", settings) == []


def test_tags_that_it_asks_for_itself_are_on_everything(run_program: Any) -> None:
    tags = json.loads(committed("prod")["customer-lifecycle:tags"]) | {"team": "crm"}
    settings = config("prod", ingestion=EVERY_WAY, tags=tags, requiredTags=["team"], **SEVERAL)
    assert broken(run_program, "prod", settings) == []


@pytest.mark.usefixtures("own_mappings")
def test_the_local_stack_keeps_them_and_says_that_it_keeps_no_customers_data(
    run_program: Any, local_aws: str
) -> None:
    settings = committed("local", ROOT) | {"customer-lifecycle:endpoint": local_aws}
    assert broken(run_program, "local", settings) == []
    resources = registered(run_program(program, settings))
    kept = Expectations(account=ACCOUNT)
    assert {each.rule.id for each in violations(resources, kept)} == {"PROTECTED"}


def test_every_exception_and_every_known_type_is_needed(run_program: Any) -> None:
    settings = config("prod", ingestion=EVERY_WAY, **SEVERAL)
    resources = registered(run_program(program, settings, "prod"))
    everything = [each for rule in RULES for each in found(rule, resources, Expectations())]
    for exception in EXCEPTIONS:
        assert any(map(exception.covers, everything)), exception.rule
    assert {each.type for each in resources} >= TAGGED | UNTAGGED | TAGGED_LATER
