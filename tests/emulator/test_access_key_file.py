"""`--access-key-file`: without a key nobody else is let in, and a file without one is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lifecycle.cli import main
from tests.emulator.test_signed_only import ACCOUNT, SECRET, key_file

# What may be started


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - refused
def test_others_are_not_let_in_without_a_key(host: str) -> None:
    done = CliRunner().invoke(main, ["emulator", "--port", "0", "--host", host])
    assert done.exit_code == 2
    assert "--access-key-file FILE" in done.stderr


def test_a_name_is_no_address(tmp_path: Path) -> None:
    arguments = ["emulator", "--host", "localhost", "--access-key-file", str(key_file(tmp_path))]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "must be an IP address" in done.stderr


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (f"[a]\naws_access_key_id={ACCOUNT}\naws_secret_access_key={SECRET}\n", 0o644, "chmod 600"),
        (
            f"[a]\naws_access_key_id={ACCOUNT}\naws_secret_access_key=short\n",
            0o600,
            "16 characters",
        ),
        (
            f"[a]\naws_access_key_id=%%\naws_secret_access_key={SECRET}\n",
            0o600,
            "aws_access_key_id",
        ),
        (f"{ACCOUNT}:{SECRET}\n", 0o600, "is no credentials file"),
        (f"[a]\nx={SECRET}\n[b]\n", 0o600, "must have one section"),
        ("", 0o600, "must have one section"),
        (None, 0, "cannot be read: No such file"),
    ],
)
def test_a_file_without_a_usable_key_is_refused_and_never_shown(
    tmp_path: Path, content: str | None, mode: int, said: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    done = CliRunner().invoke(main, ["emulator", "--port", "0", "--access-key-file", str(file)])
    assert done.exit_code == 1
    assert said in done.stderr
    assert SECRET not in done.output + done.stderr


def test_iam_and_the_one_key_do_not_go_together(tmp_path: Path) -> None:
    arguments = ["emulator", "--port", "0", "--iam", "--access-key-file", str(key_file(tmp_path))]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "leave one of them out" in done.stderr


def test_the_key_file_can_be_named_in_the_environment(tmp_path: Path) -> None:
    arguments = ["emulator", "--port", "0", "--iam"]
    named = {"LIFECYCLE_ACCESS_KEY_FILE": str(key_file(tmp_path))}
    done = CliRunner().invoke(main, arguments, env=named)
    assert "leave one of them out" in done.stderr
