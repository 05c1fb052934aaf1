"""What the emulator refuses as botocore's model demands: the cases, their count, its baseline.

`python -m tests.emulator.conformance --write` raises the baseline to what an emulator of its own
does, and writes the coverage page from it. The baseline may only rise.
"""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from tests.conftest import started
from tests.emulator.conftest import MODEL, Raw

BASELINE = Path(__file__).with_name("conformance-baseline.json")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "coverage.md"
COMMAND = "python -m tests.emulator.conformance --write"
ACCOUNT = "111122223333"

MEANING = """\
As the model says: status 400, `BadRequestException`, one validation error, and it names the member.
This counts what the model tells; nothing is compared with AWS (see [differences](differences.md)).
A rule has no case where no value can break it alone: a pattern that takes every text, another type
in a path. The rules:"""

RULES = {
    "required": "a required member is missing, at the top or within",
    "uri": "a part of the path is empty",
    "length": "a text, list or map is too short or too long",
    "range": "a number is too small or too large",
    "pattern": "a text is not of the pattern",
    "enum": "a text is none of the enumeration",
    "type": "a value is of another type",
    "unknown": "a member is not in the model",
}
OF_BREACH = {
    "too small": "range",
    "too large": "range",
    "too few": "length",
    "too many": "length",
    "too short": "length",
    "too long": "length",
    "none of the enumeration": "enum",
    "not of the pattern": "pattern",
    "an unknown member": "unknown",
}

Counts = dict[str, dict[str, dict[str, int]]]
"""Of each operation that is emulated: how many `cases` of each rule, and how many `refused`."""


TEXTS = (
    *("a", "abc", "0" * 32, "9:30", "arn:aws:profile:us-east-1:111122223333:domains/a"),
    *("arn:aws:kms:us-east-1:111122223333:key/a", "arn:aws:iam::111122223333:role/a"),
)
WRONG_TEXTS = ("\n\n\n", " ", "\n" * 20)
KINDS: dict[str, Any] = {"text": "a", "number": 1, "fraction": 1.5, "boolean": True}
KINDS |= {"list": [], "object": {}}
NUMBERS = {"integer", "long", "double", "timestamp"}
OF_SHAPE = {
    "string": {"text"},
    "integer": {"number"},
    "long": {"number"},
    "timestamp": {"number", "fraction"},
    "double": {"number", "fraction"},
    "boolean": {"boolean"},
    "list": {"list"},
    "map": {"object"},
    "structure": {"object"},
}


def fits(shape: Shape, text: str) -> bool:
    """Whether a text is within the bounds of its shape."""
    bounds = shape.metadata
    return (
        bounds.get("min", 0) <= len(text) <= bounds.get("max", 10**9)
        and re.search(bounds.get("pattern", ""), text) is not None
        and text in bounds.get("enum", [text])
    )


def sample(shape: Shape) -> Any:
    """The smallest value within the bounds of a shape; of a structure, what is required."""
    bounds = shape.metadata
    if isinstance(shape, StructureShape):
        first = list(shape.members)[:1] if shape.is_tagged_union else shape.required_members
        return {name: sample(shape.members[name]) for name in first}
    if isinstance(shape, ListShape):
        return [sample(shape.member)] * max(1, bounds.get("min", 0))
    if isinstance(shape, MapShape):
        return {sample(shape.key): sample(shape.value)}
    if shape.type_name == "string":
        return next(text for text in (*bounds.get("enum", ()), *TEXTS) if fits(shape, text))
    return bounds.get("min", 1) if shape.type_name in NUMBERS else True


@dataclass(frozen=True)
class Case:
    """A value for one member. what: what is wrong in it. member: where, as messages spell it."""

    what: str
    member: str
    value: Any

    def inside(self, value: Any) -> "Case":
        return Case(self.what, self.member, value)


def spelled(name: str) -> str:
    return name[:1].lower() + name[1:]


def out_of_bounds(shape: Shape, name: str) -> Iterator[Case]:
    """For each bound of a shape and of the shapes within, a value that breaks it alone."""
    yield from own_breaches(shape, name)
    yield from within(shape, name, out_of_bounds)
    if isinstance(shape, StructureShape):
        for member in shape.required_members:
            rest = {n: value for n, value in sample(shape).items() if n != member}
            yield Case(f"no {member}", spelled(member), rest)


def of_another_kind(shape: Shape, name: str) -> Iterator[Case]:
    """For a shape and the shapes within, values of every other kind."""
    for kind in sorted(KINDS.keys() - OF_SHAPE[shape.type_name]):
        yield Case(f"a {kind}", name, KINDS[kind])
    yield from within(shape, name, of_another_kind)
    if isinstance(shape, StructureShape):
        yield Case("an unknown member", name, sample(shape) | {"Extra": "a"})


