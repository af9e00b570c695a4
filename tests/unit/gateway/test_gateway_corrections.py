"""Filling in one field of a profile."""

from datetime import date

import pytest
from polku.profiles.v1.profile_pb2 import Licence, Profile, RightToWork, Skill
from polku.type.v1.types_pb2 import Answer, Cefr, Concept, Provenance, WeeklyWindow

from services.gateway.correction_fields import Form, several_a_day
from services.gateway.corrections import FIELDS, correct_path, correct_path_of_rule, provenance
from services.matching.domain.rules import RULES, Rule
from shared.kernel.errors import InvalidArgument

SKILL = "http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000001"
SOURCE = provenance(own=True, today=date(2026, 11, 2))


def applied(field: str, subject: str, form: Form, profile: Profile | None = None) -> Profile:
    """The profile after an answer."""
    changed = profile or Profile()
    FIELDS[field].apply(changed, subject, form, SOURCE)
    return changed


ANSWERS: list[tuple[str, str, dict[str, str]]] = [
    ("work.licences", "hygiene-passport", {"answer": "NO"}),
    ("work.skills", SKILL, {"answer": "YES"}),
    ("work.languages", "fi", {"listening": "B1", "reading": "", "speaking": "NATIVE", "writing": "A1"}),
    ("work.right_to_work.status", "", {"answer": "LIMITED"}),
    ("work.limits.evenings", "", {"answer": "YES"}),
    ("work.limits.nights", "", {"answer": "NO"}),
    ("work.limits.weekends", "", {"answer": "YES"}),
    ("work.limits.min_hours_per_week", "", {"answer": "20"}),
    ("work.limits.max_hours_per_week", "", {"answer": "37.5"}),
    ("work.limits.max_travel_minutes", "", {"answer": "45"}),
    ("work.limits.available_from", "", {"answer": "2026-12-01"}),
    ("work.limits.travel_modes", "", {"WALK": "yes", "CAR": "yes"}),
    (
        "work.limits.windows",
        "",
        {"MONDAY_start": "08:00", "MONDAY_end": "15:30", "SUNDAY_start": "22:00", "SUNDAY_end": "06:00"},
    ),
    ("choices.employer_requests", "", {"answer": "NO"}),
]


@pytest.mark.parametrize(("field", "subject", "form"), ANSWERS, ids=[field for field, _, _ in ANSWERS])
def test_what_is_filled_in_is_what_is_read_back(field: str, subject: str, form: dict[str, str]) -> None:
    """Each field's answer is in the profile as the form would show it, and changes nothing outside its field."""
    profile = applied(field, subject, form)
    read = {name: value for name, value in FIELDS[field].read(profile, subject).items() if value != "UNSPECIFIED"}
    assert read == {name: value for name, value in form.items() if value}
    outer, inner = field.split(".")[:2]
    assert [found.name for found, _ in profile.ListFields()] == [outer]
    assert [found.name for found, _ in getattr(profile, outer).ListFields()] == [inner]


def test_every_field_is_tried() -> None:
    """The list of answers above has every field that can be corrected."""
    assert {field for field, _, _ in ANSWERS} == set(FIELDS)


@pytest.mark.parametrize(("field", "subject"), [(field, subject) for field, subject, _ in ANSWERS])
@pytest.mark.parametrize("answer", ["", "MAYBE", "-1", "1e3", "9999", "²", "2026-13-01"])
def test_other_answers_are_refused(field: str, subject: str, answer: str) -> None:
    """Nothing, or what the form does not offer, leaves the profile as it was."""
    profile = Profile()
    with pytest.raises(InvalidArgument):
        FIELDS[field].apply(profile, subject, {"answer": answer, "speaking": answer}, SOURCE)
    assert profile == Profile()


def test_what_was_known_of_other_things_stays() -> None:
    """A licence replaces the same one, with its new source; a skill that is there is not put there twice."""
    profile = Profile()
    profile.work.licences.extend(
        [Licence(code="hygiene-passport", held=Answer.VALUE_NO), Licence(code="driving-licence-b")]
    )
    profile.work.skills.append(Skill(skill=Concept(uri=SKILL)))
    applied("work.licences", "hygiene-passport", {"answer": "YES"}, profile)
    applied("work.skills", SKILL, {"answer": "YES"}, profile)
    assert [licence.code for licence in profile.work.licences] == ["driving-licence-b", "hygiene-passport"]
    assert profile.work.licences[1].provenance == Provenance(source=Provenance.SOURCE_SELF_REPORTED, date="2026-11-02")
    assert len(profile.work.skills) == 1


def test_a_level_that_is_taken_back_is_not_known() -> None:
    """The form holds all four activities, so that one left empty is empty then."""
    profile = applied("work.languages", "fi", {"speaking": "B1", "reading": "A2"})
    applied("work.languages", "fi", {"speaking": "B2"}, profile)
    assert len(profile.work.languages) == 1
    levels = profile.work.languages[0].levels
    assert (levels.speaking, levels.reading) == (Cefr.LEVEL_B2, Cefr.LEVEL_UNSPECIFIED)


def test_times_that_the_form_cannot_show_are_left_alone() -> None:
    """Half a span is refused; midnight is written as browsers want it; days with several spans are not overwritten."""
    with pytest.raises(InvalidArgument):
        applied("work.limits.windows", "", {"MONDAY_start": "08:00"})
    profile = applied("work.limits.windows", "", {"MONDAY_start": "18:00", "MONDAY_end": "23:00"})
    profile.work.limits.windows[0].end = "24:00"
    assert FIELDS["work.limits.windows"].read(profile, "")["MONDAY_end"] == "00:00"
    profile.work.limits.windows.append(WeeklyWindow(weekday=WeeklyWindow.WEEKDAY_MONDAY, start="06:00", end="09:00"))
    assert several_a_day(profile)
    with pytest.raises(InvalidArgument):
        applied("work.limits.windows", "", {"MONDAY_start": "08:00", "MONDAY_end": "15:30"}, profile)
    assert len(profile.work.limits.windows) == 2


def test_a_limited_right_keeps_its_limits() -> None:
    """Only the status changes."""
    profile = Profile()
    profile.work.right_to_work.isco_sectors.append("91")
    applied("work.right_to_work.status", "", {"answer": "LIMITED"}, profile)
    assert profile.work.right_to_work.status == RightToWork.STATUS_LIMITED
    assert list(profile.work.right_to_work.isco_sectors) == ["91"]


def test_the_page_of_a_field_has_an_address() -> None:
    """With the subject where the field is about many things; none for fields and subjects that have no form."""
    assert correct_path("/me", "work.limits.nights", "") == "/me/correct?field=work.limits.nights"
    assert correct_path("/me", "work.languages", "fi") == "/me/correct?field=work.languages&subject=fi"
    for field, subject in (("work.educations", ""), ("work.languages", ""), ("work.licences", "A b"), ("", "")):
        assert correct_path("/me", field, subject) == ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_leads_to_the_field_that_it_reads(rule: Rule) -> None:
    """Matching's rules and these pages agree on what a rule reads; a rule about the opening alone leads nowhere."""
    field, name = rule.field, rule.id
    subject = {"work.languages": "fi", "work.licences": "hygiene-passport", "work.skills": SKILL}.get(field, "x")
    path = correct_path_of_rule("/me", name, subject)
    wanted = field if field in FIELDS and name != "training.adds" else ""
    assert path.partition("field=")[2].partition("&")[0] == wanted
