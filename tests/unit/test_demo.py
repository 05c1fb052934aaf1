"""The demo's steps, where a signal interrupts them at the worst moment."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# A signal's exception may come between a child's start and its keeping; the child goes on writing.
INTERRUPTED = """
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from lifecycle import demo

WRITES = '''
import itertools, pathlib, sys
for number in itertools.count():
    (pathlib.Path(sys.argv[1]) / str(number)).touch()
'''

def interrupted(workspace):
    subprocess.Popen([sys.executable, "-c", WRITES, workspace.folder], start_new_session=True)
    while not (workspace.folder / "100").exists():
        pass
    sys.exit(130)

@contextmanager
def local_aws(log):
    yield "http://127.0.0.1:1"

demo._programs = lambda: Path("/nowhere")
demo._emulator = local_aws
demo._verify = interrupted
demo.Demo._pulumi = lambda *_: None
demo.Demo(print).run()
"""


def test_what_slipped_away_ends_before_the_folder_goes_in_which_it_writes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", INTERRUPTED],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "")
    assert list(tmp_path.iterdir()) == []
