"""A Pulumi project folder of its own for this repository's program, against a local AWS."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml

import toolchain
from toolchain import process

PROGRAM: Final = Path(__file__).resolve().parent.parent
STACK: Final = "local"
UPDATE_SECONDS: Final = 300.0
_PROVIDER: Final = "aws-native:"
_ENDPOINTS: Final = f"{_PROVIDER}endpoints"


class Workspace:
    """State, home and configuration apart from the user's; the program is this repository's.

    folder: an empty folder. endpoint: URL of the local AWS. programs: folder of the toolchain.
    program: the folder that holds `__main__.py`. stack: whose settings it has; what reaches the
    local AWS comes from those of `local`, so that any stack can be tried there.
    """

    def __init__(
        self,
        folder: Path,
        endpoint: str,
        programs: Path,
        program: Path = PROGRAM,
        stack: str = STACK,
    ) -> None:
        self.folder = folder
        for name in ("state", "home"):
            (folder / name).mkdir()
        project = _load(program / "Pulumi.yaml")
        project["main"] = str(program)
        # The environment that we run in has all that the program needs.
        project["runtime"] = {"name": "python"}
        _write(folder / "Pulumi.yaml", project)
        settings = _load(program / f"Pulumi.{stack}.yaml")
        config = _load(program / f"Pulumi.{STACK}.yaml")["config"]
        provider = {name: config[name] for name in config if name.startswith(_PROVIDER)}
        services = config[_ENDPOINTS]
        settings["config"] = provider | settings["config"]
        settings["config"]["customer-lifecycle:endpoint"] = endpoint
        settings["config"][_ENDPOINTS] = dict.fromkeys(services, endpoint)
        _write(folder / f"Pulumi.{stack}.yaml", settings)
        self.environ = toolchain.environment(programs, os.environ) | {
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_STACK": stack,
        }

    def sources(self) -> list[dict[str, Any]]:
        """The settings of the stack's batch sources."""
        config = _load(self.folder / f"Pulumi.{self.environ['PULUMI_STACK']}.yaml")["config"]
        ingestion = config.get("customer-lifecycle:ingestion") or {}
        # `pulumi config set` keeps a value without --path as one text.
        if isinstance(ingestion, str):
            ingestion = yaml.safe_load(ingestion)
        found: list[dict[str, Any]] = (ingestion.get("batch") or {}).get("sources") or []
        return found

    def pulumi(
        self, *arguments: str, on_line: Callable[[str], None] | None = None
    ) -> process.Finished:
        """Run the real CLI; nothing is asked, colours are off."""
        command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
        return process.run(
            command,
            environ=self.environ,
            folder=self.folder,
            on_line=on_line,
            timeout=UPDATE_SECONDS,
        )


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
