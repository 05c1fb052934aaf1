"""Whatever is stored or logged, the console's pages have their templates' markup and no other.

Hypothesis puts hostile texts into all that a page shows; a reader of HTML looks at every page.
"""

import asyncio
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

import emulator.console
import emulator.look
from tests.emulator.in_process import InProcess, signed_for

TEMPLATES = [
    Path(str(module.__file__)).with_name("templates")
    for module in (emulator.console, emulator.look)
]

PIECES = st.sampled_from(
    [
        *"\"'`&><\0;",
        *("<zz>", "</zz>", "<zz onzz=1>", "&lt;", "&#60;zz&#62;", "</", "</pre>", "</script><zz>"),
        *("</td></tr></table><zz>", "</title><zz>", "<!--", "-->", "<![CDATA[", "]]>", "<?zz"),
        *('" onzz="1', "' onzz='1", " onzz=1 ", "javascript:zz()", "//zz.example/"),
        *(
            "http://zz.example/",
            "{{ 7*7 }}zz",
            "{% raw %}",
            "{# zz",
            "%3Czz%3E",
            "\\u003czz\\u003e",
        ),
        *("\x1b", "\u2028", "\u202e", "\ufeff", "\U0001f469", "+ADw-zz+AD4-"),
        *("\r\nX-Zz: 1\r\n\r\n<zz>", "../../", "?zz=1", "#zz", "x" * 40),
    ]
)
HOSTILE = st.lists(PIECES | st.text(max_size=6), min_size=1, max_size=6).map("".join)


