"""The one access key with which every request is signed where that is asked for."""

import configparser
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.gateway import account_of

_ID: Final = re.compile(r"\w{4,128}", re.ASCII)
_LEAST_SECRET: Final = 16
"""Characters: who overhears a signed request can try secrets as fast as a computer can."""

_OTHERS: Final = 0o077
_EXAMPLE: Final = "[default], aws_access_key_id = ..., aws_secret_access_key = ..."


class AccessKeyError(Exception):
    """The file holds no usable key; the message names the file and the way out, never the key."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """id: of 12 digits, it is its account's number. secret: shows nowhere."""

    id: str
    secret: str = field(repr=False)

    @property
    def ids(self) -> frozenset[str]:
        """The key ids that sign with the secret: its own, and its account's number.

        Functions of the backing emulator sign with the number of their account.
        """
        return frozenset({self.id, account_of(self.id)})


def read_access_key(file: Path) -> AccessKey:
    """The key in a file of the form of `~/.aws/credentials` with one section.

    Raises: AccessKeyError.
    """
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise AccessKeyError(f"{file} cannot be read: {reason}") from None
    if mode & _OTHERS:
        raise AccessKeyError(f"{file} can be read by others -> chmod 600 {file}")
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(text)
    except configparser.Error:
        # Its message has the line, and the line can be the secret.
        raise AccessKeyError(f"{file} is no credentials file -> {_EXAMPLE}") from None
    if len(parser.sections()) != 1:
        raise AccessKeyError(f"{file} must have one section -> {_EXAMPLE}")
    section = parser[parser.sections()[0]]
    key_id, secret = section.get("aws_access_key_id", ""), section.get("aws_secret_access_key", "")
    if _ID.fullmatch(key_id) is None:
        raise AccessKeyError(f"{file}: aws_access_key_id must have 4 to 128 letters and digits")
    if len(secret) < _LEAST_SECRET:
        raise AccessKeyError(
            f"{file}: aws_secret_access_key must have at least {_LEAST_SECRET} characters"
            " -> openssl rand -hex 20"
        )
    return AccessKey(key_id, secret)
