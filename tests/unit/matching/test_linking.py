"""What is read out of snapshots: fields as stated, words as inferred and weaker."""

import pytest

from services.matching.domain.linking import link_opening, link_profile
from services.matching.domain.offers import Gives, LanguageDemand, LicenceRequirement, SkillRequirement
from services.matching.domain.signals import AskedSkill, HeldOccupation, HeldSkill, LinkedConcept
from services.matching.domain.values import Basis, Concept, LocalizedText, Necessity
from services.matching.domain.work import Goals, Skill, SkillLevel, WorkExperience
from tests.builders.matching import profile, training, vacancy, vocabulary
from tests.builders.matching_vocabulary import (
    CARE,
    CLEANER,
    CLEANING,
    COOK,
    COOKING,
    FLOORS,
    HOTEL_CLEANER,
    LAUNDRY,
    NURSE,
)

INFERRED = Basis.INFERRED


def test_wishes_count_in_their_order() -> None:
    """The first wish whole, the next a little less; a wish in words is inferred."""
    goals = Goals((Concept(CLEANER), Concept(COOK), Concept(text="nurse")))
    wished = link_profile(profile(goals=goals), vocabulary()).wished
    assert wished[:2] == (LinkedConcept(CLEANER), LinkedConcept(COOK, strength=0.95))
    assert (wished[2].code, wished[2].basis) == (NURSE, INFERRED)
    assert wished[2].strength == pytest.approx(0.81)


def test_wished_trainings_are_occupations_or_skills() -> None:
    """A wish to learn is read as what it names."""
    goals = Goals(trainings=(Concept(LAUNDRY), Concept(NURSE)))
    signals = link_profile(profile(goals=goals), vocabulary())
    assert [one.code for one in signals.wished] == [NURSE]
    assert [one.code for one in signals.learning] == [LAUNDRY]


def test_jobs_keep_their_months_and_texts_name_further_ones() -> None:
    """Every job of the history stays; a text adds an occupation that the history does not have."""
    jobs = (WorkExperience(Concept(CLEANER), 12), WorkExperience(Concept(CLEANER), 6, tasks="I was a cook, a cleaner"))
    held = link_profile(profile(experiences=jobs), vocabulary()).held
    assert held == (HeldOccupation(CLEANER, 12), HeldOccupation(CLEANER, 6), HeldOccupation(COOK, None, INFERRED, 0.7))


def test_free_text_alone_gives_signals() -> None:
    """Someone who has only written a text is matched by what it names."""
    text = (LocalizedText("en", "I worked as a cook and did laundry."),)
    signals = link_profile(profile(summaries=text), vocabulary())
    assert [one.code for one in signals.held] == [COOK]
    assert {one.code: one.basis for one in signals.skills} == {LAUNDRY: INFERRED, COOKING: INFERRED}


def test_skills_stated_named_and_implied() -> None:
    """A listed skill is stated, those of a job held are inferred, unknown words stand for themselves."""
    skills = (Skill(Concept(CLEANING), SkillLevel.EXPERT), Skill(Concept(text=" Juggling ")))
    person = profile(skills=skills, experiences=(WorkExperience(Concept(HOTEL_CLEANER), 3),))
    found = link_profile(person, vocabulary()).skills
    assert found[:2] == (HeldSkill(CLEANING, SkillLevel.EXPERT), HeldSkill("juggling"))
    implied = [one for one in found if one.occupation]
    assert {(one.code, one.occupation, one.basis) for one in implied} == {
        (CLEANING, HOTEL_CLEANER, INFERRED),
        (LAUNDRY, HOTEL_CLEANER, INFERRED),
    }


def test_an_opening_by_its_fields() -> None:
    """Occupation, ISCO code, skills with their necessity, and what the law asks, as stated."""
    asked = SkillRequirement(Concept(CARE), Necessity.PREFERRED, 2.0)
    signals = link_opening(vacancy(occupation=Concept(COOK), skills=(asked,)), vocabulary())
    assert signals.occupations == (LinkedConcept(COOK),)
    assert (signals.isco, signals.isco_basis) == ("5120", Basis.STATED)
    assert signals.skills[0] == AskedSkill(CARE, Necessity.PREFERRED, 2.0)
    assert signals.licences_by_law == (LinkedConcept("hygiene-passport"),)
    assert signals.vocabulary == "esco-small"


def test_an_opening_by_its_title() -> None:
    """Without a field the titles are read, and all that follows from it is inferred."""
    signals = link_opening(vacancy(titles=(LocalizedText("en", "Hotel cleaner"),)), vocabulary())
    assert [one.code for one in signals.occupations] == [HOTEL_CLEANER]
    assert {signals.occupations[0].basis, signals.isco_basis} == {INFERRED}


def test_an_occupations_skills_stand_in_where_no_must_is_listed() -> None:
    """They are preferred, light and inferred; one must-have in the fields and they are not added."""
    without = link_opening(vacancy(occupation=Concept(CLEANER)), vocabulary()).skills
    assert {one.code: (one.necessity, one.basis) for one in without} == {
        CLEANING: (Necessity.PREFERRED, INFERRED),
        FLOORS: (Necessity.PREFERRED, INFERRED),
    }
    must = (SkillRequirement(Concept(LAUNDRY)),)
    assert len(link_opening(vacancy(occupation=Concept(CLEANER), skills=must), vocabulary()).skills) == 1


def test_what_the_text_mentions() -> None:
    """Licences, skills and languages of the text, languages only where the publisher has not said what is needed."""
    text = (LocalizedText("en", "Finnish, a hygiene passport and laundry."),)
    held = (LicenceRequirement("hygiene-passport"),)
    signals = link_opening(vacancy(descriptions=text, licences=held, language_demand=LanguageDemand()), vocabulary())
    assert signals.licences_mentioned == ("hygiene-passport",)
    assert signals.languages_mentioned == ("fi",)
    assert [one.code for one in signals.skills] == [LAUNDRY]
    assert link_opening(vacancy(descriptions=text), vocabulary()).languages_mentioned == ()


def test_a_training_by_what_it_gives() -> None:
    """It leads to occupations and teaches skills, asks for none, and no law of work applies to it."""
    gives = Gives(skills=(Concept(COOKING),), leads_to=(Concept(COOK),))
    signals = link_opening(training(gives=gives), vocabulary())
    assert [one.code for one in (*signals.occupations, *signals.taught)] == [COOK, COOKING]
    assert (signals.skills, signals.licences_by_law, signals.isco, signals.regulated) == ((), (), "", None)
