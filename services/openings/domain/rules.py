"""What an item must hold true beyond the form of its single fields, which the protos' own rules check."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from services.openings.domain.codes import Codes, ItemWarning, code_faults
from services.openings.domain.content import Content, Draft
from services.openings.domain.faults import refuse
from services.openings.domain.markup import Markup
from services.openings.domain.offers import ServiceOffer, Training, TrainingInstance, Vacancy
from services.openings.domain.requirements import LanguageDemand, Statement
from services.openings.domain.texts import MOST_TEXT_BYTES, Settling, text_bytes
from services.openings.domain.times import end_of_day
from services.openings.domain.values import Concept, WeeklyWindow, as_set
from shared.kernel.errors import FieldViolation

Number = TypeVar("Number", int, float, date)
FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_WEEKLY_TIMES = 300
"""Of all instances of an item together, so that it fits into an event."""
_URL = re.compile(r"https?://[^\s\x00-\x20\x7f-\x9f<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An item in the form in which it is stored, and what its publisher should know about that."""

    draft: Draft
    warnings: tuple[ItemWarning, ...]
    sanitised: bool


def admit(draft: Draft, codes: Codes, markup: Markup, now: datetime, path: str = "opening") -> Admitted:
    """Return the item as it is stored. Raises InvalidArgument with all violations; `path` is the item's in the request.

    No text is cleaned, and so no time spent, before the caps on their size and nesting hold.
    """
    if text_bytes(draft.content) + text_bytes(draft.contacts) > MOST_TEXT_BYTES:
        rule = f"Shorten its texts to {MOST_TEXT_BYTES:,} bytes of UTF-8 together."
        refuse([FieldViolation(path, "TEXTS_TOO_LONG", rule)])
    settling = Settling(markup)
    content = _canonical(settling.settle(draft.content, path))
    contacts = settling.settle(draft.contacts, f"{path}.contacts")
    settled = replace(draft, content=content, contacts=contacts)
    code_violations, warnings = code_faults(content, codes, path)
    refuse([*settling.violations, *_violations(settled, now, path), *code_violations])
    if content.closing_date is not None and end_of_day(content.closing_date) <= now:
        rule = "The closing date has passed: the opening is stored as expired and not shown."
        warnings.append(ItemWarning("CLOSING_DATE_PASSED", "closing_date", rule))
    return Admitted(settled, tuple(warnings), settling.sanitised)


def _canonical(content: Content) -> Content:
    """Sets have no order: sorted, so that the same content compares equal."""
    detail = content.detail
    match detail:
        case Vacancy():
            detail = replace(detail, shifts=as_set(detail.shifts))
        case ServiceOffer():
            detail = replace(detail, themes=as_set(detail.themes))
        case Training():
            pass
    return replace(content, detail=detail)


def _violations(draft: Draft, now: datetime, path: str) -> Iterator[FieldViolation]:
    content = draft.content
    if not draft.external_id:
        yield FieldViolation(f"{path}.external_id", "EXTERNAL_ID_MISSING", "Give your own id of the opening.")
    if not content.titles:
        yield FieldViolation(f"{path}.titles", "TITLE_MISSING", "Give a title in at least one language.")
    for name, texts in (("titles", content.titles), ("descriptions", content.descriptions)):
        yield from _repeated(texts, lambda text: text.language.lower(), f"{path}.{name}", "LANGUAGE_REPEATED")
    if content.url and _URL.fullmatch(content.url) is None:
        yield FieldViolation(f"{path}.url", "URL_INVALID", "Give an address that begins with https:// or http://.")
    yield from _year(content.closing_date, f"{path}.closing_date")
    yield from _publication(draft, now, path)
    match content.detail:
        case Vacancy() as vacancy:
            yield from _vacancy(vacancy, f"{path}.vacancy")
        case Training() as training:
            yield from _training(training, f"{path}.training")
        case ServiceOffer() as service:
            yield from _service(service, f"{path}.service")


def _publication(draft: Draft, now: datetime, path: str) -> Iterator[FieldViolation]:
    publish_time, closing_date = draft.publish_time, draft.content.closing_date
    if publish_time is None:
        return
    if not FIRST_YEAR <= publish_time.year <= LAST_YEAR:
        yield FieldViolation(f"{path}.publish_time", "DATE_OUT_OF_RANGE", _year_rule())
    elif closing_date is not None and publish_time > now and publish_time >= end_of_day(closing_date):
        rule = "Publish it before the closing date is over."
        yield FieldViolation(f"{path}.publish_time", "DATES_CONTRADICTORY", rule)


