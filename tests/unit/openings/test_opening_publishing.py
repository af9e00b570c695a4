"""Publishing, withdrawing and deleting: who may, what is kept, what a repeated request gets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.openings.application.ports import Outcome, Published
from services.openings.application.publishing import (
    DeleteOpening,
    PublishOpening,
    WithdrawOpening,
    delete_opening,
    publish_opening,
    withdraw_opening,
)
from services.openings.domain.opening import Move, Opening, OpeningPublished, State, hold
from services.openings.domain.values import LocalizedText
from shared.kernel.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from shared.kernel.etags import etag_of
from shared.kernel.principal import ANONYMOUS, Principal, Role
from tests.builders.openings import (
    CONTACT,
    COUNSELLOR,
    MATCHING,
    NOW,
    OPERATOR,
    OTHER_PUBLISHER,
    PUBLISHER,
    SEEKER,
    a_content,
    a_draft,
    a_request,
    published,
)
from tests.fakes.openings import FakeCodes, FakeMarkup, FakeUnitOfWork, OpeningStore

LATER = NOW + timedelta(hours=1)


async def publish(store: OpeningStore, cmd: PublishOpening) -> Published:
    """The answer to a command, an hour after NOW."""
    return await publish_opening(cmd, FakeUnitOfWork(store), FakeCodes(), FakeMarkup(), LATER)


async def withdraw(store: OpeningStore, cmd: WithdrawOpening) -> Opening:
    """The answer to a command, an hour after NOW."""
    return await withdraw_opening(cmd, FakeUnitOfWork(store), LATER)


async def delete(store: OpeningStore, cmd: DeleteOpening) -> Opening:
    """The answer to a command, an hour after NOW."""
    return await delete_opening(cmd, FakeUnitOfWork(store), LATER)


def withdrawal(external_id: str = "job-1", *, caller: Principal = PUBLISHER, etag: str = "") -> WithdrawOpening:
    """A withdrawal by PUBLISHER."""
    return WithdrawOpening(caller, a_request(caller), "kielo-jobs", external_id, etag)


def deletion(external_id: str = "job-1", *, caller: Principal = PUBLISHER, etag: str = "") -> DeleteOpening:
    """A deletion by PUBLISHER."""
    return DeleteOpening(caller, a_request(caller), "kielo-jobs", external_id, etag)


async def test_a_new_item_is_created_with_its_event_and_its_transition(store: OpeningStore) -> None:
    """Row, event, transition and who made it are kept together."""
    answer = await published(store)
    assert (answer.outcome, answer.opening.version) == (Outcome.CREATED, 1)
    assert store.openings == {answer.opening.id: answer.opening}
    assert store.events == [OpeningPublished(answer.opening)]
    ((change, actor),) = store.transitions
    assert (change.move, change.before, actor) == (Move.PUBLISH, None, PUBLISHER.subject)


async def test_the_same_again_is_unchanged(store: OpeningStore) -> None:
    """The same content with another request_id makes nothing new."""
    first = await published(store)
    again = await published(store, now=LATER)
    assert (again.outcome, again.opening) == (Outcome.UNCHANGED, first.opening)
    assert len(store.events) == len(store.transitions) == 1


async def test_markup_makes_no_difference_once_it_is_cleaned(store: OpeningStore) -> None:
    """What is compared is the stored form, not what was sent."""
    await published(store)
    html = a_content(descriptions=(LocalizedText("fi", "<p>Siivoat <i>toimistoja</i> iltaisin.</p>"),))
    again = await published(store, a_draft(content=html))
    assert (again.outcome, again.sanitised) == (Outcome.UNCHANGED, True)


async def test_other_content_updates(store: OpeningStore) -> None:
    """The second version replaces the first."""
    await published(store)
    answer = await published(store, a_draft(content=a_content("Kokki")), now=LATER)
    assert (answer.outcome, answer.opening.version) == (Outcome.UPDATED, 2)
    assert len(store.events) == 2


async def test_withdrawn_and_published_again_is_an_update(store: OpeningStore) -> None:
    """Reopening answers "updated" and is announced."""
    await published(store)
    assert (await withdraw(store, withdrawal())).state is State.WITHDRAWN
    answer = await published(store, now=LATER)
    assert (answer.outcome, answer.opening.state, answer.opening.version) == (Outcome.UPDATED, State.PUBLISHED, 3)


async def test_new_content_of_a_held_item_waits_for_review(store: OpeningStore) -> None:
    """A publisher hears that the item is held."""
    answer = await published(store)
    _, change = hold(answer.opening, NOW)
    assert change is not None
    async with FakeUnitOfWork(store) as uow:
        await uow.openings.keep(change, "operator-1")
        await uow.commit()
    assert (await published(store, a_draft(content=a_content("Kokki")))).outcome is Outcome.HELD_FOR_REVIEW


async def test_deleted_is_final(store: OpeningStore) -> None:
    """Neither publishing nor withdrawing gets it back; deleting again is no change."""
    await published(store)
    deleted = await delete(store, deletion())
    with pytest.raises(FailedPrecondition, match="OPENING_DELETED"):
        await published(store)
    with pytest.raises(FailedPrecondition, match="OPENING_DELETED"):
        await withdraw(store, withdrawal())
    assert await delete(store, deletion()) == deleted
    assert deleted.contacts == ()


async def test_a_repeated_request_gets_the_stored_answer(store: OpeningStore) -> None:
    """The answer is "created" again, even after other changes, and comes with the contacts of today."""
    cmd = PublishOpening(PUBLISHER, a_request(PUBLISHER), a_draft())
    first = await publish(store, cmd)
    assert await publish(store, cmd) == first
    stored = store.answers[cmd.request.scope, cmd.request.request_id][2]
    assert isinstance(stored, Published)
    assert stored.opening.contacts == ()
    await delete(store, deletion())
    assert await publish(store, cmd) == replace(first, opening=replace(first.opening, contacts=()))
    assert len(store.events) == 2


async def test_a_request_id_with_other_content_is_refused(store: OpeningStore) -> None:
    """REQUEST_ID_REUSED, and the first item stays."""
    cmd = PublishOpening(PUBLISHER, a_request(PUBLISHER), a_draft())
    first = await publish(store, cmd)
    other = replace(cmd, request=replace(cmd.request, fingerprint=b"2"), draft=a_draft("job-2"))
    with pytest.raises(InvalidArgument, match="REQUEST_ID_REUSED"):
        await publish(store, other)
    assert list(store.openings) == [first.opening.id]


async def test_an_invalid_item_does_not_use_up_its_request_id(store: OpeningStore) -> None:
    """Corrected content may come under the same request_id, since nothing was answered under it."""
    cmd = PublishOpening(PUBLISHER, a_request(PUBLISHER), a_draft(content=a_content("\u200b")))
    with pytest.raises(InvalidArgument, match="TITLE_INVISIBLE"):
        await publish(store, cmd)
    assert (await publish(store, replace(cmd, draft=a_draft()))).outcome is Outcome.CREATED


async def test_validating_stores_nothing(store: OpeningStore) -> None:
    """The answer is as if, and neither the item nor the request_id is kept."""
    cmd = PublishOpening(PUBLISHER, a_request(PUBLISHER), a_draft(), validate_only=True)
    assert (await publish(store, cmd)).outcome is Outcome.CREATED
    assert (store.openings, store.answers, store.events) == ({}, {}, [])
    assert (await publish(store, replace(cmd, validate_only=False))).outcome is Outcome.CREATED


async def test_a_stale_etag_is_aborted(store: OpeningStore) -> None:
    """Publishing, withdrawing and deleting with an old etag change nothing and tell the current one."""
    await published(store)
    await published(store, a_draft(content=a_content("Kokki")))
    stale = etag_of(1)
    cmd = PublishOpening(PUBLISHER, a_request(PUBLISHER), a_draft(), etag=stale)
    with pytest.raises(Aborted) as refused:
        await publish(store, cmd)
    assert (refused.value.reason, refused.value.metadata["etag"]) == ("ETAG_STALE", etag_of(2))
    with pytest.raises(Aborted, match="ETAG_STALE"):
        await withdraw(store, withdrawal(etag=stale))
    with pytest.raises(Aborted, match="ETAG_STALE"):
        await delete(store, deletion(etag=stale))
    with pytest.raises(Aborted, match="ETAG_STALE"):
        await publish(store, replace(cmd, draft=a_draft("job-2"), request=a_request(PUBLISHER)))
    assert (await publish(store, replace(cmd, etag=etag_of(2)))).opening.version == 3


@pytest.mark.parametrize("caller", [OTHER_PUBLISHER, OPERATOR, SEEKER, COUNSELLOR, MATCHING, ANONYMOUS])
async def test_only_the_publisher_itself_may_write(store: OpeningStore, caller: Principal) -> None:
    """Everybody else gets the same refusal, whether there is such an opening or not (row 4)."""
    await published(store)
    refusals = []
    for external_id in ("job-1", "job-2"):
        for attempt in (
            publish(store, PublishOpening(caller, a_request(caller), a_draft(external_id))),
            withdraw(store, withdrawal(external_id, caller=caller)),
            delete(store, deletion(external_id, caller=caller)),
        ):
            with pytest.raises(PermissionDenied) as refused:
                await attempt
            refusals.append((refused.value.reason, refused.value.message, dict(refused.value.metadata)))
    assert all(refusal == refusals[0] for refusal in refusals)
    assert len(store.openings) == 1


async def test_the_publisher_is_that_of_the_key_where_none_is_named(store: OpeningStore) -> None:
    """A request without a publisher is about the caller's own; a publisher role without one owns nothing."""
    assert (await published(store, a_draft(publisher=""))).opening.publisher == "kielo-jobs"
    nobody = Principal(Role.PUBLISHER, "kid-c")
    with pytest.raises(PermissionDenied):
        await published(store, a_draft(publisher=""), nobody)


async def test_what_was_never_published_cannot_be_ended(store: OpeningStore) -> None:
    """The publisher may know that it published nothing under an id."""
    with pytest.raises(NotFound, match="OPENING_NOT_FOUND"):
        await withdraw(store, withdrawal())
    with pytest.raises(NotFound, match="OPENING_NOT_FOUND"):
        await delete(store, deletion())


async def test_the_answer_has_the_contacts_and_the_events_have_none_of_them(store: OpeningStore) -> None:
    """The publisher sees the contact persons that it sent."""
    assert (await published(store)).opening.contacts == (CONTACT,)


async def test_repeated_endings_get_their_stored_answers(store: OpeningStore) -> None:
    """A withdrawal that is repeated after a reopening does not withdraw again."""
    await published(store)
    cmd = withdrawal()
    first = await withdraw(store, cmd)
    await published(store, now=LATER)
    assert await withdraw(store, cmd) == first
    assert next(iter(store.openings.values())).state is State.PUBLISHED
