"""Seed and verify against a domain whose answers lag behind, as those of AWS do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

import mappings
from lifecycle import clients, seed_and_verify
from lifecycle.errors import CouldNotRunError
from lifecycle.seed import make_seed
from lifecycle.seed_and_verify import Result, Verification
from profiles import profile_writes
from profiles.documents import document
from profiles.engine import Engine
from profiles.errors import NotFoundError
from profiles.memory import MemoryStore
from profiles.search import search


class _NotFoundError(ClientError):
    pass


class _Exceptions:
    ResourceNotFoundException = _NotFoundError


def refusal(code: str, operation: str) -> ClientError:
    """An error answer of AWS."""
    return _NotFoundError({"Error": {"Code": code, "Message": "no"}}, operation)


@dataclass
class Domain:
    """A client of a domain where an object is seen `lag` seconds after it was put.

    now: the time in seconds, which only sleeping moves. found: profiles that other systems put.
    """

    lag: float = 0.0
    now: float = 1000.0
    exceptions: type = _Exceptions
    waiting: list[tuple[float, str, str]] = field(default_factory=list)
    fail_put: dict[int, BaseException] = field(default_factory=dict)
    fail_sleep: dict[int, BaseException] = field(default_factory=dict)
    searches: int = 0
    sleeps: int = 0
    puts: int = 0
    deletions: list[str] = field(default_factory=list)
    engine: Engine = field(default_factory=lambda: Engine(MemoryStore()))

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.sleeps += 1
        self.now += seconds
        if self.sleeps in self.fail_sleep:
            raise self.fail_sleep[self.sleeps]

    def put_profile_object(self, **members: Any) -> dict[str, Any]:
        self.puts += 1
        if self.puts in self.fail_put:
            raise self.fail_put[self.puts]
        due = self.now + self.lag * self.puts
        self.waiting.append((due, members["ObjectTypeName"], members["Object"]))
        return {"ProfileObjectUniqueKey": "key"}

    def search_profiles(self, **members: Any) -> dict[str, Any]:
        self.searches += 1
        self.arrive(self.now)
        found = search(self.engine, [(members["KeyName"], members["Values"])], every=False)
        return {"Items": [document(each.profile) for each in found]}

    def delete_profile(self, **members: Any) -> dict[str, Any]:
        try:
            profile_writes.delete_profile(self.engine, members["ProfileId"])
        except NotFoundError:
            raise refusal("ResourceNotFoundException", "DeleteProfile") from None
        self.deletions.append(members["ProfileId"])
        return {"Message": "OK"}

    def arrive(self, until: float) -> None:
        """Merge what is due."""
        due = [each for each in self.waiting if each[0] <= until]
        self.waiting = [each for each in self.waiting if each[0] > until]
        for _, object_type, text in due:
            self.engine.put(object_type, text)

    def left_behind(self) -> int:
        """How many profiles there are once everything has arrived."""
        self.arrive(float("inf"))
        return self.engine.store.profile_count()


Verify = Callable[..., list[Result]]


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    """A domain with the mappings' object types, and the time that verify sees."""
    domain = Domain()
    for mapping in mappings.load():
        domain.engine.put_type(mapping.object_type)
    monkeypatch.setattr(seed_and_verify.time, "monotonic", lambda: domain.now)
    monkeypatch.setattr(seed_and_verify.time, "sleep", domain.sleep)
    return domain


@pytest.fixture
def verify(domain: Domain) -> Verify:
    """Runs seed and verify in the domain, by default for a minute and without keeping."""

    def run(
        client: Any = domain, timeout: float = 60, account: str | None = None, *, keep: bool = False
    ) -> list[Result]:
        seed = make_seed(mappings.load(), account)
        return Verification(client, "customers", timeout, keep, lambda _: None).run(seed)

    return run


def test_a_profile_that_search_finds_late_and_in_parts_is_no_mismatch(
    domain: Domain, verify: Verify
) -> None:
    domain.lag = 5.0
    (result,) = verify()
    assert result.ok
    assert len(result.rows) == 16
    assert 15 <= result.seconds < 60
    assert (result.removed, domain.left_behind()) == (True, 0)


def test_a_profile_that_is_incomplete_at_the_deadline_is_a_mismatch_of_what_is_missing(
    domain: Domain, verify: Verify
) -> None:
    domain.lag = 5.0
    (result,) = verify(timeout=7)
    missing = {row.attribute for row in result.rows if not row.ok}
    assert not result.ok
    assert missing
    assert {row.attribute for row in result.rows if row.ok} >= {"AccountNumber", "EmailAddress"}
    assert all(row.actual is None for row in result.rows if row.attribute in missing)
    assert result.seconds == pytest.approx(7, abs=0.01)


