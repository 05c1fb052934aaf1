"""`python -m benchmarks [NAME ...]`: measure, and print each figure beside its target."""

import platform
import sys

from rich.console import Console
from rich.table import Table

from benchmarks import demo, engine, ingestion, load, million, replay, requests, scale, start, wrk
from benchmarks.figures import Figure

BENCHMARKS = {
    "start": start.measure,
    "requests": requests.measure,
    "wrk": wrk.measure,
    "engine": engine.measure,
    "scale": scale.measure,
    "million": million.measure,
    "ingestion": ingestion.measure,
    "load": load.measure,
    "replay": replay.measure,
    "demo": demo.measure,
}


def main(names: list[str]) -> int:
    """Returns: 0, whatever was measured: a machine that is busy is no failure."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    table = Table(title=f"Python {platform.python_version()}, {platform.machine()}")
    for column in ("Figure", "Measured", "Target", "", "How"):
        table.add_column(column)
    for name in names or BENCHMARKS:
        print(f"measuring: {name}", file=sys.stderr)
        for figure in BENCHMARKS[name]():
            table.add_row(*_cells(figure))
    Console(width=150).print(table)
    return 0


def _cells(figure: Figure) -> tuple[str, ...]:
    measured = f"{figure.value:.2f} {figure.unit}"
    if figure.target is None:
        return figure.name, measured, "", "", figure.how
    bound = "at least" if figure.at_least else "at most"
    met = figure.value >= figure.target if figure.at_least else figure.value <= figure.target
    return (
        figure.name,
        measured,
        f"{bound} {figure.target:g} {figure.unit}",
        "met" if met else "MISSED",
        figure.how,
    )


sys.exit(main(sys.argv[1:]))
