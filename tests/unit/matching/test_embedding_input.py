"""What is encoded of people and openings, and what never is."""

from dataclasses import fields

import pytest

from services.matching.domain.embedding_input import (
    LONGEST,
    OpeningInput,
    ProfileInput,
    digest,
    opening_input,
    profile_input,
    without_identifiers,
)
from services.matching.domain.offers import Gives, SkillRequirement
from services.matching.domain.values import Concept, LocalizedText
from services.matching.domain.work import Goals, Skill, WorkExperience
from tests.builders.matching import profile, training, vacancy, vocabulary
from tests.builders.matching_vocabulary import CARE, CLEANER, COOK, COOKING


def test_a_person_best_first() -> None:
    """Wishes, occupations held, goals, tasks, summaries; a bare code by its label, words as they are."""
    person = profile(
        goals=Goals((Concept(COOK),), text="A quiet place."),
        experiences=(WorkExperience(Concept(CLEANER, "siivooja"), tasks="Offices at night"),),
        summaries=(LocalizedText("en", "Ten years of work"),),
    )
    text = profile_input(person, vocabulary()).text()
    assert text == "cook. siivooja. A quiet place. Offices at night. Ten years of work"


def test_the_skill_list_of_a_person_is_not_encoded() -> None:
    """A part that reads a text must not fall when a skill is added."""
    assert profile_input(profile(skills=(Skill(Concept(CARE)),)), vocabulary()).text() == ""


def test_the_input_types_are_closed() -> None:
    """There is no place for who a person is."""
    of_profile = {field.name for field in fields(ProfileInput)}
    of_opening = {field.name for field in fields(OpeningInput)}
    assert of_profile == {"wished", "held", "goals", "tasks", "summaries"}
    assert of_opening == {"titles", "occupations", "gives", "skills", "descriptions"}


def test_an_opening_best_first_and_cut() -> None:
    """Title, occupation, skills, then the text as far as it goes, cut between words."""
    opening = vacancy(
        titles=(LocalizedText("fi", "Kokki"), LocalizedText("sv", "Kock")),
        occupation=Concept(COOK),
        skills=(SkillRequirement(Concept(COOKING)),),
        descriptions=(LocalizedText("fi", "ruokaa " * 400),),
    )
    text = opening_input(opening, vocabulary()).text()
    assert text.startswith("Kokki. Kock. cook. prepare meals. ruokaa")
    assert LONGEST - 10 < len(text) <= LONGEST
    assert text.endswith("ruokaa")


def test_a_training_by_what_it_gives() -> None:
    """What it leads to and teaches is encoded."""
    gives = Gives(skills=(Concept(COOKING),), leads_to=(Concept(COOK),))
    text = opening_input(training(gives=gives, titles=(LocalizedText("en", "Course"),)), vocabulary()).text()
    assert text == "Course. cook. prepare meals"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to anna.k@example.fi today", "Write to today"),
        ("call +358 40 123 4567 now", "call now"),
        ("call 040-1234567 or 09 310 1691", "call or"),
        ("my code is 131052-308T ok", "my code is ok"),
        ("born as 010203A123B", "born as"),
        ("see https://example.fi/me?x=1 and www.example.fi", "see and"),
        ("from 2019 to 2024, 37.5 hours, 12 000 euros", "from 2019 to 2024, 37.5 hours, 12 000 euros"),
        ("  spaces\n\tand lines ", "spaces and lines"),
    ],
)
def test_what_points_to_a_person_is_cut_out(text: str, left: str) -> None:
    """Addresses, telephone numbers and identity codes go, years and amounts stay."""
    assert without_identifiers(text) == left


def test_the_digest_stands_for_model_and_text() -> None:
    """Another text or another model gives another digest; no text gives none."""
    assert digest("m", "a") == digest("m", "a")
    assert len({digest("m", "a"), digest("m", "b"), digest("n", "a")}) == 3
    assert digest("m", "") == ""
