"""What every unit of work of the openings service must do. A subclass says how to open one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.openings.application.ports import (
    Answered,
    Outcome,
    Position,
    Published,
    RequestKey,
    Selection,
    UnitOfWork,
)
from services.openings.domain.content import Kind
from services.openings.domain.offers import Training, TrainingInstance
from services.openings.domain.opening import Change, Opening, delete, publish, withdraw
from services.openings.domain.publisher import Publisher, PublisherKey
from services.openings.domain.values import Place
from shared.kernel.errors import Aborted, AlreadyExists, InvalidArgument
from shared.kernel.ids import new_id
from tests.builders.openings import CONTACT, NOW, a_content, a_creation, a_draft

Open = Callable[[], UnitOfWork]
MINUTE = timedelta(minutes=1)


def a_publisher() -> str:
    """The id of a publisher that no other test uses."""
    return f"p-{new_id()}"


def a_key() -> RequestKey:
    """A request with an id of its own."""
    return RequestKey("kielo-jobs", new_id(), "m/Publish", b"\x00\xff1")


async def kept(open_uow: Open, change: Change, actor: str = "kid-1") -> Opening:
    """The opening, committed."""
    async with open_uow() as uow:
        await uow.openings.keep(change, actor)
        await uow.commit()
    return change.opening


def renamed(opening: Opening, title: str, now: datetime = NOW) -> Change:
    """The change that gives an opening another title."""
    draft = a_draft(opening.external_id, publisher=opening.publisher, content=a_content(title))
    _, change = publish(opening, draft, opening.id, now)
    assert change is not None
    return change


async def asked_again(open_uow: Open, answer: Answered, kind: type[Answered]) -> Answered | None:
    """What a repeated request gets after this answer."""
    key = a_key()
    async with open_uow() as uow:
        assert await uow.answers.find(key, kind) is None
        await uow.answers.keep(key, answer)
        await uow.commit()
    async with open_uow() as uow:
        return await uow.answers.find(key, kind)


class UnitOfWorkContract:
    """The contract."""

    async def test_a_kept_opening_is_found_by_id_and_by_key(self, open_uow: Open) -> None:
        """It comes back as it was, contacts and all, to the microsecond."""
        instant = datetime(2026, 3, 29, 1, 0, 0, 123456, tzinfo=UTC)
        opening = await kept(open_uow, a_creation(a_draft(publisher=a_publisher()), instant))
        async with open_uow() as uow:
            assert await uow.openings.get(opening.id) == opening
            assert await uow.openings.lock(opening.publisher, opening.external_id) == opening
            assert opening.contacts == (CONTACT,)
            assert await uow.openings.get(new_id()) is None
            assert await uow.openings.lock(opening.publisher, "other") is None
            assert await uow.openings.lock(a_publisher(), opening.external_id) is None

    async def test_only_the_next_version_is_kept(self, open_uow: Open) -> None:
        """A version that is not the next one is refused and changes nothing."""
        first = await kept(open_uow, a_creation(a_draft(publisher=a_publisher())))
        second = await kept(open_uow, renamed(first, "Kokki"))
        for stale in (renamed(first, "Leipuri"), renamed(replace(second, version=7), "Leipuri")):
            with pytest.raises(Aborted, match="OPENING_CHANGED"):
                await kept(open_uow, stale)
        async with open_uow() as uow:
            assert await uow.openings.get(first.id) == second

    async def test_a_key_is_taken_once(self, open_uow: Open) -> None:
        """A second opening under the same key of the same publisher is refused."""
        draft = a_draft(publisher=a_publisher())
        await kept(open_uow, a_creation(draft))
        with pytest.raises(Aborted, match="OPENING_CHANGED"):
            await kept(open_uow, a_creation(draft))
        await kept(open_uow, a_creation(replace(draft, publisher=a_publisher())))

    async def test_what_is_not_committed_is_undone(self, open_uow: Open) -> None:
        """Leaving without a commit, or by an error, keeps nothing of any kind."""
        change, key, publisher = a_creation(a_draft(publisher=a_publisher())), a_key(), a_publisher()
        for error in (None, ValueError("stop")):
            try:
                async with open_uow() as uow:
                    await uow.answers.find(key, Published)
                    await uow.openings.keep(change, "kid-1")
                    await uow.publishers.add(Publisher(publisher, "Kielo", NOW))
                    await uow.answers.keep(key, Published(change.opening, Outcome.CREATED))
                    if error is not None:
                        raise error
            except ValueError:
                pass
        async with open_uow() as uow:
            assert await uow.openings.get(change.opening.id) is None
            assert await uow.publishers.lock(publisher) is None
            assert await uow.answers.find(key, Published) is None

    async def test_writers_of_one_key_wait_for_each_other(self, open_uow: Open) -> None:
        """Twenty at once that each look, and create or change, make one opening and twenty versions."""
        publisher = a_publisher()

        async def write(number: int) -> None:
            async with open_uow() as uow:
                found = await uow.openings.lock(publisher, "job-1")
                draft = a_draft(publisher=publisher, content=a_content(f"Työ {number}"))
                _, change = publish(found, draft, new_id(), NOW)
                assert change is not None
                await uow.openings.keep(change, "kid-1")
                await uow.commit()

        await asyncio.gather(*(write(number) for number in range(20)))
        async with open_uow() as uow:
            found = await uow.openings.lock(publisher, "job-1")
        assert found is not None
        assert found.version == 20

    async def test_selections_are_filtered(self, open_uow: Open) -> None:
        """State, kind, municipality and publisher narrow what is selected, each by itself and together."""
        publisher = a_publisher()
        course = a_content(detail=Training(instances=(TrainingInstance(place=Place(municipality="092")),)), places=())
        job = await kept(open_uow, a_creation(a_draft("job", publisher=publisher)))
        training = await kept(open_uow, a_creation(a_draft("course", publisher=publisher, content=course)))
        closed = await kept(open_uow, a_creation(a_draft("closed", publisher=publisher)))
        _, change = withdraw(closed, NOW)
        assert change is not None
        await kept(open_uow, change)

        async def ids(selection: Selection) -> set[str]:
            async with open_uow() as uow:
                return {each.id for each in (await uow.openings.select(selection, None, 100)).entries}

        assert await ids(Selection(publisher=publisher)) == {job.id, training.id}
        assert await ids(Selection(publisher=publisher, published_only=False)) == {job.id, training.id, closed.id}
        assert await ids(Selection(publisher=publisher, kind=Kind.TRAINING)) == {training.id}
        assert await ids(Selection(publisher=publisher, municipality="092")) == {training.id}
        assert await ids(Selection(publisher=publisher, municipality="092", kind=Kind.VACANCY)) == set()
        assert job.id in await ids(Selection(municipality="049", kind=Kind.VACANCY))

    async def test_selections_are_paged_newest_first(self, open_uow: Open) -> None:
        """By instant and then by id, each opening on one page only."""
        publisher = a_publisher()
        places = []
        for number, minutes in enumerate((0, 1, 1, 2, 1)):
            change = a_creation(a_draft(f"job-{number}", publisher=publisher), NOW + minutes * MINUTE)
            opening = await kept(open_uow, change)
            places.append((opening.update_time, opening.id))
        found: list[tuple[datetime, str]] = []
        after: Position | None = None
        sizes: list[int] = []
        while after is not None or not sizes:
            async with open_uow() as uow:
                page = await uow.openings.select(Selection(publisher=publisher), after, 2)
            found += [(each.update_time, each.id) for each in page.entries]
            sizes.append(len(page.entries))
            after = page.next
        assert found == sorted(places, reverse=True)
        assert sizes == [2, 2, 1]

    async def test_what_is_due_is_found_in_order(self, open_uow: Open) -> None:
        """Openings are due at their publication or closing time, which a change moves; the longest due come first."""
        publisher, long_ago = a_publisher(), NOW - timedelta(days=9_000)
        drafts = [a_draft(f"j{n}", publisher=publisher, publish_time=long_ago + n * MINUTE) for n in (2, 1, 3)]
        openings = [await kept(open_uow, a_creation(draft, long_ago)) for draft in drafts]
        async with open_uow() as uow:
            assert await uow.openings.next_due() == long_ago + MINUTE
            due = await uow.openings.lock_due(long_ago + 2 * MINUTE, 10)
            assert [opening.external_id for opening in due] == ["j1", "j2"]
            assert len(await uow.openings.lock_due(NOW - timedelta(days=1), 1)) == 1
        for opening in openings:
            _, change = delete(opening, long_ago)
            assert change is not None
            await kept(open_uow, change)
        async with open_uow() as uow:
            assert await uow.openings.lock_due(long_ago + 3 * MINUTE, 10) == ()

    async def test_stored_answers_come_back_without_contacts(self, open_uow: Open) -> None:
        """The answer of the first call is given again, of whatever kind it is."""
        opening = a_creation().opening
        bare = replace(opening, contacts=())
        published = Published(opening, Outcome.UPDATED, sanitised=True)
        assert await asked_again(open_uow, published, Published) == replace(published, opening=bare)
        assert await asked_again(open_uow, opening, Opening) == bare
        publisher = Publisher("kielo-jobs", "Kielo", NOW)
        assert await asked_again(open_uow, publisher, Publisher) == publisher

    async def test_a_request_id_is_its_callers_and_its_contents(self, open_uow: Open) -> None:
        """Other content under it is refused; another caller may use the same one."""
        key, answer = a_key(), Published(a_creation().opening, Outcome.CREATED)
        async with open_uow() as uow:
            await uow.answers.find(key, Published)
            await uow.answers.keep(key, answer)
            await uow.commit()
        for other in (replace(key, fingerprint=b"2"), replace(key, method="m/Withdraw")):
            with pytest.raises(InvalidArgument, match="REQUEST_ID_REUSED"):
                async with open_uow() as uow:
                    await uow.answers.find(other, Published)
        async with open_uow() as uow:
            assert await uow.answers.find(replace(key, scope="other"), Published) is None

    async def test_a_publisher_is_added_once(self, open_uow: Open) -> None:
        """A second one with the id is refused."""
        publisher = Publisher(a_publisher(), "Kielo", NOW)
        async with open_uow() as uow:
            await uow.publishers.add(publisher)
            await uow.commit()
        with pytest.raises(AlreadyExists, match="PUBLISHER_EXISTS"):
            async with open_uow() as uow:
                await uow.publishers.add(publisher)
        async with open_uow() as uow:
            assert await uow.publishers.lock(publisher.id) == publisher
            assert await uow.publishers.lock(a_publisher()) is None

    async def test_keys_are_kept_and_ended(self, open_uow: Open) -> None:
        """A key is found by its id and among its publisher's, the oldest first; a revocation stays."""
        publisher = Publisher(a_publisher(), "Kielo", NOW)
        keys = [PublisherKey(new_id(), publisher.id, "hash", NOW + n * MINUTE, NOW + timedelta(days=1)) for n in (2, 1)]
        async with open_uow() as uow:
            await uow.publishers.add(publisher)
            for key in keys:
                await uow.publishers.add_key(key)
            await uow.commit()
        ended = replace(keys[0], revoke_time=NOW + 3 * MINUTE)
        async with open_uow() as uow:
            assert await uow.publishers.keys(publisher.id) == (keys[1], keys[0])
            await uow.publishers.end_key(ended)
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.publishers.key(ended.kid) == ended
            assert await uow.publishers.key("nobody") is None
