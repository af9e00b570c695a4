"""The catalogues are whole, count rightly, and tell a recorded list in every language."""

import re
from gettext import NullTranslations
from unicodedata import bidirectional

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from services.matching.adapters.text_values import TextValues
from services.matching.adapters.texts import LANGUAGES, LOCALES, Texts, load_texts
from services.matching.adapters.wire.matches import Wire
from services.matching.application.decisions import GetDecision, get_decision
from services.matching.domain.matches import NextStep, Reason, StepChange
from services.matching.domain.offers import (
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    LicenceRequirement,
)
from services.matching.domain.values import Answer, CefrLevel, CefrProfile, Concept, Necessity, Purpose
from services.matching.domain.verdicts import Outcome, Verdict
from services.matching.domain.work import Goals, LanguageSkill, Licence
from shared.vocabulary import load
from tests.builders.matching import NOW, profile, vacancy
from tests.builders.matching_vocabulary import CLEANER
from tests.builders.matching_world import SEEKER, World

IN_WORDS = {"ar": 3}
"""Language → how many of its plural forms stand for one number alone, which may be told in words."""
FORMS = {"fi": 2, "sv": 2, "en": 2, "uk": 3, "ru": 3, "ar": 6, "so": 2}
UNREVIEWED = ("uk", "ru", "ar", "so")
ISOLATE, END = "\u2068", "\u2069"


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The sentences that ship, with the names that ship."""
    return load_texts(load())


def _catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "matching.po").open("rb") as source:
        return read_po(source)


def _forms(string: object) -> list[str]:
    return [string] if isinstance(string, str) else list(string)  # type: ignore[call-overload]


def _slots(form: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", form))


# -- whole ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_the_same_keys_and_values(language: str) -> None:
    """No sentence is missing or empty in a language, and each form puts in the same values as the English one."""
    english, other = _catalogue("en"), _catalogue(language)
    assert {message.id for message in english} == {message.id for message in other}
    for message in english:
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            forms = _forms(other[key].string)
            assert all(forms), key
            asked = _slots(_forms(message.string)[0])
            counts = forms[IN_WORDS.get(language, 0) :] if len(forms) > 1 else forms
            assert [_slots(form) for form in counts] == [asked] * len(counts), key
            assert all(_slots(form) <= asked for form in forms), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_all_plural_forms_of_their_language(language: str) -> None:
    """As many as CLDR has for whole numbers."""
    catalogue = _catalogue(language)
    assert catalogue.num_plurals == FORMS[language]
    plurals = [message for message in catalogue if isinstance(message.id, tuple)]
    assert {message.id[0] for message in plurals} >= {"step.opens", "question.decides", "exclusion.more"}
    assert {len(message.string) for message in plurals} == {FORMS[language]}


@pytest.mark.parametrize("language", UNREVIEWED)
def test_catalogues_say_that_a_native_speaker_is_to_review_them(language: str) -> None:
    """In the comment at the head of the file."""
    head = (LOCALES / language / "LC_MESSAGES" / "matching.po").read_text(encoding="utf-8").split("msgid", 1)[0]
    assert "To be reviewed by a native speaker" in head


# -- counting ------------------------------------------------------------------------------------------------------

NUMBERS = (1, 2, 3, 5, 11, 21, 100, 102, 111)
COUNTED = {
    "fi": ["paikan"] + ["paikkaa"] * 8,
    "sv": ["möjlighet"] + ["möjligheter"] * 8,
    "en": ["opening"] + ["openings"] * 8,
    "uk": ["пропозицію", "пропозиції", "пропозиції", "пропозицій", "пропозицій", "пропозицію", "пропозицій",
           "пропозиції", "пропозицій"],
    "ru": ["предложение", "предложения", "предложения", "предложений", "предложений", "предложение", "предложений",
           "предложения", "предложений"],
    "ar": ["عرضًا واحدًا", "عرضين", "عروض", "عروض", "عرضًا", "عرضًا", "عرض", "عرض", "عرضًا"],
    "so": ["fursad"] + ["fursadood"] * 8,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_take_the_form_of_their_language(texts: Texts, language: str) -> None:
    """One, few, many and the hundreds, as CLDR groups them; the number is told unless the word tells it."""
    step = (StepChange("shift.night", "", "yes", ""),)
    for number, noun in zip(NUMBERS, COUNTED[language], strict=True):
        text = texts.next_step(NextStep(step, number, 0, (), (), 1.0), language)
        assert re.search(rf" {noun}\b", text), (number, text)
        assert re.search(rf"\b{number}\b", text) or number < IN_WORDS.get(language, 0), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_of_experience_are_counted(texts: Texts, language: str) -> None:
    """Another number, another sentence."""
    told = {
        texts.reason(
            Reason("experience.months", "experience", (("occupation", CLEANER), ("months", str(months)))), language
        )
        for months in (1, 2, 5, 21)
    }
    assert len(told) == 4


# -- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "number", "day"),
    [
        ("uk", "37,5", "1.12.2026"),
        ("ru", "37,5", "1.12.2026"),
        ("ar", "37.5", "1 ديسمبر 2026"),
        ("so", "37.5", "1 Dis 2026"),
    ],
)
def test_numbers_and_dates_are_written_as_in_the_language(language: str, number: str, day: str) -> None:
    """By CLDR."""
    values = TextValues(language, load(), NullTranslations())
    assert (values.number("37.5"), values.date("2026-12-01")) == (number, day)


@pytest.mark.parametrize(
    ("language", "finnish", "card"),
    [("uk", "фінська", "гігієнічний паспорт"), ("ru", "финский", "гигиенический паспорт"),
     ("ar", "الفنلندية", "جواز النظافة")],
)  # fmt: skip
def test_names_come_from_the_vocabulary(texts: Texts, language: str, finnish: str, card: str) -> None:
    """Languages and cards by the reader's word for them."""
    speaking = Verdict("language.speaking", "fi", Outcome.NOT_MET, Necessity.REQUIRED, "B1", "A2")
    held = Verdict("licence.held", "hygiene-passport", Outcome.NOT_MET, Necessity.REQUIRED, "yes", "no")
    assert finnish in texts.verdict(speaking, language).lower()
    assert card in texts.verdict(held, language)


