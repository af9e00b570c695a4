"""Licences, education, regulated professions, experience and must-have skills."""

from datetime import timedelta

import pytest

from services.matching.domain.eligibility import judge
from services.matching.domain.offers import EducationRequirement, LicenceRequirement, SkillRequirement
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import Answer, Basis, Concept, LocalizedText, Necessity, Source
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import Education, Licence, Recognition, Skill, SkillLevel, WorkExperience
from tests.builders.matching import TODAY, candidate, profile, query, vacancy
from tests.builders.matching_vocabulary import (
    CARE,
    CARER,
    CLEANER,
    CLEANING,
    COOK,
    DEVELOPER,
    FLOORS,
    HOTEL_CLEANER,
    LAUNDRY,
    NURSE,
)

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
TOMORROW = TODAY + timedelta(days=1)


def _verdicts(opening: OpeningSnapshot, **work: object) -> dict[str, Verdict]:
    return {verdict.rule: verdict for verdict in judge(query(profile(**work)), candidate(opening)).verdicts}


# -- licences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "outcome", "actual"),
    [
        ((), UNKNOWN, ""),
        ((Licence("driving-licence-b"),), UNKNOWN, ""),
        ((Licence("driving-licence-b", Answer.NO),), NOT_MET, "no"),
        ((Licence("driving-licence-b", Answer.YES),), MET, "yes"),
        ((Licence("driving-licence-c", Answer.YES),), MET, "yes"),
        ((Licence("driving-licence-c", Answer.NO),), UNKNOWN, ""),
        ((Licence("driving-licence-b", Answer.YES, TODAY),), NOT_MET, TODAY.isoformat()),
        ((Licence("driving-licence-b", Answer.YES, TOMORROW),), MET, TOMORROW.isoformat()),
    ],
)
def test_licence_on_the_first_day(held: tuple[Licence, ...], outcome: Outcome, actual: str) -> None:
    """A licence must be valid on the first day; a higher class covers a lower one, and lacking it says nothing."""
    opening = vacancy(licences=(LicenceRequirement("driving-licence-b"),), start_date=TOMORROW)
    verdict = _verdicts(opening, licences=held)["licence.held"]
    assert (verdict.outcome, verdict.actual, verdict.subject) == (outcome, actual, "driving-licence-b")


def test_the_law_asks_of_a_stated_occupation() -> None:
    """A cook needs the hygiene passport though no field says so; a guessed occupation leaves nobody out."""
    none = (Licence("hygiene-passport", Answer.NO),)
    stated = _verdicts(vacancy(occupation=Concept(COOK)), licences=none)["licence.by_law"]
    guessed = _verdicts(vacancy(titles=(LocalizedText("en", "cook"),)), licences=none)["licence.by_law"]
    assert (stated.outcome, stated.blocks) == (NOT_MET, True)
    assert (guessed.outcome, guessed.blocks, guessed.basis) == (NOT_MET, False, Basis.INFERRED)


def test_a_field_goes_before_the_law() -> None:
    """Where the publisher says that a card can be got on the job, the law's row is not added."""
    asked = LicenceRequirement("hygiene-passport", Necessity.LEARN_ON_THE_JOB)
    assert "licence.by_law" not in _verdicts(vacancy(occupation=Concept(COOK), licences=(asked,)))


def test_a_licence_that_only_the_text_names_never_leaves_out() -> None:
    """The text is compared, marked as inferred, and does not block."""
    text = (LocalizedText("en", "A driving licence B helps."),)
    verdict = _verdicts(vacancy(descriptions=text), licences=(Licence("driving-licence-b", Answer.NO),))
    assert verdict["licence.mentioned"].outcome is NOT_MET
    assert not verdict["licence.mentioned"].blocks


# -- education -----------------------------------------------------------------------------------------------------

HEALTH = EducationRequirement(6, "091", recognition_required=True)


