"""Reading declared settings; whatever is wrong is named by its path."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.errors import SettingsError
from components.setting_kinds import Group, Setting


def read_members(path: str, value: Any, members: Sequence[Setting]) -> dict[str, Any]:
    """Name to value of every member of an object, defaults included; groups are read likewise.

    path: of the object, "" for the stack's own settings. Raises: SettingsError naming the path of
    what is missing, wrong or unknown; what is unknown is most often a typing error.
    """
    if not isinstance(value, Mapping):
        raise SettingsError(path, "must be an object", f"--path {path}.NAME VALUE")
    before = f"{path}." if path else ""
    known = {member.name: member for member in members}
    for name in value:
        if name not in known:
            message = f"is unknown; there are {', '.join(sorted(known))}"
            raise SettingsError(f"{before}{name}", message, f"--path {before}NAME VALUE")
    return {name: _read(before + name, value.get(name), each) for name, each in known.items()}


def _read(path: str, value: Any, member: Setting) -> Any:
    if value is None:
        if member.needed:
            raise SettingsError(path, "is missing", member.arguments(path))
        if not isinstance(member, Group):
            return member.default
        value = [] if member.repeated else {}
    if not member.fits(value):
        raise SettingsError(path, f"must be {member.form}", member.arguments(path))
    if not isinstance(member, Group):
        return value
    if member.repeated:
        return [
            read_members(f"{path}[{position}]", each, member.members)
            for position, each in enumerate(value)
        ]
    return read_members(path, value, member.members)
