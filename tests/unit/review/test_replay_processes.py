"""A replay in several processes: the same result, and nothing is left whatever happens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lifecycle.errors import CouldNotRunError
from lifecycle.review import partitioned_replay
from lifecycle.review.replay_model import Sizes
from lifecycle.review.workers import Workers
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType
from tests.unit.review.replaying import Object, export, line, replayed, version

ROOT = Path(__file__).parents[3]
END_SECONDS = 20

TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(Field("id", "_source.id"), Field("mail", "_source.mail"), TIER),
    keys=(Key("crmId", ("id",), (UNIQUE,)), Key("mail", ("mail",), (PROFILE,))),
    allow_profile_creation=True,
)
OTHER = ObjectType(
    name="Crm",
    description="Customers",
    fields=(*CRM.fields[:2], Field("tier", "_source.tier", "_profile.Attributes.Level")),
    keys=(Key("crmId", ("id",), (UNIQUE, PROFILE)),),
    allow_profile_creation=True,
)
MANY = Sizes(in_process=0, chunk=4_000, bucket_objects=50)


def objects(count: int) -> list[Object]:
    return [
        ("Crm", {"id": f"{n % 150}", "mail": f"{n % 70}", "tier": f"{n}"}) for n in range(count)
    ]


def pid() -> int:
    return os.getpid()


def refuse(text: str) -> None:
    raise CouldNotRunError(text)


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def test_several_processes_tell_what_one_tells(tmp_path: Path) -> None:
    source = export(tmp_path / "export", objects(400))
    with source.path.open("a", encoding="utf-8") as file:
        file.write("bad\n" + line("Crm", {"id": "1000", "mail": "m"}))
    alone = replayed(source, version(CRM), version(OTHER))
    told: list[tuple[int, int]] = []
    together = replayed(
        source,
        version(CRM),
        version(OTHER),
        processes=2,
        sizes=MANY,
        progress=lambda done, total: told.append((done, total)),
    )
    assert together == alone
    assert alone.split > 0
    assert [each.line for each in together.first_bad_lines] == [401]
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_tasks_run_in_other_processes_to_which_ctrl_c_does_nothing() -> None:
    with Workers(2) as workers:
        done = dict(workers.run(pid, [()] * 5))
        assert [number for number, _ in workers.run(die, [(signal.SIGINT,)])] == [0]
    assert sorted(done) == list(range(5))
    assert 1 <= len(set(done.values())) <= 2
    assert os.getpid() not in done.values()


INTERRUPTED_AT_START = """
import os
import signal
from lifecycle.review.workers import Workers

if __name__ == "__mp_main__":
    os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    with Workers(2) as workers:
        print(sorted(workers.run(abs, [(-1,), (-2,)])))
"""


def test_ctrl_c_does_nothing_to_a_worker_that_is_only_starting(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(INTERRUPTED_AT_START, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[(0, 1), (1, 2)]\n", "")


def test_what_a_task_raises_is_raised_where_it_came_from() -> None:
    with Workers(2) as workers, pytest.raises(CouldNotRunError, match="why not"):
        list(workers.run(refuse, [("why not",)] * 3))


def test_a_worker_that_dies_is_told_and_none_is_left() -> None:
    with Workers(2) as workers:
        pids = set(dict(workers.run(pid, [()] * 8)).values())
        with pytest.raises(CouldNotRunError, match=r"ended by itself \(exit code -9\)"):
            list(workers.run(die, [(signal.SIGKILL,)]))
    for each in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)


def test_no_temporary_file_is_left_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = export(tmp_path / "export", objects(100))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def full(*_: object) -> None:
        assert list(temporary.iterdir()) != []
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(partitioned_replay, "spill", full)
    with pytest.raises(CouldNotRunError, match="No space left on device; TMPDIR says"):
        replayed(source, version(CRM), version(CRM), sizes=MANY)
    assert list(temporary.iterdir()) == []


PROGRAM = """
import signal
import sys
from pathlib import Path
from lifecycle.review.object_sources import ObjectSource
from lifecycle.review.replay_model import Sizes
from lifecycle.signals import ended_by_signals
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType
from tests.unit.review.replaying import replayed, version

def told(done, total):
    if done > total * 0.3:
        print(done, flush=True)
        signal.pause()

if __name__ == "__main__":
    keys = (Key("crmId", ("id",), (UNIQUE, PROFILE)),)
    crm = ObjectType("Crm", "Crm", (Field("id", "_source.id"),), keys, True)
    source = ObjectSource(Path(sys.argv[1]))
    sizes = Sizes(in_process=0, bucket_objects=50)
    with ended_by_signals():
        replayed(source, version(crm), version(crm), processes=2, sizes=sizes, progress=told)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_replay_that_is_interrupted_leaves_no_process_and_no_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    source = export(tmp_path / "export", objects(2_000))
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environ = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, program, source.path],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert list(temporary.iterdir()) != []
        # As a terminal does: to all processes at once.
        os.killpg(process.pid, number)
        _, errors = process.communicate(timeout=END_SECONDS)
    assert (process.returncode, errors) == (128 + number, "")
    assert list(temporary.iterdir()) == []
    assert is_gone(process.pid)


def is_gone(session: int) -> bool:
    """Whether no process of the session runs; the last may take a moment to end."""
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        if not any(runs_in(session, stat) for stat in Path("/proc").glob("[0-9]*/stat")):
            return True
        time.sleep(0.01)
    return False


def runs_in(session: int, stat: Path) -> bool:
    try:
        state, _, _, its_session, *_ = stat.read_text("ascii").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" and int(its_session) == session
