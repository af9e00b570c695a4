"""The fake and the real openings in memory keep one contract."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from services.matching.application.live import LiveOpenings
from services.matching.domain.candidates import Candidate
from services.matching.domain.values import LocalizedText
from tests.builders.matching import NOW, candidate, opening_id, vacancy
from tests.contract.matching.live_samples import COURSE, EAST, HELP, JOB, NORTH, WEST, cosine_of, ids, real, row_of
from tests.fakes.matching import MODEL, FakeLiveOpenings, vector

Make = Callable[..., LiveOpenings]


def _fake(*candidates: Candidate) -> FakeLiveOpenings:
    live = FakeLiveOpenings(candidates)
    live.current_at = NOW
    return live


@pytest.fixture(params=[_fake, real], ids=["fake", "real"])
def make(request: pytest.FixtureRequest) -> Make:
    """The fake and the real one."""
    made: Make = request.param
    return made


def _version(of: Candidate, version: int) -> Candidate:
    return replace(of, snapshot=replace(of.snapshot, version=version))


def test_openings_are_found_by_id_and_by_row(make: Make) -> None:
    """Each has one row that is alive; an unknown one, and what is no id at all, have none."""
    live = make(JOB, COURSE, HELP)
    view = live.view()
    assert ids(view) == {JOB.id, COURSE.id, HELP.id}
    assert view.candidate(row_of(view, HELP)) == HELP
    assert view.columns.kind[row_of(view, COURSE)] == COURSE.snapshot.kind
    assert view.row(opening_id(9)) is None
    assert view.row("siivooja") is None
    assert live.loaded


def test_descriptions_are_not_kept(make: Make) -> None:
    """No rule reads them; all else of an opening comes back as it was."""
    described = candidate(vacancy(1, descriptions=(LocalizedText("fi", "Siivousta hotellissa."),)))
    view = make(described).view()
    held = view.candidate(row_of(view, described))
    assert held == replace(described, snapshot=replace(described.snapshot, descriptions=()))


def test_a_newer_version_takes_the_place_and_an_older_one_does_not(make: Make) -> None:
    """Whatever the order of arrival, the newest version is held; the same version may be renewed."""
    live = make(_version(JOB, 3))
    for version, held in ((2, 3), (3, 3), (4, 4), (1, 4)):
        live.put(_version(JOB, version), "")
        view = live.view()
        assert view.candidate(row_of(view, JOB)).snapshot.version == held
        assert len(ids(view)) == np.count_nonzero(view.columns.alive) == 1


def test_the_same_version_with_other_content_takes_the_place(make: Make) -> None:
    """As when it is linked anew with another vocabulary."""
    live = make(JOB)
    renewed = replace(JOB, signals=replace(JOB.signals, vocabulary="newer"))
    live.put(renewed, "")
    view = live.view()
    assert view.candidate(row_of(view, JOB)) == renewed


def test_a_removed_opening_is_gone(make: Make) -> None:
    """Removing twice, or what was never there, changes nothing else; it may come back, without its vector."""
    live = make(JOB, COURSE)
    live.put_vector(JOB.id, "", EAST)
    for each in (JOB.id, JOB.id, opening_id(9)):
        live.remove(each)
    assert live.view().row(JOB.id) is None
    assert ids(live.view()) == {COURSE.id}
    live.put(_version(JOB, 2), "")
    assert ids(live.view()) == {JOB.id, COURSE.id}
    assert np.isnan(cosine_of(live, JOB))


def test_what_was_handed_out_does_not_change(make: Make) -> None:
    """A reader's view is of one moment: openings, versions, rows and vectors."""
    live = make(JOB, COURSE)
    live.put_vector(JOB.id, "", EAST)
    view = live.view()
    row, other = row_of(view, JOB), row_of(view, COURSE)
    live.put_vector(JOB.id, "", WEST)
    live.put_vector(COURSE.id, "", WEST)
    live.put(_version(JOB, 2), "other")
    live.remove(COURSE.id)
    live.put(HELP, "")
    assert ids(view) == {JOB.id, COURSE.id}
    assert (view.row(JOB.id), view.row(COURSE.id), view.row(HELP.id)) == (row, other, None)
    assert view.candidate(row) == JOB
    assert view.cosines(EAST, np.array([row, other])) == pytest.approx([1.0, np.nan], abs=1e-6, nan_ok=True)


