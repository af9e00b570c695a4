"""Transitions of a profile: new state and events."""

from dataclasses import replace
from datetime import timedelta

from services.profiles.domain.profile import (
    Assignment,
    Profile,
    ProfileAssigned,
    ProfileContent,
    ProfileCreated,
    ProfileUpdated,
    assign,
    create,
    update,
)
from services.profiles.domain.values import Answer
from services.profiles.domain.work import Choices
from tests.builders.profiles import NOW, a_content

LATER = NOW + timedelta(hours=1)


def a_profile() -> Profile:
    """The first version of a profile."""
    return create("id-1", "seeker-1", a_content(), NOW)[0]


def test_a_created_profile_is_version_one() -> None:
    """Creating gives version 1 and one event."""
    profile, events = create("id-1", "seeker-1", a_content(), NOW)

    assert profile == Profile("id-1", 1, "seeker-1", a_content(), NOW, NOW)
    assert events == (ProfileCreated("id-1", 1, NOW),)


def test_a_change_raises_the_version_by_one() -> None:
    """A change gives the next version, the time of the change and an event with the paths."""
    given = replace(ProfileContent(), choices=Choices(matching=Answer.YES), preferred_language="en")

    profile, events = update(a_profile(), given, ("choices", "preferred_language"), LATER)

    assert (profile.version, profile.create_time, profile.update_time) == (2, NOW, LATER)
    assert profile.content == replace(a_content(), choices=Choices(matching=Answer.YES), preferred_language="en")
    assert events == (ProfileUpdated("id-1", 2, LATER, ("choices.matching", "preferred_language")),)


def test_no_change_keeps_version_and_time() -> None:
    """Giving the same values again changes nothing and says nothing."""
    profile, events = update(a_profile(), a_content(), ("work", "choices"), LATER)

    assert profile == a_profile()
    assert events == ()


def test_the_first_assignment_begins() -> None:
    """A person without a counsellor gets one; nothing ends."""
    outcome = assign(a_profile(), None, "counsellor-1", "unit-1", LATER)

    assert outcome.assignment == Assignment("id-1", "counsellor-1", "unit-1", LATER)
    assert outcome.ended is None
    assert outcome.profile.version == 2
    assert outcome.events == (ProfileAssigned("id-1", 2, LATER),)


def test_a_new_assignment_ends_the_one_before() -> None:
    """The end of the old assignment is the beginning of the new one."""
    current = Assignment("id-1", "counsellor-1", "unit-1", NOW)

    outcome = assign(a_profile(), current, "counsellor-2", "unit-2", LATER)

    assert outcome.ended == replace(current, end_time=LATER)
    assert outcome.assignment == Assignment("id-1", "counsellor-2", "unit-2", LATER)


def test_an_assignment_never_ends_before_it_began() -> None:
    """Where the clock of another process was ahead, the old assignment ends when it began."""
    current = Assignment("id-1", "counsellor-1", "unit-1", LATER)

    outcome = assign(a_profile(), current, "counsellor-2", "unit-2", NOW)

    assert outcome.ended == replace(current, end_time=LATER)


def test_a_counsellor_who_changes_units_is_assigned_anew() -> None:
    """An assignment is to a counsellor of a unit: another unit is another assignment."""
    current = Assignment("id-1", "counsellor-1", "unit-1", NOW)

    outcome = assign(a_profile(), current, "counsellor-1", "unit-2", LATER)

    assert outcome.ended is not None
    assert outcome.assignment.unit == "unit-2"


def test_the_same_assignment_again_changes_nothing() -> None:
    """Assigning to the counsellor who has the person already keeps version and beginning."""
    current = Assignment("id-1", "counsellor-1", "unit-1", NOW)

    outcome = assign(a_profile(), current, "counsellor-1", "unit-1", LATER)

    assert (outcome.profile, outcome.assignment, outcome.ended, outcome.events) == (a_profile(), current, None, ())
