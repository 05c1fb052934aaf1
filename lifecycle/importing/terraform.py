"""Object types of Terraform's awscc provider, from `terraform show -json`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lifecycle.importing.cloudformation import as_request
from lifecycle.importing.model import Imported, as_list, as_mapping
from lifecycle.importing.requests import imported

TYPE: Final = "awscc_customerprofiles_object_type"
SHOW: Final = "terraform show -json"
_BLOCK: Final = re.compile(r'^\s*(resource|module|variable|terraform)\s+("|\{)', re.MULTILINE)
_NOT_NEEDED: Final = frozenset(
    """created_at domain_name id last_updated_at max_available_profile_object_count object_type_id
    tags""".split()
)


def is_shown(document: Any) -> bool:
    """Whether it is a state or a plan as `terraform show -json` prints it."""
    return isinstance(document, dict) and "format_version" in document


def is_hcl(text: str) -> bool:
    """Whether it is Terraform's own language, which only Terraform can evaluate."""
    return _BLOCK.search(text) is not None


def read_shown(document: Mapping[str, Any], file: str) -> Iterator[Imported]:
    """Every object type of the state or plan. Raises: CouldNotRunError."""
    member = "planned_values" if document.get("planned_values") else "values"
    root = as_mapping(document.get(member), f"{file}: {member}").get("root_module")
    for resource in _resources(as_mapping(root, f"{file}: root_module"), file):
        if resource.get("type") == TYPE:
            where = f"{file}: {resource.get('address', TYPE)}"
            given = {
                name: value
                for name, value in as_mapping(resource.get("values"), where).items()
                if name not in _NOT_NEEDED and value is not None
            }
            yield imported(as_request(_as_properties(given), where), where)


def _resources(module: Mapping[str, Any], file: str) -> Iterator[Mapping[str, Any]]:
    for resource in as_list(module.get("resources"), f"{file}: resources"):
        yield as_mapping(resource, f"{file}: a resource")
    for child in as_list(module.get("child_modules"), f"{file}: child_modules"):
        yield from _resources(as_mapping(child, f"{file}: a child module"), file)


def _as_properties(value: Any) -> Any:
    """The provider spells properties in snake_case: `field_names` is `FieldNames`."""
    if isinstance(value, list):
        return [_as_properties(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(part.capitalize() for part in name.split("_")): _as_properties(each)
        for name, each in value.items()
        if each is not None
    }
