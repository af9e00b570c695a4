"""Rows of `feedback` and `contest`, and stored answers as JSON."""

from datetime import datetime
from typing import Any

from services.matching.adapters.codec import to_json
from services.matching.domain.feedback import (
    Contest,
    ContestAnswer,
    Feedback,
    FeedbackKind,
    FeedbackReason,
    Withdrawn,
)
from shared.kernel.ids import is_id
from shared.runtime.postgres import Connection

_CURRENT = (
    "select id::text, profile_id::text, opening_id::text, kind, reason, decision_id::text, create_time from"
    " (select distinct on (opening_id) * from feedback where profile_id = %s order by opening_id, id desc) newest"
    " where kind > 0 order by id desc"
)
_CONTEST = (
    "select id::text, profile_id::text, opening_id::text, decision_id::text, about, value, words, create_time,"
    " answer, answer_words, answer_time from contest"
)


class PostgresFeedback:
    """What people have said."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def say(self, feedback: Feedback) -> None:
        """See FeedbackLog."""
        await self._connection.execute(
            "insert into feedback (id, profile_id, opening_id, kind, reason, decision_id, create_time)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            (
                feedback.id,
                feedback.profile_id,
                feedback.opening_id,
                feedback.kind,
                feedback.reason,
                feedback.decision_id or None,
                feedback.create_time,
            ),
        )

    async def withdraw(self, profile_id: str, opening_id: str, withdrawal_id: str, now: datetime) -> bool:
        """See FeedbackLog."""
        if not any(word.opening_id == opening_id for word in await self.current(profile_id)):
            return False
        await self._connection.execute(
            "insert into feedback (id, profile_id, opening_id, kind, create_time) values (%s, %s, %s, 0, %s)",
            (withdrawal_id, profile_id, opening_id, now),
        )
        return True

    async def current(self, profile_id: str) -> tuple[Feedback, ...]:
        """See FeedbackLog."""
        if not is_id(profile_id):
            return ()
        found = await self._connection.execute(_CURRENT, (profile_id,))
        return tuple(feedback_from_row(*row) for row in await found.fetchall())


class PostgresContests:
    """What people hold to be wrong."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, contest: Contest) -> None:
        """See Contests."""
        await self._connection.execute(
            "insert into contest (id, profile_id, opening_id, decision_id, about, value, words, create_time)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                contest.id,
                contest.profile_id,
                contest.opening_id,
                contest.decision_id or None,
                contest.about,
                contest.value,
                contest.words,
                contest.create_time,
            ),
        )

    async def get(self, contest_id: str) -> Contest | None:
        """See Contests."""
        if not is_id(contest_id):
            return None
        found = await self._connection.execute(f"{_CONTEST} where id = %s for update", (contest_id,))
        row = await found.fetchone()
        return _contest(*row) if row else None

    async def answer(self, contest: Contest) -> None:
        """See Contests."""
        await self._connection.execute(
            "update contest set answer = %s, answer_words = %s, answer_time = %s where id = %s",
            (contest.answer, contest.answer_words, contest.answer_time, contest.id),
        )

    async def of(self, profile_id: str, *, open_only: bool, before: str, limit: int) -> tuple[Contest, ...]:
        """See Contests."""
        if not is_id(profile_id):
            return ()
        query = (
            f"{_CONTEST} where profile_id = %s and (answer = 0 or not %s)"
            " and (%s::uuid is null or id < %s::uuid) order by id desc limit %s"
        )
        found = await self._connection.execute(query, (profile_id, open_only, before or None, before or None, limit))
        return tuple(_contest(*row) for row in await found.fetchall())


def answer_to_bytes(answer: Feedback | Contest | Withdrawn) -> bytes:
    """An answer as `codec.from_json` reads it."""
    return to_json(answer).encode()


def answer_is_about(answer: Feedback | Contest | Withdrawn) -> str:
    """Id of the profile that the answer is about."""
    return answer.profile_id


def feedback_from_row(
    word_id: str,
    profile_id: str,
    opening_id: str,
    kind: int,
    reason: int,
    decision_id: str | None,
    create_time: datetime,
) -> Feedback:
    """A word from its columns."""
    return Feedback(
        word_id,
        profile_id,
        opening_id,
        FeedbackKind(kind),
        FeedbackReason(reason),
        decision_id or "",
        create_time,
    )


def _contest(*row: Any) -> Contest:
    *named, decision_id, about, value, words, create_time, answer, answer_words, answer_time = row
    contest_id, profile_id, opening_id = named
    return Contest(
        contest_id,
        profile_id,
        opening_id,
        decision_id or "",
        about,
        value,
        words,
        create_time,
        ContestAnswer(answer),
        answer_words,
        answer_time,
    )
