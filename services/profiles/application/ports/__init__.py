"""What the use cases need from the outside. Each port has a fake in tests/fakes."""

from types import TracebackType
from typing import Protocol, Self

from services.profiles.application.ports.records import (
    Accesses,
    Answer,
    Answered,
    Answers,
    Assignments,
    CaseloadEntry,
    ConsentRequested,
    Consents,
    Entry,
    Events,
    Page,
    Position,
    Profiles,
    RequestKey,
)

__all__ = [
    "Accesses",
    "Answer",
    "Answered",
    "Answers",
    "Assignments",
    "CaseloadEntry",
    "ConsentRequested",
    "Consents",
    "Entry",
    "Events",
    "Page",
    "Position",
    "Profiles",
    "RequestKey",
    "UnitOfWork",
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
