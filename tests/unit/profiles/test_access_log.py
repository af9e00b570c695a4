"""The seal of the access log, and the entries of what was refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from services.profiles.adapters.head_signing import HeadSigner, is_signed
from services.profiles.adapters.postgres.accesses import access_to_row, entry_from_row
from services.profiles.application.accesses import (
    SEARCHED,
    AuthorizeAccess,
    ListAccesses,
    ListAccessHeads,
    SearchAccesses,
    authorize_access,
    list_access_heads,
    list_accesses,
    search_accesses,
)
from services.profiles.application.profiles import CreateProfile, GetProfile, create_profile, get_profile
from services.profiles.domain.access_log import Break, Entry, Head, Seal, check, digest_of, head_is_due, sealed
from services.profiles.domain.policy import Access, Action, Data, Relation
from services.profiles.domain.profile import Profile
from services.profiles.domain.values import Purpose
from shared.kernel.errors import InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    NOW,
    OPERATOR,
    OTHER_COUNSELLOR,
    OTHER_SEEKER,
    PUBLISHER,
    SEEKER,
    a_content,
    a_request,
)
from tests.contract.profiles.samples import an_access
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

DAY = timedelta(days=1)


@pytest.fixture
async def profile(store: ProfileStore) -> Profile:
    """A profile of the seeker, assigned to the counsellor."""
    cmd = CreateProfile(COUNSELLOR, a_request(COUNSELLOR), a_content(), SEEKER.subject)
    return await create_profile(cmd, FakeUnitOfWork(store), FakeCodes(), NOW)


async def refused(caller: Principal, profile_id: str, store: ProfileStore) -> tuple[str, str]:
    """Reason and words of a refused reading."""
    query = GetProfile(caller, profile_id, Purpose.INTEGRATION_PLAN)
    with pytest.raises(PermissionDenied) as error:
        await get_profile(query, FakeUnitOfWork(store), NOW)
    return error.value.reason, error.value.message


def kept(access: Access) -> Entry:
    """The entry as it is kept."""
    return entry_from_row(access_to_row(access))


CHANGES = {
    "id": new_id(),
    "profile_id": new_id(),
    "time": NOW + timedelta(microseconds=1),
    "purpose": None,
    "role": Role.AUDITOR,
    "unit": "unit-2",
    "relation": Relation.SELF,
    "method": "m/N",
    "reader": "counsellor-2",
    "service": "",
    "data": (Data.WORK,),
    "refused": True,
}


@pytest.mark.parametrize("field", CHANGES)
def test_the_digest_covers_every_field(field: str) -> None:
    """No field of an entry can change without the digest."""
    access = an_access(new_id())
    changed, entry = kept(replace(access, **{field: CHANGES[field]})), kept(access)

    assert set(CHANGES) == set(Access.__slots__) == set(Entry.__slots__)
    assert digest_of(bytes(32), changed) != digest_of(bytes(32), entry)
    assert digest_of(bytes(32), entry) != digest_of(bytes(31) + b"1", entry)


def test_text_does_not_move_from_one_field_into_the_next() -> None:
    """Two entries whose fields together read the same have different digests."""
    access = kept(an_access(new_id()))
    one, other = replace(access, method="ab", reader="c"), replace(access, method="a", reader="bc")

    assert digest_of(bytes(32), one) != digest_of(bytes(32), other)


def test_a_chain_is_whole_as_sealed() -> None:
    """Entries that were sealed in two steps follow each other without a fault."""
    entries = [kept(an_access(new_id(), minutes)) for minutes in range(5)]
    seals = sealed(None, entries[:2])
    seals += sealed(seals[-1], entries[2:])

    assert [seal.position for seal in seals] == [1, 2, 3, 4, 5]
    before = [None, *seals]
    assert [check(last, seal, entry) for last, seal, entry in zip(before, seals, entries, strict=False)] == [None] * 5


def test_what_is_broken_is_named_and_nothing_else() -> None:
    """A changed entry, a missing one and a missing seal are each named at their place; the next place is whole."""
    entries = [kept(an_access(new_id(), minutes)) for minutes in range(4)]
    seals = sealed(None, entries)

    changed = check(seals[0], seals[1], replace(entries[1], unit="x"))
    removed = check(seals[0], seals[1], None)
    lost = check(seals[0], seals[2], entries[2])

    assert changed is not None
    assert (changed.position, changed.access_id, changed.kind) == (2, entries[1].id, Break.CHANGED)
    assert removed is not None
    assert (removed.access_id, removed.kind) == (entries[1].id, Break.REMOVED)
    assert lost is not None
    assert (lost.position, lost.kind) == (2, Break.PLACE_MISSING)
    assert check(seals[1], seals[2], entries[2]) is None


def test_a_head_is_made_once_a_day_where_something_was_sealed() -> None:
    """The first at once, the next a day later, and none where the chain has not grown."""
    seal, head = Seal(7, new_id(), bytes(32)), Head(6, bytes(32), NOW)

    assert head_is_due(None, seal, NOW)
    assert not head_is_due(None, None, NOW)
    assert not head_is_due(head, seal, NOW + DAY - timedelta(seconds=1))
    assert head_is_due(head, seal, NOW + DAY)
    assert not head_is_due(replace(head, position=7), seal, NOW + 2 * DAY)


def test_a_signature_is_of_one_head_and_one_key() -> None:
    """It holds for the head and the key, and not for another position, digest, instant or key."""
    key, other = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))
    head = Head(7, bytes(range(32)), NOW)
    signed = replace(head, signature=HeadSigner(key.as_dict(private=True)).sign(head))

    assert is_signed(signed, [other, key])
    assert not is_signed(signed, [other])
    assert not is_signed(head, [key])
    for changed in (
        replace(signed, position=8), replace(signed, digest=bytes(32)), replace(signed, time=NOW + DAY)
    ):  # fmt: skip
        assert not is_signed(changed, [key])


@pytest.mark.parametrize("caller", [OTHER_SEEKER, OTHER_COUNSELLOR, OPERATOR, PUBLISHER])
async def test_a_refused_reading_is_on_record_and_looks_like_an_absent_person(
    store: ProfileStore, profile: Profile, caller: Principal
) -> None:
    """The same refusal for another person's id and for one that does not exist; both are kept as refused (row 26)."""
    absent = new_id()

    assert await refused(caller, profile.id, store) == await refused(caller, absent, store)

    assert [(each.profile_id, each.reader, each.refused, each.data) for each in store.refusals] == [
        (profile.id, caller.subject, True, ()),
        (absent, caller.subject, True, ()),
    ]
    assert {each.method for each in store.refusals} == {Action.READ_PROFILE.value}
    assert store.accesses == []


