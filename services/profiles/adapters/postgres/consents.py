"""Rows of `vacancy_consent`."""

from collections.abc import Sequence
from typing import Any

from services.profiles.adapters.postgres.paging import after_of, page_of
from services.profiles.application.ports import Page, Position
from services.profiles.domain.consents import Asking, ConsentState, VacancyConsent
from services.profiles.domain.policy import Relation
from shared.kernel.principal import Role
from shared.runtime.postgres import Connection

_COLUMNS = (
    "id::text, version, profile_id::text, opening_id::text, state, answered_by, create_time, update_time,"
    " asked_role, asked_organisation, ask_time, answer_by_time"
)
_PUT = (
    "insert into vacancy_consent (id, version, profile_id, opening_id, state, answered_by, create_time, update_time,"
    " asked_role, asked_organisation, ask_time, answer_by_time)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " on conflict (id) do update set version = excluded.version, state = excluded.state,"
    " answered_by = excluded.answered_by, update_time = excluded.update_time, asked_role = excluded.asked_role,"
    " asked_organisation = excluded.asked_organisation, ask_time = excluded.ask_time,"
    " answer_by_time = excluded.answer_by_time"
)


class PostgresConsents:
    """Answers to vacancies, and requests for them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, profile_id: str, opening_id: str) -> VacancyConsent | None:
        """See Consents."""
        query = f"select {_COLUMNS} from vacancy_consent where profile_id = %s and opening_id = %s"  # noqa: S608 - constant
        row = await (await self._connection.execute(query, (profile_id, opening_id))).fetchone()
        return _consent(row) if row else None

    async def put(self, consent: VacancyConsent) -> None:
        """See Consents."""
        asking = consent.asking
        values = (
            consent.id,
            consent.version,
            consent.profile_id,
            consent.opening_id,
            int(consent.state),
            int(consent.answered_by),
            consent.create_time,
            consent.update_time,
            *((asking.role.value, asking.organisation, asking.time, asking.answer_by) if asking else (None,) * 4),
        )
        await self._connection.execute(_PUT, values)

    async def of_profile(self, profile_id: str, after: Position | None, limit: int) -> Page[VacancyConsent]:
        """See Consents."""
        query = (
            f"select {_COLUMNS} from vacancy_consent where profile_id = %s"  # noqa: S608 - constant
            " and (%s::timestamptz is null or (update_time, id) < (%s, %s::uuid))"
            " order by update_time desc, id desc limit %s"
        )
        found = await self._connection.execute(query, (profile_id, *after_of(after), limit + 1))
        consents = [_consent(row) for row in await found.fetchall()]
        return page_of(consents, [Position(each.update_time, each.id) for each in consents], limit)

    async def given(self, opening_id: str, profile_ids: Sequence[str]) -> frozenset[str]:
        """See Consents."""
        found = await self._connection.execute(
            "select profile_id::text from vacancy_consent"
            " where opening_id = %s and state = %s and profile_id = any(%s::uuid[])",
            (opening_id, int(ConsentState.GIVEN), list(profile_ids)),
        )
        return frozenset(row[0] for row in await found.fetchall())


def _consent(row: tuple[Any, ...]) -> VacancyConsent:
    consent_id, version, profile_id, opening_id, state, answered_by, created, updated, role, *asked = row
    asking = Asking(Role(role), *asked) if role is not None else None
    by, holds = Relation(answered_by), ConsentState(state)
    return VacancyConsent(consent_id, version, profile_id, opening_id, holds, by, created, updated, asking)
