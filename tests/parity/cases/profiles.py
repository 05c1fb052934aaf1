"""Profiles: people's writes, search, keys, merges."""

from tests.parity.case import case
from tests.parity.scene import PROFILE_KEYS, Scene, object_type

GROUP = "Profiles and search"
NOBODY = "0" * 32


@case(GROUP, "A profile is created, found by its standard keys, changed, cleared and deleted")
def life(scene: Scene) -> None:
    created = scene.ask(
        "CreateProfile",
        FirstName="Ada",
        LastName="Byron",
        AccountNumber="a-1",
        EmailAddress="Ada@example.com",
        PhoneNumber="+1 206 345 7890",
        Address={"City": "Oslo"},
        Attributes={"Tier": "gold"},
    )
    who = {"ProfileId": created["ProfileId"]}
    for key, value in (
        ("_profileId", created["ProfileId"]),
        ("_account", "a-1"),
        ("_email", "ada@example.com"),
        ("_phone", "+12063457890"),
        ("_fullName", "Ada Byron"),
    ):
        scene.find(key, value)
    changes = {
        "FirstName": "",
        "LastName": "King",
        "Address": {"City": ""},
        "Attributes": {"Tier": ""},
    }
    scene.ask("UpdateProfile", **who, **changes)
    scene.until(lambda items: "King" in str(items), "SearchProfiles",
                KeyName="_profileId", Values=[created["ProfileId"]])  # fmt: skip
    scene.ask("BatchGetProfile", ProfileIds=[created["ProfileId"], NOBODY])
    scene.ask("DeleteProfile", **who)
    scene.until(lambda items: not items, "SearchProfiles", KeyName="_account", Values=["a-1"])


@case(GROUP, "What is asked of an unknown profile is refused")
def unknown(scene: Scene) -> None:
    scene.people()
    scene.ask("UpdateProfile", ProfileId=NOBODY, FirstName="Ada")
    scene.ask("DeleteProfile", ProfileId=NOBODY)
    scene.ask("AddProfileKey", ProfileId=NOBODY, KeyName="personId", Values=["1"])
    scene.ask("DeleteProfileKey", ProfileId=NOBODY, KeyName="personId", Values=["1"])
    scene.ask("DeleteProfileObject", ProfileId=NOBODY, ObjectTypeName="Person",
              ProfileObjectUniqueKey="none")  # fmt: skip


@case(GROUP, "An unknown key is not defined, a known one without hit finds nothing")
def unknown_key(scene: Scene) -> None:
    scene.people()
    scene.ask("SearchProfiles", KeyName="nothing", Values=["1"])
    scene.ask("SearchProfiles", KeyName="personId", Values=["nobody"])
    scene.ask("SearchProfiles", KeyName="_salesforceContactId", Values=["nobody"])


@case(GROUP, "Values and pages out of bounds are refused, word for word")
def bounds(scene: Scene) -> None:
    scene.people()
    for values in ([], [""], ["x" * 256]):
        scene.ask("SearchProfiles", KeyName="personId", Values=values)
    scene.ask("SearchProfiles", KeyName="", Values=["1"])
    for size in (0, 101):
        scene.ask("SearchProfiles", KeyName="personId", Values=["1"], MaxResults=size)
    scene.ask("SearchProfiles", KeyName="personId", Values=["1"], NextToken="no-token-of-ours")
    scene.ask("SearchProfiles", KeyName="personId", Values=["1"], LogicalOperator="XOR")
    scene.ask("CreateProfile", FirstName="x" * 256)
    scene.ask("ListProfileObjects", ObjectTypeName="Person", ProfileId="not-an-id")


@case(GROUP, "A search goes through pages without a gap or a repetition")
def pages(scene: Scene) -> None:
    scene.people()
    for number in range(5):
        scene.put(id=str(number), email="ada@example.com")
    scene.find("personEmail", "ada@example.com", count=5)
    sizes, ids = [], []
    members = {"KeyName": "personEmail", "Values": ["ada@example.com"], "MaxResults": 2}
    token: dict[str, str] = {}
    while True:
        answer, _ = scene.service.told(
            "SearchProfiles", {"DomainName": scene.domain, **members, **token}
        )
        sizes.append(len(answer["Items"]))
        ids += [each["ProfileId"] for each in answer["Items"]]
        if not answer.get("NextToken"):
            break
        token = {"NextToken": answer["NextToken"]}
    scene.note("sizes of the pages, and how many profiles", [sizes, len(set(ids))])


@case(GROUP, "Several values of one key", "several `Values` of a search")
def values(scene: Scene) -> None:
    scene.people()
    scene.put(id="1")
    scene.put(id="2")
    scene.find("personId", "1", "2", count=2)
    scene.find("personId", "1", "nobody")


@case(GROUP, "A key of two fields", "search by a key of several fields")
def composite(scene: Scene) -> None:
    scene.declare("Person", object_type(
        {"id": ("_source.id",), "shop": ("_source.shop",), "card": ("_source.card",)},
        {"personId": PROFILE_KEYS["personId"], "shopCard": ("shop,card",)},
    ))  # fmt: skip
    scene.put(id="1", shop="s", card="c")
    scene.find("personId", "1")
    scene.settle()
    for asked in (["s", "c"], ["c", "s"], ["s"], ["s c"], ["s,c"], ["sc"]):
        scene.ask("SearchProfiles", KeyName="shopCard", Values=asked)


