"""Object types: what is kept of them, and which are refused."""

from typing import Any

from tests.parity.case import case
from tests.parity.scene import PROFILE_FIELDS, PROFILE_KEYS, Scene, object_type

GROUP = "Object types"
TEXTS = "has texts of its own for mappings that it refuses"
FIELDS: dict[str, tuple[str, ...]] = {"id": ("_source.id",)}
KEYS: dict[str, tuple[str, ...]] = {"personId": ("id", "PROFILE", "UNIQUE")}


def refuse(scene: Scene, fields: Any, keys: Any, **more: Any) -> None:
    """A type that is expected to be refused, with the text."""
    scene.ask("PutProfileObjectType", ObjectTypeName="Wrong", **object_type(fields, keys, **more))


@case(GROUP, "A type is put, read, replaced whole, listed and deleted")
def life(scene: Scene) -> None:
    body = object_type(PROFILE_FIELDS, PROFILE_KEYS, ExpirationDays=3, SourcePriority=2)
    scene.ask("PutProfileObjectType", ObjectTypeName="Person", **body)
    scene.ask("GetProfileObjectType", ObjectTypeName="Person")
    body = object_type(FIELDS, KEYS)
    scene.ask("PutProfileObjectType", ObjectTypeName="Person", **body)
    scene.ask("GetProfileObjectType", ObjectTypeName="Person")
    scene.ask("ListProfileObjectTypes")
    scene.ask("DeleteProfileObjectType", ObjectTypeName="Person")
    scene.ask("GetProfileObjectType", ObjectTypeName="Person")
    scene.ask("DeleteProfileObjectType", ObjectTypeName="Person")


@case(GROUP, "Deleting a type takes its objects and their values from profiles")
def deleted(scene: Scene) -> None:
    scene.people()
    scene.declare("Note", object_type(
        {"number": ("_source.number",), "who": ("_source.who",),
         "note": ("_source.note", "_profile.Attributes.Note")},
        {"noteNumber": ("number", "UNIQUE"), "personId": ("who", "PROFILE")},
    ))  # fmt: skip
    scene.put(id="1", first="Ada")
    scene.find("personId", "1")
    scene.put("Note", number="n", who="1", note="kept")
    scene.settle()
    scene.ask("DeleteProfileObjectType", ObjectTypeName="Note")
    scene.settle()
    scene.find("personId", "1")


@case(GROUP, "What has no single UNIQUE key or no PROFILE key is refused",
      TEXTS)  # fmt: skip
def without_keys(scene: Scene) -> None:
    refuse(scene, FIELDS, {"personId": ("id", "PROFILE")})
    refuse(scene, FIELDS, {"personId": ("id", "UNIQUE")})
    refuse(scene, FIELDS, {"a": ("id", "UNIQUE", "PROFILE"), "b": ("id", "UNIQUE")})
    refuse(scene, FIELDS, {"a": ("id", "UNIQUE", "PROFILE", "LOOKUP_ONLY")})
    refuse(scene, FIELDS, {"a": ("nothing", "UNIQUE", "PROFILE")})


@case(GROUP, "A target that is no field of a standard object is refused",
      TEXTS)  # fmt: skip
def wrong_targets(scene: Scene) -> None:
    for target in (
        "_profile.Foo",
        "_profile.ProfileId",
        "_nothing.Name",
        "FirstName",
        "_asset.Name",
    ):
        refuse(scene, FIELDS | {"x": ("_source.x", target)}, KEYS)
    fields = {"x": ("_source.x", "_profile.SourceLastUpdatedTimestamp")}
    refuse(scene, FIELDS | fields, KEYS)


@case(GROUP, "Identifiers that go with PROFILE, alone",
      "SECONDARY, LOOKUP_ONLY or NEW_ONLY without PROFILE")  # fmt: skip
def alone(scene: Scene) -> None:
    fields = FIELDS | {"mail": ("_source.mail",)}
    for name in ("SECONDARY", "LOOKUP_ONLY", "NEW_ONLY"):
        refuse(scene, fields, KEYS | {"mail": ("mail", name)})


@case(GROUP, "A source without its root", "a source without `_source.`")
def without_root(scene: Scene) -> None:
    refuse(scene, FIELDS | {"mail": ("mail", "_profile.EmailAddress")}, KEYS)


@case(GROUP, "Handlebars that the guide does not name, and an index",
      "Handlebars beyond the documented blocks, such as `else` and other helpers; an index into an"
      " array")  # fmt: skip
def handlebars(scene: Scene) -> None:
    for source in (
        "{{#if _source.a}}{{_source.a}}{{else}}none{{/if}}",
        "{{{_source.a}}}",
        "{{lookup _source.a 0}}",
        "_source.a[0]",
        "{{#if _source.a}}",
    ):
        refuse(scene, FIELDS | {"x": (source, "_profile.Attributes.X")}, KEYS)


@case(GROUP, "Handlebars that the guide names are accepted and write")
def documented_handlebars(scene: Scene) -> None:
    scene.declare("Person", object_type(FIELDS | {
        "both": ("{{_source.a}} {{_source.b.c}}", "_profile.Attributes.Both"),
        "each": ("{{#each _source.list}}{{this}};{{/each}}", "_profile.Attributes.Each"),
        "if": ("{{#if _source.a}}yes{{/if}}", "_profile.Attributes.If"),
        "unless": ("{{#unless _source.z}}no{{/unless}}", "_profile.Attributes.Unless"),
        "with": ("{{#with _source.b}}{{c}}{{/with}}", "_profile.Attributes.With"),
    }, KEYS))  # fmt: skip
    scene.put(id="1", a="A", b={"c": "<C>"}, list=["x", "y"])
    scene.find("personId", "1")


@case(GROUP, "Two fields with one target", "two fields with one target")
def one_target(scene: Scene) -> None:
    fields = {
        "z": ("_source.z", "_profile.FirstName"),
        "a": ("_source.a", "_profile.FirstName"),
    }
    scene.ask("PutProfileObjectType", ObjectTypeName="Person", **object_type(FIELDS | fields, KEYS))
    scene.put(id="1", a="from a", z="from z")
    scene.find("personId", "1")


@case(GROUP, "A key name that another type has with another content type is refused",
      TEXTS)  # fmt: skip
def key_of_another_content(scene: Scene) -> None:
    scene.people()
    fields = FIELDS | {"mail": ("_source.mail",)}
    refuse(scene, fields, {"otherId": KEYS["personId"], "personEmail": ("mail",)})


@case(GROUP, "Names and numbers out of the model's bounds are refused, word for word")
def out_of_bounds(scene: Scene) -> None:
    scene.ask("PutProfileObjectType", ObjectTypeName="1", **object_type(FIELDS, KEYS))
    refuse(scene, FIELDS, KEYS, Description="")
    refuse(scene, FIELDS, KEYS, ExpirationDays=1099, SourcePriority=0)
    refuse(scene, FIELDS | {"x": ("_source.x", "_profile.FirstName", "TEXT")}, KEYS)


@case(GROUP, "A member that is not in the model", "a member that the model does not have")
def unmodelled(scene: Scene) -> None:
    scene.people()
    scene.service.unmodelled = {"Extra": 1}
    scene.ask("PutProfileObjectType", ObjectTypeName="Person", **object_type(FIELDS, KEYS))
    scene.service.unmodelled = {"Extra": 1}
    scene.ask("CreateProfile", FirstName="Ada")
