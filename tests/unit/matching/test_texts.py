"""Every code has a sentence in every language."""

import re
from datetime import timedelta
from itertools import product

import pytest

from services.matching.adapters.texts import LANGUAGES, Texts, load_texts
from services.matching.domain.matches import NextStep, Question, Reason, StepChange
from services.matching.domain.rules import RULES
from services.matching.domain.values import Basis, Necessity, Place
from services.matching.domain.verdicts import Outcome, Verdict
from tests.builders.matching import TODAY, vocabulary
from tests.builders.matching_vocabulary import CARE, CLEANER, COOK

ONLY_UNKNOWN = {"language.not_stated", "right_to_work.employer", "age.minimum"}
NEVER_MET = {"profession.recognition"}
NEVER_NOT_MET = {"right_to_work.employer", "skill.must_have", "place.remote", "language.not_stated"}
NEVER_UNKNOWN = {"hours.fewest", "dates.closing", "place.remote", "training.begun", "training.card"}

VALUES = {
    "language": ("fi", "B1", "A2"),
    "right_to_work.sector": ("", "9112", "5,91"),
    "right_to_work.hours": ("", "37.5", "20"),
    "right_to_work.employer": ("", "Kahvila Oy", ""),
    "right_to_work.until": ("", "2026-12-01", "2026-11-30"),
    "licence": ("hygiene-passport", "2026-12-01", "yes"),
    "education.level": ("", "6", "3"),
    "education.field": ("", "091", "07"),
    "education.recognition": ("", "recognised", "applied"),
    "profession.recognition": (CLEANER, "recognised", "refused"),
    "experience.months": (CLEANER, "24", "12"),
    "skill.must_have": (CARE, "1", CARE),
    "hours": ("", "37.5", "30"),
    "windows.weekly": ("", "MO-FR 07:00-15:00 +25", "MO-FR 08:00-16:00"),
    "dates": ("", "2026-12-01", "2026-11-24"),
    "place.remote": ("", "", ""),
    "place.travel": ("car", "35", "30"),
    "training.seats": ("", "1", "2"),
    "training.begun": ("", "2026-11-24", "2026-12-01"),
    "training.adds": ("fi", "B1", "A2"),
    "training.card": ("hygiene-passport", "", "yes"),
    "age.minimum": ("", "18", ""),
}


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The sentences that ship."""
    return load_texts(vocabulary())


def _outcomes(rule: str) -> list[Outcome]:
    if rule in ONLY_UNKNOWN:
        return [Outcome.UNKNOWN]
    never = {Outcome.MET: NEVER_MET, Outcome.NOT_MET: NEVER_NOT_MET, Outcome.UNKNOWN: NEVER_UNKNOWN}
    return [outcome for outcome in Outcome if rule not in never[outcome]]


def _verdict(rule: str, outcome: Outcome) -> Verdict:
    subject, required, actual = VALUES.get(rule) or VALUES.get(rule.split(".")[0]) or ("", "yes", "yes")
    return Verdict(rule, subject, outcome, Necessity.REQUIRED, required, "" if outcome is Outcome.UNKNOWN else actual)


def _is_sentence(text: str) -> bool:
    """Words, no key and no value left open, closed by a mark."""
    key = r"(requirement|status|reason|step|question|suffix|exclusion|recognition|windows|day|hours)\.\w"
    return bool(text) and text[-1] in ".?؟" and not re.search(key, text, re.IGNORECASE) and "{" not in text


@pytest.mark.parametrize(("rule", "language"), list(product([rule.id for rule in RULES], LANGUAGES)))
def test_every_verdict_has_a_sentence(texts: Texts, rule: str, language: str) -> None:
    """Each rule and outcome in each language, with the values of both sides."""
    for outcome in _outcomes(rule):
        text = texts.verdict(_verdict(rule, outcome), language)
        assert _is_sentence(text), text


REASONS = [
    *(
        Reason(code, "occupation", (("asked", COOK), ("had", CLEANER)))
        for code in ("occupation.wished", "occupation.wished_near", "occupation.held", "occupation.held_near")
    ),
    *(
        Reason(code, "must_have_skills", (("asked", CARE), ("had", CARE)))
        for code in ("skill.same", "skill.near", "skill.job", "training.teaches")
    ),
    Reason("skill.several", "must_have_skills", (("skills", f"{CARE},juggling"),)),
    Reason("text.close", "text"),
    Reason("experience.months", "experience", (("occupation", CLEANER), ("months", "1"))),
    Reason("travel.near", "travel", (("minutes", "25"), ("mode", "car"))),
    Reason("travel.remote", "travel"),
    *(Reason("hours.fit", "hours", (("asked", "30-37.5"), ("had", had))) for had in ("20-40", "20-", "-40", "30-30")),
    Reason("language.enough", "language_margin", (("language", "fi"), ("level", "NATIVE"))),
]


@pytest.mark.parametrize(
    ("reason", "language"), list(product(REASONS, LANGUAGES)), ids=lambda one: getattr(one, "code", one)
)
def test_every_reason_has_a_sentence(texts: Texts, reason: Reason, language: str) -> None:
    """Each reason in each language."""
    text = texts.reason(reason, language)
    assert _is_sentence(text), text


STEPS = [
    ("language", "fi", "B1", "A2"),
    *((f"language.{activity}", "fi", "B1", "") for activity in ("listening", "reading", "speaking", "writing")),
    ("licence.held", "hygiene-passport", "yes", ""),
    ("education.recognition", "", "recognised", ""),
    ("education.level", "091", "6", ""),
    ("education.level", "", "6", ""),
    ("education.level", "091", "", ""),
    ("place.travel", "", "45", "30"),
    ("windows.weekly", "", "60", ""),
    *((f"shift.{shift}", "", "yes", "") for shift in ("evening", "night", "weekend")),
    ("hours.most", "", "37.5", "20"),
    ("hours.fewest", "", "20", "30"),
    ("dates.start", "", "2026-12-01", "2026-12-08"),
]


@pytest.mark.parametrize(("step", "language"), list(product(STEPS, LANGUAGES)), ids=str)
def test_every_step_has_a_sentence(texts: Texts, step: tuple[str, str, str, str], language: str) -> None:
    """Each change in each language, with how much it opens, in the singular too."""
    change = StepChange(*step)
    one, many = (texts.next_step(NextStep((change,), opened, 0, (), (), 1.0), language) for opened in (1, 12))
    assert _is_sentence(one)
    assert _is_sentence(many)
    assert "12" in many
    assert one.startswith(texts.step_change(change, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pair_of_changes_tells_both(texts: Texts, language: str) -> None:
    """The first change, the second, and how much both together open."""
    pair = (StepChange("licence.held", "hygiene-passport", "yes", ""), StepChange("shift.evening", "", "yes", ""))
    text = texts.next_step(NextStep(pair, 12, 7, (), (), 1.0), language)
    assert [text.find(texts.step_change(change, language)) >= 0 for change in pair] == [True, True]
    assert "12" in text


FIELDS = sorted(
    {rule.field for rule in RULES if rule.field} - {"work.experiences", "work.limits.min_hours_per_week"}
    | {"work.limits.home", "work.limits.travel_modes", "work.limits.max_travel_minutes"}
)


@pytest.mark.parametrize(("field", "language"), list(product(FIELDS, LANGUAGES)))
def test_every_question_has_a_sentence(texts: Texts, field: str, language: str) -> None:
    """Each field that can be asked for in each language."""
    subject = {"work.languages": "fi", "work.licences": "hygiene-passport", "work.skills": CARE}.get(field, "")
    text = texts.question(Question(field, subject, 3), language)
    assert _is_sentence(text), text
    assert "3" in text


def test_the_childcare_case_in_words(texts: Texts) -> None:
    """Both times, in the reader's own way of writing them."""
    verdict = _verdict("windows.weekly", Outcome.NOT_MET)
    assert texts.verdict(verdict, "en") == (
        "The times are: Mon–Fri 07:00–15:00 plus travel, 25 min each way."
        " The times in the profile are: Mon–Fri 08:00–16:00. This does not fit."
    )
    assert texts.verdict(verdict, "fi").startswith("Ajat ovat: ma–pe 07.00–15.00 ja matka 25 min suuntaansa.")