def test_search_is_asked_less_and_less_often_and_never_for_long_after_the_deadline(
    domain: Domain, verify: Verify
) -> None:
    domain.lag = 10_000.0
    verify(timeout=60)
    assert 10 < domain.searches < 60


def test_an_account_that_finds_two_profiles_is_a_mismatch(domain: Domain, verify: Verify) -> None:
    class Split(Domain):
        def search_profiles(self, **members: Any) -> dict[str, Any]:
            items = domain.search_profiles(**members)["Items"]
            return {"Items": items * 2}

        put_profile_object = domain.put_profile_object
        delete_profile = domain.delete_profile

    (result,) = verify(Split(), timeout=1)
    assert all(row.ok for row in result.rows)
    assert (result.profiles_found, result.ok) == (2, False)
    assert domain.left_behind() == 0


def test_a_profile_that_is_already_there_is_neither_changed_nor_deleted(
    domain: Domain, verify: Verify
) -> None:
    domain.engine.put("TrialSubscription", '{"UserId": "00001", "status": "Mine"}')
    with pytest.raises(CouldNotRunError, match="already has a profile"):
        verify(account="00001")
    assert (domain.puts, domain.deletions, domain.left_behind()) == (0, [], 1)


def test_an_object_that_arrives_after_a_later_put_failed_is_removed_too(
    domain: Domain, verify: Verify
) -> None:
    domain.lag = 1.0
    domain.fail_put[3] = refusal("ResourceNotFoundException", "PutProfileObject")
    with pytest.raises(CouldNotRunError, match="PutProfileObject on customers"):
        verify()
    assert domain.left_behind() == 0


@pytest.mark.parametrize("sleep", [1, 2, 5])
def test_what_is_still_on_its_way_at_an_interruption_is_removed_too(
    domain: Domain, verify: Verify, sleep: int
) -> None:
    domain.lag = 0.8
    domain.fail_sleep[sleep] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        verify()
    assert domain.left_behind() == 0


def test_a_finished_run_waits_for_nothing_more_once_its_profile_is_gone(
    domain: Domain, verify: Verify
) -> None:
    verify()
    assert domain.now - 1000.0 <= 0.2


def test_a_profile_that_search_still_shows_after_its_deletion_is_deleted_only_once(
    domain: Domain, verify: Verify
) -> None:
    class Stale(Domain):
        shown = 0

        def search_profiles(self, **members: Any) -> dict[str, Any]:
            answer = domain.search_profiles(**members)
            if answer["Items"]:
                self.last = answer
            elif domain.deletions and self.shown < 3:
                self.shown += 1
                return self.last
            return answer

        put_profile_object = domain.put_profile_object
        delete_profile = domain.delete_profile

    (result,) = verify(Stale())
    assert result.removed
    assert len(domain.deletions) == 1


def test_a_profile_that_cannot_be_removed_is_told(domain: Domain, verify: Verify) -> None:
    class Lasting(Domain):
        put_profile_object = domain.put_profile_object
        search_profiles = domain.search_profiles

        def delete_profile(self, **_members: Any) -> dict[str, Any]:
            return {"Message": "OK"}

    (result,) = verify(Lasting())
    assert result.ok
    assert not result.removed


def test_keep_leaves_the_profile(domain: Domain, verify: Verify) -> None:
    (result,) = verify(keep=True)
    assert (result.ok, result.removed) == (True, False)
    assert (domain.deletions, domain.left_behind()) == ([], 1)


def test_an_answer_without_items_finds_nothing(verify: Verify) -> None:
    class Bare(Domain):
        def search_profiles(self, **_members: Any) -> dict[str, Any]:
            return {}

    (result,) = verify(Bare(), timeout=0)
    assert (result.profiles_found, result.ok, result.profile_id) == (0, False, None)
    assert all(row.actual is None for row in result.rows)


@pytest.mark.parametrize("kind", [ConnectTimeoutError, ReadTimeoutError])
def test_an_endpoint_that_times_out_is_named_with_the_way_out(
    verify: Verify, kind: type[Exception]
) -> None:
    class Dead(Domain):
        def search_profiles(self, **_members: Any) -> dict[str, Any]:
            raise kind(endpoint_url="http://127.0.0.1:9", error="timed out")

    with pytest.raises(CouldNotRunError) as failed:
        verify(Dead())
    assert "http://127.0.0.1:9 does not answer" in str(failed.value)
    assert "lifecycle emulator" in str(failed.value)


def test_an_endpoint_that_never_answers_is_given_up_within_25_seconds() -> None:
    attempts = clients.ATTEMPTS
    # botocore's standard mode waits up to 2**n seconds (at most 20) before attempt n + 2.
    pauses = sum(min(2**number, 20) for number in range(attempts - 1))
    slowest = max(clients.CONNECT_SECONDS, clients.READ_SECONDS)
    assert attempts * slowest + pauses < 25
