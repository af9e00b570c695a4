"""What importing a document needs: its text or its fields, and concepts for the words in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.profiles.domain.cv.reading import Reading


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was given. `media_type` is one of `adapters.documents.MEDIA_TYPES`."""

    media_type: str
    content: bytes = field(repr=False)


class Documents(Protocol):
    """Opens documents that nobody has looked at yet."""

    async def open(self, document: Document) -> str | Reading:
        """Its text, or what it says where its fields are named (Europass).

        Raises InvalidArgument MEDIA_TYPE_UNKNOWN, DOCUMENT_UNREADABLE, DOCUMENT_ENCRYPTED, DOCUMENT_EMPTY,
        DOCUMENT_TOO_LONG, DOCUMENT_TOO_SLOW.
        """
        ...


@dataclass(frozen=True, slots=True)
class Linked:
    """An ESCO concept that words name (`stated`) or only resemble, with its label and the words that say so."""

    uri: str
    label: str
    stated: bool
    score: float
    words: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class LinkedTitle:
    """Occupations that a job title may mean, the surest first, and skills that these cannot do without."""

    occupations: tuple[Linked, ...] = ()
    skills: tuple[Linked, ...] = ()

    @property
    def stated(self) -> bool:
        """Whether the title names an occupation."""
        return bool(self.occupations and self.occupations[0].stated)


class Linking(Protocol):
    """Titles and texts to concepts."""

    async def title(self, title: str, count: int) -> LinkedTitle:
        """At most `count` occupations of a job title, with the skills that they imply. Raises Unavailable."""
        ...

    async def skills(self, texts: Sequence[str]) -> tuple[Linked, ...]:
        """Skills that the texts speak of, those they name before those they describe. Raises Unavailable."""
        ...