async def test_a_refusal_through_matching_is_on_record(store: ProfileStore, profile: Profile) -> None:
    """What another service asks on a stranger's behalf is kept with that service, unknown methods too."""
    caller = replace(OTHER_SEEKER, service="matching")
    for method in (Action.LIST_MATCHES.value, "polku.matching.v1.MatchingService/Unknown"):
        query = AuthorizeAccess(caller, profile.id, Purpose.JOB_MATCHING, method)
        with pytest.raises(PermissionDenied):
            await authorize_access(query, FakeUnitOfWork(store), NOW)

    assert [(each.service, each.method) for each in store.refusals] == [
        ("matching", Action.LIST_MATCHES.value),
        ("matching", "polku.matching.v1.MatchingService/Unknown"),
    ]


async def test_the_person_is_not_shown_refusals(store: ProfileStore, profile: Profile) -> None:
    """Nobody has read anything: the person's list has no entry, with or without their own readings."""
    await refused(OTHER_COUNSELLOR, profile.id, store)
    own = GetProfile(SEEKER, profile.id, Purpose.OWN_DATA)
    await get_profile(own, FakeUnitOfWork(store), NOW)

    everything = await list_accesses(ListAccesses(SEEKER, profile.id, 20), FakeUnitOfWork(store), NOW + DAY)
    others = ListAccesses(SEEKER, profile.id, 20, others_only=True)
    by_others = await list_accesses(others, FakeUnitOfWork(store), NOW + DAY)

    assert [each.relation for each in everything.entries] == [Relation.SELF]
    assert by_others.entries == ()


