"""JobPosting → Vacancy, and what of a JobPosting belongs to every opening."""

from __future__ import annotations

import re

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1.types_pb2 import Concept, LocalizedText

from services.openings.adapters.schema_org import demands, quantities, times
from services.openings.adapters.schema_org.places import Places
from services.openings.adapters.schema_org.properties import Properties
from services.openings.adapters.schema_org.reading import Node, choose, folded
from services.openings.adapters.schema_org.texts import concept, is_text, paragraphs, term_codes
from services.openings.adapters.schema_org.words import EMPLOYMENT_TYPES, SHIFTS

MOST_MONTHS = 600
MOST_POSITIONS = 1000
_BUSINESS_ID = re.compile(r"\d{7}-\d")
_ISCO = re.compile(r"(?:http://data\.europa\.eu/esco/isco/C)?(\d{1,4})")
_ESCO_OCCUPATION = re.compile(r"https?://data\.europa\.eu/esco/occupation/")
_TEXTS = ("description", "responsibilities", "qualifications", "educationRequirements", "jobBenefits")


def fill_job_posting(node: Node, opening: pb.Opening, rules: Properties, places: Places) -> None:
    """Writes a JobPosting into the opening."""
    opening.descriptions.extend(_descriptions(node))
    opening.places.extend(places.read(node.all("jobLocation")))
    location_types = [folded(item.text()) for item in node.all("jobLocationType")]
    if "telecommute" in location_types and opening.remote == pb.Remote.KIND_UNSPECIFIED:
        opening.remote = pb.Remote.KIND_FULLY
    opening.closing_date = times.day(node.one("validThrough"))
    posted = times.start_of_day(node.one("datePosted"))
    if posted is not None:
        opening.publish_time.CopyFrom(posted)
    opening.vacancy.CopyFrom(_vacancy(node, rules))


def _vacancy(node: Node, rules: Properties) -> pb.Vacancy:
    occupation, isco = _occupation(node)
    low, high = _hours(node, rules)
    months = node.one("experienceRequirements")
    return pb.Vacancy(
        employer=_employer(node.one("hiringOrganization")),
        occupation=occupation,
        isco_code=isco,
        skills=demands.skills(node.all("skills")),
        language_demand=_demand(rules),
        licences=demands.licences(rules.all("polku:licence")),
        education=demands.education([*node.all("educationRequirements"), *node.all("qualifications")], rules),
        experience_months=quantities.integer(months.one("monthsOfExperience"), highest=MOST_MONTHS) if months else None,
        contract=_contract(node),
        min_hours_per_week=low,
        max_hours_per_week=high,
        shifts=_shifts(rules),
        weekly_times=times.weekly_times(rules.all("polku:weeklyTimes")),
        start_date=times.day(node.one("jobStartDate")),
        end_date=times.day(rules.one("polku:endDate")),
        pay=quantities.pay(node.one("baseSalary"), node.one("salaryCurrency")),
        positions=quantities.integer(node.one("totalJobOpenings"), highest=MOST_POSITIONS) or 0,
        pay_subsidy=quantities.answer(rules.one("polku:paySubsidy")),
        work_trial=quantities.answer(rules.one("polku:workTrial")),
    )


def _demand(rules: Properties) -> pb.LanguageDemand | None:
    """The advert's own language, `inLanguage`, says nothing about the languages of the work."""
    demand = demands.language_demand(rules.all("polku:workingLanguage"), [])
    return demand if demand.statement else None


def _descriptions(node: Node) -> list[LocalizedText]:
    """The description, with what the fields that have no place of their own say in words."""
    found = [item for name in _TEXTS for item in node.all(name) if is_text(item)]
    found += [item for item in node.all("experienceRequirements") if is_text(item)]
    found += [item for item in node.all("workHours") if is_text(item) and quantities.hours_in_words(item) is None]
    return paragraphs(found)


def _hours(node: Node, rules: Properties) -> quantities.Hours:
    stated = rules.one("polku:hoursPerWeek")
    if stated is not None:
        return quantities.weekly_hours(stated)
    found = [hours for item in node.all("workHours") if (hours := quantities.hours_in_words(item)) is not None]
    return found[0] if found else (None, None)


def _shifts(rules: Properties) -> list[pb.Vacancy.Shift.ValueType]:
    found = [choose(node, SHIFTS, "SHIFT_UNKNOWN", "a shift") for node in rules.all("polku:shift")]
    return list(dict.fromkeys(shift for shift in found if shift))


def _contract(node: Node) -> pb.Vacancy.Contract.ValueType:
    contract = pb.Vacancy.CONTRACT_UNSPECIFIED
    for item in node.all("employmentType"):
        found = choose(item, EMPLOYMENT_TYPES, "EMPLOYMENT_TYPE_UNKNOWN", "an employment type")
        if found and contract not in (pb.Vacancy.CONTRACT_UNSPECIFIED, found):
            item.fault("EMPLOYMENT_TYPE_CONTRADICTORY", "Name one kind of contract.", value=item.text())
        contract = found or contract
    return contract


def _occupation(node: Node) -> tuple[Concept | None, str]:
    """The first ESCO occupation or, without one, the first words; and the ISCO-08 code, where one is given."""
    first: Concept | None = None
    isco = ""
    for item in node.all("occupationalCategory"):
        codes = term_codes(item)
        isco = isco or next((found[1] for code in codes if (found := _ISCO.fullmatch(code))), "")
        named = _named_occupation(item, codes)
        if named is not None and (first is None or (named.uri and not first.uri)):
            first = named
    return first, isco


def _named_occupation(item: Node, codes: list[str]) -> Concept | None:
    """The occupation of a category; of one with a code of another list than ESCO's, such as ISCO's, only the words."""
    if any(_ESCO_OCCUPATION.match(code) for code in codes):
        return concept(item)
    if any(_ISCO.fullmatch(code) for code in codes):
        words = None if is_text(item) else item.one("name")
        return concept(words) if words is not None else None
    return concept(item)


def _employer(node: Node | None) -> pb.Employer | None:
    if node is None:
        return None
    if is_text(node):
        return pb.Employer(name=node.text())
    name = node.first("name", "legalName")
    return pb.Employer(name=name.text() if name is not None else "", business_id=_business_id(node))


def _business_id(node: Node) -> str:
    """A Finnish business id in taxID or identifier; a taxID of another form is a fault, an identifier is not."""
    for item in node.all("identifier"):
        code = (item.one("value") or item).text()
        if _BUSINESS_ID.fullmatch(code):
            return code
    tax = node.one("taxID")
    if tax is None:
        return ""
    if not _BUSINESS_ID.fullmatch(tax.text()):
        tax.fault("BUSINESS_ID_INVALID", "Give the Finnish business id as 1234567-8.")
        return ""
    return tax.text()
