"""What the use cases need from the outside. Each port has a fake in tests/fakes."""

from types import TracebackType
from typing import Protocol, Self

from services.profiles.application.ports.access_log import Accesses, Wanted
from services.profiles.application.ports.casework import HandedOver, Overrides
from services.profiles.application.ports.erasures import Erasures
from services.profiles.application.ports.identities import Changes, Identities
from services.profiles.application.ports.paging import Entry, Page, Position
from services.profiles.application.ports.records import (
    Answer,
    Answered,
    Answers,
    Assignments,
    CaseloadEntry,
    ConsentRequested,
    Consents,
    Events,
    Profiles,
    RequestKey,
)
from services.profiles.application.ports.suggestions import OpenSuggestions, SuggestionsChanged

__all__ = [
    "Accesses",
    "Answer",
    "Answered",
    "Answers",
    "Assignments",
    "CaseloadEntry",
    "Changes",
    "ConsentRequested",
    "Consents",
    "Entry",
    "Erasures",
    "Events",
    "HandedOver",
    "Identities",
    "OpenSuggestions",
    "Overrides",
    "Page",
    "Position",
    "Profiles",
    "RequestKey",
    "SuggestionsChanged",
    "UnitOfWork",
    "Wanted",
]


class UnitOfWork(Protocol):
    """One transaction. What is not committed when it ends is undone."""

    @property
    def profiles(self) -> Profiles: ...

    @property
    def assignments(self) -> Assignments: ...

    @property
    def consents(self) -> Consents: ...

    @property
    def overrides(self) -> Overrides: ...

    @property
    def suggestions(self) -> OpenSuggestions: ...

    @property
    def identities(self) -> Identities: ...

    @property
    def changes(self) -> Changes: ...

    @property
    def erasures(self) -> Erasures: ...

    @property
    def accesses(self) -> Accesses: ...

    @property
    def answers(self) -> Answers: ...

    @property
    def events(self) -> Events: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def commit(self) -> None:
        """Make everything last. Nothing may be done with the unit of work afterwards."""
        ...