def _vacancy(vacancy: Vacancy, path: str) -> Iterator[FieldViolation]:
    for number, each in enumerate(vacancy.skills):
        yield from _named(each.skill, f"{path}.skills[{number}].skill")
    yield from _repeated(vacancy.licences, lambda each: each.code, f"{path}.licences", "LICENCE_REPEATED")
    yield from _demand(vacancy.language_demand, f"{path}.language_demand")
    low, high = vacancy.min_hours_per_week, vacancy.max_hours_per_week
    yield from _ordered(low, high, f"{path}.min_hours_per_week", "HOURS_CONTRADICTORY")
    yield from _dates(vacancy, path)
    pay = vacancy.pay
    for name, amount in (("minimum", pay.minimum), ("maximum", pay.maximum)):
        yield from _amount(amount, f"{path}.pay.{name}", "PAY_INVALID")
    yield from _ordered(pay.minimum, pay.maximum, f"{path}.pay.minimum", "PAY_CONTRADICTORY")
    yield from _weekly_times([vacancy.weekly_times], f"{path}.weekly_times")


def _training(training: Training, path: str) -> Iterator[FieldViolation]:
    for name, concepts in (("teaches", training.teaches), ("leads_to", training.leads_to)):
        for number, concept in enumerate(concepts):
            yield from _named(concept, f"{path}.{name}[{number}]")
    yield from _demand(training.language_demand, f"{path}.language_demand")
    yield from _amount(training.cost, f"{path}.cost", "COST_INVALID")
    for number, instance in enumerate(training.instances):
        at = f"{path}.instances[{number}]"
        yield from _dates(instance, at)
        yield from _ordered(instance.seats_left, instance.seats, f"{at}.seats_left", "SEATS_CONTRADICTORY")
        yield from _year(instance.seats_confirmed_on, f"{at}.seats_confirmed_on")
    yield from _repeated(training.instances, lambda each: each.id, f"{path}.instances", "INSTANCE_REPEATED")
    yield from _weekly_times([each.weekly_times for each in training.instances], f"{path}.instances")


def _service(service: ServiceOffer, path: str) -> Iterator[FieldViolation]:
    for number, concept in enumerate(service.helps_with):
        yield from _named(concept, f"{path}.helps_with[{number}]")
    yield from _demand(service.language_demand, f"{path}.language_demand")
    yield from _weekly_times([service.opening_hours], f"{path}.opening_hours")


def _named(concept: Concept, path: str) -> Iterator[FieldViolation]:
    if not concept.uri and not concept.text:
        yield FieldViolation(path, "CONCEPT_EMPTY", "Give an ESCO URI, words, or both.")


def _demand(demand: LanguageDemand, path: str) -> Iterator[FieldViolation]:
    if (demand.statement is Statement.LISTED) != bool(demand.languages):
        rule = "List the languages with STATEMENT_LISTED, and none with another statement."
        yield FieldViolation(f"{path}.statement", "LANGUAGE_DEMAND_CONTRADICTORY", rule)
    yield from _repeated(demand.languages, lambda each: each.language.lower(), f"{path}.languages", "LANGUAGE_REPEATED")


def _dates(part: Vacancy | TrainingInstance, path: str) -> Iterator[FieldViolation]:
    yield from _year(part.start_date, f"{path}.start_date")
    yield from _year(part.end_date, f"{path}.end_date")
    yield from _ordered(part.start_date, part.end_date, f"{path}.end_date", "DATES_CONTRADICTORY")


def _year(day: date | None, path: str) -> Iterator[FieldViolation]:
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        yield FieldViolation(path, "DATE_OUT_OF_RANGE", _year_rule(), value=day.isoformat())


def _year_rule() -> str:
    return f"Give a date in the years {FIRST_YEAR} to {LAST_YEAR}."


def _amount(amount: float | None, path: str, reason: str) -> Iterator[FieldViolation]:
    if amount is not None and not (math.isfinite(amount) and 0 <= amount <= 1_000_000):
        yield FieldViolation(path, reason, "Give an amount from 0 to 1,000,000.", value=str(amount))


def _ordered(low: Number | None, high: Number | None, path: str, reason: str) -> Iterator[FieldViolation]:
    if low is not None and high is not None and low > high:
        rule = f"{low} lies above {high}: put them in order."
        yield FieldViolation(path, reason, rule, value=str(low))


def _repeated(items: Sequence[Any], key: Callable[[Any], str], path: str, reason: str) -> Iterator[FieldViolation]:
    seen: set[str] = set()
    for number, item in enumerate(items):
        if key(item) and key(item) in seen:
            yield FieldViolation(f"{path}[{number}]", reason, "Name each one once.", value=key(item))
        seen.add(key(item))


def _weekly_times(lists: Sequence[tuple[WeeklyWindow, ...]], path: str) -> Iterator[FieldViolation]:
    if sum(map(len, lists)) > MOST_WEEKLY_TIMES:
        rule = f"Give at most {MOST_WEEKLY_TIMES} weekly times in all."
        yield FieldViolation(path, "WEEKLY_TIMES_TOO_MANY", rule)
