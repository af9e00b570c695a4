"""Reading CVs: times, headings, jobs, languages, licences and educations, in six languages."""

from datetime import date

import pytest

from services.profiles.domain.cv.educations import level_of
from services.profiles.domain.cv.headings import Section, heading
from services.profiles.domain.cv.lines import lines
from services.profiles.domain.cv.periods import period
from services.profiles.domain.cv.reading import Reading, read
from services.profiles.domain.values import CefrLevel
from shared import vocabulary
from tests.builders.suggestions import CV

TODAY = date(2026, 11, 24)


def reading(text: str) -> Reading:
    """The text as it is read."""
    return read(text, vocabulary.load(), TODAY)


@pytest.mark.parametrize(
    ("line", "months"),
    [
        ("03/2021 – 07/2024", 41),
        ("elokuu 2018 – helmikuu 2024", 67),
        ("1.6.2015–31.5.2018", 36),
        ("2018-02 – 2019-12", 23),
        ("sep 2018 – maj 2024", 69),
        ("Mar 2021 to Sep 2024", 43),
        ("June 2026 – present", 6),
        ("1/2026 - nykyinen", 11),
        ("juni 2026 – nu", 6),
        ("вересень 2014 – січень 2022", 89),
        ("травень 2013 р. – лютий 2022 р.", 106),
        ("з червня 2026 по теперішній час", 6),
        ("с марта 2016 по июль 2021", 65),
        ("2018 – 2023 гг.", 60),
        ("с июня 2026 по настоящее время", 6),
        ("من مارس 2012 إلى أبريل 2019", 86),
        ("يونيو ٢٠١٣ – مارس ٢٠١٩", 70),
        ("حزيران 2026 - الآن", 6),
        ("2015–2018", 36),
        ("2018–2018", 6),
        ("2020–", 72),
        ("45.2018–3.2019", 12),
        ("2022–2019", None),
        ("2019", None),
    ],
)
def test_a_span_of_time_is_counted_in_months(line: str, months: int | None) -> None:
    """Both months are counted; years alone are the years between; what goes on ends today; nonsense is not counted."""
    found = period(f"Siivooja, {line}", TODAY)
    assert found is not None
    assert found.months == months


@pytest.mark.parametrize("line", ["Puh. 040 000 0001", "Mannerheimintie 1999 A", "ISO 9606-1", "3–5-vuotiaat", ""])
def test_other_numbers_are_no_time_at_work(line: str) -> None:
    """Telephone numbers, standards and ages give no length."""
    found = period(line, TODAY)
    assert found is None or found.months is None


@pytest.mark.parametrize(
    ("line", "section", "rest"),
    [
        ("TYÖKOKEMUS", Section.WORK, ""),
        ("Työhistoria:", Section.WORK, ""),
        ("1. Arbetslivserfarenhet", Section.WORK, ""),
        ("WORK EXPERIENCE", Section.WORK, ""),
        ("Досвід роботи", Section.WORK, ""),
        ("Опыт работы:", Section.WORK, ""),
        ("الخبرة العملية", Section.WORK, ""),
        ("Språk: svenska modersmål", Section.LANGUAGES, "svenska modersmål"),
        ("— Образование —", Section.EDUCATION, ""),
        ("المهارات", Section.SKILLS, ""),
    ],
)
def test_headings_open_sections(line: str, section: Section, rest: str) -> None:
    """In any case, with numbers, dashes or a colon around, and with text behind the colon."""
    assert heading(line) == (section, rest)


@pytest.mark.parametrize("line", ["Työkokemus on tärkeää.", "Worked at Experience Oy", "siivooja: 2 vuotta", ""])
def test_other_lines_open_none(line: str) -> None:
    """A sentence with such a word is no heading."""
    assert heading(line) is None


@pytest.mark.parametrize(
    "text",
    [
        "Work\nCleaner, Clean Oy, Espoo, 03/2021 – 07/2024\nWashed floors.",
        "Work\nCleaner\nClean Oy, Espoo\n03/2021 – 07/2024\n- Washed floors.",
        "Work\n03/2021 – 07/2024\nCleaner\nClean Oy, Espoo\nWashed floors.",
        "Work\n03/2021 – 07/2024  Cleaner, Clean Oy, Espoo\n  Washed floors.",
        "Work\nCleaner at Clean Oy, Espoo (03/2021 – 07/2024)\n• Washed floors.",
        "Work\n03/2021 - 07/2024 Cleaner, Clean Oy, Espoo. Washed floors.",
        "Cleaner, Clean Oy, Espoo, 03/2021 – 07/2024\nWashed floors.",
    ],
)
def test_a_job_is_read_in_whatever_order_it_is_written(text: str) -> None:
    """Title, employer and place as parts, the length in months, what follows as the tasks; with or without headings."""
    (job,) = reading(text).jobs
    assert (job.parts, job.months, job.tasks) == (("Cleaner", "Clean Oy", "Espoo"), 41, "Washed floors.")


