"""The content of an opening: what its publisher gives, apart from contact persons, who are personal data."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

from services.openings.domain.offers import LONGEST_TEXT, Detail, ServiceOffer, Training, Vacancy
from services.openings.domain.values import LocalizedText, Place, Remote, text_of


class Kind(IntEnum):
    """Kinds of opening."""

    VACANCY = 1
    TRAINING = 2
    SERVICE = 3


_KINDS: dict[type[Detail], Kind] = {Vacancy: Kind.VACANCY, Training: Kind.TRAINING, ServiceOffer: Kind.SERVICE}


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to ask. Personal data: kept apart, shown to the publisher and operators only, in no event."""

    name: str = field(default="", metadata=text_of(200), repr=False)
    email: str = field(default="", metadata=text_of(254), repr=False)
    phone: str = field(default="", metadata=text_of(40), repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """The public content. `closing_date` is the last day to apply, to its end in Europe/Helsinki."""

    titles: tuple[LocalizedText, ...] = field(metadata=text_of(300, noun="TITLE"))
    detail: Detail
    descriptions: tuple[LocalizedText, ...] = field(
        default=(), metadata=text_of(LONGEST_TEXT, many_lines=True, noun="DESCRIPTION")
    )
    places: tuple[Place, ...] = ()
    remote: Remote = Remote.UNKNOWN
    closing_date: date | None = None
    url: str = ""
    how_to_apply: tuple[LocalizedText, ...] = field(default=(), metadata=text_of(LONGEST_TEXT, many_lines=True))

    @property
    def kind(self) -> Kind:
        """What is on offer."""
        return _KINDS[type(self.detail)]

    @property
    def municipalities(self) -> tuple[str, ...]:
        """The codes of all municipalities where it takes place, sorted."""
        return tuple(sorted({place.municipality for place in self._all_places() if place.municipality}))

    def _all_places(self) -> Iterator[Place]:
        yield from self.places
        if isinstance(self.detail, Training):
            yield from (each.place for each in self.detail.instances if each.place is not None)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a publisher sends: content and contacts under its own key, and when to publish (None: at once)."""

    publisher: str
    external_id: str
    content: Content
    contacts: tuple[Contact, ...] = ()
    publish_time: datetime | None = None
