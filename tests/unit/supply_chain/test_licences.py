"""Which licences may be used, and that everything installed here has one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.licences import ALLOWED, installed, is_allowed, licence_of, refused


def test_everything_that_is_installed_may_be_used_as_we_use_it() -> None:
    found = installed()
    assert len(found) > 50
    assert refused(found) == []


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("MPL-2.0 AND (AGPL-3.0 OR GPL-2.0-only)", False),
        ("MIT OR GPL-3.0-only AND AGPL-3.0", True),
        ("", False),
        ("(MIT", False),
        ("MIT OR", False),
        ("MIT MIT", False),
    ],
)
def test_one_of_an_or_and_all_of_an_and_must_be_allowed(expression: str, allowed: bool) -> None:  # noqa: FBT001
    assert is_allowed(expression) is allowed


@given(st.lists(st.sampled_from([*sorted(ALLOWED), "X", "AND", "OR", "(", ")"])).map(" ".join))
def test_no_expression_without_an_allowed_licence_is_allowed(expression: str) -> None:
    if is_allowed(expression):
        assert not ALLOWED.isdisjoint(expression.replace("(", " ").replace(")", " ").split())


@pytest.mark.parametrize(
    ("expression", "classifiers", "text", "licence"),
    [
        ("MIT", ["License :: OSI Approved :: Apache Software License"], "GPL", "MIT"),
        (None, ["License :: OSI Approved :: MIT License"], "anything", "MIT"),
        (
            None,
            [
                "License :: OSI Approved :: BSD License",
                "License :: OSI Approved :: Apache Software L",
            ],
            None,
            "Apache-2.0 OR BSD",
        ),
        (None, [], "The MIT License (MIT)\n\nCopyright", "MIT"),
        (None, [], "3-Clause BSD License", "BSD-3-Clause"),
        (None, [], "GNU General Public License v3", "GNU General Public License v3"),
        (None, ["Programming Language :: Python"], None, ""),
    ],
)
def test_a_licence_is_the_best_that_a_package_says(
    expression: str | None, classifiers: list[str], text: str | None, licence: str
) -> None:
    assert licence_of(expression, classifiers, text) == licence


def test_a_licence_that_is_not_allowed_is_named_with_the_way_out() -> None:
    (said,) = refused([("mystery", ""), ("fine", "MIT")], {})
    assert said.startswith("mystery: no licence is told is not allowed: take another package")


def test_an_exception_lets_a_package_pass_and_must_be_needed() -> None:
    assert refused([("Some_Package", "LGPL-3.0-only")], {"some-package": "why"}) == []
    assert refused([("some-package", "MIT")], {"some-package": "why"}) == [
        "some-package: no exception is needed"
    ]
