"""Which profile an object finds, and what it writes there."""

from tests.parity.case import case
from tests.parity.cases.objects import VISIT_FIELDS, VISIT_KEYS
from tests.parity.scene import PROFILE_FIELDS, PROFILE_KEYS, Scene, object_type

GROUP = "Matching and merging of values"


@case(GROUP, "Keys are tried in their order: two keys that find two profiles",
      "order of primary PROFILE keys")  # fmt: skip
def order(scene: Scene) -> None:
    scene.people()
    scene.put(id="1", first="by id")
    scene.put(id="2", first="by mail", email="ada@example.com")
    scene.find("personId", "1", "2", count=2)
    # In the order of their names, and in the other.
    for name, first, second in (
        ("Visit", "personId", "personEmail"),
        ("Call", "personEmail", "personId"),
    ):
        of = {"personId": ("who", "PROFILE"), "personEmail": ("mail", "PROFILE")}
        keys = {f"number{name}": ("number", "UNIQUE"), first: of[first], second: of[second]}
        mail = ("_source.mail", "", "EMAIL_ADDRESS")
        scene.declare(name, object_type(
            VISIT_FIELDS | {"mail": mail, "note": ("_source.note", f"_profile.Attributes.{name}")},
            keys,
        ))  # fmt: skip
        scene.put(name, number="n", who="1", mail="ada@example.com", note=name)
    scene.settle()
    scene.find("personId", "1")
    scene.find("personId", "2")


@case(GROUP, "A key that finds several profiles, where creation is allowed",
      "more than one match while creation is allowed")  # fmt: skip
def several(scene: Scene) -> None:
    scene.people()
    scene.declare("Visit", object_type(VISIT_FIELDS, VISIT_KEYS))
    for _ in range(2):
        profile = scene.ask("CreateProfile")
        scene.ask(
            "AddProfileKey", ProfileId=profile["ProfileId"], KeyName="personId", Values=["two"]
        )
    scene.settle()
    scene.put("Visit", number="1", who="two", note="new")
    scene.settle()
    scene.find("visitNumber", "1")
    scene.find("personId", "two", count=3)


@case(GROUP, "A secondary key is tried when no primary one finds a profile")
def secondary(scene: Scene) -> None:
    scene.people()
    scene.put(id="1", email="ada@example.com")
    scene.find("personId", "1")
    fields = VISIT_FIELDS | {"mail": ("_source.mail", "", "EMAIL_ADDRESS")}
    keys = VISIT_KEYS | {"personEmail": ("mail", "PROFILE", "SECONDARY")}
    scene.declare("Visit", object_type(fields, keys))
    scene.put("Visit", number="n", who="2", mail="ADA@example.com", note="second")
    scene.until(lambda items: "second" in str(items), "SearchProfiles",
                KeyName="personId", Values=["1"])  # fmt: skip


@case(
    GROUP,
    "One unique value put for two profiles",
    "one UNIQUE value on two profiles: one object or two",
)
def one_unique_value(scene: Scene) -> None:
    scene.people()
    scene.put(id="1")
    scene.put(id="2")
    scene.find("personId", "1", "2", count=2)
    scene.declare("Visit", object_type(VISIT_FIELDS, VISIT_KEYS))
    for who in "12":
        scene.put("Visit", number="n", who=who, note=f"of {who}")
        scene.settle()
    scene.find("visitNumber", "n", count=2)
    for who in "12":
        for profile in scene.find("personId", who):
            scene.ask("ListProfileObjects", ObjectTypeName="Visit", ProfileId=profile["ProfileId"])


@case(GROUP, "Two types of equal priority write one attribute", "equal source priority")
def equal_priority(scene: Scene) -> None:
    scene.people(SourcePriority=1)
    fields = VISIT_FIELDS | {"note": ("_source.note", "_profile.FirstName")}
    scene.declare("Visit", object_type(fields, VISIT_KEYS, SourcePriority=1))
    scene.put(id="1", first="of the person")
    scene.find("personId", "1")
    scene.put("Visit", number="n", who="1", note="of the visit")
    scene.settle()
    scene.find("personId", "1")
    scene.put(id="1", first="of the person again")
    scene.settle()
    scene.find("personId", "1")


@case(GROUP, "A type of lower priority does not write over one of higher")
def priority(scene: Scene) -> None:
    scene.people(SourcePriority=1)
    fields = VISIT_FIELDS | {"note": ("_source.note", "_profile.FirstName")}
    scene.declare("Visit", object_type(fields, VISIT_KEYS, SourcePriority=2))
    scene.put(id="1", first="of the person")
    scene.find("personId", "1")
    scene.put("Visit", number="n", who="1", note="of the visit")
    scene.settle()
    scene.find("personId", "1")


@case(GROUP, "An object of the highest priority against what a person wrote",
      "which source priority ranks above what people wrote")  # fmt: skip
def manual(scene: Scene) -> None:
    scene.people(SourcePriority=1)
    scene.put(id="1", first="of the object")
    (profile,) = scene.find("personId", "1")
    scene.ask("UpdateProfile", ProfileId=profile["ProfileId"], FirstName="of a person")
    scene.settle()
    scene.put(id="1", first="of the object again", tier="written")
    scene.settle()
    scene.find("personId", "1")


