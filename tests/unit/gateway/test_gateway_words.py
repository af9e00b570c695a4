"""Codes, values, numbers and dates in words."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from polku.matching.v1.match_pb2 import (
    Exclusion,
    Explanation,
    Match,
    NextStep,
    OpeningSummary,
    Reason,
    ScorePart,
    StepChange,
    Verdict,
)
from polku.type.v1.types_pb2 import Provenance

from services.gateway.languages import best_language, name_of
from services.gateway.values import asked, had
from services.gateway.views import exclusion_groups, fit_view, match_view, opening_view, part_view, step_view
from services.gateway.words import PARTS, RULES, SOURCES, Words
from services.matching.domain.rules import RULES as RULES_OF_MATCHING
from shared.vocabulary import LANGUAGES, load

EN, FI, SV = (Words(language, load()) for language in ("en", "fi", "sv"))
WEIGHTS = Path(__file__).parents[3] / "services" / "matching" / "weights.toml"


def test_every_rule_part_and_source_has_a_word() -> None:
    """What matching and the profiles can send is what the pages can say."""
    assert set(RULES) == {rule.id for rule in RULES_OF_MATCHING}
    assert set(PARTS) == set(tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))["parts"])
    sources = {name.removeprefix("SOURCE_").lower() for name in Provenance.Source.keys()} - {"unspecified"}  # noqa: SIM118
    assert set(SOURCES) == sources


def test_a_code_without_a_word_is_still_readable() -> None:
    """A rule that is newer than the catalogue is shown as its own words, not as an error."""
    assert EN.of(RULES, "new_rule.of_tomorrow") == "New rule of tomorrow"


@pytest.mark.parametrize(
    ("rule", "subject", "text"),
    [
        ("language.speaking", "fi", "Language: speaking (Finnish)"),
        ("licence.held", "hygiene-passport", "Licence or card (hygiene passport)"),
        ("hours.most", "", "Not too many hours"),
        ("skill.must_have", "http://data.europa.eu/esco/skill/unknown", "Skill"),
    ],
)
def test_requirements_are_named_with_what_they_are_about(rule: str, subject: str, text: str) -> None:
    """The subject is said in words; an address that nobody knows is not shown to a reader."""
    assert EN.rule(rule, subject) == text


@pytest.mark.parametrize(
    ("verdict", "asks", "has"),
    [
        (Verdict(rule="language.speaking", required="B1", actual="NATIVE"), "B1", "First language"),
        (Verdict(rule="licence.held", required="2026-12-01", actual="yes"), "Valid on 1 Dec 2026", "Yes"),
        (
            Verdict(rule="licence.held", required="2026-12-01", actual="2027-01-31"),
            "Valid on 1 Dec 2026",
            "Valid until 31 Jan 2027",
        ),
        (Verdict(rule="hours.most", required="37.5", actual="30"), "37.5 hours a week", "At most 30 hours a week"),
        (Verdict(rule="hours.fewest", required="20", actual="30"), "20 hours a week", "At least 30 hours a week"),
        (Verdict(rule="place.travel", required="35", actual="45"), "35 minutes", "At most 45 minutes"),
        (Verdict(rule="place.travel", required="0", actual=""), "No travelling", ""),
        (Verdict(rule="experience.months", required="24", actual="60"), "24 months", "60 months"),
        (Verdict(rule="shift.night", required="yes", actual="no"), "Yes", "No"),
        (Verdict(rule="right_to_work.status", required="yes", actual="limited"), "Yes", "With limits"),
        (
            Verdict(rule="education.recognition", required="recognised", actual="refused"),
            "Recognised",
            "Refused",
        ),
        (Verdict(rule="training.seats", required="1", actual="2"), "2", "–"),
        (Verdict(rule="dates.closing", required="2026-12-01", actual="2026-11-02"), "1 Dec 2026", "–"),
        (Verdict(rule="dates.start", required="2026-12-01", actual="2026-11-02"), "1 Dec 2026", "From 2 Nov 2026"),
        (Verdict(rule="dates.start", required="2026-12-01", actual=""), "1 Dec 2026", ""),
    ],
)
def test_both_values_are_in_words(verdict: Verdict, asks: str, has: str) -> None:
    """Each form for machines that a rule can have becomes words, with units."""
    assert (asked(verdict, EN), had(verdict, EN)) == (asks, has)


def test_weekly_times_have_the_readers_weekdays() -> None:
    """Days are abbreviated in the language, and the way there is said."""
    verdict = Verdict(rule="windows.weekly", required="MO-FR 08:00-16:00,SA 22:00-06:00 +30")
    assert asked(verdict, FI).replace("\u2060", "") == "ma–pe 08:00–16:00, la 22:00–06:00 ja 30 minuuttia suuntaansa"


def test_numbers_and_dates_follow_the_locale() -> None:
    """Decimal comma and Finnish dates in Finnish, other ways elsewhere; what is no date stays as it is."""
    assert (EN.number(12.5), FI.number(12.5)) == ("12.5", "12,5")
    assert FI.date("2026-12-15") == "15. joulukuuta 2026"
    assert SV.date("2026-12-15") == "15 december 2026"
    assert EN.date("some day") == "some day"
    assert EN.date("") == ""
    assert name_of("uk", "fi") == "ukraina"


@pytest.mark.parametrize(
    ("tag", "name"),
    [("prs", "Dari"), ("sv-FI", "Swedish (Finland)"), ("qzz", "qzz"), ("x", "x"), ("ckb", "Kurdish (Sorani)")],
)
def test_every_language_tag_has_something_to_be_called_by(tag: str, name: str) -> None:
    """A language that CLDR has no locale of, and a tag that nobody knows, break no page."""
    assert name_of(tag, "en") == name


@pytest.mark.parametrize(
    ("total", "bars", "words"),
    [(1.0, 4, "Fits very well"), (0.7, 4, "Fits very well"), (0.69, 3, "Fits well"), (0.3, 2, "Fits in part"),
     (0.0, 1, "Fits a little")],
)  # fmt: skip
def test_a_total_is_said_in_words_bars_and_points(total: float, bars: int, words: str) -> None:
    """No reader has to interpret a decimal alone."""
    fit = fit_view(total, EN)
    assert (fit.bars, fit.words, fit.points) == (bars, words, str(round(total * 100)))


def test_without_ranking_there_are_no_points() -> None:
    """Whoever has opted out of ranking sees neither totals nor parts."""
    match = Match(total=0.5, parts=[ScorePart(part="pay", value=1, weight=0.5, contribution=0.5)])
    view = match_view(match, EN, ranked=False)
    assert view.fit is None
    assert view.parts == []


def test_what_is_missing_comes_first() -> None:
    """Requirements are shown not met, then not known, then met."""
    outcomes = [Verdict.OUTCOME_MET, Verdict.OUTCOME_UNKNOWN, Verdict.OUTCOME_NOT_MET]
    match = Match(verdicts=[Verdict(rule="hours.most", outcome=outcome) for outcome in outcomes])
    assert [row.outcome for row in match_view(match, EN).requirements] == ["not_met", "unknown", "met"]


def test_a_gap_is_known_or_not_known() -> None:
    """What is known to be missing has another sign than what nobody has asked yet."""
    gaps = [
        Reason(code="verdict.licence.held.not_met", text="a"),
        Reason(code="verdict.skill.must_have.unknown", text="b"),
    ]
    view = match_view(Match(explanation=Explanation(gaps=gaps)), EN)
    assert [(gap.text, gap.outcome) for gap in view.gaps] == [("a", "not_met"), ("b", "unknown")]


def test_a_part_is_said_as_points_of_its_most() -> None:
    """Contribution and weight are points out of a hundred; the bar is the share of the part's own maximum."""
    part = part_view(ScorePart(part="travel", value=0.5, weight=0.08, contribution=0.04, known=True), EN)
    assert (part.label, part.percent, part.points, part.most) == ("The way there", 50, "4", "8")


