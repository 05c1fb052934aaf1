"""Random requests to every service of ours, by its model, by accident, and by no model at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from emulator.customer_profiles.operations import OPERATIONS
from emulator.operations import PROTOCOLS
from tests.emulator.conftest import request_of
from tests.emulator.fuzz.values import METHODS, ODD_TEXTS, Values
from tests.emulator.in_process import Headers, signed_for

PERSON_FIELDS = {
    "id": {"Source": "_source.id"},
    "a": {"Source": "_source.a", "Target": "_profile.Attributes.A"},
    "name": {"Source": "{{_source.first}} {{_source.b.c}}", "Target": "_profile.FirstName"},
    "mail": {
        "Source": "_source.mail",
        "Target": "_profile.EmailAddress",
        "ContentType": "EMAIL_ADDRESS",
    },
    "number": {"Source": "_source.number", "ContentType": "NUMBER"},
    "serial": {"Source": "_source.serial", "Target": "_asset.SerialNumber"},
    "home": {"Source": "_source.home", "Target": "_profile.Address"},
    "each": {
        "Source": "{{#each _source.list}}{{this}}{{/each}}",
        "Target": "_profile.Attributes.Each",
    },
}
PERSON_KEYS = {
    "own": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
    "_email": [{"FieldNames": ["mail"], "StandardIdentifiers": ["PROFILE", "SECONDARY"]}],
    "serial": [{"FieldNames": ["serial"], "StandardIdentifiers": ["ASSET"]}],
    "both": [{"FieldNames": ["number", "a"]}, {"FieldNames": ["a"]}],
}
PERSON = {
    "Description": "p",
    "AllowProfileCreation": True,
    "Fields": PERSON_FIELDS,
    "Keys": PERSON_KEYS,
}
TYPES = (
    *("AWS::CustomerProfiles::Domain", "AWS::CustomerProfiles::ObjectType"),
    *("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::X::Y", ""),
)
STATEMENTS = (
    *("SELECT 1", "SELECT :a", "SELECT :a, :b, :a", "SELECT", ";", "BEGIN", "COMMIT", "PRAGMA x"),
    *("DELETE FROM t", "UPDATE t SET a = :a", "SELECT * FROM t WHERE a = :a", "VALUES (1),(2)"),
    *("SELECT CAST('9' AS INT);;", "SELECT 9223372036854775807 + 1", "SELECT json('{')"),
    *("SELECT zeroblob(10), NULL, 1e400", "SELECT 'é\0'", "SELECT ':a' || \"b\" /* :d */ :e::text"),
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB, c REAL)",
    "INSERT INTO t (a, b, c) VALUES (:a, :b, 1.5)",
)
ENDPOINTS = (
    *("health", "state", "requests", "reset", "faults", "clock", "", "nothing"),
    *("console/outcomes", "console/requests", "console/outcomes/1", "console/requests/1"),
)
INNER = ("d", "profiles", "types", "search", "objects", "%ff", "Person", "..", "0" * 32)
QUERIES = ("limit=5&bodies=1", "limit=x", "domain=d", "before=3", "key=own&value=1", "%", "a=%ff&a")
PATCHES = ("add", "replace", "remove", "test", "move", "copy", "odd")
RULE = {"service": "profile", "operation": "GetDomain", "probability": 0.5}
FAULTS = {"seed": 1, "rules": [RULE | {"error": "ThrottlingException"}], "pace": "aws"}
CLOCKS = ({"offsetSeconds": 5}, {"advanceSeconds": 10**6}, {"frozenAt": 2_000_000_000})


EMULATED = sorted(OPERATIONS)
ALIVE = [each for each in EMULATED if each not in {"DeleteDomain", "DeleteProfileObjectType"}]
"""Those after which there is still something to ask."""


@dataclass(frozen=True)
class Case:
    """One request as it is on the wire."""

    method: str
    path: bytes
    query: bytes
    headers: Headers
    body: bytes

    def __str__(self) -> str:
        """As a line of Python that asks it again."""
        return (
            f"ask({self.method!r}, {self.path!r}, {self.query!r}, {self.headers!r}, {self.body!r})"
        )


class Cases:
    """An endless sequence of requests in one account; `learn` from what is answered."""

    def __init__(self, chance: Random, account: str) -> None:
        self.account = account
        self.known: dict[str, list[Any]] = {
            "DomainName": ["d", "d", "d", "e"],
            "ObjectTypeName": ["Person", "Person", "Visit", "_asset"],
            "KeyName": [*PERSON_KEYS, "_profileId", "_account", "_fullName", "_phone"],
            "FieldNames": [["id"], ["a"], ["number", "a"]],
            "Fields": [PERSON_FIELDS],
            "Keys": [PERSON_KEYS],
            "resourceArn": [
                f"arn:aws:profile:us-east-1:{account}:domains/d{rest}"
                for rest in ("", "/object-types/Person", "e", "/")
            ],
            "Object": ['{"id": "1"}'],
            "Values": [["1"], ["2"], ["a@b.c"], ["s"], ["1", "a"], ["0" * 32]],
            "Source": ["_source.a", "{{_source.a}}-{{_source.b.c}}"],
            "Target": ["_profile.FirstName", "_profile.Attributes.B", "_profile.Address.City"],
            "ProfileId": ["0" * 32],
        }
        self.values = Values(chance, self.known)
        self._chance = chance
        self._kinds: tuple[Callable[[], Case], ...] = (
            *(self._profile,) * 12,
            *(self._record,) * 4,
            *(self._cloud_control,) * 3,
            *(self._rds_data,) * 2,
            *(self._own,) * 2,
            self._anything,
        )

    def start(self) -> list[Case]:
        """The first requests: a domain with a type, so that others find something."""
        headers = [signed_for("profile", self.account)]
        bodies = [
            ("POST", b"/domains/d", {"DefaultExpirationDays": 9}),
            ("PUT", b"/domains/d/object-types/Person", PERSON),
        ]
        return [Case(m, path, b"", headers, json.dumps(body).encode()) for m, path, body in bodies]

    def next(self) -> Case:
        case = self._chance.choice(self._kinds)()
        return self._scrambled(case) if self.values.one_in(15) else case

    def learn(self, status: int, answer: bytes) -> None:
        """Remember ids, keys and tokens, to name them in requests to come."""
        if status != 200 or b'"' not in answer:
            return
        try:
            told = json.loads(answer)
        except ValueError:
            return
        for each in (told, *(told.get("Items") or ())) if isinstance(told, dict) else ():
            for name in ("ProfileId", "ProfileObjectUniqueKey", "NextToken", "transactionId"):
                if isinstance(each.get(name), str):
                    self._remember(name, each[name])
        if isinstance(told, dict) and isinstance(told.get("ProgressEvent"), dict):
            self._remember("RequestToken", told["ProgressEvent"].get("RequestToken"))

    def _remember(self, name: str, value: Any) -> None:
        kept = self.known.setdefault(name, [])
        kept.append(value)
        del kept[:-20]
        if name == "ProfileId":
            self.known["MainProfileId"] = kept
            self.known["ProfileIdsToBeMerged"] = self.known["ProfileIds"] = [kept[-3:], kept[:2]]

    def _members(self, service: str, operation: str) -> dict[str, Any]:
        shape = PROTOCOLS[service].model().operation_model(operation).input_shape
        assert shape is not None
        members = self.values.of_shape(shape)
        while self.values.one_in(5):
            members = self.values.broken(members)
        return members if isinstance(members, dict) else {"Extra": members}

    def _profile(self) -> Case:
        if self.values.one_in(25):
            return self._chance.choice(self.start())
        names = EMULATED if self.values.one_in(8) else ALIVE
        if self.values.one_in(20):
            names = PROTOCOLS["profile"].model().operation_names
        return self._of_profile(self._chance.choice(names))

    def _of_profile(self, operation: str, **more: Any) -> Case:
        method, target, body = request_of(operation, self._members("profile", operation) | more)
        path, _, query = target.partition("?")
        content = b"" if body is None else self.values.encoded(body)
        headers = [signed_for("profile", self.account)]
        return Case(method, path.encode(), query.encode(), headers, content)

    def _record(self) -> Case:
        """An object, or several, that the type can read, with something odd in it."""
        record: dict[str, Any] = {
            "id": str(self._chance.randrange(9)),
            "first": "Ada",
            "a": self._chance.choice(("a", "b", self.values.odd())),
            "b": self._chance.choice(({"c": "d"}, {"c": self.values.odd()})),
            "mail": self._chance.choice(("a@b.c", "A@B.C ", "", None)),
            "number": self._chance.choice(("1", 1.0, "x", None)),
            "serial": self._chance.choice(("s", "t", None)),
            "home": {"City": "Oslo", "Address1": self._chance.choice(("x", self.values.odd()))},
            "list": self.values.odd(),
        }
        if self.values.one_in(2):
            record = {name: value for name, value in record.items() if not self.values.one_in(3)}
        texts = [self.values.encoded(record).decode("utf-8", "replace")]
        if self.values.one_in(3):
            texts.append(json.dumps(self.values.broken(record)))
            items = [{"Id": str(at), "Object": text} for at, text in enumerate(texts)]
            return self._of_profile("BatchPutProfileObject", Items=items)
        return self._of_profile("PutProfileObject", Object=texts[0])

    def _cloud_control(self) -> Case:
        operation = self._chance.choice(PROTOCOLS["cloudcontrolapi"].model().operation_names)
        members = self._members("cloudcontrolapi", operation)
        state = self._chance.choice(
            (
                {"DomainName": self._chance.choice("dfg"), "DefaultExpirationDays": 3},
                {"DomainName": "d", "ObjectTypeName": "T", "Description": "t"},
                {
                    "DomainName": "d",
                    "ObjectTypeName": "U",
                    "Description": "t",
                    "Fields": [],
                    "Keys": [],
                },
                {"BucketName": "b"},
            )
        )
        patch = [
            {"op": self._chance.choice(PATCHES), "path": "/Description", "value": self.values.odd()}
        ]
        for name, texts in (
            ("TypeName", TYPES),
            ("Identifier", ("d", "d|Person", "d|T", "f", "b")),
            ("DesiredState", (json.dumps(state), json.dumps(self.values.broken(state)))),
            ("PatchDocument", (json.dumps(patch), json.dumps(self.values.broken(patch)))),
            ("ResourceModel", (json.dumps(state),)),
        ):
            if name in members and not self.values.one_in(9):
                members[name] = self._chance.choice(texts)
        if not self.values.one_in(9):
            members.pop("TypeVersionId", None)
        target = b"CloudApiService." + operation.encode()
        headers = [signed_for("cloudcontrolapi", self.account), (b"x-amz-target", target)]
        return Case("POST", b"/", b"", headers, self.values.encoded(members))

    def _rds_data(self) -> Case:
        model = PROTOCOLS["rds-data"].model()
        operation = self._chance.choice(model.operation_names)
        members = self._members("rds-data", operation)
        if not self.values.one_in(10):
            members["resourceArn"] = f"arn:aws:rds:us-east-1:{self.account}:cluster:c"
            members["secretArn"] = f"arn:aws:secretsmanager:us-east-1:{self.account}:secret:s"
        for name in ("sql", "sqlStatements"):
            if name in members:
                statement = self._chance.choice(STATEMENTS)
                members[name] = self.values.torn(statement) if self.values.one_in(6) else statement
        path = model.operation_model(operation).http["requestUri"].encode()
        headers = [signed_for("rds-data", self.account)]
        return Case("POST", path, b"", headers, self.values.encoded(members))

    def _own(self) -> Case:
        """Our own endpoints and pages."""
        name = self._chance.choice(ENDPOINTS)
        path = f"/_emulator/{name}"
        if self.values.one_in(3):
            inner = "/".join(
                self._chance.choice(
                    ("d", "profiles", "types", "search", "objects", "%ff", "Person", "..", "0" * 32)
                )
                for _ in range(self._chance.randrange(4))
            )
            path = f"/_emulator/console/domains/{self.account}/us-east-1/{inner}"
        asked = self._chance.choice(
            (
                "limit=5&bodies=1",
                "limit=x",
                "domain=d",
                "before=3",
                "key=own&value=1",
                "%",
                "a=%ff&a",
            )
        )
        query = asked if self.values.one_in(2) else ""
        settings: Any = self._chance.choice((FAULTS, *CLOCKS))
        if self.values.one_in(2):
            settings = self.values.broken(settings)
        method = self._chance.choice(("GET", "GET", "GET", "PUT", "POST", "DELETE", "HEAD"))
        host = [(b"host", b"127.0.0.1:4566")]
        return Case(method, path.encode(), query.encode(), host, self.values.encoded(settings))

    def _anything(self) -> Case:
        """No operation of anything."""
        randbytes, sizes = self._chance.randbytes, (0, 1, 3, 20)
        pieces = (b"domains", b"d", b"profiles", b"tags", b"%", b"%00", b"%ff", b"\xff", b"..", b"")
        path = b"/" + b"/".join(
            self._chance.choice(pieces) for _ in range(self._chance.randrange(7))
        )
        query = self._chance.choice((b"", b"max-results=x", b"%ff=%", randbytes(5)))
        service = self._chance.choice((*PROTOCOLS, "cloudapiservice"))
        headers = [signed_for(service, self.account), (b"x-amz-target", randbytes(4))]
        body = randbytes(self._chance.choice(sizes))
        return Case(self._chance.choice(METHODS), path, query, headers, body)

    def _scrambled(self, case: Case) -> Case:
        """The case with another method, path, query, header or body."""
        what = self._chance.randrange(5)
        noisy = self.values.noisy
        odd = str(self._chance.choice(ODD_TEXTS)).encode("utf-8", "surrogatepass")
        if what == 0:
            return Case(
                self._chance.choice(METHODS), case.path, case.query, case.headers, case.body
            )
        if what == 1:
            path = b"/" + noisy(case.path).lstrip(b"/").replace(b"?", b"")
            return Case(case.method, path, case.query, case.headers, case.body)
        if what == 2:
            return Case(case.method, case.path, noisy(case.query), case.headers, case.body)
        if what == 3:
            name = self._chance.choice(
                (b"authorization", b"x-amz-target", b"host", b"content-type", b"origin")
            )
            return Case(case.method, case.path, case.query, [*case.headers, (name, odd)], case.body)
        return Case(case.method, case.path, case.query, case.headers, noisy(case.body))