@case(GROUP, "A member that is null", "null in an object")
def null(scene: Scene) -> None:
    scene.people()
    scene.put(id="1", first="Ada", last="Byron")
    scene.find("personId", "1")
    scene.put(id="1", first=None, tier="written")
    scene.settle()
    scene.find("personId", "1")


@case(GROUP, "Numbers and booleans that become text", "numbers and booleans as text")
def spelled(scene: Scene) -> None:
    names = ("yes", "whole", "float", "long", "small", "zero", "list", "object")
    fields = {name: (f"_source.{name}", f"_profile.Attributes.{name}") for name in names}
    scene.declare(
        "Person",
        object_type({"id": ("_source.id",)} | fields, {"personId": PROFILE_KEYS["personId"]}),
    )
    text = (
        '{"id": "1", "yes": true, "whole": 1234, "float": 449.0, "long": 0.1000, "small": 1e-7,'
        ' "zero": -0.0, "list": [1, "a"], "object": {"a": 1}}'
    )
    scene.ask("PutProfileObject", ObjectTypeName="Person", Object=text)
    scene.find("personId", "1")


@case(GROUP, "A value of 300 characters", "a value above 255 characters")
def over_long(scene: Scene) -> None:
    queue = scene.new_queue()
    scene.new_domain(DeadLetterQueueUrl=queue)
    scene.people()
    scene.put(id="1", first="Ada", tier="x" * 300)
    scene.settle()
    scene.find("personId", "1")
    scene.letters(queue, 1)


@case(
    GROUP,
    "E-mail and phone fields that target other attributes, when a profile is created",
    "e-mail and phone of a profile that an object creates, when another field targets them",
)
def inferred(scene: Scene) -> None:
    fields = {
        "id": ("_source.id",),
        "mail": ("_source.mail", "_profile.PersonalEmailAddress", "EMAIL_ADDRESS"),
        "phone": ("_source.phone", "_profile.MobilePhoneNumber", "PHONE_NUMBER"),
        "other": ("_source.other", "_profile.EmailAddress", "EMAIL_ADDRESS"),
    }
    scene.declare("Person", object_type(fields, {"personId": PROFILE_KEYS["personId"]}))
    scene.put(id="1", mail="ada@example.com", phone="+12065550100", other="other@example.com")
    scene.put(id="2", mail="ada@example.com", phone="+12065550100")
    scene.find("personId", "1", "2", count=2)


@case(GROUP, "E-mail and phone fields without target fill a created profile")
def inferred_without_target(scene: Scene) -> None:
    fields = {
        "id": ("_source.id",),
        "mail": ("_source.mail", "", "EMAIL_ADDRESS"),
        "phone": ("_source.phone", "", "PHONE_NUMBER"),
    }
    scene.declare("Person", object_type(fields, {"personId": PROFILE_KEYS["personId"]}))
    scene.put(id="1", mail="ada@example.com", phone="+12065550100")
    scene.find("personId", "1")
    scene.find("_email", "ada@example.com", count=0)


@case(GROUP, "A value of white space", "a value of white space alone")
def white_space(scene: Scene) -> None:
    scene.people()
    scene.put(id=" ", first="Ada")
    scene.put(id="1", first="Ada", email=" ")
    scene.find("personId", "1")
    scene.put(id="1", first=" ", tier="written")
    scene.settle()
    scene.find("personId", "1")
    scene.find("personEmail", " ")


@case(GROUP, "How phone numbers, numbers, e-mail addresses and names are compared",
      "how phone numbers, numbers, e-mail addresses and names are compared, beyond the guide's"
      " examples")  # fmt: skip
def compared(scene: Scene) -> None:
    kinds = {"mail": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER", "number": "NUMBER", "name": "NAME"}
    fields = {name: (f"_source.{name}", "", kind) for name, kind in kinds.items()}
    keys = {name: (name,) for name in kinds}
    scene.declare("Person", object_type(
        {"id": ("_source.id",)} | fields, {"personId": PROFILE_KEYS["personId"]} | keys
    ))  # fmt: skip
    scene.put(
        id="1", mail="Ada@Example.com", phone="+1 (206) 345-7890", number="10.50", name="Ada  Byron"
    )
    scene.find("personId", "1")
    scene.settle()
    values = {
        "mail": ("ada@example.com", " ada@example.com ", "ada@example.com."),
        "phone": ("2063457890", "12063457890", "0012063457890", "+12063457890", "3457890"),
        "number": ("10.5", "10.50", "010.5", "1.05e1"),
        "name": ("ADA BYRON", "ada byron ", "Ada Býron"),
    }
    for key, each in values.items():
        for value in each:
            scene.ask("SearchProfiles", KeyName=key, Values=[value])


@case(GROUP, "A source that names a whole address is copied with its parts")
def address(scene: Scene) -> None:
    fields = PROFILE_FIELDS | {"home": ("_source.home", "_profile.Address")}
    scene.declare("Person", object_type(fields, PROFILE_KEYS))
    scene.put(id="1", home={"Address1": "Street 1", "City": "Oslo", "Floor": 3})
    scene.find("personId", "1")
