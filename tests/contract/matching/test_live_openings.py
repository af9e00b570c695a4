"""The fake and the real view of live openings keep one contract."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.matching.adapters.live_openings import LiveOpeningsInMemory
from services.matching.application.ports import LiveOpenings
from services.matching.domain.candidates import Candidate
from services.matching.domain.values import OpeningKind
from tests.builders.matching import candidate, opening_id, service, training, vacancy
from tests.fakes.matching import FakeLiveOpenings

JOB, COURSE, HELP = candidate(vacancy(1)), candidate(training(2)), candidate(service(3))
Make = Callable[..., LiveOpenings]


def _real(*candidates: Candidate) -> LiveOpeningsInMemory:
    live = LiveOpeningsInMemory()
    live.fill(candidates)
    return live


@pytest.fixture(params=[lambda *held: FakeLiveOpenings(held), _real], ids=["fake", "real"])
def make(request: pytest.FixtureRequest) -> Make:
    """The fake and the real one."""
    made: Make = request.param
    return made


def _version(of: Candidate, version: int) -> Candidate:
    return replace(of, snapshot=replace(of.snapshot, version=version))


def test_openings_are_found_by_id_and_by_kind(make: Make) -> None:
    """All of them, one kind, one alone; an unknown one is None."""
    live = make(JOB, COURSE, HELP)
    assert {each.id for each in live.all()} == {JOB.id, COURSE.id, HELP.id}
    assert [each.id for each in live.all(OpeningKind.TRAINING)] == [COURSE.id]
    assert live.get(HELP.id) == HELP
    assert live.get(opening_id(9)) is None
    assert live.loaded


def test_a_newer_version_takes_the_place_and_an_older_one_does_not(make: Make) -> None:
    """Whatever the order of arrival, the newest version is held; the same version may be renewed."""
    live = make(_version(JOB, 3))
    for version, held in ((2, 3), (3, 3), (4, 4), (1, 4)):
        live.put(_version(JOB, version))
        found = live.get(JOB.id)
        assert found is not None
        assert found.snapshot.version == held
    assert len(live.all()) == 1


def test_a_removed_opening_is_gone(make: Make) -> None:
    """Removing twice, or what was never there, changes nothing else."""
    live = make(JOB, COURSE)
    for each in (JOB.id, JOB.id, opening_id(9)):
        live.remove(each)
    assert live.get(JOB.id) is None
    assert [each.id for each in live.all()] == [COURSE.id]


def test_what_was_handed_out_does_not_change(make: Make) -> None:
    """A reader's view is of one moment."""
    live = make(JOB, COURSE)
    view = live.all()
    live.remove(JOB.id)
    live.put(HELP)
    assert {each.id for each in view} == {JOB.id, COURSE.id}


def test_the_real_view_is_not_loaded_before_it_is_filled() -> None:
    """An opening that comes in does not make the view complete."""
    live = LiveOpeningsInMemory()
    live.put(JOB)
    assert not live.loaded
    live.fill([COURSE])
    assert live.loaded
    assert len(live) == 2


def test_readers_and_writers_need_no_lock() -> None:
    """While openings come and go, each view is whole: steady ones are always in it."""
    steady = [candidate(vacancy(number)) for number in range(1, 60)]
    live = _real(*steady)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            for number in range(100, 160):
                live.put(replace(JOB, snapshot=replace(JOB.snapshot, id=opening_id(number))))
            for number in range(100, 160):
                live.remove(opening_id(number))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(500):
            assert {each.id for each in live.all()} >= {each.id for each in steady}
    finally:
        done.set()
        writer.join()
