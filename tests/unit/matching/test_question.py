"""The one question worth asking: the unknown field that leaves most openings undecided."""

import pytest

from services.matching.domain.matches import Question
from services.matching.domain.offers import LanguageDemand, LicenceRequirement, SkillRequirement
from services.matching.domain.pipeline import judge_all
from services.matching.domain.question import question_of
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, Concept, Place, Remote, Shift, TravelMode
from services.matching.domain.work import EverydayLimits, RightStatus, RightToWork
from tests.builders.matching import candidate, profile, query, service, vacancy
from tests.builders.matching_vocabulary import CARE


def _question(person: ProfileSnapshot, *snapshots: OpeningSnapshot) -> Question | None:
    asked = query(person)
    return question_of(asked, judge_all(asked, [candidate(snapshot) for snapshot in snapshots]).eligible)


def test_the_question_that_decides_for_most_openings() -> None:
    """Two openings hang on the hygiene passport, one on evenings; an excluded one does not count."""
    person = profile(
        right_to_work=RightToWork(RightStatus.UNLIMITED), limits=EverydayLimits(home=Place("049"), nights=Answer.NO)
    )
    passport = (LicenceRequirement("hygiene-passport"),)
    found = _question(
        person,
        *(vacancy(n, licences=passport, remote=Remote.FULLY) for n in (1, 2)),
        vacancy(3, shifts=(Shift.EVENING,), remote=Remote.FULLY),
        *(vacancy(n, shifts=(Shift.EVENING, Shift.NIGHT), remote=Remote.FULLY) for n in (4, 5, 6)),
    )
    assert found == Question("work.licences", "hygiene-passport", 2)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (EverydayLimits(), "work.limits.home"),
        (EverydayLimits(home=Place("049")), "work.limits.travel_modes"),
        (EverydayLimits(home=Place("049"), travel_modes=(TravelMode.CAR,)), "work.limits.max_travel_minutes"),
    ],
)
def test_the_missing_part_of_a_way_is_asked_for(limits: EverydayLimits, field: str) -> None:
    """Home, then the ways of travelling, then the longest time."""
    assert _question(profile(limits=limits), service(1, places=(Place("091"),))) == Question(field, "", 1)


def test_nothing_unknown_means_no_question() -> None:
    """A publisher's silence is nothing to ask the person about."""
    assert _question(profile(), service(1, remote=Remote.FULLY, language_demand=LanguageDemand())) is None
    skill = vacancy(1, skills=(SkillRequirement(Concept(CARE)),), remote=Remote.FULLY)
    able = profile(right_to_work=RightToWork(RightStatus.UNLIMITED))
    assert _question(able, skill) == Question("work.skills", CARE, 1)
