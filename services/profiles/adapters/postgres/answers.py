"""Stored answers. One that is about a person holds their data: it is sealed under the person's key, too.

An answer is kept as a mark and what follows: b"p", the 16 bytes of the profile's id and the sealed answer; or b"m" and
the answer as it is, for one about many, which holds nothing but their ids.
"""

import uuid

from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.postgres.rows import answer_from_bytes, answer_is_about, answer_to_bytes
from services.profiles.application.ports import Answer, Answered, RequestKey
from shared.runtime.postgres import Connection
from shared.runtime.requests import answer_once, keep_answer

_OF_PERSON, _OF_MANY = b"p", b"m"


class PostgresAnswers:
    """See Answers."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys) -> None:
        self._connection = connection
        self._keys = keys

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        """See Answers. Raises PermissionDenied PROFILE_NOT_ACCESSIBLE where the person is not there any more."""
        stored = await answer_once(
            self._connection,
            scope=key.scope,
            request_id=key.request_id,
            method=key.method,
            fingerprint=key.fingerprint,
        )
        if stored is None:
            return None
        mark, kept = stored.answer[:1], stored.answer[1:]
        if mark == _OF_MANY:
            return answer_from_bytes(kept, kind)
        cipher = await self._keys.needed(str(uuid.UUID(bytes=kept[:16])))
        return answer_from_bytes(cipher.open(kept[16:], _place(key)), kind)

    async def keep(self, key: RequestKey, answer: Answer) -> None:
        """See Answers."""
        about, content = answer_is_about(answer), answer_to_bytes(answer)
        # A request for consent is answered for a person who is not there, too, and tells nothing of anybody.
        cipher = await self._keys.of(about) if about else None
        if cipher is not None:
            content = _OF_PERSON + uuid.UUID(about).bytes + cipher.seal(content, _place(key))
        else:
            content = _OF_MANY + content
        await keep_answer(
            self._connection, scope=key.scope, request_id=key.request_id, answer=content, about=about
        )  # fmt: skip


def _place(key: RequestKey) -> str:
    return f"stored_answer.answer|{key.scope}|{key.request_id}"