def test_a_field_of_work_has_the_readers_word_for_it_or_for_a_wider_one(texts: Texts) -> None:
    """Narrow groups of ISCO-08 have names in three languages, wide ones in all; one name is told once."""
    sector = Verdict("right_to_work.sector", "", Outcome.NOT_MET, Necessity.REQUIRED, "9112", "5,911,912")
    assert ": Работники услуг и продаж, Уборщики." in texts.verdict(sector, "ru")
    assert texts.verdict(sector, "ru").endswith(": Уборщики.")
    assert texts.verdict(sector, "en").endswith(": Office and hotel cleaners.")


def test_foreign_names_in_arabic_keep_their_direction(texts: Texts) -> None:
    """What is put in and is not Arabic is isolated, each part of a list for itself; a number alone is not."""
    employer = Verdict("right_to_work.employer", "", Outcome.UNKNOWN, Necessity.REQUIRED, "Kahvila Oy (1)", "")
    assert f"{ISOLATE}Kahvila Oy (1){END}." in texts.verdict(employer, "ar")
    skills = texts.reason(Reason("skill.several", "must_have_skills", (("skills", "juggling,knitting"),)), "ar")
    assert f"{ISOLATE}juggling{END}، {ISOLATE}knitting{END}." in skills
    seats = Verdict("training.seats", "", Outcome.MET, Necessity.REQUIRED, "1", "7")
    assert ISOLATE not in texts.verdict(seats, "ar")
    hours = texts.reason(Reason("hours.fit", "hours", (("asked", "30-37.5"), ("had", "20-40"))), "ar")
    assert f"{ISOLATE}30–37.5{END}" in hours
    assert hours.count(ISOLATE) == hours.count(END) == 2


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "ar"])
def test_sentences_from_left_to_right_have_no_isolates(texts: Texts, language: str) -> None:
    """They would be noise to a screen reader."""
    employer = Verdict("right_to_work.employer", "", Outcome.UNKNOWN, Necessity.REQUIRED, "Kahvila Oy", "")
    assert ISOLATE not in texts.verdict(employer, language)


# -- a recorded list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_recorded_list_is_explained_in_its_language(texts: Texts, language: str) -> None:
    """Reasons, gaps and verdicts of a stored decision are sentences of the language in which it was asked for."""
    a2, b1 = (CefrProfile(speaking=level) for level in (CefrLevel.A2, CefrLevel.B1))
    demand = LanguageDemand(LanguageStatement.LISTED, (LanguageRequirement("fi", b1, Necessity.PREFERRED),))
    card = (LicenceRequirement("hygiene-passport"),)
    opening = vacancy(1, occupation=Concept(CLEANER), language_demand=demand, licences=card)
    world = World(
        profile(
            goals=Goals((Concept(CLEANER),)),
            languages=(LanguageSkill("fi", a2),),
            licences=(Licence("hygiene-passport", Answer.YES),),
        ),
        (opening,),
    )
    page = await world.ask(language=language)
    asked = GetDecision(SEEKER, page.decision_id, Purpose.OWN_DATA)
    decision = await get_decision(asked, world.uow, world.engine, NOW)
    (match,) = Wire(texts, decision.language).decision(decision).matches
    assert match.explanation.language == language
    sentences = [reason.text for reason in (*match.explanation.reasons, *match.explanation.gaps)]
    sentences += [verdict.text for verdict in match.verdicts]
    assert len(match.explanation.reasons) > 0
    assert len(match.explanation.gaps) > 0
    assert all("{" not in text and text[-1] in ".?؟" for text in sentences), sentences
    told_in_english = {texts.verdict(verdict, "en") for verdict in decision.matches[0].verdicts}
    assert language == "en" or told_in_english.isdisjoint(sentences)
    assert (language == "ar") is any(bidirectional(sign) == "AL" for text in sentences for sign in text)
