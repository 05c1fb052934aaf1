"""The tables that people review: one module per object type, no logic in them.

A module defines OBJECT_TYPE (`profiles.ObjectType`) and EXAMPLES, a tuple of source records
as JSON objects.
"""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

from profiles import Finding, InvalidMappingError, ObjectType, ObjectTypeMapping
from profiles.validation import check_domain, errors
from profiles.validation.report import Report
from profiles.validation.rules import MAPPING_UNLOADABLE

FOLDER = Path(__file__).parent


def load(folder: Path = FOLDER) -> tuple[ObjectTypeMapping, ...]:
    """All mappings of the folder, sorted by file name.

    Raises: InvalidMappingError that lists every error of every module.
    """
    mappings, findings = read(folder)
    if errors(findings):
        raise InvalidMappingError(findings)
    return mappings


def read(folder: Path = FOLDER) -> tuple[tuple[ObjectTypeMapping, ...], tuple[Finding, ...]]:
    """(the mappings that can be imported, all findings, warnings included)."""
    mappings: list[ObjectTypeMapping] = []
    findings: list[Finding] = []
    for path in sorted(folder.absolute().glob("*.py")):
        if path.name == "__init__.py":
            continue
        file = f"{path.parent.name}/{path.name}"
        try:
            mappings.append(_mapping(_import(path), file))
        # Whatever a module does, the others are checked.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            report = Report(path.stem, file)
            message = f"{type(error).__name__}: {error}{_line(error, path)}"
            report.add(MAPPING_UNLOADABLE, "", message, "correct the module")
            findings += report.findings
    return tuple(mappings), (*findings, *check_domain(mappings))


def _import(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mappings.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _mapping(module: ModuleType, file: str) -> ObjectTypeMapping:
    object_type = getattr(module, "OBJECT_TYPE", None)
    examples = getattr(module, "EXAMPLES", None)
    if not isinstance(object_type, ObjectType):
        raise TypeError("OBJECT_TYPE must be a profiles.ObjectType")
    if not isinstance(examples, tuple) or not all(isinstance(each, dict) for each in examples):
        raise TypeError("EXAMPLES must be a tuple of dicts")
    json.dumps(examples, allow_nan=False)
    return ObjectTypeMapping(object_type, examples, file)


def _line(error: BaseException, path: Path) -> str:
    """` (line N)` of the module where the error arose, "" if it arose elsewhere."""
    if isinstance(error, SyntaxError):
        return ""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return "" if line is None else f" (line {line})"
