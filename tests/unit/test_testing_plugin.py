"""The pytest plugin for other projects: always there, and free for who does not use it."""

import subprocess
import sys

import pytest

from emulator.testing import plugin

LOADED = """
import sys, pytest
before = {name.partition(".")[0] for name in sys.modules}
import emulator.testing.plugin
after = {name.partition(".")[0] for name in sys.modules}
print(*sorted(after - before - sys.stdlib_module_names))
print(*sorted(name for name in sys.modules if name.startswith("emulator.")))
"""


def test_pytest_loads_the_plugin_wherever_the_package_is_installed(
    pytestconfig: pytest.Config,
) -> None:
    assert pytestconfig.pluginmanager.get_plugin("customer_profiles") is plugin


def test_loading_the_plugin_imports_nothing_beside_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    packages, modules = done.stdout.splitlines()
    assert packages == "emulator"
    assert modules.split() == ["emulator.testing", "emulator.testing.local", plugin.__name__]
