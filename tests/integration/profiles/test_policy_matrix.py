"""Every method, by every role in every relation and for every purpose, over gRPC and PostgreSQL: 0 leaks.

What the running service does is compared with the table; and the answer about a person who is not the caller's with
the one about nobody, byte by byte (rows 26 and 32 of the table of bad inputs).
"""

from dataclasses import dataclass

import grpc
import psycopg
import pytest

from services.profiles.domain.policy import ABOUT_NOBODY, FORWARDERS, Action, Data, action_of
from services.profiles.domain.values import Purpose
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.integration.profiles.matrix import (
    ACTIONS,
    CANARIES,
    METHODS,
    Standing,
    World,
    found_in,
    make_world,
    purposes_of,
    sample,
)
from tests.integration.profiles.process import Caller, ProfilesProcess

Rows = psycopg.Connection[tuple[object, ...]]
ON_BEHALF = frozenset({Action.REQUEST_CONSENT, Action.SHOW_CANDIDATE})
"""Methods for matching with the user's token; their answer says nothing of who has said nothing."""
RECORDED_AS = {Action.SHOW_CANDIDATE: "polku.matching.v1.CandidateService/ListCandidates"}
"""Methods that are on record as the one that shows the person."""
OF_THE_CALLER = frozenset({Action.LIST_CASELOAD, Action.FIND_PEOPLE})
"""Methods whose request names no person: they answer with the caller's own."""
OF_EVERYBODY = frozenset({Action.SEARCH_ACCESSES})
"""Methods in which the person is a filter: nothing is found of nobody."""
UNREADY = frozenset({Action.BREAK_GLASS, Action.RESOLVE_SUGGESTIONS})
"""Methods that the state of things may not allow: the glass is not for the own counsellor, there is no suggestion."""


@dataclass(frozen=True)
class Answer:
    """All that a caller receives."""

    code: str
    details: str
    trailers: tuple[object, ...]
    body: bytes


async def ask(channel: grpc.aio.Channel, method: str, request: bytes, caller: Caller) -> Answer:
    """Call a method with bytes."""
    call = channel.unary_unary(f"/{method}")(request, metadata=caller.metadata, timeout=10)
    try:
        body, code, details = await call, "OK", ""
    except grpc.aio.AioRpcError as error:
        return Answer(error.code().name, error.details() or "", tuple(error.trailing_metadata() or ()), b"")
    return Answer(code, details, tuple(await call.trailing_metadata()), bytes(body))


def last_access(rows: Rows, profile: str) -> tuple[object, ...] | None:
    """Method, relation and kinds of the newest reading of a person."""
    query = "select method, relation, data from access where profile_id = %s and not refused order by id desc limit 1"
    return rows.execute(query, (profile.removeprefix("profiles/"),)).fetchone()


def refusals(rows: Rows, profile: str, caller: Caller) -> int:
    """How often a caller has been refused a person."""
    query = "select count(*) from access where profile_id = %s and refused and reader = %s"
    found = rows.execute(query, (profile.removeprefix("profiles/"), caller.subject)).fetchone()
    assert found is not None
    return int(str(found[0]))


async def both(
    channel: grpc.aio.Channel, method: str, world: World, purpose: Purpose | None, caller: Caller
) -> tuple[Answer, Answer]:
    """The answers about the person and about nobody."""
    there, absent = (sample(method, name, purpose, world) for name in (world.profile, f"profiles/{new_id()}"))
    return (
        await ask(channel, method, there.SerializeToString(), caller),
        await ask(channel, method, absent.SerializeToString(), caller),
    )


def through_matching(standing: Standing, action: Action, profiles: ProfilesProcess) -> Caller:
    """The caller, with matching's token beside theirs where the method is for that."""
    forwarded = action in ON_BEHALF and standing.role is not Role.SERVICE
    return standing.caller.through(profiles.issuer.service("matching")) if forwarded else standing.caller


@pytest.mark.parametrize("method", [method for method in METHODS if method in ACTIONS])
async def test_the_service_does_what_the_table_says(
    channel: grpc.aio.Channel, profiles: ProfilesProcess, rows: Rows, method: str
) -> None:
    """Who has a row gets its kinds of data and is on record; who has none gets the answer about nobody."""
    world, action = await make_world(channel, profiles), ACTIONS[method]
    for name, standing in world.standings.items():
        caller = through_matching(standing, action, profiles)
        for purpose in purposes_of(method, standing.role):
            case = f"{method}, {name}, {purpose}"
            before, refused = last_access(rows, world.profile), refusals(rows, world.profile, caller)
            there, absent = await both(channel, method, world, purpose, caller)
            after = last_access(rows, world.profile)
            assert "INVALID_ARGUMENT" not in (there.code, absent.code), f"{case}: add a sample of this request: {there}"
            permitted = standing.permitted(action, purpose)
            if permitted is None:
                check_refused(action, there, absent, case)
                assert after == before, case
                denied = int("PROFILE_NOT_ACCESSIBLE" in str(there.trailers))
                assert refusals(rows, world.profile, caller) == refused + denied, case
            else:
                check_permitted(action, there, absent, permitted[1], case)
                expected = (RECORDED_AS.get(action, method), int(permitted[0]), sorted(permitted[1]))
                assert after == expected or not permitted[1] or there.code != "OK", case


def check_refused(action: Action, there: Answer, absent: Answer, case: str) -> None:
    """The answer is that about nobody, and holds nothing of the person."""
    assert there == absent, case
    assert not found_in(there.body), case
    assert there.code == "PERMISSION_DENIED" or action in OF_THE_CALLER | ON_BEHALF, case


