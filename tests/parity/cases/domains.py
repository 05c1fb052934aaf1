"""Domains and tags."""

from tests.parity.case import case
from tests.parity.scene import Scene
from tests.parity.service import TAGS

GROUP = "Domains and tags"


def arn(scene: Scene) -> str:
    return f"arn:aws:profile:{scene.region}:{scene.account}:domains/{scene.domain}"


@case(GROUP, "A domain is created, read, changed and deleted")
def life(scene: Scene) -> None:
    name = scene.new_name()
    scene.ask("CreateDomain", DomainName=name, DefaultExpirationDays=7, Tags=TAGS)
    scene.ask("GetDomain", DomainName=name)
    scene.ask("UpdateDomain", DomainName=name, DefaultExpirationDays=8)
    scene.ask("GetDomain", DomainName=name)
    scene.ask("DeleteDomain", DomainName=name)
    scene.ask("GetDomain", DomainName=name)


@case(GROUP, "A domain that exists cannot be created again")
def twice(scene: Scene) -> None:
    scene.ask("CreateDomain", DomainName=scene.domain, DefaultExpirationDays=7)


@case(GROUP, "An unknown domain is named with the account, whatever is asked of it")
def unknown(scene: Scene) -> None:
    name = scene.new_name()
    scene.ask("GetDomain", DomainName=name)
    scene.ask("UpdateDomain", DomainName=name, DefaultExpirationDays=8)
    scene.ask("DeleteDomain", DomainName=name)
    scene.ask("ListProfileObjectTypes", DomainName=name)
    scene.ask("SearchProfiles", DomainName=name, KeyName="_email", Values=["a"])
    nobody = "0" * 32
    scene.ask("MergeProfiles", DomainName=name, MainProfileId=nobody, ProfileIdsToBeMerged=[nobody])


@case(
    GROUP,
    "A dead-letter queue can be set, is kept by an update without it, cleared by an empty one",
)
def queue(scene: Scene) -> None:
    url = scene.new_queue()
    scene.ask("UpdateDomain", DomainName=scene.domain, DeadLetterQueueUrl=url)
    scene.ask("UpdateDomain", DomainName=scene.domain, DefaultExpirationDays=9)
    scene.ask("UpdateDomain", DomainName=scene.domain, DeadLetterQueueUrl="")


@case(GROUP, "Another account's queue or encryption key is refused")
def foreign(scene: Scene) -> None:
    url = f"https://sqs.{scene.region}.amazonaws.com/999999999999/other"
    scene.ask("UpdateDomain", DomainName=scene.domain, DeadLetterQueueUrl=url)
    key = f"arn:aws:kms:{scene.region}:999999999999:key/00000000-0000-0000-0000-000000000000"
    scene.ask("UpdateDomain", DomainName=scene.domain, DefaultEncryptionKey=key)


@case(GROUP, "Tags are added, listed and removed")
def tags(scene: Scene) -> None:
    where = arn(scene)
    scene.ask("TagResource", resourceArn=where, tags={"team": "a", "stage": "b"})
    scene.ask("ListTagsForResource", resourceArn=where)
    scene.ask("UntagResource", resourceArn=where, tagKeys=["team", "none"])
    scene.ask("ListTagsForResource", resourceArn=where)
    scene.ask("ListTagsForResource", resourceArn=f"{where}-none")


@case(GROUP, "Tags of an update stand in the place of all tags")
def tags_of_an_update(scene: Scene) -> None:
    scene.ask("UpdateDomain", DomainName=scene.domain, Tags=TAGS | {"team": "a"})
    scene.ask("ListTagsForResource", resourceArn=arn(scene))


@case(GROUP, "Domains are listed in pages")
def pages(scene: Scene) -> None:
    names = {scene.new_domain(), scene.new_domain()}
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer, _ = scene.service.told("ListDomains", {"MaxResults": 1} | token)
        assert len(answer["Items"]) <= 1
        found += [each["DomainName"] for each in answer["Items"]]
        if not answer.get("NextToken"):
            break
        token = {"NextToken": answer["NextToken"]}
    scene.note("each of both domains, so often", [found.count(name) for name in sorted(names)])
    scene.ask("ListDomains", NextToken="no-token-of-ours")