def test_what_was_left_out_is_grouped_by_rule() -> None:
    """Rules that left out most come first, with the whole count; an opening is shown once, with all its texts."""
    exclusion = Exclusion(
        opening=OpeningSummary(name="openings/1"),
        verdicts=[Verdict(rule="shift.night", text="one"), Verdict(rule="hours.most", text="two")],
    )
    groups = exclusion_groups([exclusion], {"shift.night": 2, "hours.most": 5}, EN)
    assert [(group.label, group.count, len(group.items)) for group in groups] == [
        ("Not too many hours", 5, 0),
        ("Night work", 2, 1),
    ]
    assert [(fault.rule, fault.text) for fault in groups[1].items[0].faults] == [
        ("shift.night", "one"),
        ("hours.most", "two"),
    ]


def test_only_web_addresses_become_links() -> None:
    """A publisher's address with another scheme is not shown as a link."""
    assert opening_view(OpeningSummary(url="javascript:alert(1)"), EN).url == ""
    assert opening_view(OpeningSummary(url="https://jobs.example/1"), EN).url == "https://jobs.example/1"


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "en"), ("sv", "sv"), ("de, fi;q=0.5", "fi"), ("en;q=0.1, sv-FI;q=0.9", "sv"), ("fi;q=0, sv;q=0.1", "sv"),
     ("*", "en"), ("fi;q=broken", "en"), ("," * 2000, "en")],
)  # fmt: skip
def test_the_best_language_of_the_browser_is_taken(accept: str, language: str) -> None:
    """Accept-Language decides by weight; what nobody can read falls back to English."""
    assert best_language(accept) == language


@pytest.mark.parametrize(("accept", "language"), [("uk-UA, fi;q=0.5", "uk"), ("ar", "ar"), ("de", "en")])
def test_the_best_language_may_be_one_without_pages(accept: str, language: str) -> None:
    """Texts of the API come in more languages than the pages."""
    assert best_language(accept, among=LANGUAGES) == language


@pytest.mark.parametrize(
    ("effort", "bars", "words"),
    [
        (0.3, 1, "A small change"),
        (5.0, 2, "Some effort"),
        (20.0, 3, "Much effort"),
        (500.0, 4, "Very much effort"),
    ],
)
def test_an_effort_is_said_in_words_and_bars(effort: float, bars: int, words: str) -> None:
    """Matching's scale only orders; a reader sees one of four words, never the number."""
    step = NextStep(text="whole", changes=[StepChange(text="one")], effort=effort, openings_opened=3)
    view = step_view(step, EN)
    assert (view.bars, view.effort, view.opened) == (bars, words, 3)
    assert list(view.changes) == ["one"]
    assert list(step_view(NextStep(text="whole"), EN).changes) == ["whole"]


def test_an_instant_is_told_as_clocks_in_finland_show_it() -> None:
    """Two hours later than UTC in winter and three in summer, on the day that it is then in Finland."""
    winter, summer = datetime(2026, 12, 1, 22, 30, tzinfo=UTC), datetime(2026, 7, 1, 9, 5, tzinfo=UTC)
    assert EN.moment(winter) == "2 December 2026, 00:30"
    assert FI.moment(winter) == "2. joulukuuta 2026 0.30"
    assert SV.moment(summer) == "1 juli 2026 12:05"