def within(shape: Shape, name: str, cases: Any) -> Iterator[Case]:
    """The cases of the shapes within a shape, each in a value that is right elsewhere."""
    if isinstance(shape, StructureShape):
        for member, inner in shape.members.items():
            rest = {} if shape.is_tagged_union else sample(shape)
            for case in cases(inner, spelled(member)):
                yield case.inside(rest | {member: case.value})
    elif isinstance(shape, ListShape):
        for case in cases(shape.member, name):
            yield case.inside([case.value])
    elif isinstance(shape, MapShape):
        for case in cases(shape.value, name):
            yield case.inside({sample(shape.key): case.value})
        # A key is never of another kind: JSON has only texts there.
        for case in () if cases is of_another_kind else cases(shape.key, name):
            yield case.inside({case.value: sample(shape.value)})


def own_breaches(shape: Shape, name: str) -> Iterator[Case]:
    bounds = shape.metadata
    least, most = bounds.get("min"), bounds.get("max")
    if shape.type_name in NUMBERS:
        wrong = {"too small": least and least - 1, "too large": most and most + 1}
        if least == 0:
            wrong["too small"] = -0.1
    elif isinstance(shape, ListShape | MapShape):
        wrong = {"too few": type(sample(shape))() if least else None}
        wrong["too many"] = of_size(shape, most + 1) if most else None
    elif shape.type_name == "string":
        wrong = {"too short": "" if least else None, "too long": "a" * (most + 1) if most else None}
        if "enum" in bounds:
            wrong = {"none of the enumeration": "NO MEMBER"}
        elif "pattern" in bounds:
            in_length = (text for text in WRONG_TEXTS if len(text) >= (least or 0))
            wrong["not of the pattern"] = next((t for t in in_length if not fits(shape, t)), None)
    else:
        wrong = {}
    yield from (Case(what, name, value) for what, value in wrong.items() if value is not None)


def of_size(shape: ListShape | MapShape, size: int) -> Any:
    if isinstance(shape, ListShape):
        return [sample(shape.member)] * size
    return {f"{sample(shape.key)}{number}": sample(shape.value) for number in range(size)}


def at_bounds(shape: Shape, name: str) -> Iterator[Case]:
    """For each bound of a shape and of the shapes within, a value that just keeps it."""
    bounds = shape.metadata
    right: dict[str, Any] = {}
    if shape.type_name in NUMBERS:
        right = {"smallest": bounds.get("min"), "largest": bounds.get("max")}
    elif isinstance(shape, ListShape | MapShape):
        right = {"most": of_size(shape, bounds["max"]) if "max" in bounds else None}
        right["fewest"] = of_size(shape, bounds["min"]) if "min" in bounds else None
    elif "enum" in bounds:
        right = {each: each for each in bounds["enum"]}
    elif shape.type_name == "string" and "pattern" not in bounds:
        right = {"shortest": "é" * bounds.get("min", 1), "longest": "👩" * bounds.get("max", 1)}
    elif shape.type_name == "string" and fits(shape, "a" * bounds.get("max", 0)):
        right = {"longest": "a" * bounds["max"]}
    yield from (Case(what, name, value) for what, value in right.items() if value is not None)
    yield from within(shape, name, at_bounds)


def cases_of(operation: str, cases: Any) -> list[tuple[str, Case]]:
    """(input member, case) of all members of an operation."""
    members = MODEL.operation_model(operation).input_shape.members
    return [(name, case) for name, shape in members.items() for case in cases(shape, spelled(name))]


def in_body(operation: str, name: str) -> bool:
    shape = MODEL.operation_model(operation).input_shape.members[name]
    return "location" not in shape.serialization


def report(answer: Any, name: str, case: Case) -> list[str]:
    """What is wrong with the answer to a request that breaks the case's one bound."""
    text = answer.json.get("Message", "")
    code = answer.headers.get("x-amzn-errortype")
    place = re.search(rf"Value at '[^']*\b{re.escape(case.member)}\b[^']*' failed to", text)
    named = place is not None and text.startswith("1 validation error detected: ")
    if (answer.status, code) == (400, "BadRequestException") and named:
        return []
    return [f"{name}, {case.member}: {case.what}: {answer.status} {code} {text}"]


@dataclass(frozen=True)
class Coverage:
    """emulated: its counts. refused: the operations that answer NotImplementedException."""

    emulated: Counts
    refused: list[str]

    def text(self) -> str:
        return json.dumps({"emulated": self.emulated, "refused": self.refused}, indent=1) + "\n"