def test_two_jobs_without_a_blank_line_between_are_two() -> None:
    """As text out of a PDF has it: the header of the next job is not a task of the one before."""
    shop = "Myyjä\nKauppa Oy\n6/2020 - 10/2024\nPalvelin asiakkaita."
    text = f"Työ\n{shop}\nKokki\nRuoka Oy\n1/2018 - 5/2020\nLaitoin ruokaa."
    assert [(job.parts[0], job.tasks) for job in reading(text).jobs] == [
        ("Myyjä", "Palvelin asiakkaita."),
        ("Kokki", "Laitoin ruokaa."),
    ]


def test_a_year_in_passing_begins_no_job() -> None:
    """A list item with a year in it stays a task."""
    (job,) = reading("Work\nCook, Food Oy, 2019 – 2021\n- won a prize in 2020").jobs
    assert job.tasks == "won a prize in 2020"


@pytest.mark.parametrize(
    ("line", "code", "level"),
    [
        ("suomi – B1", "fi", CefrLevel.B1),
        ("Svenska: modersmål", "sv", CefrLevel.NATIVE),
        ("English (fluent)", "en", CefrLevel.C1),
        ("Українська — рідна", "uk", CefrLevel.NATIVE),
        ("русский — С1", "ru", CefrLevel.C1),
        ("العربية: اللغة الأم", "ar", CefrLevel.NATIVE),
        ("somali", "so", CefrLevel.UNKNOWN),
    ],
)
def test_languages_come_with_their_level(line: str, code: str, level: CefrLevel) -> None:
    """A CEFR level, in Cyrillic letters too, or a word for one; without either it is not known."""
    (spoken,) = reading(f"Languages\n{line}").languages
    assert (spoken.code, spoken.levels.speaking, spoken.levels.writing) == (code, level, level)


def test_a_line_of_languages_keeps_each_level_with_its_language() -> None:
    """The level stands behind its language, before the next one."""
    found = reading("Kielet: suomi (äidinkieli), ruotsi (B1), englanti").languages
    assert [(spoken.code, spoken.levels.reading) for spoken in found] == [
        ("fi", CefrLevel.NATIVE),
        ("sv", CefrLevel.B1),
        ("en", CefrLevel.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("Ajokortti: CE", {"driving-licence-ce"}),
        ("Права категорій B, C", {"driving-licence-b", "driving-licence-c"}),
        ("Driving licence B", {"driving-licence-b"}),
        ("I have a driving licence", {"driving-licence-b"}),
        ("Körkort AM", {"driving-licence-am"}),
        ("Hygieniapassi, työturvallisuuskortti", {"hygiene-passport", "occupational-safety-card"}),
        ("A great team player with a plan B", set()),
    ],
)
def test_licences_are_found_by_name_and_driving_licences_by_class(line: str, codes: set[str]) -> None:
    """Letters are classes only beside the words for a driving licence; without any class it is B."""
    assert {licence.code for licence in reading(f"Other\n{line}").licences} == codes


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Sosiaali- ja terveysalan perustutkinto", 3),
        ("Pedagogie kandidat", 6),
        ("MSc in Statistics", 7),
        ("бакалавр, облік і аудит", 6),
        ("магистр психологии", 7),
        ("بكالوريوس صيدلة", 6),
        ("Technical institute", None),
    ],
)
def test_the_level_of_an_education_is_told_by_clear_words_alone(title: str, level: int | None) -> None:
    """Where a word may mean several levels, none is suggested."""
    assert level_of(title) == level


def test_name_and_contacts_are_in_nothing_that_is_read() -> None:
    """What is before the first heading goes nowhere."""
    found = repr([(job.parts, job.tasks) for job in reading(CV).jobs]) + repr(reading(CV).about)
    assert "Amina" not in found
    assert "040" not in found
    assert "example.com" not in found


def test_signs_that_cannot_be_seen_are_taken_out() -> None:
    """Marks of direction and soft hyphens would part words."""
    (line,) = lines("\u202bTyö\u00adhistoria\u202c\nSiivooja\u200b")
    assert (line.text, line.section) == ("Siivooja", Section.WORK)
