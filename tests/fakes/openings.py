"""In-memory fakes of the ports of the openings service. They pass the contract tests of the real ones."""

import asyncio
import html
import re
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import TracebackType
from typing import ClassVar, Self

from services.openings.application.ports import (
    Answered,
    NewSecret,
    Page,
    Position,
    Published,
    RequestKey,
    Selection,
)
from services.openings.domain.codes import CodeList
from services.openings.domain.opening import Change, Event, Opening, State
from services.openings.domain.publisher import Publisher, PublisherKey
from shared.kernel.errors import Aborted, AlreadyExists, FieldViolation, InvalidArgument

Answer = Published | Opening | Publisher


@dataclass
class OpeningStore:
    """What is committed. One unit of work at a time gets at it, as row locks would have it at the worst."""

    openings: dict[str, Opening] = field(default_factory=dict)
    transitions: list[tuple[Change, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    publishers: dict[str, Publisher] = field(default_factory=dict)
    keys: dict[str, PublisherKey] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[str, bytes, Answer | None]] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def copy(self) -> "OpeningStore":
        """A copy to work on; the values themselves are frozen."""
        parts = {each.name: getattr(self, each.name).copy() for each in fields(self) if each.name != "lock"}
        return OpeningStore(**parts)

    def take(self, draft: "OpeningStore") -> None:
        """Take over what was worked out on a copy."""
        for each in fields(self):
            if each.name != "lock":
                setattr(self, each.name, getattr(draft, each.name))


class FakeUnitOfWork:
    """A unit of work over an OpeningStore."""

    def __init__(self, store: OpeningStore) -> None:
        self._store = store
        self._draft = store

    async def __aenter__(self) -> Self:
        await self._store.lock.acquire()
        draft = self._draft = self._store.copy()
        self.openings = FakeOpenings(draft)
        self.publishers = FakePublishers(draft)
        self.answers = FakeAnswers(draft)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.lock.release()

    async def commit(self) -> None:
        self._store.take(self._draft)


class FakeOpenings:
    """Openings by id."""

    def __init__(self, draft: OpeningStore) -> None:
        self._draft = draft

    async def get(self, opening_id: str) -> Opening | None:
        return self._draft.openings.get(opening_id)

    async def lock(self, publisher: str, external_id: str) -> Opening | None:
        found = (kept for kept in self._draft.openings.values() if kept.publisher == publisher)
        return next((kept for kept in found if kept.external_id == external_id), None)

    async def keep(self, change: Change, actor: str) -> None:
        opening = change.opening
        kept = await self.lock(opening.publisher, opening.external_id)
        expected = (kept.id, kept.version + 1) if kept else (opening.id, 1)
        if (opening.id, opening.version) != expected:
            raise Aborted("OPENING_CHANGED", "The opening has changed meanwhile.")
        self._draft.openings[opening.id] = opening
        self._draft.transitions.append((change, actor))
        self._draft.events.extend(change.events)

    async def select(self, selection: Selection, after: Position | None, limit: int) -> Page[Opening]:
        fitting = [kept for kept in self._draft.openings.values() if _fits(kept, selection)]
        fitting.sort(key=_place, reverse=True)
        if after is not None:
            fitting = [kept for kept in fitting if _place(kept) < (after.time, after.id)]
        shown = fitting[:limit]
        return Page(tuple(shown), Position(*_place(shown[-1])) if len(fitting) > limit else None)

    async def lock_due(self, now: datetime, limit: int) -> tuple[Opening, ...]:
        due = [(kept.due_time, kept) for kept in self._draft.openings.values() if kept.due_time is not None]
        waiting = sorted((item for item in due if item[0] <= now), key=lambda item: item[0])
        return tuple(kept for _, kept in waiting[:limit])

    async def next_due(self) -> datetime | None:
        return min((kept.due_time for kept in self._draft.openings.values() if kept.due_time is not None), default=None)


class FakePublishers:
    """Publishers and keys by their ids."""

    def __init__(self, draft: OpeningStore) -> None:
        self._draft = draft

    async def add(self, publisher: Publisher) -> None:
        if publisher.id in self._draft.publishers:
            raise AlreadyExists("PUBLISHER_EXISTS", "There is a publisher with this id.")
        self._draft.publishers[publisher.id] = publisher

    async def lock(self, publisher_id: str) -> Publisher | None:
        return self._draft.publishers.get(publisher_id)

    async def keys(self, publisher_id: str) -> tuple[PublisherKey, ...]:
        mine = [key for key in self._draft.keys.values() if key.publisher == publisher_id]
        return tuple(sorted(mine, key=lambda key: (key.create_time, key.kid)))

    async def key(self, kid: str) -> PublisherKey | None:
        return self._draft.keys.get(kid)

    async def add_key(self, key: PublisherKey) -> None:
        self._draft.keys[key.kid] = key

    async def end_key(self, key: PublisherKey) -> None:
        self._draft.keys[key.kid] = replace(self._draft.keys[key.kid], revoke_time=key.revoke_time)


class FakeAnswers:
    """Stored answers by scope and request id; None while only claimed."""

    def __init__(self, draft: OpeningStore) -> None:
        self._draft = draft

    async def find(self, key: RequestKey, kind: type[Answered]) -> Answered | None:
        kept = self._draft.answers.get((key.scope, key.request_id))
        if kept is None:
            self._draft.answers[key.scope, key.request_id] = (key.method, key.fingerprint, None)
            return None
        if kept[:2] != (key.method, key.fingerprint):
            violation = FieldViolation("request_id", "REQUEST_ID_REUSED", "Use a new request_id for another request.")
            raise InvalidArgument("REQUEST_ID_REUSED", "The request_id was used before.", violations=(violation,))
        assert isinstance(kept[2], kind)
        return kept[2]

    async def keep(self, key: RequestKey, answer: Answer) -> None:
        if isinstance(answer, Published):
            answer = replace(answer, opening=replace(answer.opening, contacts=()))
        elif isinstance(answer, Opening):
            answer = replace(answer, contacts=())
        self._draft.answers[key.scope, key.request_id] = (key.method, key.fingerprint, answer)


class FakeCodes:
    """A few codes of each list."""

    codes: ClassVar[dict[CodeList, tuple[str, ...]]] = {
        CodeList.OCCUPATION: (
            "http://data.europa.eu/esco/occupation/00030d09-2b3a-4efd-87cc-c4ea39d27c34",
            "http://data.europa.eu/esco/occupation/d38c2107-98f2-47b7-8bb4-f69750d51082",
        ),
        CodeList.SKILL: (
            "http://data.europa.eu/esco/skill/15a33d76-4640-438d-ae64-fdc0c1d3eebc",
            "http://data.europa.eu/esco/skill/24f980ba-b44f-4739-b563-205104c3190d",
        ),
        CodeList.LICENCE: ("driving-licence-b", "hygiene-passport"),
        CodeList.LANGUAGE: ("fi", "sv", "en", "uk"),
        CodeList.ISCO: ("9", "91", "911", "9112"),
        CodeList.ISCED_FIELD: ("10", "101"),
        CodeList.MUNICIPALITY: ("049", "091"),
    }

    def knows(self, code_list: CodeList, code: str) -> bool:
        if code_list is CodeList.LANGUAGE:
            code = code.split("-")[0]
        return code in self.codes[code_list]

    def nearest(self, code_list: CodeList, code: str) -> str:
        known = self.codes[code_list]
        return next((each for each in known if each[:2] == code[:2]), "")


class FakeMarkup:
    """Takes tags out by patterns; good for the well-formed HTML of tests."""

    def plain(self, html_text: str) -> str:
        text = re.sub(r"(?is)<(script|style)[^>]*>.*?</\1\s*>|<!--.*?-->", "", html_text)
        if re.search(r"(?i)</?(p|div|ul|ol|li|br)\b", text):
            text = text.replace("\n", " ")
        text = re.sub(r"(?i)<li[^>]*>", "\n- ", text)
        text = re.sub(r"(?i)</?(p|div|ul|ol|br)\b[^>]*>", "\n", text)
        text = html.unescape(re.sub(r"(?s)<[A-Za-z/!?].*?(>|$)", "", text))
        return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", re.sub(r"[ \t\u00a0]+", " ", text)))


class FakeSecrets:
    """Secrets that can be foretold."""

    def __init__(self) -> None:
        self._made = 0

    def new(self) -> NewSecret:
        self._made += 1
        return NewSecret(f"kid{self._made}", f"secret{self._made}", f"hash of secret{self._made}")

    def fits(self, secret: str, secret_hash: str) -> bool:
        return secret_hash == f"hash of {secret}"


def _fits(opening: Opening, selection: Selection) -> bool:
    return (
        (not selection.published_only or opening.state is State.PUBLISHED)
        and (selection.kind is None or opening.content.kind is selection.kind)
        and (not selection.municipality or selection.municipality in opening.content.municipalities)
        and (not selection.publisher or opening.publisher == selection.publisher)
    )


def _place(opening: Opening) -> tuple[datetime, str]:
    return opening.update_time, opening.id