@case(GROUP, "Keys joined by AND and by OR, and what says by which a profile was found")
def several_keys(scene: Scene) -> None:
    scene.people()
    scene.put(id="1", email="ada@example.com")
    scene.put(id="2", email="ada@example.com")
    scene.find("personEmail", "ada@example.com", count=2)
    more = {"AdditionalSearchKeys": [{"KeyName": "personId", "Values": ["1"]}]}
    for operator in ("AND", "OR"):
        scene.find("personEmail", "ada@example.com", LogicalOperator=operator, **more)


@case(GROUP, "By which key a search with one key found", "`FoundByItems` of a search with one key")
def found_by(scene: Scene) -> None:
    scene.people()
    scene.put(id="1")
    profiles = scene.find("personId", "1")
    scene.note("has FoundByItems", [bool(each.get("FoundByItems")) for each in profiles])


@case(GROUP, "Which members of a profile without values are sent as null")
def nulls(scene: Scene) -> None:
    scene.people()
    scene.put(id="1")
    scene.find("personId", "1")
    _, _, body = scene.wire("SearchProfiles", KeyName="personId", Values=["1"])
    scene.note("members of the answer", sorted(body))
    for profile in body["Items"]:
        scene.note("null", sorted(name for name, value in profile.items() if value is None))
        scene.note("not null", sorted(name for name, value in profile.items() if value is not None))


@case(GROUP, "What the header of an error says", "a suffix in the header `x-amzn-errortype`")
def error_header(scene: Scene) -> None:
    status, code, body = scene.wire("SearchProfiles", KeyName="nothing", Values=["1"])
    scene.note("status, header and members of the body", [status, code, sorted(body)])


@case(GROUP, "A key is added to a profile, and then objects attach there; it is deleted")
def keys(scene: Scene) -> None:
    scene.people()
    created = scene.ask("CreateProfile", FirstName="Ada")
    key = {"ProfileId": created["ProfileId"], "KeyName": "personId", "Values": ["1"]}
    scene.ask("AddProfileKey", **key)
    scene.find("personId", "1")
    scene.put(id="1", last="Byron")
    scene.until(lambda items: "Byron" in str(items), "SearchProfiles",
                KeyName="personId", Values=["1"])  # fmt: skip
    scene.ask("DeleteProfileKey", **key)
    scene.until(lambda items: not items, "SearchProfiles", KeyName="personId", Values=["1"])
    scene.ask("AddProfileKey", **key | {"KeyName": "nothing"})


@case(GROUP, "Merged profiles become the main one, with their keys, objects and values")
def merge(scene: Scene) -> None:
    scene.people()
    scene.put(id="1", first="Ada")
    scene.put(id="2", first="Grace", last="Hopper")
    scene.find("personId", "1", "2", count=2)
    ids = [scene.find("personId", number)[0]["ProfileId"] for number in "12"]
    scene.ask("MergeProfiles", MainProfileId=ids[0], ProfileIdsToBeMerged=[ids[1]])
    scene.until(lambda items: ids[0] in str(items), "SearchProfiles",
                KeyName="personId", Values=["2"])  # fmt: skip
    scene.find("_profileId", ids[1], count=0)
    scene.ask("ListProfileObjects", ObjectTypeName="Person", ProfileId=ids[0])
    scene.put(id="2", tier="gold")
    scene.until(lambda items: "gold" in str(items), "SearchProfiles",
                KeyName="personId", Values=["1"])  # fmt: skip


@case(
    GROUP,
    "A field of a merge comes from the profile that the request names, also when it is empty there",
)
def merge_sources(scene: Scene) -> None:
    first = scene.ask("CreateProfile", FirstName="Ada", LastName="Byron", AccountNumber="a-1")
    second = scene.ask("CreateProfile", FirstName="Grace", AccountNumber="a-2")
    scene.find("_account", "a-2")
    sources = dict.fromkeys(("FirstName", "LastName"), second["ProfileId"])
    scene.ask(
        "MergeProfiles",
        MainProfileId=first["ProfileId"],
        ProfileIdsToBeMerged=[second["ProfileId"]],
        FieldSourceProfileIds=sources,
    )
    scene.until(lambda items: "Grace" in str(items), "SearchProfiles",
                KeyName="_profileId", Values=[first["ProfileId"]])  # fmt: skip


@case(GROUP, "A merge with an unknown profile is refused")
def merge_unknown(scene: Scene) -> None:
    created = scene.ask("CreateProfile", FirstName="Ada")
    scene.ask("MergeProfiles", MainProfileId=created["ProfileId"], ProfileIdsToBeMerged=[NOBODY])


@case(
    GROUP,
    "How long a put takes until a search shows it",
    "makes objects visible to searches some time after the put",
)
def lag(scene: Scene) -> None:
    scene.people()
    scene.put(id="1")
    scene.note("a search at once finds it", bool(scene.service.told(
        "SearchProfiles", {"DomainName": scene.domain, "KeyName": "personId", "Values": ["1"]}
    )[0]["Items"]))  # fmt: skip
    scene.find("personId", "1")


@case(GROUP, "An operation that the emulator does not have")
def not_emulated(scene: Scene) -> None:
    scene.ask("ListWorkflows")