def test_licence_with_and_without_an_end(texts: Texts) -> None:
    """Held, valid until a day, run out, not held."""
    until = (TODAY + timedelta(days=7)).isoformat()
    cases = [(Outcome.MET, "yes"), (Outcome.MET, until), (Outcome.NOT_MET, until), (Outcome.NOT_MET, "no")]
    found = [
        texts.verdict(Verdict("licence.held", "hygiene-passport", outcome, actual=actual), "en").split(": ")[1]
        for outcome, actual in cases
    ]
    assert found == [
        "hygiene passport. It is held.",
        "hygiene passport. It is valid until 1 Dec 2026.",
        "hygiene passport. It was valid until 1 Dec 2026. A new one is needed.",
        "hygiene passport. It is not held.",
    ]


def test_necessity_and_basis_are_said(texts: Texts) -> None:
    """An advantage is no must, and what was read from a text is worth checking."""
    verdict = Verdict("language.speaking", "fi", Outcome.NOT_MET, Necessity.PREFERRED, "B1", "A2", basis=Basis.INFERRED)
    text = texts.verdict(verdict, "en")
    assert text.startswith("Finnish, speaking: level B1 is asked for. Level now: A2.")
    assert text.endswith("This is an advantage, not a must. This was read from a text, so it is worth checking.")


def test_other_languages_are_answered_in_english(texts: Texts) -> None:
    """A tag with a region is its language; one without a catalogue is English."""
    assert [texts.language_of(tag) for tag in ("fi-FI", "sv", "uk-UA", "fa", "")] == ["fi", "sv", "uk", "en", "en"]
    assert texts.place((Place("049"),), "fa") == texts.place((Place("049"),), "en")


def test_an_exclusion_tells_two_obstacles_and_counts_the_rest(texts: Texts) -> None:
    """The first two in full, then how many more; the four activities of a language are one."""
    rules = ("language.reading", "language.writing", "dates.closing", "place.travel")
    verdicts = [_verdict(rule, Outcome.NOT_MET) for rule in rules]
    told = [texts.verdict(verdicts[place], "en") for place in (0, 2)]
    assert texts.exclusion(verdicts, "en") == " ".join((*told, "There is 1 more obstacle."))
    assert texts.exclusion(verdicts[:2], "en") == told[0]


def test_places_in_words(texts: Texts) -> None:
    """District and municipality; a district that no table knows by its own name; the first two of many."""
    places = (Place("049", "Leppävaara"), Place("091", "Kulma"), Place("698"))
    assert texts.place(places, "fi") == "Leppävaara, Espoo; Kulma, Helsinki"
    assert texts.place((Place(),), "fi") == ""
