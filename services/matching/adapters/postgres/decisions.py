"""Rows of `decision`, `decision_match` and `decision_input`."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString

from psycopg.errors import NotNullViolation

from services.matching.adapters.codec import from_json, to_json
from services.matching.adapters.postgres.erasure import hold
from services.matching.adapters.postgres.inputs import Key, KnownInputs, Written, inputs_of, month_of
from services.matching.adapters.postgres.shortlists import pack_shortlist, unpack_hashes, unpack_shortlist
from services.matching.adapters.wire.events import event_to_record
from services.matching.application.records import MadeWith
from services.matching.domain.events import DecisionRecorded
from services.matching.domain.matches import Decision, Match
from services.matching.domain.replay import Inputs, OpeningInput, PersonInput
from services.matching.domain.weights import Weights
from shared.kernel.ids import is_id
from shared.runtime import outbox
from shared.runtime.postgres import Connection, Pool, shielded, single_statements, transaction

# Arrays go as binary: as text, psycopg would put a backslash before each quote of the JSON, a third of a list's time.
_INPUTS: LiteralString = (
    "with stored as (insert into decision_input (month, hash, kind, profile_id, body)"
    " select %s, * from unnest(%b::bytea[], %b::text[], %b::text[]::uuid[], %b::text[]::json[]) on conflict do nothing)"
)
_DECISION: LiteralString = (
    "insert into decision (id, profile_id, create_time, body, items, shortlist, profile_input, weights_input)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s)"
)
# Who erases the person waits for this statement, or this statement for them, and then finds no id.
_HELD: LiteralString = _DECISION.replace("(%s, %s,", "(%s, (select id from profile where id = %s for key share),")
_ADD = f"{_INPUTS} {_DECISION}"
_RECORD = f"{_INPUTS}, told as ({outbox.INSERT}) {_DECISION}"
_RECORD_HELD = f"{_INPUTS}, told as ({outbox.INSERT}) {_HELD}"
_ADD_MATCHES = (
    "insert into decision_match (decision_id, rank, body)"
    " select %s, * from unnest(%b::int[], %b::text[]::json[]) on conflict do nothing"
)

_LEVEL = 3


class PostgresDecisions:
    """The lists that were served."""

    def __init__(self, connection: Connection, known: KnownInputs) -> None:
        """`stored` is what this transaction has stored, for `known` once it is committed."""
        self._connection = connection
        self._known = known
        self.stored: list[tuple[Key, bytes]] = []

    async def add(self, decision: Decision, made_with: MadeWith) -> None:
        """See Decisions."""
        written = await inputs_of(decision, made_with, self._known)
        await self._connection.execute(_ADD, (*_inputs(written), *_decision(decision, written)))
        self.stored += written.new

    async def get(self, decision_id: str) -> Decision | None:
        """See Decisions."""
        if not is_id(decision_id):
            return None
        found = await self._connection.execute(
            "select body::text, items, shortlist from decision where id = %s", (decision_id,)
        )
        row = await found.fetchone()
        if row is None:
            return None
        served = await self._connection.execute(
            "select body::text from decision_match where decision_id = %s order by rank", (decision_id,)
        )
        body, items, shortlist = row
        matches = {match.rank: match for match in (from_json(each, Match) for (each,) in await served.fetchall())}
        matches |= {match.rank: match for match in unpack_items(items)} if items is not None else {}
        decision = replace(from_json(body, Decision), matches=tuple(matches[rank] for rank in sorted(matches)))
        # Lists from before inputs were stored have their order in the body.
        return decision if shortlist is None else replace(decision, shortlist=unpack_shortlist(shortlist))

    async def inputs(self, decision: Decision, places: range) -> Inputs | None:
        """See Decisions."""
        found = await self._connection.execute(
            "select profile_input, weights_input, shortlist from decision where id = %s and shortlist is not null",
            (decision.id,),
        )
        row = await found.fetchone()
        if row is None:
            return None
        profile, weights, shortlist = (bytes(each) for each in row)
        openings = unpack_hashes(shortlist)[places.start : places.stop]
        stored = await self._connection.execute(
            "select hash, body::text from decision_input where month = %s and hash = any(%s)",
            (month_of(decision.create_time), [profile, weights, *openings]),
        )
        bodies = {bytes(hashed): str(body) for hashed, body in await stored.fetchall()}
        if not bodies.keys() >= {profile, weights, *openings}:
            return None
        return Inputs(
            from_json(bodies[profile], PersonInput),
            from_json(bodies[weights], Weights),
            tuple(from_json(bodies[hashed], OpeningInput) for hashed in openings),
        )

    async def append(self, decision_id: str, matches: Sequence[Match]) -> None:
        """See Decisions."""
        if matches:
            values = (decision_id, [match.rank for match in matches], [to_json(match) for match in matches])
            await self._connection.execute(_ADD_MATCHES, values)

    async def erased(self, decision_id: str) -> bool:
        """See Decisions."""
        if not is_id(decision_id):
            return False
        found = await self._connection.execute("select from decision_erased where decision_id = %s", (decision_id,))
        return await found.fetchone() is not None


async def record(pool: Pool, known: KnownInputs, decision: Decision, made_with: MadeWith) -> None:
    """A decision, its inputs and its event in one statement, which is a transaction of its own.

    Of a person whose news has not come yet in a longer one. Raises PermissionDenied for a person who is gone.

    The relay is not woken: it publishes the events of a second's lists together. Nothing waits for such an event, and
    to publish each by itself would take as much as to make the list.
    """
    written = await inputs_of(decision, made_with, known)
    event = event_to_record(DecisionRecorded(decision.id, decision.create_time))
    values = (*_inputs(written), *outbox.values_of(event), *_decision(decision, written))
    try:
        async with single_statements(pool) as connection:
            await shielded(connection.execute(_RECORD_HELD, values), connection.cancel_safe)
    except NotNullViolation:
        async with transaction(pool) as connection:
            await hold(connection, decision.profile_id)
            await connection.execute(_RECORD, values)
    known.remember(written.new)


def _inputs(written: Written) -> tuple[object, ...]:
    rows = written.rows
    return (
        written.month,
        [row.hash for row in rows],
        [row.kind for row in rows],
        [row.profile_id for row in rows],
        [row.body for row in rows],
    )


def _decision(decision: Decision, written: Written) -> tuple[object, ...]:
    return (
        decision.id,
        decision.profile_id,
        decision.create_time,
        to_json(replace(decision, matches=(), shortlist=())),
        pack_items(decision.matches),
        pack_shortlist(decision.shortlist, written.openings),
        written.profile,
        written.weights,
    )


def pack_items(matches: Sequence[Match]) -> bytes:
    """Items as bytes: JSON through zlib. Alike as they are, together they take a third of what they take one by one."""
    return zlib.compress(to_json(matches).encode(), _LEVEL)


def unpack_items(packed: bytes) -> tuple[Match, ...]:
    """The items that were packed."""
    return from_json(zlib.decompress(packed), tuple[Match, ...])
