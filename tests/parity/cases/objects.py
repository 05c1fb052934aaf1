"""PutProfileObject and BatchPutProfileObject: what is taken, refused, rejected."""

import json

from tests.parity.case import case
from tests.parity.scene import Scene, object_type

GROUP = "Objects"
VISIT_FIELDS: dict[str, tuple[str, ...]] = {
    "number": ("_source.number",),
    "who": ("_source.who",),
    "mail": ("_source.mail",),
    "note": ("_source.note", "_profile.Attributes.Note"),
}
VISIT_KEYS: dict[str, tuple[str, ...]] = {
    "visitNumber": ("number", "UNIQUE"),
    "personId": ("who", "PROFILE"),
}


def ask_text(scene: Scene, text: str, type_name: str = "Person") -> None:
    scene.ask("PutProfileObject", ObjectTypeName=type_name, Object=text)


@case(
    GROUP, "An object creates a profile, is kept word for word, replaced by its unique key, deleted"
)
def life(scene: Scene) -> None:
    scene.people()
    ask_text(scene, '{"id": "1",\n "first": "Ada", "more": [1.50, null, true]}')
    (profile,) = scene.find("personId", "1")
    who = {"ObjectTypeName": "Person", "ProfileId": profile["ProfileId"]}
    scene.ask("ListProfileObjects", **who)
    put = scene.put(id="1", first="Grace")
    scene.until(lambda items: "Grace" in str(items), "ListProfileObjects", **who)
    scene.ask("DeleteProfileObject", ProfileObjectUniqueKey=put["ProfileObjectUniqueKey"], **who)
    scene.until(lambda items: not items, "ListProfileObjects", **who)
    scene.find("personId", "1")


@case(GROUP, "What is no JSON object, has no key or no known type is refused at once")
def refused(scene: Scene) -> None:
    scene.people()
    for text in ("{", "[]", '"a"', "{}", '{"id": ""}', '{"id": null}', '{"first": "Ada"}'):
        ask_text(scene, text)
    ask_text(scene, '{"id": "1"}', "Nothing")
    ask_text(scene, '{"id": "1"}', "_profile")


@case(GROUP, "Empty members write nothing over what is there")
def empty(scene: Scene) -> None:
    scene.people()
    scene.put(id="1", first="Ada", last="Byron")
    scene.find("personId", "1")
    scene.put(id="1", first="", tier="gold")
    scene.until(
        lambda items: "gold" in str(items), "SearchProfiles", KeyName="personId", Values=["1"]
    )


@case(GROUP, "An object without single profile is rejected where its type creates none")
def dead_letters(scene: Scene) -> None:
    queue = scene.new_queue()
    scene.new_domain(DeadLetterQueueUrl=queue)
    scene.people()
    body = object_type(VISIT_FIELDS, VISIT_KEYS, AllowProfileCreation=False)
    scene.declare("Visit", body)
    scene.put("Visit", number="1", who="nobody")
    for _ in range(2):
        profile = scene.ask("CreateProfile")
        scene.ask(
            "AddProfileKey", ProfileId=profile["ProfileId"], KeyName="personId", Values=["two"]
        )
    scene.settle()
    scene.put("Visit", number="2", who="two")
    scene.letters(queue, 2)


@case(
    GROUP,
    "The attributes of a dead letter",
    "message attributes of dead letters other than `Message`",
)
def letter_attributes(scene: Scene) -> None:
    queue = scene.new_queue()
    scene.new_domain(DeadLetterQueueUrl=queue)
    scene.declare("Visit", object_type(VISIT_FIELDS, VISIT_KEYS, AllowProfileCreation=False))
    scene.put("Visit", number="1", who="nobody")
    scene.letters(queue, 1)


@case(GROUP, "A batch names each item that was taken and each that failed")
def batch(scene: Scene) -> None:
    scene.people()
    texts = {"a": '{"id": "1", "first": "Ada"}', "b": "{}", "c": "{", "d": '{"id": "2"}'}
    items = [{"Id": name, "Object": text} for name, text in texts.items()]
    scene.ask("BatchPutProfileObject", ObjectTypeName="Person", Items=items)
    scene.find("personId", "1", "2", count=2)
    scene.ask("BatchPutProfileObject", ObjectTypeName="Nothing", Items=items)
    scene.ask("BatchPutProfileObject", ObjectTypeName="Person", Items=[])


@case(GROUP, "A batch with one id twice", "one `Id` twice in a batch")
def one_id_twice(scene: Scene) -> None:
    scene.people()
    items = [{"Id": "a", "Object": f'{{"id": "{n}"}}'} for n in (1, 2)]
    scene.ask("BatchPutProfileObject", ObjectTypeName="Person", Items=items)


@case(GROUP, "The form of a unique key, and of a page's token",
      "order of results, form of page tokens, form of `ProfileObjectUniqueKey`")  # fmt: skip
def forms(scene: Scene) -> None:
    scene.people()
    keys = [scene.put(id=number)["ProfileObjectUniqueKey"] for number in "123"]
    scene.note("length and letters of a unique key", [form(each) for each in keys])
    profiles = scene.find("personId", "1", "2", "3", count=3)
    scene.note("the profiles in the order of their creation", [
        [each["ProfileId"] for each in profiles].index(found["ProfileId"])
        for number in "123" for found in scene.find("personId", number)
    ])  # fmt: skip
    page = scene.ask("SearchProfiles", KeyName="personId", Values=["1", "2", "3"], MaxResults=1)
    scene.note("a page has a token", bool((page or {}).get("NextToken")))


def form(text: str) -> str:
    """`32 of 0-9a-f`, or with the other characters that are in it."""
    others = "".join(sorted(set(text) - set("0123456789abcdef")))
    return f"{len(text)} of 0-9a-f{others and ' and ' + others}"


@case(
    GROUP,
    "An unknown profile has no objects",
    "`ListProfileObjects` of a profile that is not there",
)
def objects_of_nobody(scene: Scene) -> None:
    scene.people()
    scene.ask("ListProfileObjects", ObjectTypeName="Person", ProfileId="0" * 32)


@case(GROUP, "Objects of a type that is not there are not found")
def objects_of_nothing(scene: Scene) -> None:
    scene.ask("ListProfileObjects", ObjectTypeName="Nothing", ProfileId="0" * 32)


@case(GROUP, "An asset is made beside the profile, and listed as JSON text")
def assets(scene: Scene) -> None:
    scene.declare("Product", object_type(
        {"id": ("_source.id",), "serial": ("_source.serial", "_asset.SerialNumber"),
         "price": ("_source.price", "_asset.Price"), "who": ("_source.who", "_profile.FirstName")},
        {"productId": ("id", "PROFILE", "UNIQUE"), "serial": ("serial", "ASSET")},
    ))  # fmt: skip
    scene.put("Product", id="1", serial="s-1", price=10, who="Ada")
    (profile,) = scene.find("productId", "1")
    who = {"ObjectTypeName": "_asset", "ProfileId": profile["ProfileId"]}
    items = scene.until(bool, "ListProfileObjects", **who)
    members = sorted(json.loads(items[0]["Object"])) if items else []
    scene.note("members of the asset", members)
