"""Secrets that stand in a stack's file in plain text are refused: the file is in the repository."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from components.errors import SettingsError

SECRET_SETTINGS: Final = frozenset(
    f"{provider}:{name}"
    for provider in ("aws-native", "aws")
    for name in ("accessKey", "secretKey", "token")
)
"""Settings of the providers that hold nothing but secrets. This project has none of its own."""

_LOOKS_SECRET: Final = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"  # IAM user guide, "Understanding unique ID prefixes"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@"  # user:password@host
)


def refuse_plain_secrets(
    config: Mapping[str, Any], is_secret: Callable[[str], bool], *, local: bool
) -> None:
    """Refuse a setting that holds a secret and is not encrypted.

    config: fully qualified name to value. is_secret: whether the engine keeps the setting of that
    name encrypted. local: whether the stack is on the local AWS, which takes any key.
    Raises: SettingsError, which never shows the value.
    """
    for name, value in config.items():
        if is_secret(name):
            continue
        told = name in SECRET_SETTINGS and not local
        if told or _LOOKS_SECRET.search(str(value)):
            message = (
                "holds a secret in plain text, which everybody who reads the repository knows: "
                "have it changed at its source"
            )
            raise SettingsError(name, message, f"--secret {name}")
