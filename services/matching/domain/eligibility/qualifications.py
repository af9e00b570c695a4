"""Licences and cards, education and its recognition, regulated professions, experience, and must-have skills."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility.work_rights import number
from services.matching.domain.offers import EducationRequirement
from services.matching.domain.query import Query
from services.matching.domain.values import Answer, Basis, Necessity, Provenance, Source
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import Education, Recognition

SKILL_MET = 0.5
"""Fit from which a must-have skill counts as there: the skill itself, a special case of it, or one from a job held."""

_RECOGNISED = (Recognition.NOT_NEEDED, Recognition.RECOGNISED)
_FINLAND = "FI"


# -- licences ------------------------------------------------------------------------------------------------------


def licence_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """What the fields ask, what the law asks of the occupation, and what the text mentions (never leaves out)."""
    snapshot, signals = candidate.snapshot, candidate.signals
    start = max(snapshot.start_date or query.today, query.today)
    asked = {requirement.code for requirement in snapshot.licences}
    for requirement in snapshot.licences:
        yield _licence(query, "licence.held", requirement.code, requirement.necessity, requirement.basis, start)
    for lawful in signals.licences_by_law:
        if lawful.code not in asked:
            asked.add(lawful.code)
            sure = lawful.basis is not Basis.INFERRED
            necessity = Necessity.REQUIRED if sure else Necessity.PREFERRED
            yield _licence(query, "licence.by_law", lawful.code, necessity, lawful.basis, start)
    for code in signals.licences_mentioned:
        if code not in asked:
            yield _licence(query, "licence.mentioned", code, Necessity.PREFERRED, Basis.INFERRED, start)


def _licence(query: Query, rule: str, code: str, necessity: Necessity, basis: Basis, start: date) -> Verdict:
    outcome, actual, origin = _held(query, code, start)
    return Verdict(rule, code, outcome, necessity, start.isoformat(), actual, origin.source, origin.date, basis)


def _held(query: Query, code: str, on: date) -> tuple[Outcome, str, Provenance]:
    """Held and valid on the day, else known not to be, else unknown; `actual` is "yes", "no" or the last valid day."""
    worst: tuple[Outcome, str, Provenance] = (Outcome.UNKNOWN, "", Provenance())
    for licence in query.licences.get(code, ()):
        if licence.held is Answer.YES and (licence.valid_until is None or licence.valid_until >= on):
            until = licence.valid_until.isoformat() if licence.valid_until is not None else "yes"
            return Outcome.MET, until, licence.provenance
        if licence.held is Answer.YES and licence.valid_until is not None:
            worst = (Outcome.NOT_MET, licence.valid_until.isoformat(), licence.provenance)
        elif licence.held is Answer.NO and worst[0] is Outcome.UNKNOWN:
            worst = (Outcome.NOT_MET, "no", licence.provenance)
    return worst


# -- education -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """An education against a requirement; None where a thing is not asked."""

    education: Education
    level: Outcome | None
    field: Outcome | None
    recognition: Outcome | None

    @property
    def distance(self) -> tuple[int, int]:
        """How many things are not met, then how many are unknown."""
        outcomes = (self.level, self.field, self.recognition)
        return outcomes.count(Outcome.NOT_MET), outcomes.count(Outcome.UNKNOWN)


def education_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """The person's best education against the requirement; none told is unknown. Then the regulated profession."""
    requirement = candidate.snapshot.education
    if requirement is not None:
        educations = query.profile.work.educations or (Education(),)
        best = min((_judge(education, requirement) for education in educations), key=lambda judged: judged.distance)
        yield from _education(best, requirement)
    regulated = candidate.signals.regulated
    if regulated is not None and not candidate.signals.licences_by_law:
        necessity = Necessity.PREFERRED if regulated.basis is Basis.INFERRED else Necessity.REQUIRED
        yield _profession(query, regulated.code, necessity, regulated.basis)


def _judge(education: Education, requirement: EducationRequirement) -> _Judged:
    return _Judged(
        education,
        None if requirement.isced_level is None else level_outcome(education, requirement.isced_level),
        None if not requirement.isced_field else field_outcome(education.isced_field, requirement.isced_field),
        recognition_outcome(education) if requirement.recognition_required else None,
    )