def check_permitted(action: Action, there: Answer, absent: Answer, kinds: tuple[Data, ...], case: str) -> None:
    """The answer holds the allowed kinds at most, and there is none about nobody."""
    assert found_in(there.body) <= set(kinds), case
    assert there.code == "OK" or (there.code == "FAILED_PRECONDITION" and action in UNREADY), f"{case}: {there}"
    if action in OF_THE_CALLER:
        assert there == absent, case
    elif action in OF_EVERYBODY:
        assert (absent.code, absent.body) == ("OK", b""), case
    elif action not in ON_BEHALF:
        assert absent.code == "PERMISSION_DENIED", case


async def test_the_canaries_are_found_where_they_may_be(channel: grpc.aio.Channel, profiles: ProfilesProcess) -> None:
    """The person sees every kind, a colleague of the unit the case alone, matching all but that: the test can fail."""
    world = await make_world(channel, profiles)

    async def seen(name: str, action: Action, purpose: Purpose | None) -> set[Data]:
        answer, _ = await both(channel, action.value, world, purpose, world.standings[name].caller)
        return found_in(answer.body)

    of_profile = set(CANARIES) - {Data.IDENTITY, Data.CONTACT}
    assert await seen("self", Action.READ_PROFILE, Purpose.OWN_DATA) == of_profile
    assert await seen("self", Action.READ_IDENTITY, Purpose.OWN_DATA) == {Data.IDENTITY, Data.CONTACT}
    assert await seen("assigned", Action.UPDATE_PROFILE, None) == of_profile
    assert await seen("assigned", Action.LIST_CASELOAD, None) == {Data.CASE}
    assert await seen("broken glass", Action.READ_PROFILE, Purpose.INTEGRATION_PLAN) == of_profile
    assert await seen("same unit", Action.READ_PROFILE, Purpose.INTEGRATION_PLAN) == {Data.CASE}
    assert await seen("same unit", Action.FIND_PEOPLE, None) == {Data.CASE, Data.IDENTITY}
    assert await seen("matching", Action.READ_FOR_MATCHING, None) == of_profile - {Data.CASE}


@pytest.mark.parametrize("action", [action for action in Action if action_of(action.value)], ids=lambda each: each.name)
async def test_methods_of_matching_are_decided_by_the_table(
    channel: grpc.aio.Channel, profiles: ProfilesProcess, rows: Rows, action: Action
) -> None:
    """Asked by a forwarding service, each method of matching is allowed as its rows say and recorded as itself."""
    world = await make_world(channel, profiles)
    authorize = "polku.profiles.v1.AccessService/AuthorizeAccess"
    for name, standing in world.standings.items():
        if standing.role is Role.SERVICE:
            continue
        caller = standing.caller.through(profiles.issuer.service("matching"))
        for purpose in Purpose:
            case = f"{action.value}, {name}, {purpose}"
            permitted = standing.permitted(action, purpose)
            answers = []
            for profile in (world.profile, f"profiles/{new_id()}"):
                request = sample(authorize, profile, purpose, world)
                request.method = action.value  # type: ignore[attr-defined]
                answers.append(await ask(channel, authorize, request.SerializeToString(), caller))
            assert answers[1].code == "PERMISSION_DENIED", case
            if permitted is None:
                assert answers[0] == answers[1], case
            else:
                assert answers[0].code == "OK", case
                expected = (action.value, int(permitted[0]), sorted(permitted[1]))
                assert last_access(rows, world.profile) == expected, case


@pytest.mark.parametrize("method", [method for method in METHODS if method in ABOUT_NOBODY])
async def test_methods_about_nobody_are_for_their_roles(
    channel: grpc.aio.Channel, profiles: ProfilesProcess, method: str
) -> None:
    """Roles outside of the line are refused, whoever the request names, and learn nothing."""
    world = await make_world(channel, profiles)
    for name, standing in world.standings.items():
        there, absent = await both(channel, method, world, Purpose.JOB_MATCHING, standing.caller)
        assert "INVALID_ARGUMENT" not in (there.code, absent.code), f"{method}: add a sample of this request"
        if standing.role not in ABOUT_NOBODY[method]:
            assert there == absent, f"{method}, {name}"
            assert there.code == "PERMISSION_DENIED", f"{method}, {name}"


@pytest.mark.parametrize("service", sorted(FORWARDERS | {"openings", ""}))
async def test_only_forwarding_services_ask_for_others(
    channel: grpc.aio.Channel, profiles: ProfilesProcess, service: str
) -> None:
    """The person's own question is answered through matching and the gateway, and through nobody else."""
    world = await make_world(channel, profiles)
    own = world.standings["self"].caller
    caller = own.through(profiles.issuer.service(service)) if service else own

    there, absent = await both(
        channel, "polku.profiles.v1.AccessService/AuthorizeAccess", world, Purpose.OWN_DATA, caller
    )

    assert there.code == ("OK" if service in FORWARDERS else "PERMISSION_DENIED")
    assert absent.code == "PERMISSION_DENIED"


@pytest.mark.parametrize("method", METHODS)
async def test_nobody_without_a_token_is_answered(
    channel: grpc.aio.Channel, profiles: ProfilesProcess, method: str
) -> None:
    """Without credentials every method answers alike about the person and about nobody."""
    world = await make_world(channel, profiles)

    there, absent = await both(channel, method, world, Purpose.OWN_DATA, Caller("", ()))

    assert there.code == "UNAUTHENTICATED"
    assert there == absent
