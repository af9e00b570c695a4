"""Fakes of the ports of import: documents that are text, and linking by tables of words."""

from collections.abc import Mapping, Sequence

from services.profiles.application.ports.importing import Document, Linked, LinkedTitle
from services.profiles.application.suggesting import Tools, ToolsFor
from services.profiles.domain.cv.reading import Reading
from shared import vocabulary
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Principal


class TextDocuments:
    """Documents whose content is their text."""

    async def open(self, document: Document) -> str | Reading:
        return document.content.decode()


class WordLinking:
    """Titles and words as they stand in tables; `off` is a service that does not answer."""

    def __init__(
        self,
        titles: Mapping[str, tuple[str, ...]],
        skills: Mapping[str, str] | None = None,
        implied: Mapping[str, tuple[str, ...]] | None = None,
        *,
        off: bool = False,
    ) -> None:
        self._implied = implied or {}
        self._titles = titles
        self._skills = skills or {}
        self._off = off
        self.asked: list[str] = []

    async def title(self, title: str, count: int) -> LinkedTitle:
        self._answer(title)
        found = [Linked(uri, f"label of {uri[-4:]}", True, 0.9) for uri in self._titles.get(title, ())]
        implied = [Linked(uri, f"needed by {title}", False, 0.5, (title,)) for uri in self._implied.get(title, ())]
        return LinkedTitle(tuple(found[:count]), tuple(implied))

    async def skills(self, texts: Sequence[str]) -> tuple[Linked, ...]:
        self._answer(*texts)
        found = ((words, uri) for words, uri in self._skills.items() if any(words in text for text in texts))
        return tuple(Linked(uri, words, True, 0.9, (words,)) for words, uri in found)

    def _answer(self, *texts: str) -> None:
        self.asked.extend(texts)
        if self._off:
            raise Unavailable("LINKING_UNAVAILABLE", "Not now.")


def tools_of(linking: WordLinking, names: WordLinking | None = None) -> ToolsFor:
    """The tools for everybody."""

    async def tools(caller: Principal, language: str) -> Tools:
        return Tools(linking, names or linking, vocabulary.load())

    return tools
