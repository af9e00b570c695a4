"""Callers, openings and strategies for tests of the openings service."""

import datetime
import types
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC
from enum import IntEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from services.openings.application.ports import Published, RequestKey
from services.openings.application.publishing import PublishOpening, publish_opening
from services.openings.domain.codes import CodeList
from services.openings.domain.content import Contact, Content, Draft
from services.openings.domain.markup import has_markup
from services.openings.domain.offers import Pay, ServiceOffer, Training, TrainingInstance, Vacancy
from services.openings.domain.opening import Change, Opening, publish
from services.openings.domain.requirements import (
    EducationRequirement,
    LanguageDemand,
    LanguageRequirement,
    LicenceRequirement,
    Statement,
)
from services.openings.domain.values import Concept, GeoPoint, LocalizedText, Place, Weekday, WeeklyWindow
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.fakes.openings import FakeCodes, FakeMarkup, FakeUnitOfWork, OpeningStore

NOW = datetime.datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PUBLISHER = Principal(Role.PUBLISHER, "kid-a", publisher="kielo-jobs")
OTHER_PUBLISHER = Principal(Role.PUBLISHER, "kid-b", publisher="aalto-courses")
OPERATOR = Principal(Role.OPERATOR, "operator-1")
SEEKER = Principal(Role.SEEKER, "seeker-1")
COUNSELLOR = Principal(Role.COUNSELLOR, "counsellor-1", unit="unit-1")
MATCHING = Principal(Role.SERVICE, "service:matching", service="matching")
READERS = (SEEKER, COUNSELLOR, MATCHING, OTHER_PUBLISHER, OPERATOR, PUBLISHER)
CONTACT = Contact("Aino Esimerkki", "aino@example.org", "+358 40 1234567")


def a_content(title: str = "Siivooja", **parts: Any) -> Content:
    """A small vacancy in Espoo; `parts` replace fields of the content."""
    given: dict[str, Any] = {
        "titles": (LocalizedText("fi", title),),
        "detail": Vacancy(occupation=Concept(text="siivooja", language="fi")),
        "descriptions": (LocalizedText("fi", "Siivoat toimistoja iltaisin."),),
        "places": (Place(municipality="049"),),
    }
    return Content(**{**given, **parts})


def a_draft(external_id: str = "job-1", **parts: Any) -> Draft:
    """A draft of PUBLISHER's with a contact person; `parts` replace fields of the draft."""
    given: dict[str, Any] = {"publisher": PUBLISHER.publisher, "content": a_content(), "contacts": (CONTACT,)}
    return Draft(external_id=external_id, **{**given, **parts})


def an_opening(draft: Draft | None = None, now: datetime.datetime = NOW) -> Opening:
    """The first version of an opening."""
    return a_creation(draft, now).opening


def a_creation(draft: Draft | None = None, now: datetime.datetime = NOW) -> Change:
    """The change that creates an opening."""
    _, change = publish(None, draft or a_draft(), new_id(), now)
    assert change is not None
    return change


def a_request(caller: Principal, *, content: bytes = b"1", method: str = "m", request_id: str = "") -> RequestKey:
    """A request with an id of its own."""
    return RequestKey(caller.publisher or caller.subject, request_id or new_id(), method, content)


async def published(
    store: OpeningStore, draft: Draft | None = None, caller: Principal = PUBLISHER, now: datetime.datetime = NOW
) -> Published:
    """The answer to publishing a draft."""
    cmd = PublishOpening(caller, a_request(caller), draft or a_draft())
    return await publish_opening(cmd, FakeUnitOfWork(store), FakeCodes(), FakeMarkup(), now)


def trees(cls: type, special: Mapping[type, st.SearchStrategy[Any]] | None = None) -> st.SearchStrategy[Any]:
    """Instances of a domain dataclass with every field drawn, of any form that the protos can hold."""
    known = {WeeklyWindow: _WINDOWS, GeoPoint: _POINTS, **(special or {})}
    if cls in known:
        return known[cls]
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _values(hints[field.name], known) for field in fields(cls)})


def _values(hint: Any, known: Mapping[type, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return st.one_of(*(_values(each, known) for each in inside))
    if hint is types.NoneType:
        return st.none()
    if origin is tuple:
        return st.lists(_values(inside[0], known), max_size=2).map(tuple)
    if isinstance(hint, type) and is_dataclass(hint):
        return trees(hint, known)
    if issubclass(hint, IntEnum):
        return st.sampled_from(list(hint))
    return known[hint] if hint in known else _SIMPLE[hint]


_WINDOWS = st.builds(WeeklyWindow, st.sampled_from(list(Weekday)), st.integers(0, 1439), st.integers(0, 1440))
_POINTS = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))
_DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
_SIMPLE: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    bool: st.booleans(),
    int: st.integers(0, 80),
    float: st.floats(0, 80),
    datetime.date: _DATES,
    datetime.datetime: st.datetimes(
        datetime.datetime(1990, 1, 1), datetime.datetime(2100, 1, 1), timezones=st.just(UTC)
    ),
}