def negative_cases(operation: str) -> Iterator[tuple[str, dict[str, Any], str, Case]]:
    """(rule, request, input member, case): each request breaks its case's one rule."""
    shape = MODEL.operation_model(operation).input_shape
    valid = sample(shape)
    for name in shape.required_members:
        rest = {member: value for member, value in valid.items() if member != name}
        place = shape.members[name].serialization.get("location")
        rule = "uri" if place == "uri" else "required"
        yield rule, rest, name, Case("missing", spelled(name), None)
    for name, case in cases_of(operation, out_of_bounds):
        yield OF_BREACH.get(case.what, "required"), valid | {name: case.value}, name, case
    for name, case in cases_of(operation, of_another_kind):
        if in_body(operation, name):
            yield OF_BREACH.get(case.what, "type"), valid | {name: case.value}, name, case
    for name, member in shape.members.items():
        if member.serialization.get("location") == "querystring" and member.type_name == "integer":
            yield "type", valid | {name: "a"}, name, Case("a text", spelled(name), "a")
    if any(in_body(operation, name) for name in shape.members):
        yield "unknown", valid | {"Extra": "a"}, "Extra", Case("unknown", "request", "a")


def is_emulated(raw: Raw, operation: str) -> bool:
    members = dict.fromkeys(MODEL.operation_model(operation).input_shape.members, "a")
    answer = raw.run(operation, members)
    return answer.headers.get("x-amzn-errortype") != "NotImplementedException"


def measured(raw: Raw) -> Coverage:
    """What the emulator behind the connection does, by asking it every case."""
    emulated: Counts = {}
    refused = []
    for operation in sorted(MODEL.operation_names):
        if not is_emulated(raw, operation):
            refused.append(operation)
            continue
        asked: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for rule, request, name, case in negative_cases(operation):
            asked[rule] += 1
            kept[rule] += not report(raw.run(operation, request), name, case)
        rules = [rule for rule in RULES if asked[rule]]
        emulated[operation] = {
            "cases": {rule: asked[rule] for rule in rules},
            "refused": {rule: kept[rule] for rule in rules},
        }
    return Coverage(emulated, refused)


def baseline() -> Coverage:
    return Coverage(**json.loads(BASELINE.read_text(encoding="utf-8")))


def falls(before: Coverage, now: Coverage) -> list[str]:
    """What was emulated or refused as the model says and is no longer, in words."""
    found = []
    for operation, counts in before.emulated.items():
        if operation not in now.emulated:
            found.append(f"{operation} is no longer emulated")
            continue
        kept = now.emulated[operation]["refused"]
        found += [
            f"{operation}: {rule}: {kept.get(rule, 0)} of {count} cases are refused"
            for rule, count in counts["refused"].items()
            if kept.get(rule, 0) < count
        ]
    return found


def page(coverage: Coverage) -> str:
    """The coverage page: operation by operation, what is emulated and what is refused."""
    emulated, refused = coverage.emulated, coverage.refused
    cases = sum(sum(counts["cases"].values()) for counts in emulated.values())
    kept = sum(sum(counts["refused"].values()) for counts in emulated.values())
    source = f"tests/emulator/{BASELINE.name}"
    summary = (
        f"**{len(emulated)} of {len(emulated) + len(refused)} operations of botocore's model are "
        f"emulated, {len(refused)} are refused. Of {cases} requests that break one rule of the "
        f"model each, {kept} are refused as the model says.**"
    )
    lines = [
        "# Operations of Customer Profiles in the emulator",
        "",
        f"Generated from `{source}` by `{COMMAND}`.",
        "",
        summary,
        "",
        MEANING,
        "",
        *(f"- {rule}: {meaning}" for rule, meaning in RULES.items()),
        "",
        "## Emulated",
        "",
        "Cases that are refused as the model says, of the cases there are where these differ.",
        "",
        f"| Operation | {' | '.join(RULES)} | all |",
        f"|---|{'---:|' * (len(RULES) + 1)}",
        *(_row(operation, counts) for operation, counts in emulated.items()),
        "",
        "## Refused",
        "",
        "With `NotImplementedException`, status 400, and the operation's name, whatever is sent.",
        "",
        *(f"- {operation}" for operation in refused),
        "",
    ]
    return "\n".join(lines)


def _row(operation: str, counts: dict[str, dict[str, int]]) -> str:
    cases, kept = counts["cases"], counts["refused"]
    pairs = [(kept.get(rule, 0), cases.get(rule, 0)) for rule in RULES]
    pairs.append((sum(kept.values()), sum(cases.values())))
    cells = [str(right) if right == all_ else f"{right} of {all_}" for right, all_ in pairs]
    return f"| {operation} | {' | '.join(cells)} |"


def write(now: Coverage) -> list[str]:
    """Raise the baseline and write the page. Returns the falls, for which nothing is written."""
    fallen = falls(baseline(), now) if BASELINE.exists() else []
    if not fallen:
        BASELINE.write_text(now.text(), encoding="utf-8")
        PAGE.write_text(page(now), encoding="utf-8")
    return fallen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True)
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, started(Path(folder) / "log") as emulator:
        raw = Raw(emulator.url, ACCOUNT)
        fallen = write(measured(raw))
        raw.close()
    sys.stderr.write("".join(f"{each}\n" for each in fallen))
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
