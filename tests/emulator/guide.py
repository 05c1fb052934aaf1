"""The examples of the guide to testing with the local AWS, and a project that has nothing else."""

import os
import re
import subprocess
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "testing-with-the-local-aws.md"


def example(number: int) -> str:
    """The Python text of an example, counted from 0."""
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[number]


def run_pytest(folder: Path, tests: str, python: str) -> str:
    """What pytest says of one file of tests in an otherwise empty folder, run by this Python."""
    (folder / "test_customers.py").write_text(tests, encoding="utf-8")
    done = subprocess.run(
        [python, "-m", "pytest", "--rootdir", str(folder), "-W", "error"],
        cwd=folder,
        # What the outer pytest tells its own workers and plugins is not for the inner one.
        env={name: value for name, value in os.environ.items() if "PYTEST" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
