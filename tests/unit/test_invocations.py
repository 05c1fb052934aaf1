"""An event of a function that is tried again."""

import threading
from collections.abc import Callable

import pytest

from emulator.corrections import invocations


def test_an_event_that_comes_back_before_its_last_attempt_has_returned_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[object] = []
    again = threading.Event()

    def attempt(invocation: object, put_after: Callable[[float, object], None]) -> None:
        tried.append(invocation)
        if len(tried) == 1:
            put_after(0, invocation)
            again.wait(3)
        else:
            again.set()

    monkeypatch.setattr(invocations, "_attempt", attempt)
    invocations._Waiting().put(invocations._Invocation({}, {}))
    assert again.wait(3)
