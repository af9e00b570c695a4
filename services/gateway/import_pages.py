"""The page on which a CV is sent, and what it suggests is confirmed or refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from polku.profiles.v1 import suggestion_service_pb2 as pb
from polku.type.v1.types_pb2 import Cefr, Purpose
from starlette.responses import RedirectResponse, Response

from services.gateway.clients import IMPORT_SECONDS
from services.gateway.forms import request_id
from services.gateway.languages import name_of
from services.gateway.match_pages import Person
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.translations import N_
from services.gateway.uploads import Upload, document_of
from services.gateway.words import Words
from shared.kernel.errors import FailedPrecondition, InvalidArgument, ResourceExhausted

_PAGE = 100
_MOST_PAGES = 3
GROUPS: Mapping[str, str] = {
    "experience": N_("Jobs"),
    "skill": N_("Skills"),
    "language": N_("Languages"),
    "education": N_("Education"),
    "licence": N_("Licences and cards"),
}
FAULTS: Mapping[str, str] = {
    "DOCUMENT_MISSING": N_("Choose a file, or paste the text of the CV."),
    "DOCUMENT_EMPTY": N_("There is no text in the document. A scanned page is a picture: paste its text instead."),
    "DOCUMENT_ENCRYPTED": N_("The document is protected by a password. Send it without one."),
    "DOCUMENT_TOO_LONG": N_("The document is too long. Send the CV alone."),
    "DOCUMENT_TOO_SLOW": N_("The document takes too long to read. Paste its text instead."),
    "MEDIA_TYPE_UNKNOWN": N_("Files of this kind cannot be read. Send a PDF, a Word document (DOCX) or text."),
    "BODY_TOO_LARGE": N_("The file is larger than 2 MB. Send a smaller one, or paste the text."),
    "IMPORT_BUSY": N_("Many CVs are being read just now. Try again in a minute."),
    "PROFILE_FULL": N_("The profile has no room for so much. Refuse some of it."),
}
_UNREADABLE = N_("The document cannot be read. Save it anew, or paste its text.")
_GONE = ("NOTHING_SUGGESTED", "SUGGESTION_UNKNOWN")


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion: what it claims in words, the words that gave it, and other occupations that may be meant."""

    id: str
    title: str
    details: str
    evidence: tuple[str, ...]
    inferred: bool
    choices: tuple[tuple[str, str], ...]


class ImportPages:
    """The page and the targets of its two forms."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def show(self, visit: Visit, person: Person) -> Response:
        """Ask for a CV, and show what is still open of the last one."""
        return await self._render(visit, person)

    async def send(self, visit: Visit, person: Person, given: Upload) -> Response:
        """Read the document, and show what it suggests. What cannot be read is said, with what to do."""
        try:
            document = document_of(given)
            key = request_id(given.fields, document.media_type, document.text, sha256(document.content).hexdigest())
            request = pb.ImportDocumentRequest(
                profile=person.profile, document=document, purpose=_purpose(person), request_id=key
            )
            answer = await self._backends.call(
                self._backends.suggestions.ImportDocument, request, visit.caller, seconds=IMPORT_SECONDS
            )
        except (InvalidArgument, ResourceExhausted) as error:
            return await self._render(visit, person, fault=FAULTS.get(error.reason, _UNREADABLE))
        code = "imported" if answer.suggestions else "imported_nothing"
        await self._pages.leave_notice(visit, Notice(code))
        return RedirectResponse(f"{person.base}/import#notice", 303)

    async def resolve(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Put what was confirmed into the profile. What was answered elsewhere meanwhile is shown as it is now."""
        others = form.get("others", "")
        request = pb.ResolveSuggestionsRequest(
            profile=person.profile,
            decisions=list(_decisions(form)),
            others=_verdict(others),
            request_id=request_id(form, others, *(f"{name} {value}" for name, value in sorted(form.items()))),
        )
        try:
            await self._backends.write(self._backends.suggestions.ResolveSuggestions, request, visit.caller)
        except (InvalidArgument, FailedPrecondition) as error:
            if error.reason not in _GONE:
                return await self._render(visit, person, fault=FAULTS.get(error.reason, _UNREADABLE))
            await self._pages.leave_notice(visit, Notice("resolved_elsewhere"))
        else:
            await self._pages.leave_notice(visit, Notice("resolved"))
        return RedirectResponse(f"{person.base}/import#notice", 303)

    async def _render(self, visit: Visit, person: Person, *, fault: str = "") -> Response:
        suggestions, notes = await self._open(visit, person)
        return self._pages.render(
            visit,
            "import.html",
            400 if fault else 200,
            person=person,
            notice=await self._pages.take_notice(visit),
            groups=list(_groups(suggestions, visit.words)),
            names_only="linking_off" in notes,
            fault=visit.words.text(fault) if fault else "",
        )

    async def _open(self, visit: Visit, person: Person) -> tuple[list[pb.Suggestion], list[str]]:
        found: list[pb.Suggestion] = []
        notes: list[str] = []
        token = ""
        for _ in range(_MOST_PAGES):
            request = pb.ListSuggestionsRequest(
                profile=person.profile, purpose=_purpose(person), page_size=_PAGE, page_token=token
            )
            answer = await self._backends.call(self._backends.suggestions.ListSuggestions, request, visit.caller)
            found.extend(answer.suggestions)
            notes, token = list(answer.notes), answer.next_page_token
            if not token:
                break
        return found, notes