def contents() -> st.SearchStrategy[Content]:
    """Any contents that the protos can hold, valid or not."""
    return trees(Content)


def _is_settled(text: str) -> bool:
    return text == text.strip() and unicodedata.is_normalized("NFC", text) and not has_markup(text)


def _code(code_list: CodeList) -> st.SearchStrategy[str]:
    return st.sampled_from(FakeCodes.codes[code_list])


_TEXTS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12).filter(_is_settled)
_SEEN = st.tuples(st.sampled_from("aäöžж7"), _TEXTS).map("".join).filter(_is_settled)
_LOCALIZED = st.builds(LocalizedText, _code(CodeList.LANGUAGE), _SEEN)
_ONE_TEXT = st.lists(_LOCALIZED, min_size=1, max_size=2, unique_by=lambda text: text.language).map(tuple)
_PLACES = st.builds(
    Place,
    municipality=st.just("") | _code(CodeList.MUNICIPALITY),
    district=st.just("") | _SEEN,
    postal_code=st.sampled_from(["", "02600"]),
    street_address=st.just("") | _SEEN,
    point=st.none() | _POINTS,
)
_LANGUAGES = trees(LanguageRequirement, {str: _code(CodeList.LANGUAGE)})
_DEMANDS = st.one_of(
    st.sampled_from([LanguageDemand(), LanguageDemand(Statement.NONE)]),
    st.lists(_LANGUAGES, min_size=1, max_size=2, unique_by=lambda each: each.language).map(
        lambda languages: LanguageDemand(Statement.LISTED, tuple(languages))
    ),
)
_VALID: dict[type, st.SearchStrategy[Any]] = {
    str: st.just("") | _SEEN,
    LocalizedText: _LOCALIZED,
    Place: _PLACES,
    LanguageRequirement: _LANGUAGES,
    LanguageDemand: _DEMANDS,
    LicenceRequirement: trees(LicenceRequirement, {str: _code(CodeList.LICENCE)}),
    EducationRequirement: trees(EducationRequirement, {str: st.just("") | _code(CodeList.ISCED_FIELD)}),
    Concept: st.builds(Concept, st.just(""), _SEEN, _code(CodeList.LANGUAGE)),
}


def _valid_vacancy(vacancy: Vacancy) -> Vacancy:
    return replace(
        vacancy,
        **_in_order(vacancy, "start_date", "end_date"),
        **_in_order(vacancy, "min_hours_per_week", "max_hours_per_week"),
        pay=replace(vacancy.pay, currency="", **_in_order(vacancy.pay, "minimum", "maximum")),
        employer=replace(vacancy.employer, business_id=""),
        isco_code="9112",
        licences=vacancy.licences[:1],
        shifts=tuple(sorted(set(vacancy.shifts))),
    )


def _valid_training(training: Training) -> Training:
    instances = tuple(
        replace(
            instance,
            id=f"run-{number}",
            **_in_order(instance, "start_date", "end_date"),
            **_in_order(instance, "seats_left", "seats"),
        )
        for number, instance in enumerate(training.instances)
    )
    return replace(training, instances=instances, isced_field="101", gives_licences=("hygiene-passport",))


def _valid_service(service: ServiceOffer) -> ServiceOffer:
    return replace(service, themes=tuple(sorted(set(service.themes))), gives_licences=())


def _in_order(part: Vacancy | Pay | TrainingInstance, low: str, high: str) -> dict[str, Any]:
    values = [getattr(part, low), getattr(part, high)]
    if None not in values:
        values.sort()
    return {low: values[0], high: values[1]}


_OFFERS = st.one_of(
    trees(Vacancy, _VALID).map(_valid_vacancy),
    trees(Training, _VALID).map(_valid_training),
    trees(ServiceOffer, _VALID).map(_valid_service),
)


def valid_contents() -> st.SearchStrategy[Content]:
    """Contents that are stored as they are: settled texts, known codes, dates and amounts in order."""
    return st.builds(
        Content,
        titles=_ONE_TEXT,
        detail=_OFFERS,
        descriptions=st.just(()) | _ONE_TEXT,
        places=st.lists(_PLACES, max_size=2).map(tuple),
        closing_date=st.none() | _DATES,
        url=st.sampled_from(["", "https://example.org/jobs/1?x=ä"]),
        how_to_apply=st.just(()) | _ONE_TEXT,
    )
