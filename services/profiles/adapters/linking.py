"""The port `Linking`: matching's LinkingService with a deadline; names of the vocabulary without it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import grpc.aio
from google.protobuf.message import Message
from polku.matching.v1 import linking_service_pb2 as pb
from polku.matching.v1.linking_service_pb2_grpc import LinkingServiceStub
from polku.openings.v1 import opening_pb2

from services.profiles.application.ports.importing import Linked, LinkedTitle
from services.profiles.application.suggesting import Tools, ToolsFor
from shared.kernel.errors import PolkuError, Unavailable
from shared.kernel.principal import Principal
from shared.runtime.log import get_logger
from shared.runtime.rpc import call_metadata, translated_errors
from shared.vocabulary import MentionKind, Vocabulary

TITLE_SECONDS, TEXT_SECONDS = 3.0, 8.0
LONGEST_TITLE = 500
LARGEST_TEXT = 48 * 1024
"""Bytes of UTF-8 that LinkText takes."""
_IMPLIED = 0.5
"""How sure a skill is that the vocabulary says an occupation cannot do without."""
_STATED = opening_pb2.Basis.KIND_STATED
_log = get_logger("linking")


def tools_for(vocabulary: Vocabulary, channel: grpc.aio.Channel | None) -> ToolsFor:
    """Tools over a channel to LinkingService; None where there is none, so that names alone are looked up."""

    async def tools(caller: Principal, language: str) -> Tools:
        await asyncio.to_thread(vocabulary.find, "")  # builds the finder, a second, where no import has come before
        names = NamedConcepts(vocabulary, language)
        return Tools(RemoteLinking(channel, caller, language) if channel else NoLinking(), names, vocabulary)

    return tools


class RemoteLinking:
    """Asks LinkingService with the caller's token. Of a CV it sees titles, tasks and notes: no name, no contact."""

    def __init__(self, channel: grpc.aio.Channel, caller: Principal, language: str) -> None:
        self._stub = LinkingServiceStub(channel)
        self._caller = caller
        self._language = language

    async def title(self, title: str, count: int) -> LinkedTitle:
        """See Linking."""
        request = pb.LinkTitleRequest(title=title[:LONGEST_TITLE], k=count, label_language=self._language)
        answer = await self._asked(self._stub.LinkTitle, request, TITLE_SECONDS)
        implied = (replace(skill, words=(title,)) for skill in _linked(answer.implied_skills))
        return LinkedTitle(tuple(_linked(answer.occupations)), tuple(implied))

    async def skills(self, texts: Sequence[str]) -> tuple[Linked, ...]:
        """See Linking. A concept that several parts of a long document speak of is there once."""
        found: dict[str, Linked] = {}
        for text in parts("\n".join(texts), LARGEST_TEXT):
            request = pb.LinkTextRequest(text=text, label_language=self._language)
            answer = await self._asked(self._stub.LinkText, request, TEXT_SECONDS)
            for one in _linked(answer.skills):
                found.setdefault(one.uri, one)
        return tuple(sorted(found.values(), key=lambda one: (not one.stated, -one.score)))

    async def _asked(self, method: Any, request: Message, seconds: float) -> Any:
        """The answer. Raises Unavailable whatever went wrong: import goes on without linking."""
        try:
            with translated_errors():
                return await method(request, metadata=call_metadata(self._caller), timeout=seconds)
        except PolkuError as error:
            _log.warning("linking.not_answered", reason=error.reason, code=error.code)
            raise Unavailable("LINKING_UNAVAILABLE", "Linking cannot be asked just now.") from None


class NoLinking:
    """Where no LinkingService is configured."""

    async def title(self, title: str, count: int) -> LinkedTitle:
        """See Linking."""
        raise Unavailable("LINKING_OFF", "No linking is configured.")

    async def skills(self, texts: Sequence[str]) -> tuple[Linked, ...]:
        """See Linking."""
        raise Unavailable("LINKING_OFF", "No linking is configured.")


class NamedConcepts:
    """What words of the vocabulary name, without a model."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        self._vocabulary = vocabulary
        self._language = language or "en"

    async def title(self, title: str, count: int) -> LinkedTitle:
        """See Linking; empty for a title that names none."""
        named = self._named(title, "occupation")[:count]
        needed = self._vocabulary.essential_skills(named[0].uri) if named else ()
        return LinkedTitle(named, tuple(self._implied(uri, title) for uri in needed))

    async def skills(self, texts: Sequence[str]) -> tuple[Linked, ...]:
        """See Linking; what is only described is not found."""
        return self._named("\n".join(texts), "skill")

    def _implied(self, uri: str, title: str) -> Linked:
        return Linked(uri, self._vocabulary.label(uri, self._language), False, _IMPLIED, (title,))

    def _named(self, text: str, kind: MentionKind) -> tuple[Linked, ...]:
        found: dict[str, Linked] = {}
        for mention in self._vocabulary.find(text, (kind,)):
            label = self._vocabulary.label(mention.code, self._language)
            found.setdefault(mention.code, Linked(mention.code, label, True, mention.strength, (mention.words,)))
        return tuple(sorted(found.values(), key=lambda one: -one.score))


def parts(text: str, largest: int) -> Iterator[str]:
    """A text in parts of at most so many bytes of UTF-8, cut between lines where a line itself is not longer."""
    part, size = "", 0
    for line in _lines(text, largest):
        length = len(line.encode())
        if size + length > largest:
            yield part
            part, size = "", 0
        part, size = part + line, size + length
    if part:
        yield part


def _lines(text: str, largest: int) -> Iterator[str]:
    longest = largest // 4  # characters that fit in any script
    for line in text.splitlines(keepends=True):
        yield from (line[start : start + longest] for start in range(0, len(line), longest))


def _linked(found: Iterable[pb.LinkedConcept]) -> Iterator[Linked]:
    for one in found:
        words = tuple(span.words for span in one.evidence)
        yield Linked(one.code, one.label, one.basis == _STATED, one.score, words)
