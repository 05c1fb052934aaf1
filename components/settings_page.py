"""The page `docs/reference/settings.md`, made of the settings as they are declared.

`python -m components.settings_page > docs/reference/settings.md` writes it anew.
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from components.plain_secrets import SECRET_SETTINGS
from components.setting_kinds import Group, Setting
from components.settings import SETTINGS

_HEAD: Final = """\
# Settings of a stack

Generated from `components/settings.py` and `components/ingestion_declared.py`. They stand in
`Pulumi.<stack>.yaml`, each with the project's name before it: `customer-lifecycle:domainName`. What
is missing, wrong or unknown stops `pulumi preview` before any call, with the command that corrects
it. dev, staging and prod differ in settings alone: see [environments](../guides/environments.md).

The first region is the provider's own setting, `aws-native:region`; it has no default.
"""

_TAIL: Final = """\
## Secrets

None of these settings is a secret: databases are named by the ARN of their secret. A setting that
holds one all the same has to be encrypted (`pulumi config set --secret NAME`); in plain text it is
refused. That is any value that looks like an access key of AWS, a private key or a URL with a
password, and of the providers' settings always {secrets}.
The local AWS takes any key, so there those may stand in plain text.
"""


def settings_markdown() -> str:
    """The whole page."""
    parts = [_HEAD, _table(SETTINGS)]
    parts += [
        f"## `{path}`\n\n{group.meaning}\n\n{_table(group.members)}"
        for path, group in _groups("", SETTINGS)
    ]
    secrets = ", ".join(f"`{name}`" for name in sorted(SECRET_SETTINGS))
    return "\n".join([*parts, _TAIL.format(secrets=secrets)])


def _groups(before: str, members: Sequence[Setting]) -> Iterator[tuple[str, Group]]:
    for member in members:
        if isinstance(member, Group):
            path = f"{before}{member.name}{'[]' if member.repeated else ''}"
            yield path, member
            yield from _groups(f"{path}.", member.members)


def _table(members: Sequence[Setting]) -> str:
    rows = ["| Setting | Must be | Default | Meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{each.name}` | {each.form} | {_default(each)} | {each.meaning} |" for each in members
    ]
    return "\n".join(rows) + "\n"


def _default(setting: Setting) -> str:
    if setting.needed:
        return "**needed**"
    default = setting.default
    if default in (None, [], {}):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{', '.join(default) if isinstance(default, list) else default}`"


if __name__ == "__main__":
    sys.stdout.write(settings_markdown())
