"""What the real openings in memory do beyond the contract: exact, whole or not at all, and beside their writers."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from services.matching.adapters.live import Held, LiveOpeningsInMemory
from tests.builders.matching import NOW, candidate, opening_id, vacancy, vocabulary
from tests.contract.matching.live_samples import (
    COURSE,
    DIMENSION,
    EAST,
    HELP,
    JOB,
    WEST,
    cosine_of,
    ids,
    real,
    row_of,
)
from tests.fakes.matching import MODEL, vector


def test_the_real_openings_are_not_loaded_before_they_are_compared_with_the_store() -> None:
    """An opening that comes in does not make the openings complete."""
    live = LiveOpeningsInMemory(MODEL, DIMENSION, vocabulary())
    live.put(JOB, "")
    assert not live.loaded
    live.is_current(NOW)
    assert live.loaded
    assert len(live) == 1


def test_a_vector_of_another_length_is_refused() -> None:
    """FAISS would read memory that is not its own."""
    live = real(JOB)
    with pytest.raises(ValueError, match="2 numbers"):
        live.put_vector(JOB.id, "", vector(1, 0))
    with pytest.raises(ValueError, match="2 numbers"):
        live.view().cosines(vector(1, 0), np.array([0]))


def test_cosines_are_exact_whatever_is_asked_for() -> None:
    """Few rows, most, all, in any order, over several pieces of memory: as worked out in float64."""
    from services.matching.adapters.live.vectors import ROWS, Vectors

    made, rows = np.random.default_rng(3), ROWS + 3000
    floats = made.standard_normal((rows, 8)).astype(np.float32)
    floats /= np.linalg.norm(floats, axis=1, keepdims=True)
    vectors = Vectors(MODEL, 8)
    vectors.extend(0, floats[:5])
    vectors.extend(5, floats[5:])
    exact = floats.astype(np.float64) @ floats[7].astype(np.float64)
    for asked in (
        np.arange(rows),
        np.flatnonzero(made.random(rows) < 0.01),
        made.permutation(rows)[: rows // 2],
        np.array([rows - 1, 0, rows - 1]),
    ):
        assert np.abs(vectors.cosines(floats[7], asked) - exact[asked]).max() < 1e-6


def test_an_opening_that_cannot_be_laid_down_leaves_nothing_behind() -> None:
    """The others of its batch stay out too, what was held stays as it was, and the next ones come in."""
    live = real(JOB)
    live.put_vector(JOB.id, "", EAST)
    before = live.view()
    endless = replace(COURSE.snapshot, experience_months=10**400)
    with pytest.raises(OverflowError):
        live.put_all([Held(HELP, ""), Held(replace(COURSE, snapshot=endless), "")])
    assert ids(live.view()) == ids(before) == {JOB.id}
    live.put_all([Held(HELP, ""), Held(COURSE, "")])
    view = live.view()
    assert ids(view) == {JOB.id, COURSE.id, HELP.id}
    assert [view.candidate(row_of(view, each)) for each in (JOB, COURSE, HELP)] == [JOB, COURSE, HELP]
    assert cosine_of(live, JOB) == pytest.approx(1.0, abs=1e-6)


def test_readers_see_whole_openings_while_writers_write_and_compact() -> None:
    """Each view is of one moment: steady openings are in it with their vectors, moving ones whole or not at all."""
    steady = [candidate(vacancy(number)) for number in range(1, 60)]
    live = real(*steady)
    for each in steady:
        live.put_vector(each.id, "", EAST)
    moving = [replace(JOB, snapshot=replace(JOB.snapshot, id=opening_id(number))) for number in range(100, 130)]
    done, failed = threading.Event(), list[BaseException]()

    def until_done(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                while not done.is_set():
                    work()
            except BaseException as error:
                failed.append(error)

        return run

    def write() -> None:
        for each in moving:
            live.put(each, "")
            live.put_vector(each.id, "", WEST)
        for each in moving:
            live.remove(each.id)

    threads = [threading.Thread(target=until_done(work)) for work in (write, live.compact)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(300):
            view = live.view()
            rows = np.array([row_of(view, each) for each in steady])
            assert view.columns.alive[rows].all()
            assert view.cosines(EAST, rows) == pytest.approx([1.0] * len(steady), abs=1e-6)
            others = np.setdiff1d(np.flatnonzero(view.columns.alive), rows)
            assert {view.columns.id(row) for row in others} <= {each.id for each in moving}
            told = view.cosines(EAST, others)
            assert (np.isnan(told) | (np.abs(told + 1) < 1e-6)).all()
            if len(others):
                assert view.candidate(int(others[-1])).id == view.columns.id(int(others[-1]))
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not failed
    live.compact()
    assert live.view().dead == 0