def _education(best: _Judged, requirement: EducationRequirement) -> Iterator[Verdict]:
    education, origin = best.education, best.education.provenance
    level = "" if education.isced_level is None else str(education.isced_level)
    recognised = "" if education.recognition is Recognition.UNKNOWN else education.recognition.name.lower()
    rows = (
        ("education.level", best.level, str(requirement.isced_level), level),
        ("education.field", best.field, requirement.isced_field, education.isced_field),
        ("education.recognition", best.recognition, "recognised", recognised),
    )
    for rule, outcome, required, actual in rows:
        if outcome is not None:
            yield Verdict(rule, "", outcome, requirement.necessity, required, actual, origin.source, origin.date)


def level_outcome(education: Education, needed: int) -> Outcome:
    """An education's ISCED level against the one needed."""
    if education.isced_level is None:
        return Outcome.UNKNOWN
    return Outcome.MET if education.isced_level >= needed else Outcome.NOT_MET


def field_outcome(field: str, needed: str) -> Outcome:
    """An ISCED-F field against the one needed; a broader one cannot say."""
    if not field or (needed.startswith(field) and field != needed):
        return Outcome.UNKNOWN
    return Outcome.MET if field.startswith(needed) else Outcome.NOT_MET


def recognition_outcome(education: Education) -> Outcome:
    """Whether an education counts in Finland."""
    if education.country == _FINLAND or education.recognition in _RECOGNISED:
        return Outcome.MET
    return Outcome.UNKNOWN if education.recognition is Recognition.UNKNOWN else Outcome.NOT_MET


def _profession(query: Query, occupation: str, necessity: Necessity, basis: Basis) -> Verdict:
    """Not met where all educations told are foreign and known not to be recognised; else it has to be checked."""
    educations = query.profile.work.educations
    refused = bool(educations) and all(recognition_outcome(education) is Outcome.NOT_MET for education in educations)
    outcome = Outcome.NOT_MET if refused else Outcome.UNKNOWN
    best = max(educations, key=lambda education: education.isced_level or 0, default=Education())
    actual = "" if best.recognition is Recognition.UNKNOWN else best.recognition.name.lower()
    origin = best.provenance
    return Verdict(
        "profession.recognition",
        occupation,
        outcome,
        necessity,
        "recognised",
        actual,
        origin.source,
        origin.date,
        basis,
    )


# -- experience and skills -----------------------------------------------------------------------------------------


def experience_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """Months in near occupations. Preferred only: no field says that an employer would take nobody with less."""
    needed = candidate.snapshot.experience_months
    if not needed:
        return
    occupations = candidate.signals.occupations
    best = max(
        (query.occupations.experience(occupation.code) for occupation in occupations),
        key=lambda experience: experience.months,
        default=None,
    )
    subject = occupations[0].code if occupations else ""
    if best is None or not query.signals.held:
        yield Verdict("experience.months", subject, Outcome.UNKNOWN, Necessity.PREFERRED, str(needed))
        return
    missing = Outcome.UNKNOWN if best.unknown else Outcome.NOT_MET
    outcome = Outcome.MET if best.months >= needed else missing
    yield Verdict(
        "experience.months",
        subject,
        outcome,
        Necessity.PREFERRED,
        str(needed),
        str(best.months),
        Source.EMPLOYMENT,
    )


def skill_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """Must-have skills: there, or not known to be. A skill that nobody wrote down is not known to be missing."""
    for asked in candidate.signals.skills:
        if asked.necessity is not Necessity.REQUIRED:
            continue
        found = query.skills.of(asked.code)
        met = found.fit >= SKILL_MET
        yield Verdict(
            "skill.must_have",
            asked.code,
            Outcome.MET if met else Outcome.UNKNOWN,
            Necessity.REQUIRED,
            number(asked.weight),
            found.had if met else "",
            Source.EMPLOYMENT if met and found.occupation else Source.UNKNOWN,
            None,
            asked.basis,
        )