class Skeleton(HTMLParser):
    """The tags of a page, the attributes of each, and where its links and forms lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: set[tuple[str, str]] = set()
        self.addresses: set[str] = set()
        self.odd: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self.addresses |= {
            value or "" for name, value in attrs if name in {"href", "src", "action"}
        }

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def of_the_templates() -> set[tuple[str, str]]:
    """Every tag and attribute that a template, or what is put into one, can write."""
    marks: set[tuple[str, str]] = set()
    for file in [each for folder in TEMPLATES for each in folder.glob("*.html")]:
        text = re.sub(r"{#.*?#}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        # An attribute may stand in a condition.
        marks |= Skeleton(re.sub(r"{%.*?%}", " ", re.sub(r"{{.*?}}", "x", text))).marks
    return marks | {("time", ""), ("time", "datetime"), ("wbr", "")}


MARKS = of_the_templates()


def json_of(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


async def fill(local: InProcess, texts: list[str]) -> None:
    """Put the texts wherever the service keeps one, and ask what it refuses with them in it."""
    a, b, c = (texts * 3)[:3]
    inside = "/domains/customers"

    async def ask(method: str, path: str, members: Any) -> Any:
        headers = [signed_for("profile")]
        status, _, answer = await local.ask(method, path.encode(), b"", headers, json_of(members))
        assert status < 500
        return json.loads(answer)

    await ask("POST", inside, {"DefaultExpirationDays": 9})
    await ask("PUT", inside, {"DefaultEncryptionKey": a, "Tags": {"tag": b[:256]}})
    fields = {
        "id": {"Source": "_source.id"},
        "a": {"Source": f"{{{{_source.a}}}}{c}", "Target": "_profile.Attributes.Own"},
        "b": {"Source": "_source.b", "Target": "_profile.FirstName"},
    }
    plain = fields | {"a": fields["a"] | {"Source": "_source.a"}}
    keys = {
        "own": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
        "other": [{"FieldNames": ["a"]}],
    }
    for shown in (plain, fields):
        body = {
            "Description": a[:1000],
            "AllowProfileCreation": True,
            "Fields": shown,
            "Keys": keys,
        }
        await ask("PUT", f"{inside}/object-types/Person", body)
    for record in ({"id": a, "a": b, "b": c, a: {b: c}}, {"id": b, "a": a}, {"id": ""}, a):
        put = {"ObjectTypeName": "Person", "Object": json.dumps(record)}
        await ask("PUT", f"{inside}/profiles/objects", put)
    members = {"FirstName": a[:255], "Attributes": {b[:255]: c[:255]}, "Address": {"City": a[:255]}}
    created = await ask("POST", f"{inside}/profiles", members)
    if "ProfileId" in created:
        key = {"ProfileId": created["ProfileId"], "KeyName": "other", "Values": [b[:255]]}
        await ask("POST", f"{inside}/profiles/keys", key)
    # A type that creates nothing: what is rejected shows its reason.
    body = {"Description": b[:1000], "Fields": plain, "Keys": keys}
    await ask("PUT", f"{inside}/object-types/Visit", body)
    put = {"ObjectTypeName": "Visit", "Object": json.dumps({"id": f"nobody {c}", "a": a})}
    await ask("PUT", f"{inside}/profiles/objects", put)
    # What is logged: paths, queries, targets and bodies of no operation at all.
    raw = a.encode("utf-8", "surrogatepass")
    for service in ("profile", "cloudcontrolapi", "rds-data"):
        headers = [signed_for(service), (b"x-amz-target", b"CloudApiService." + raw)]
        path = b"/domains/" + quote(raw).encode()
        await local.ask("POST", path, quote(b.encode("utf-8", "replace")).encode(), headers, raw)
        await local.ask("POST", b"/" + raw.replace(b"?", b""), raw, headers, json_of({a: b}))


async def pages(local: InProcess, texts: list[str]) -> dict[str, str]:
    """Every page that can be reached by links, and those that are asked for with the texts."""
    asked = quote(texts[0], errors="replace")
    inside = "/_emulator/console/domains/111122223333/us-east-1/customers"
    waiting = [
        "/_emulator/",
        f"/_emulator/?name={asked}",
        f"/_emulator/console/{asked}",
        f"/_emulator/console/outcomes?domain={asked}&type={asked}&verdict={asked}",
        f"/_emulator/console/requests?operation={asked}&account={asked}&service={asked}",
        f"{inside}/search?key={asked}&value={asked}",
        f"{inside}/search?key=own&value={asked}",
        f"{inside}/types/{asked}",
        f"{inside}/objects/Person/{asked}",
        f"/_emulator/console/domains/{asked}/{asked}/{asked}",
    ]
    seen: dict[str, str] = {}
    while waiting:
        address = waiting.pop()
        path, _, query = address.partition("#")[0].partition("?")
        if address in seen or path.endswith((".css", ".svg")):
            continue
        host = [(b"host", b"127.0.0.1:4566")]
        status, headers, body = await local.ask("GET", path.encode(), query.encode(), host, b"")
        assert status in {200, 404}, (address, status)
        assert dict(headers)[b"content-type"] == b"text/html; charset=utf-8"
        seen[address] = body.decode("utf-8")
        links = Skeleton(seen[address]).addresses
        waiting += [each for each in links if each.startswith("/_emulator/") and len(seen) < 60]
    return seen


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(HOSTILE, min_size=1, max_size=3))
def test_no_page_has_other_markup_than_its_template_or_leads_elsewhere(texts: list[str]) -> None:
    async def run() -> dict[str, str]:
        local = InProcess()
        try:
            await fill(local, texts)
            return await pages(local, texts)
        finally:
            await local.close()

    shown = asyncio.run(run())
    assert len(shown) > 20
    for address, html in shown.items():
        skeleton = Skeleton(html)
        assert skeleton.marks <= MARKS, (address, skeleton.marks - MARKS)
        assert skeleton.odd == []
        assert all(each.startswith(("/_emulator/", "#")) for each in skeleton.addresses), address
        assert not re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]", html), address
    assert any("7*7" in html for html in shown.values()) or "7*7" not in "".join(texts)
    assert not any("49zz" in html for html in shown.values()) or "49zz" in "".join(texts)


def test_a_page_with_foreign_markup_would_be_found() -> None:
    assert Skeleton("<p><zz>").marks - MARKS == {("zz", "")}
    assert Skeleton('<a href="x" onzz="1">').marks - MARKS == {("a", "onzz")}
    assert Skeleton("<!-- zz -->").odd
