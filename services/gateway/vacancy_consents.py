"""A person's answers to vacancies, and the requests that wait for one, as the pages show them."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC

from polku.profiles.v1.consent_service_pb2 import ListVacancyConsentsRequest, VacancyConsent
from polku.type.v1.types_pb2 import Purpose

from services.gateway.clients import Backends
from services.gateway.pages import Visit
from services.gateway.titles import Title, openings_of, title_in
from services.gateway.translations import N_
from services.gateway.words import Words

MOST_PAGES = 10
ASKERS = {
    "counsellor": N_("Asked by a counsellor (%(organisation)s)"),
    "publisher": N_("Asked by %(organisation)s, the publisher of the vacancy"),
}


@dataclass(frozen=True, slots=True)
class RequestView:
    """A vacancy for which somebody asks whether the person may be shown there.

    title, employer  empty where the vacancy is not published any more
    asker            who asks, in words
    until            until when an answer counts, in words
    """

    id: str
    title: Title
    employer: str
    asker: str
    until: str


def purpose_of(own: bool) -> "Purpose.Kind.ValueType":
    """What consents are read and given for: by the person, or by their counsellor."""
    return Purpose.KIND_OWN_DATA if own else Purpose.KIND_JOB_MATCHING


async def consents_of(
    backends: Backends, visit: Visit, profile: str, *, own: bool
) -> AsyncGenerator[VacancyConsent, None]:
    """Yield a person's answers and requests, last changed first."""
    token = ""
    for _ in range(MOST_PAGES):
        request = ListVacancyConsentsRequest(profile=profile, purpose=purpose_of(own), page_size=100, page_token=token)
        answer = await backends.call(backends.consents.ListVacancyConsents, request, visit.caller)
        for consent in answer.consents:
            yield consent
        token = answer.next_page_token
        if not token:
            return


async def open_requests(backends: Backends, visit: Visit, profile: str, *, own: bool) -> Sequence[RequestView]:
    """Return the requests that wait for the person's answer, the one that ends first at the top."""
    found = [
        consent
        async for consent in consents_of(backends, visit, profile, own=own)
        if consent.state == VacancyConsent.STATE_ASKED
    ]
    found.sort(key=lambda consent: consent.answer_by_time.ToNanoseconds())
    openings = await openings_of(backends, visit, (consent.opening for consent in found))
    return [
        RequestView(
            id=consent.opening.removeprefix("openings/"),
            title=title_in(openings[consent.opening], visit.language),
            employer=openings[consent.opening].vacancy.employer.name,
            asker=asker_text(consent, visit.words),
            until=until_text(consent, visit.words),
        )
        for consent in found
    ]


def asker_text(consent: VacancyConsent, words: Words) -> str:
    """Who asked last: the role, and the id of the organisation, which no service tells the name of to anybody else."""
    asker = consent.asked_by
    return words.of(ASKERS, asker.role) % {"organisation": asker.organisation} if asker.role else ""


def until_text(consent: VacancyConsent, words: Words) -> str:
    """Until when an answer to the last request counts; empty where nobody has asked."""
    return words.moment(consent.answer_by_time.ToDatetime(UTC)) if consent.HasField("answer_by_time") else ""
