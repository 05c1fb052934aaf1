"""The program keeps the rules with every stack's settings. `make check` runs this file."""

from typing import Any

import pytest

from policy.exceptions import EXCEPTIONS
from policy.model import Expectations, Resource
from policy.rules import RULES, found, violations
from tests.unit.test_environments import EVERY_WAY, config
from tests.unit.test_program import committed, local_aws, program

__all__ = ["local_aws"]

SHARED = ("dev", "staging", "prod")


def registered(engine: Any) -> list[Resource]:
    """What the program registered, as the rules look at it."""
    return [
        Resource(each.type, each.name, each.inputs, each.protect, each.retain_on_delete)
        for each in engine.resources
    ]


@pytest.mark.parametrize("stack", SHARED)
def test_a_shared_stack_keeps_the_rules(run_program: Any, stack: str) -> None:
    resources = registered(run_program(program, committed(stack), stack))
    assert len(resources) > 8
    assert [str(each) for each in violations(resources, Expectations())] == []


@pytest.mark.parametrize("stack", SHARED)
def test_it_keeps_them_with_every_way_in_and_several_regions(run_program: Any, stack: str) -> None:
    settings = config(stack, ingestion=EVERY_WAY, moreRegions=["eu-central-1"])
    resources = registered(run_program(program, settings, stack))
    assert [str(each) for each in violations(resources, Expectations())] == []


def test_the_local_stack_keeps_them_and_says_that_it_keeps_no_customers_data(
    run_program: Any, local_aws: str
) -> None:
    settings = committed("local") | {"customer-lifecycle:endpoint": local_aws}
    resources = registered(run_program(program, settings))
    expected = Expectations(keeps_customer_data=False)
    assert [str(each) for each in violations(resources, expected)] == []
    assert {each.rule.id for each in violations(resources, Expectations())} == {"PROTECTED"}


def test_every_exception_is_needed(run_program: Any, local_aws: str) -> None:
    settings = committed("local") | {"customer-lifecycle:endpoint": local_aws}
    resources = registered(run_program(program, settings))
    all_found = [each for rule in RULES for each in found(rule, resources, Expectations())]
    for exception in EXCEPTIONS:
        assert any(map(exception.covers, all_found)), exception.rule