@pytest.mark.parametrize(
    ("educations", "outcomes"),
    [
        ((), (UNKNOWN, UNKNOWN, UNKNOWN)),
        ((Education(6, "0913", country="FI"),), (MET, MET, MET)),
        ((Education(6, "0913", country="UA", recognition=Recognition.APPLIED),), (MET, MET, NOT_MET)),
        ((Education(6, "09", country="UA"),), (MET, UNKNOWN, UNKNOWN)),
        ((Education(3, "07", country="FI"),), (NOT_MET, NOT_MET, MET)),
        ((Education(3, "0913", country="FI"), Education(7, "0912", country="FI")), (MET, MET, MET)),
        ((Education(8, "07", country="FI"), Education(6, "091", recognition=Recognition.RECOGNISED)), (MET, MET, MET)),
    ],
)
def test_the_best_education_is_judged_as_one(educations: tuple[Education, ...], outcomes: tuple[Outcome, ...]) -> None:
    """Level, field and recognition belong to one education; the one nearest to the demand is taken."""
    found = _verdicts(vacancy(education=HEALTH), educations=educations)
    rules = ("education.level", "education.field", "education.recognition")
    assert tuple(found[rule].outcome for rule in rules) == outcomes


def test_a_regulated_profession_is_never_sure() -> None:
    """Foreign degrees that are known not to be recognised block; anything else has to be checked by a person."""
    opening = vacancy(occupation=Concept(DEVELOPER))
    refused = (Education(7, country="UA", recognition=Recognition.REFUSED),)
    assert _verdicts(opening, educations=refused)["profession.recognition"].blocks
    finnish = (*refused, Education(6, country="FI"))
    assert _verdicts(opening, educations=finnish)["profession.recognition"].outcome is UNKNOWN
    assert "profession.recognition" not in _verdicts(vacancy(occupation=Concept(NURSE)), educations=refused)


# -- experience and skills -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jobs", "outcome", "actual"),
    [
        ((), UNKNOWN, ""),
        (((CLEANER, 12), (HOTEL_CLEANER, 12)), MET, "24"),
        (((CLEANER, 12),), NOT_MET, "12"),
        (((CLEANER, 12), (HOTEL_CLEANER, None)), UNKNOWN, "12"),
        (((COOK, 90),), NOT_MET, "0"),
    ],
)
def test_experience_never_leaves_out(jobs: tuple[tuple[str, int | None], ...], outcome: Outcome, actual: str) -> None:
    """Months in near occupations add up; too few of them are said, and do not block."""
    experiences = tuple(WorkExperience(Concept(code), months) for code, months in jobs)
    opening = vacancy(occupation=Concept(CLEANER), experience_months=24)
    verdict = _verdicts(opening, experiences=experiences)["experience.months"]
    assert (verdict.outcome, verdict.actual, verdict.blocks) == (outcome, actual, False)


def test_a_skill_is_there_or_not_known() -> None:
    """The same skill, a special case of it, or one that comes with a job held is there; any other is not known."""
    asked = vacancy(skills=(SkillRequirement(Concept(CLEANING)),))
    same = _verdicts(asked, skills=(Skill(Concept(CLEANING)),))["skill.must_have"]
    special = _verdicts(asked, skills=(Skill(Concept(FLOORS), SkillLevel.EXPERT),))["skill.must_have"]
    from_job = _verdicts(asked, experiences=(WorkExperience(Concept(CLEANER)),))["skill.must_have"]
    other = _verdicts(asked, skills=(Skill(Concept(LAUNDRY)),))["skill.must_have"]
    assert [verdict.outcome for verdict in (same, special, from_job, other)] == [MET, MET, MET, UNKNOWN]
    assert (from_job.source, special.actual, other.actual) == (Source.EMPLOYMENT, FLOORS, "")


def test_words_that_no_list_knows_are_compared_as_words() -> None:
    """A skill in words is met by the same words, whatever their case."""
    asked = vacancy(skills=(SkillRequirement(Concept(text="Juggling")),))
    assert _verdicts(asked, skills=(Skill(Concept(text="juggling ")),))["skill.must_have"].outcome is MET
    assert _verdicts(asked)["skill.must_have"].subject == "juggling"


def test_a_preferred_skill_is_no_requirement() -> None:
    """Nice-to-have skills belong to the score."""
    opening = vacancy(occupation=Concept(CARER), skills=(SkillRequirement(Concept(CARE), Necessity.PREFERRED),))
    assert "skill.must_have" not in _verdicts(opening)
