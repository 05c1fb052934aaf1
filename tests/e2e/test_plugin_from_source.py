"""`PulumiPlugin.yaml`: the real CLI and the real Python host start the components from source."""

import importlib.metadata
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import toolchain

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "reference" / "component-schema.json"
PROVIDER = "pulumi-resource-aws-native"


def test_the_cli_reads_the_schema_from_the_plugins_folder(programs: Path, tmp_path: Path) -> None:
    plugin, home = tmp_path / "plugin", tmp_path / "home"
    shutil.copytree(ROOT / "plugin", plugin, ignore=shutil.ignore_patterns("__pycache__"))
    # The CLI installs the plugins of our Python packages first; these count as installed.
    for name in ("aws", "aws-native"):
        version = importlib.metadata.version(f"pulumi-{name}")
        folder = home / "plugins" / f"resource-{name}-v{version}"
        folder.mkdir(parents=True)
        shutil.copy(programs / PROVIDER, folder / f"pulumi-resource-{name}")
    environ = toolchain.environment(programs) | {"PULUMI_HOME": str(home)}
    done = subprocess.run(
        ["pulumi", "package", "get-schema", "./"],
        # The host that can be built starts what is in the folder where the CLI runs.
        cwd=plugin,
        env=environ,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    served, written = json.loads(done.stdout), json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert (served["name"], served["version"]) == (written["name"], written["version"])
    for token, component in written["resources"].items():
        inputs = served["resources"][token]["inputProperties"]
        assert inputs.keys() == component["inputProperties"].keys()
    assert served["types"].keys() == written["types"].keys()