def test_cosines_are_given_in_the_order_asked_for(make: Make) -> None:
    """1 for the same direction, 0 across, −1 against, NaN without a vector; asking for none gives none."""
    live = make(JOB, COURSE, HELP)
    for opening, each in ((JOB, EAST), (COURSE, WEST)):
        live.put_vector(opening.id, "", each)
    view = live.view()
    rows = np.array([row_of(view, each) for each in (HELP, COURSE, JOB, COURSE)])
    found = view.cosines(EAST, rows)
    assert found.dtype == np.float64
    assert found == pytest.approx([np.nan, -1.0, 1.0, -1.0], abs=1e-6, nan_ok=True)
    assert len(view.cosines(EAST, rows[:0])) == 0
    assert len(make().view().cosines(EAST, rows[:0])) == 0


def test_a_vector_stays_while_the_text_is_the_same(make: Make) -> None:
    """A newer version with the same text keeps it; with another text it is compared no more."""
    live = make()
    live.put(JOB, "text")
    live.put_vector(JOB.id, "text", EAST)
    live.put(_version(JOB, 2), "text")
    assert cosine_of(live, JOB) == pytest.approx(1.0, abs=1e-6)
    live.put(_version(JOB, 3), "other")
    assert np.isnan(cosine_of(live, JOB))
    live.put_vector(JOB.id, "other", NORTH)
    assert cosine_of(live, JOB) == pytest.approx(0.0, abs=1e-6)


def test_a_vector_of_another_text_or_of_no_opening_is_left_aside(make: Make) -> None:
    """It came late: the opening has another text by now, or is gone."""
    live = make()
    live.put(JOB, "newer")
    live.put_vector(JOB.id, "older", EAST)
    live.put_vector(COURSE.id, "text", EAST)
    assert np.isnan(cosine_of(live, JOB))
    assert live.view().row(COURSE.id) is None


def test_a_vector_may_be_replaced(make: Make) -> None:
    """However often it is given, an opening has one."""
    live = make(JOB)
    for each, cosine in ((EAST, 1), (WEST, -1), (WEST, -1), (NORTH, 0)):
        live.put_vector(JOB.id, "", each)
        assert cosine_of(live, JOB) == pytest.approx(cosine, abs=1e-6)
    assert len(ids(live.view())) == 1


def test_the_generation_rises_with_every_change(make: Make) -> None:
    """Taking in, a vector, taking out; what changes nothing raises nothing."""
    live = make(JOB)
    generations = [live.view().columns.generation]
    live.put(COURSE, "")
    generations.append(live.view().columns.generation)
    live.put_vector(JOB.id, "", EAST)
    generations.append(live.view().columns.generation)
    live.remove(JOB.id)
    generations.append(live.view().columns.generation)
    assert generations == sorted(set(generations))
    live.remove(JOB.id)
    live.put_vector(JOB.id, "", EAST)
    assert live.view().columns.generation == generations[-1]


@pytest.mark.parametrize("call", ["put_vector", "cosines"])
def test_vectors_of_another_model_are_refused(make: Make, call: str) -> None:
    """They point elsewhere: comparing them would give numbers without a meaning."""
    live = make(JOB)
    live.put_vector(JOB.id, "", EAST)
    foreign = vector(1, 0, 0, 0, model="another-model")
    use: dict[str, Callable[[], object]] = {
        "put_vector": lambda: live.put_vector(JOB.id, "", foreign),
        "cosines": lambda: live.view().cosines(foreign, np.array([0])),
    }
    with pytest.raises(ValueError, match="another-model"):
        use[call]()
    assert live.model == MODEL
    assert cosine_of(live, JOB) == pytest.approx(1.0, abs=1e-6)


def test_it_is_stale_a_day_after_it_was_last_compared_with_the_store(make: Make) -> None:
    """A list says so: it may lack what has been published since."""
    live = make(JOB)
    assert not live.stale(NOW + timedelta(hours=24))
    assert live.stale(NOW + timedelta(hours=24, seconds=1))
