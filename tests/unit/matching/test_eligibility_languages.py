"""Languages: each CEFR activity on its own; what is not known or not stated is unknown."""

import pytest

from services.matching.domain.eligibility import judge
from services.matching.domain.offers import LanguageDemand, LanguageRequirement, LanguageStatement
from services.matching.domain.values import Basis, CefrLevel, CefrProfile, LocalizedText, Necessity, Provenance, Source
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import LanguageSkill
from tests.builders.matching import TODAY, asks, candidate, levels, profile, query, vacancy

A2, B1, NATIVE = CefrLevel.A2, CefrLevel.B1, CefrLevel.NATIVE


def _verdicts(languages: tuple[LanguageSkill, ...], demand: LanguageDemand, **fields: object) -> dict[str, Verdict]:
    judged = judge(query(profile(languages=languages)), candidate(vacancy(language_demand=demand, **fields)))
    return {verdict.rule: verdict for verdict in judged.verdicts if verdict.rule.startswith("language")}


def test_each_activity_is_compared_on_its_own() -> None:
    """Speaking may be met where writing is not, with both values, source and date."""
    origin = Provenance(Source.CERTIFICATE, TODAY)
    skill = LanguageSkill("fi-FI", CefrProfile(speaking=B1, writing=A2), origin)
    found = _verdicts((skill,), asks("fi", B1))
    assert found["language.speaking"].outcome is Outcome.MET
    writing = found["language.writing"]
    assert (writing.outcome, writing.subject, writing.required, writing.actual) == (Outcome.NOT_MET, "fi", "B1", "A2")
    assert (writing.source, writing.date, writing.blocks) == (Source.CERTIFICATE, TODAY, True)
    assert found["language.reading"].outcome is Outcome.UNKNOWN
    assert found["language.reading"].actual == ""


def test_the_best_of_several_rows_of_a_language_counts() -> None:
    """Two rows of one language are read together, activity by activity."""
    rows = (LanguageSkill("fi", CefrProfile(speaking=A2, reading=B1)), LanguageSkill("fi", CefrProfile(speaking=B1)))
    found = _verdicts(rows, asks("fi", B1))
    assert found["language.speaking"].outcome is Outcome.MET
    assert found["language.reading"].outcome is Outcome.MET


@pytest.mark.parametrize("necessity", [Necessity.PREFERRED, Necessity.LEARN_ON_THE_JOB])
def test_only_a_required_language_leaves_out(necessity: Necessity) -> None:
    """What is an advantage or learnt at work is compared and does not block."""
    found = _verdicts((LanguageSkill("fi", levels(A2)),), asks("fi", B1, necessity))
    assert all(verdict.outcome is Outcome.NOT_MET and not verdict.blocks for verdict in found.values())


def test_not_listed_is_unknown_not_none() -> None:
    """A person who named other languages only may still know this one."""
    found = _verdicts((LanguageSkill("ar", levels(NATIVE)),), asks("fi", B1))
    assert {verdict.outcome for verdict in found.values()} == {Outcome.UNKNOWN}


def test_known_to_be_below_a1_is_not_met() -> None:
    """NONE is a known level."""
    assert _verdicts((LanguageSkill("fi", levels(CefrLevel.NONE)),), asks("fi", A2))["language.speaking"].blocks


def test_not_stated_is_not_none() -> None:
    """A publisher who says nothing gives an unknown with the languages of the text; one who says none gives nothing."""
    text = (LocalizedText("en", "We speak Finnish here."),)
    found = _verdicts((), LanguageDemand(), descriptions=text)
    assert list(found) == ["language.not_stated"]
    assert (found["language.not_stated"].outcome, found["language.not_stated"].subject) == (Outcome.UNKNOWN, "fi")
    assert _verdicts((), LanguageDemand(LanguageStatement.NONE), descriptions=text) == {}


@pytest.mark.parametrize(
    ("level", "outcome"),
    [(NATIVE, Outcome.MET), (B1, Outcome.UNKNOWN), (CefrLevel.NONE, Outcome.NOT_MET), (None, Outcome.UNKNOWN)],
)
def test_a_language_without_a_level(level: CefrLevel | None, outcome: Outcome) -> None:
    """A first language is enough, none at all is not, anything between cannot be said."""
    demand = LanguageDemand(LanguageStatement.LISTED, (LanguageRequirement("fi", basis=Basis.INFERRED),))
    skills = (LanguageSkill("fi", levels(level)),) if level is not None else ()
    found = _verdicts(skills, demand)["language.level_not_stated"]
    assert (found.outcome, found.basis) == (outcome, Basis.INFERRED)
