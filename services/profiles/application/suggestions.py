"""Importing a document, listing what it suggests, and deciding about it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.history import record_change
from services.profiles.application.ports import RequestKey, UnitOfWork
from services.profiles.application.ports.importing import Document, Documents
from services.profiles.application.ports.suggestions import SuggestionsChanged
from services.profiles.application.suggesting import ToolsFor, suggest
from services.profiles.domain import profile as transitions
from services.profiles.domain.changes import Author, Origin, author_of
from services.profiles.domain.policy import Action, cut
from services.profiles.domain.profile import Profile
from services.profiles.domain.rules import Codes, check, settled
from services.profiles.domain.suggestions import Decision, Suggestions, Verdict, expired, imported, resolve
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition
from shared.kernel.principal import Principal

OpenUnitOfWork = Callable[[], UnitOfWork]
_PATHS = ("work.experiences", "work.skills", "work.educations", "work.licences", "work.languages")


@dataclass(frozen=True, slots=True)
class ImportDocument:
    """Read a document for a person's work profile."""

    caller: Principal
    request: RequestKey
    profile_id: str
    document: Document
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ListSuggestions:
    """List what is open."""

    caller: Principal
    profile_id: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ResolveSuggestions:
    """Confirm or refuse suggestions; `others` is the verdict on those that are not named."""

    caller: Principal
    request: RequestKey
    profile_id: str
    decisions: tuple[Decision, ...]
    others: Verdict


@dataclass(frozen=True, slots=True)
class Resolved:
    """The profile after the verdicts, and how many suggestions are still open."""

    profile: Profile
    open: int


async def import_document(
    cmd: ImportDocument, open_uow: OpenUnitOfWork, documents: Documents, tools_for: ToolsFor, now: datetime
) -> Suggestions:
    """Read a document and keep what it suggests; the document itself is not kept.

    Reading takes seconds, so it is done between two units of work: whether the caller may is asked before, and again
    where the result is kept. Raises PermissionDenied PROFILE_NOT_ACCESSIBLE, InvalidArgument as `Documents.open`.
    """
    async with open_uow() as uow:
        found = await uow.profiles.get(cmd.profile_id)
        profile, _, access = await admit(
            cmd.caller, Action.IMPORT_DOCUMENT, found or cmd.profile_id, uow, now, purpose=cmd.purpose
        )
        await uow.accesses.append(access)
        await uow.commit()
    contents = await documents.open(cmd.document)
    tools = await tools_for(cmd.caller, profile.content.preferred_language)
    suggested = await suggest(contents, profile.content.work, tools, now.date())
    async with open_uow() as uow:
        stored = await uow.answers.find(cmd.request, SuggestionsChanged)
        locked = await uow.profiles.lock(cmd.profile_id)
        await admit(cmd.caller, Action.IMPORT_DOCUMENT, locked or cmd.profile_id, uow, now, purpose=cmd.purpose)
        before = await uow.suggestions.get(cmd.profile_id)
        if stored is not None:
            await uow.commit()
            return before or Suggestions(cmd.profile_id, 0, now)
        suggestions = imported(before, cmd.profile_id, suggested.suggestions, suggested.notes, now)
        await uow.suggestions.put(suggestions)
        await uow.answers.keep(cmd.request, SuggestionsChanged(cmd.profile_id))
        await uow.commit()
    return suggestions


async def list_suggestions(query: ListSuggestions, uow: UnitOfWork, now: datetime) -> Suggestions | None:
    """A person's open suggestions, None where there are none. The reading is recorded.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(
            query.caller, Action.LIST_SUGGESTIONS, found or query.profile_id, uow, now, purpose=query.purpose
        )
        await uow.accesses.append(access)
        suggestions = await uow.suggestions.get(query.profile_id)
        await uow.commit()
    return None if suggestions is None or expired(suggestions, now) else suggestions


async def resolve_suggestions(cmd: ResolveSuggestions, uow: UnitOfWork, codes: Codes, now: datetime) -> Resolved:
    """Put what was confirmed into the work profile, and drop what was refused.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE; FailedPrecondition NOTHING_SUGGESTED, PROFILE_FULL; InvalidArgument
    SUGGESTION_UNKNOWN, SUGGESTION_REPEATED, OCCUPATION_NOT_SUGGESTED, PROFILE_INVALID.
    """
    async with uow:
        stored = await uow.answers.find(cmd.request, SuggestionsChanged)
        found = await uow.profiles.lock(cmd.profile_id)
        profile, _, access = await admit(cmd.caller, Action.RESOLVE_SUGGESTIONS, found or cmd.profile_id, uow, now)
        await uow.accesses.append(access)
        suggestions = await uow.suggestions.get(cmd.profile_id)
        if stored is None:
            if suggestions is None or expired(suggestions, now):
                raise FailedPrecondition("NOTHING_SUGGESTED", "There are no open suggestions: import a document first.")
            suggestions, profile = await _resolved(cmd, suggestions, profile, author_of(access), uow, codes, now)
            await uow.answers.keep(cmd.request, SuggestionsChanged(cmd.profile_id))
        await uow.commit()
    return Resolved(cut(profile, access.data), len(suggestions.open) if suggestions else 0)


async def _resolved(
    cmd: ResolveSuggestions,
    suggestions: Suggestions,
    profile: Profile,
    by: Author,
    uow: UnitOfWork,
    codes: Codes,
    now: datetime,
) -> tuple[Suggestions, Profile]:
    left, work = resolve(suggestions, cmd.decisions, cmd.others, profile.content.work, now.date())
    content = settled(replace(profile.content, work=work))
    updated, events = transitions.update(profile, content, _PATHS, now)
    if events:
        check(updated.content, codes, now)
        await uow.profiles.save(updated)
        await record_change(profile, updated, by, uow, now, origin=Origin.DOCUMENT)
        await uow.events.append(*events)
    await uow.suggestions.put(left)
    return left, updated
