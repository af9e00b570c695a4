"""Field masks over the content of a profile."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from services.profiles.domain.masks import apply_mask, changed_paths, check_mask
from services.profiles.domain.profile import ProfileContent
from services.profiles.domain.values import Answer, GeoPoint, Place
from services.profiles.domain.work import Choices, EverydayLimits, Goals, SeekerWeights, WorkProfile
from shared.kernel.errors import InvalidArgument
from tests.builders.profiles import a_content, trees

BLANK = ProfileContent()
TOP = ("case_reference", "choices", "preferred_language", "work")


@pytest.mark.parametrize(
    "path",
    [
        *TOP,
        "work.languages",
        "work.limits",
        "work.limits.home",
        "work.limits.home.point",
        "work.limits.home.municipality",
        "work.right_to_work.provenance.date",
        "work.goals.weights.pay",
        "choices.ranking_opt_out",
    ],
)
def test_fields_of_the_content_may_be_named(path: str) -> None:
    """Every field that people give may be named, at any depth."""
    assert check_mask([path], BLANK) == (path,)


@pytest.mark.parametrize(
    "path",
    [
        "name", "id", "version", "etag", "create_time", "update_time", "owner", "owner_subject", "verified_skills",
        "protected", "*", "", ".", "work.", ".work", "work..limits", "work.nothing", "work.languages.levels",
        "work.languages[0]", "work.limits.home.point.latitude", "case_reference.length", "work.limits.windows.start",
        "__class__", "work.__class__", "Work", "work.rightToWork",
    ],
)  # fmt: skip
def test_other_paths_are_refused(path: str) -> None:
    """What the service gives, what is unknown and what lies inside a list is refused (row 27)."""
    with pytest.raises(InvalidArgument) as refused:
        check_mask(["work.languages", path], BLANK)

    assert refused.value.reason == "UPDATE_MASK_INVALID"
    assert [violation.field for violation in refused.value.violations] == ["update_mask"]


def test_an_empty_mask_is_refused() -> None:
    """A mask without paths changes nothing by accident: it is refused."""
    with pytest.raises(InvalidArgument) as refused:
        check_mask([], BLANK)

    assert refused.value.reason == "UPDATE_MASK_EMPTY"


def test_a_path_covers_those_below_it() -> None:
    """Paths below another one, and repeated ones, say nothing more."""
    paths = ["work.limits.home", "work", "choices.matching", "work", "work.languages"]

    assert check_mask(paths, BLANK) == ("choices.matching", "work")


def test_only_masked_fields_are_taken() -> None:
    """Fields outside of the mask stay, even where the given content holds other values."""
    current = a_content()
    given_content = replace(
        a_content(limits=EverydayLimits(home=Place(municipality="091", district="Kallio"), nights=Answer.YES)),
        preferred_language="en",
    )

    updated = apply_mask(current, given_content, ("work.limits.home.district",))

    home = replace(current.work.limits.home, district="Kallio")
    assert updated == replace(current, work=replace(current.work, limits=replace(current.work.limits, home=home)))


def test_a_masked_part_takes_what_is_unknown_too() -> None:
    """Naming a part replaces it whole: what is unknown in the given part becomes unknown."""
    current = a_content(goals=Goals(text="koulutus", weights=SeekerWeights(pay=2.0)))

    updated = apply_mask(current, ProfileContent(), ("work.goals",))

    assert updated.work.goals == Goals()
    assert updated.work.languages == current.work.languages


@given(current=trees(ProfileContent), other=trees(ProfileContent))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_taking_all_changed_paths_gives_the_other(current: ProfileContent, other: ProfileContent) -> None:
    """The changed paths name everything that differs, and each of them may stand in a mask."""
    paths = changed_paths(current, other)

    assert bool(paths) == (current != other)
    if paths:
        assert apply_mask(current, other, check_mask(paths, BLANK)) == other


@given(current=trees(ProfileContent), other=trees(ProfileContent))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_whole_mask_replaces_everything(current: ProfileContent, other: ProfileContent) -> None:
    """Naming all top fields gives the other content, whatever was there."""
    assert apply_mask(current, other, TOP) == other


def test_changed_paths_stop_at_the_home() -> None:
    """A change of the home is told as such and not in finer detail; choices are told one by one."""
    old = a_content()
    limits = EverydayLimits(home=Place(municipality="091", point=GeoPoint(60.2, 24.9)))
    new = replace(a_content(limits=limits), choices=Choices(ranking_opt_out=True))

    assert changed_paths(old, new) == ("choices.ranking_opt_out", "work.limits.home")


def test_the_same_content_has_no_changed_paths() -> None:
    """Equal contents differ in nothing."""
    assert changed_paths(WorkProfile(), WorkProfile()) == ()
