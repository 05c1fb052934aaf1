"""One import from beginning to end: read, check, write."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lifecycle.errors import CouldNotRunError
from lifecycle.importing import cloudformation, sample, terraform
from lifecycle.importing.model import Imported
from lifecycle.importing.module_text import module_text
from lifecycle.importing.requests import imported as from_body
from lifecycle.review.live import load_deployed
from lifecycle.stack_outputs import Deployed
from profiles import Finding, ObjectTypeMapping
from profiles.validation import check_domain


@dataclass(frozen=True, slots=True)
class Module:
    """A module to write. path: where to. text: its source."""

    path: Path
    text: str
    imported: Imported


def read_file(path: Path) -> list[Imported]:
    """Every object type that a file has, whatever of the formats it is in.

    Raises: CouldNotRunError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise CouldNotRunError(f"{path} cannot be read: {reason}") from None
    found = list(_read(text, path.name))
    if not found:
        raise CouldNotRunError(f"{path} has no object type of Customer Profiles")
    return found


def _read(text: str, file: str) -> Iterable[Imported]:
    if sample.is_sample(text):
        return sample.read_sample(text, file)
    if terraform.is_hcl(text):
        raise CouldNotRunError(
            f"{file} is Terraform's own language, whose values only Terraform knows: give what"
            f" this prints: {terraform.SHOW} (of the state, or of a saved plan)"
        )
    try:
        document = _parsed(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = "" if place is None else f" (line {place.line + 1})"
        raise CouldNotRunError(f"{file} is neither JSON nor YAML{line}") from None
    if terraform.is_shown(document):
        return terraform.read_shown(document, file)
    if cloudformation.is_template(document):
        return cloudformation.read_template(document, file)
    bodies = document if isinstance(document, list) else [document]
    if not all(isinstance(each, dict) for each in bodies):
        raise CouldNotRunError(
            f"{file} is no CloudFormation template, no output of {terraform.SHOW}, and no"
            " PutProfileObjectType request"
        )
    return [from_body(each, file) for each in bodies]


def _parsed(text: str) -> Any:
    """JSON, or else YAML: JSON's escapes of characters beyond 16 bits are none of YAML's."""
    try:
        return json.loads(text)
    except ValueError:
        return cloudformation.load_yaml(text)


def read_domain(deployed: Deployed) -> list[Imported]:
    """The object types of a live domain but the service's own. Raises: CouldNotRunError."""
    version = load_deployed(deployed, deployed.domain)
    for name, reason in version.failures.items():
        raise CouldNotRunError(f"{deployed.domain}: {name}: {reason}")
    where = f"domain {deployed.domain}"
    return [Imported(each.object_type, where) for each in version.snapshots]


def plan(found: Sequence[Imported], folder: Path) -> list[Module]:
    """A module for each. Raises: CouldNotRunError if two would be one file."""
    modules: dict[Path, Module] = {}
    for each in found:
        path = folder / f"{module_name(each.object_type.name)}.py"
        if path in modules:
            other = modules[path].imported
            raise CouldNotRunError(
                f"{other.where} ({other.object_type.name}) and {each.where}"
                f" ({each.object_type.name}) would both be {path}: import one of them with --type"
            )
        modules[path] = Module(path, module_text(each), each)
    return list(modules.values())


def module_name(type_name: str) -> str:
    """`TrialSubscription` is `trial_subscription`."""
    words = "object_type" if type_name == "__init__" else type_name
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", words)
    return re.sub(r"\W+", "_", words, flags=re.ASCII).lower()


def write(modules: Sequence[Module], *, force: bool) -> None:
    """Write all of them, or none.

    Raises: CouldNotRunError if one is there and may not be overwritten, or cannot be written.
    """
    there = [str(each.path) for each in modules if each.path.exists()]
    if there and not force:
        raise CouldNotRunError(
            f"{', '.join(there)} is there already, and nothing was written: overwrite with --force,"
            " or write elsewhere with --into"
        )
    drafts = [each.path.with_name(f".{each.path.name}.importing") for each in modules]
    try:
        for module, draft in zip(modules, drafts, strict=True):
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(module.text, encoding="utf-8")
        for module, draft in zip(modules, drafts, strict=True):
            draft.replace(module.path)
    except OSError as error:
        raise CouldNotRunError(f"{error.filename} cannot be written: {error.strerror}") from None
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def check(modules: Sequence[Module]) -> tuple[Finding, ...]:
    """What validation finds in them, beside the other modules of their folder."""
    from mappings import read  # noqa: PLC0415 - runs every module

    ours = {f"{each.path.parent.name}/{each.path.name}" for each in modules}
    folders = {each.path.parent for each in modules}
    others = [
        mapping
        for folder in folders
        if folder.is_dir()
        for mapping in read(folder)[0]
        if mapping.file not in ours
    ]
    imported = [
        ObjectTypeMapping(
            each.imported.object_type,
            each.imported.examples,
            f"{each.path.parent.name}/{each.path.name}",
        )
        for each in modules
    ]
    return tuple(each for each in check_domain([*others, *imported]) if each.file in ours)