async def test_supervision_finds_who_read_and_who_tried(store: ProfileStore, profile: Profile) -> None:
    """By reader, by person, refusals alone; each person who was read is on record as shown, and no other."""
    absent = new_id()
    await refused(OTHER_COUNSELLOR, profile.id, store)
    await refused(OTHER_COUNSELLOR, absent, store)
    await get_profile(GetProfile(COUNSELLOR, profile.id, Purpose.INTEGRATION_PLAN), FakeUnitOfWork(store), NOW)
    later = NOW + DAY

    async def found(query: SearchAccesses) -> list[tuple[str, str, bool]]:
        page = await search_accesses(query, FakeUnitOfWork(store), later)
        return sorted((each.profile_id, each.reader, each.refused) for each in page.entries)

    by_reader = await found(SearchAccesses(AUDITOR, 20, reader=OTHER_COUNSELLOR.subject))
    assert by_reader == sorted((each, OTHER_COUNSELLOR.subject, True) for each in (profile.id, absent))
    assert len(store.accesses) == 1
    everything = await found(SearchAccesses(AUDITOR, 20, profile_id=profile.id))
    assert {(reader, was_refused) for _, reader, was_refused in everything} == {
        (COUNSELLOR.subject, False), (OTHER_COUNSELLOR.subject, True),
    }  # fmt: skip
    assert [(each.profile_id, each.method) for each in store.accesses[1:]] == [
        (profile.id, Action.SEARCH_ACCESSES.value)
    ]
    assert await found(SearchAccesses(AUDITOR, 20, refused_only=True)) == by_reader
    assert await found(SearchAccesses(AUDITOR, 20, begin=later - SEARCHED, end=NOW)) == []


@pytest.mark.parametrize("caller", [SEEKER, COUNSELLOR, OPERATOR, PUBLISHER])
async def test_the_log_of_everybody_is_for_auditors(store: ProfileStore, caller: Principal) -> None:
    """Nobody else searches it."""
    with pytest.raises(PermissionDenied) as error:
        await search_accesses(SearchAccesses(caller, 20), FakeUnitOfWork(store), NOW)
    assert error.value.reason == "ROLE_NOT_ALLOWED"


async def test_a_period_must_not_end_before_it_begins(store: ProfileStore) -> None:
    """It is refused with the name of the field."""
    with pytest.raises(InvalidArgument) as error:
        await search_accesses(SearchAccesses(AUDITOR, 20, begin=NOW, end=NOW), FakeUnitOfWork(store), NOW)
    assert (error.value.reason, error.value.violations[0].field) == ("PERIOD_INVALID", "begin_time")


async def test_heads_are_handed_out_page_by_page(store: ProfileStore) -> None:
    """To auditors and operators, newest first, and to nobody else."""
    store.heads.extend(Head(position, bytes(32), NOW + position * DAY) for position in (1, 2, 3))

    first = await list_access_heads(ListAccessHeads(AUDITOR, 2), FakeUnitOfWork(store))
    rest = await list_access_heads(ListAccessHeads(OPERATOR, 2, first.next), FakeUnitOfWork(store))

    assert [head.position for head in (*first.entries, *rest.entries)] == [3, 2, 1]
    assert rest.next is None
    with pytest.raises(PermissionDenied):
        await list_access_heads(ListAccessHeads(COUNSELLOR, 2), FakeUnitOfWork(store))
