"""What the tests of profile objects share."""

from typing import Any

MISSING_KEY = "The UNIQUE key or PROFILE key does not exist in the profile object."
VISIT = {"id": ("id",), "a": ("a",), "b": ("b",), "c": ("c",), "note": ("note", "Attributes.Note")}


def visits(customers: Any, keys: dict[str, Any], **more: Any) -> None:
    """Declare `Visit`, whose objects have their own id and the given keys."""
    customers.declare("Visit", VISIT, {"visit": ("id", "UNIQUE")} | keys, **more)


def put_text(customers: Any, text: str, type_name: str = "Person") -> Any:
    return customers.call("put_profile_object", ObjectTypeName=type_name, Object=text)


def listed(customers: Any, profile_id: str, type_name: str, **more: Any) -> Any:
    return customers.call(
        "list_profile_objects", ProfileId=profile_id, ObjectTypeName=type_name, **more
    )