def _purpose(person: Person) -> Any:
    return Purpose.KIND_OWN_DATA if person.own else Purpose.KIND_INTEGRATION_PLAN


def _decisions(form: Mapping[str, str]) -> Iterator[pb.Decision]:
    for name, value in form.items():
        suggestion = name.removeprefix("verdict-")
        if suggestion != name and value in ("CONFIRMED", "REFUSED"):
            occupation = form.get(f"occupation-{suggestion}", "") if value == "CONFIRMED" else ""
            yield pb.Decision(suggestion=suggestion, verdict=_verdict(value), occupation=occupation)


def _verdict(value: str) -> Any:
    known = value if value in ("CONFIRMED", "REFUSED") else "UNSPECIFIED"
    return pb.Decision.Verdict.Value(f"VERDICT_{known}")


def _groups(suggestions: Iterable[pb.Suggestion], words: Words) -> Iterator[tuple[str, list[SuggestionView]]]:
    """The suggestions by kind, with the heading of each."""
    by_kind: dict[str, list[SuggestionView]] = {}
    for suggestion in suggestions:
        kind = str(suggestion.WhichOneof("claim"))
        by_kind.setdefault(kind, []).append(_view(suggestion, kind, words))
    for name, heading in GROUPS.items():
        if name in by_kind:
            yield words.text(heading), by_kind[name]


def _view(suggestion: pb.Suggestion, kind: str, words: Words) -> SuggestionView:
    title, details = _TOLD[kind](getattr(suggestion, kind), words)
    choices = tuple((concept.uri, _label(concept, words)) for concept in suggestion.alternatives)
    return SuggestionView(suggestion.id, title, details, tuple(suggestion.evidence), suggestion.inferred, choices)


def _job(job: Any, words: Words) -> tuple[str, str]:
    return job.occupation.text, words.amount(job.months, "duration-month") if job.HasField("months") else ""


def _skill(skill: Any, words: Words) -> tuple[str, str]:
    return _label(skill.skill, words), ""


def _language(language: Any, words: Words) -> tuple[str, str]:
    levels = language.levels
    known = [levels.listening, levels.reading, levels.speaking, levels.writing]
    named = dict.fromkeys(
        words.level(Cefr.Level.Name(level).removeprefix("LEVEL_")) for level in known if level != Cefr.LEVEL_UNSPECIFIED
    )
    return name_of(language.language, words.language), ", ".join(named)


def _education(education: Any, words: Words) -> tuple[str, str]:
    if not education.HasField("isced_level"):
        return education.title, ""
    return education.title, words.vocabulary.label_in("isced_level", str(education.isced_level), words.language)


def _licence(licence: Any, words: Words) -> tuple[str, str]:
    return words.vocabulary.label(licence.code, words.language), ""


_TOLD = {"experience": _job, "skill": _skill, "language": _language, "education": _education, "licence": _licence}
"""What a claim is in words, and what more there is to it."""


def _label(concept: Any, words: Words) -> str:
    """The label in the reader's language; where the vocabulary has none, the one that came with the concept."""
    label = words.subject("", concept.uri) if concept.uri else ""
    return label or concept.text
