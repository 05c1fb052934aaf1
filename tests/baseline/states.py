"""Committed states of the last release: what a release deployed, without what differs by machine.

One folder, named after the release. For each stack its state, as `pulumi stack export` writes it,
and the settings that gave it; and the mappings.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
STACKS: Final = ("local", "dev", "staging", "prod")
ENDPOINT: Final = "http://127.0.0.1:4566"
"""Stands for the URL of the local AWS, which has another port in each run."""

LOADER: Final = "__init__.py"
_OF_THE_MACHINE: Final = ("created", "modified", "sourcePosition", "stackTrace")
_SECRET: Final = "4dabf18193072939515e22adb298388d"
_SECRET_KIND: Final = "1b47061264138c4ac30d75fd1eb44270"
"""How Pulumi marks a secret in a state (sdk/go/common/resource/sig)."""

_INPUTS: Final = "__inputs"
"""An output in which the provider keeps a resource's inputs once more, as a secret."""

_NOT_FOR_A_REPOSITORY: Final = re.compile(rf'"{_SECRET}"|/(home|root|Users|tmp)/')


def release() -> Path:
    """The folder of the one release that is kept."""
    (folder,) = (each for each in FOLDER.iterdir() if re.fullmatch(r"\d+\.\d+\.\d+", each.name))
    return folder


def object_types(stack: str) -> set[str]:
    """The object types that the last release deployed to a stack."""
    state = json.loads((release() / f"{stack}.state.json").read_text(encoding="utf-8"))
    return {
        each["inputs"]["objectTypeName"]
        for each in state["deployment"]["resources"]
        if each["type"] == "aws-native:customerprofiles:ObjectType"
    }


def copy_mappings(source: Path, target: Path) -> None:
    """Replace the modules of a folder of mappings by another's; the loader is each program's."""
    for old in target.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
        elif old.name != LOADER:
            old.unlink()
    ignored = shutil.ignore_patterns(LOADER, "__pycache__")
    shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)


def normalised(exported: str, endpoint: str) -> str:
    """A state as it is committed.

    exported: of `pulumi stack export --show-secrets`. endpoint: URL of the local AWS.
    Raises: ValueError if it holds a secret or a path of the machine.
    """
    state = json.loads(exported.replace(endpoint, ENDPOINT))
    deployment = state["deployment"]
    deployment["manifest"] = {"time": "2000-01-01T00:00:00Z", "magic": "", "version": ""}
    # The salt of the passphrase; whoever imports the state has one of their own.
    deployment.pop("secrets_providers", None)
    for resource in deployment["resources"]:
        for name in _OF_THE_MACHINE:
            resource.pop(name, None)
        kept = resource.get("outputs", {}).get(_INPUTS, {})
        if kept and json.loads(kept["plaintext"]) == resource["inputs"]:
            resource["outputs"][_INPUTS] = None
    text = json.dumps(state, indent=1, sort_keys=True) + "\n"
    found = _NOT_FOR_A_REPOSITORY.search(text)
    if found is not None:
        raise ValueError(f"the state holds {found.group()}, which is not to be committed")
    return text


def state(stack: str, endpoint: str, salt: str) -> str:
    """What the last release deployed to a stack, as `pulumi stack import` takes it.

    endpoint: URL of the local AWS. salt: `encryptionsalt` of the stack that it is imported into.
    """
    text = (release() / f"{stack}.state.json").read_text(encoding="utf-8")
    state = json.loads(text.replace(ENDPOINT, endpoint))
    state["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": salt}}
    for resource in state["deployment"]["resources"]:
        outputs = resource.get("outputs", {})
        if _INPUTS in outputs:
            plain = json.dumps(resource["inputs"])
            outputs[_INPUTS] = {_SECRET: _SECRET_KIND, "plaintext": plain}
    return json.dumps(state)


def settings(stack: str) -> str:
    """The stack's configuration file as it was in the last release."""
    return (release() / f"{stack}.settings.yaml").read_text(encoding="utf-8")
