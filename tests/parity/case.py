"""What the parity cases are: facts about Customer Profiles, each with what it asks the service."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.parity.scene import Scene

CASES_FOLDER = Path(__file__).with_name("cases")

Ask = Callable[[Scene], None]


@dataclass(frozen=True)
class Case:
    """group: a heading of the parity page. settles: the question of `differences.md` that an answer
    from AWS decides, "" for what is documented or was seen.
    """

    fact: str
    group: str
    settles: str
    ask: Ask

    @property
    def name(self) -> str:
        """The name of its snapshot: those of its module and of what it asks."""
        module = self.ask.__module__.rpartition(".")[2]
        return f"{module}-{self.ask.__name__}".replace("_", "-")


_CASES: list[Case] = []


def case(group: str, fact: str, settles: str = "") -> Callable[[Ask], Ask]:
    """Declare a function as what a fact asks."""

    def declare(ask: Ask) -> Ask:
        _CASES.append(Case(fact, group, settles, ask))
        return ask

    return declare


def all_cases() -> list[Case]:
    """Those of every module in `cases`, in its order."""
    for file in sorted(CASES_FOLDER.glob("[a-z]*.py")):
        import_module(f"tests.parity.cases.{file.stem}")
    return list(_CASES)
