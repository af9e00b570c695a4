"""What holds for every person and every opening: bounded, monotone parts that sum to the total."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import judge
from services.matching.domain.parts import Score
from services.matching.domain.scoring import part_weights, score
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import ACTIVITIES, CefrLevel, Concept
from services.matching.domain.work import LanguageSkill, Skill, SkillLevel, WorkExperience
from tests.builders.matching import candidate, query, weights
from tests.builders.matching_random import openings, profiles
from tests.builders.matching_vocabulary import OCCUPATIONS, SKILLS

EXAMPLES = settings(max_examples=120, deadline=None)
similarities = st.none() | st.floats(-1, 1)
TINY = 1e-9


def _score(person: ProfileSnapshot, opening: Candidate, similarity: float | None) -> Score:
    asked = query(person)
    shares = part_weights(weights(), person.work.goals.weights)
    return score(asked, judge(asked, opening), similarity, weights(), shares)


def _never_lower(before: ProfileSnapshot, after: ProfileSnapshot, opening: Candidate, similarity: float | None) -> None:
    old, new = _score(before, opening, similarity), _score(after, opening, similarity)
    for was, now in zip(old.parts, new.parts, strict=True):
        assert now.value >= was.value - TINY, now.part
    assert new.total >= old.total - TINY


@EXAMPLES
@given(profiles, openings.map(candidate), similarities)
def test_parts_are_bounded_and_sum_to_the_total(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None
) -> None:
    """Each value is from 0 to 1, weights sum to 1, contributions to the total; unknown is the neutral value."""
    found = _score(person, opening, similarity)
    assert all(0.0 <= part.value <= 1.0 for part in found.parts)
    assert abs(sum(part.weight for part in found.parts) - 1.0) < TINY
    assert abs(sum(part.contribution for part in found.parts) - found.total) < TINY
    assert 0.0 <= found.total <= 1.0 + TINY
    for part in found.parts:
        if not part.known:
            assert abs(part.value - part.neutral) < TINY, part.part


@EXAMPLES
@given(profiles, openings.map(candidate), similarities, st.sampled_from(SKILLS), st.sampled_from(SkillLevel))
def test_an_added_skill_never_lowers(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None, code: str, level: SkillLevel
) -> None:
    """One more skill at any level lowers no part of any opening."""
    skills = (*person.work.skills, Skill(Concept(code), level))
    after = replace(person, work=replace(person.work, skills=skills))
    _never_lower(person, after, opening, similarity)


@EXAMPLES
@given(profiles.filter(lambda person: person.work.skills), openings.map(candidate), similarities, st.data())
def test_a_better_skill_never_lowers(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None, data: st.DataObject
) -> None:
    """Raising the level of a skill, or telling one that was not known, lowers no part of any opening."""
    place = data.draw(st.integers(0, len(person.work.skills) - 1))
    skills = list(person.work.skills)
    higher = [level for level in SkillLevel if level >= skills[place].level]
    skills[place] = replace(skills[place], level=data.draw(st.sampled_from(higher)))
    after = replace(person, work=replace(person.work, skills=tuple(skills)))
    _never_lower(person, after, opening, similarity)


@EXAMPLES
@given(profiles.filter(lambda person: person.work.languages), openings.map(candidate), similarities, st.data())
def test_a_higher_level_of_a_known_language_never_lowers(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None, data: st.DataObject
) -> None:
    """Raising levels that are known lowers no part of any opening."""
    place = data.draw(st.integers(0, len(person.work.languages) - 1))
    steps = data.draw(st.integers(1, 3))
    languages = list(person.work.languages)
    languages[place] = _raised(languages[place], steps)
    after = replace(person, work=replace(person.work, languages=tuple(languages)))
    _never_lower(person, after, opening, similarity)


def _raised(skill: LanguageSkill, steps: int) -> LanguageSkill:
    known = {name: getattr(skill.levels, name) for name in ACTIVITIES}
    raised = {
        name: CefrLevel(min(level + steps, CefrLevel.NATIVE)) if level is not CefrLevel.UNKNOWN else level
        for name, level in known.items()
    }
    return replace(skill, levels=replace(skill.levels, **raised))


@EXAMPLES
@given(profiles, openings.map(candidate), similarities, st.sampled_from(OCCUPATIONS), st.none() | st.integers(0, 99))
def test_one_more_job_never_lowers(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None, code: str, months: int | None
) -> None:
    """A job more, of any length, lowers no part of any opening."""
    experiences = (*person.work.experiences, WorkExperience(Concept(code), months))
    after = replace(person, work=replace(person.work, experiences=experiences))
    _never_lower(person, after, opening, similarity)


@EXAMPLES
@given(profiles.filter(lambda person: person.work.experiences), openings.map(candidate), similarities, st.data())
def test_more_months_never_lower(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None, data: st.DataObject
) -> None:
    """More months in a job, or telling them at all, lower no part of any opening."""
    place = data.draw(st.integers(0, len(person.work.experiences) - 1))
    jobs = list(person.work.experiences)
    jobs[place] = replace(jobs[place], months=(jobs[place].months or 0) + data.draw(st.integers(0, 60)))
    after = replace(person, work=replace(person.work, experiences=tuple(jobs)))
    _never_lower(person, after, opening, similarity)


@EXAMPLES
@given(profiles, openings.map(candidate), similarities, st.sampled_from(OCCUPATIONS))
def test_one_more_wish_never_lowers(
    person: ProfileSnapshot, opening: Candidate, similarity: float | None, code: str
) -> None:
    """A wish more, at the end of the list, lowers no part of any opening."""
    goals = person.work.goals
    wishes = replace(goals, occupations=(*goals.occupations, Concept(code)))
    after = replace(person, work=replace(person.work, goals=wishes))
    _never_lower(person, after, opening, similarity)


@EXAMPLES
@given(profiles, openings.map(candidate), st.floats(-1, 1), st.floats(0, 1))
def test_a_closer_text_never_lowers(person: ProfileSnapshot, opening: Candidate, cosine: float, more: float) -> None:
    """A higher cosine never lowers the total."""
    assert _score(person, opening, cosine + more).total >= _score(person, opening, cosine).total - TINY
