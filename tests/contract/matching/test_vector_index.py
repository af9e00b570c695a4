"""The fake and the FAISS index keep one contract."""

import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.adapters.faiss_index import FaissIndex
from services.matching.application.ports import Vector, VectorIndex
from tests.fakes.matching import MODEL, FakeVectorIndex, vector

DIMENSION = 4
EAST, NORTH, WEST = vector(1, 0, 0, 0), vector(0, 1, 0, 0), vector(-1, 0, 0, 0)


class Fill(Protocol):
    """Makes an index with these vectors."""

    def __call__(self, **held: Vector) -> VectorIndex: ...


def _faiss(**held: Vector) -> FaissIndex:
    index = FaissIndex(MODEL, DIMENSION)
    index.fill(list(held.items()))
    return index


def _fake(**held: Vector) -> FakeVectorIndex:
    index = FakeVectorIndex()
    for opening_id, each in held.items():
        index.upsert(opening_id, each)
    return index


@pytest.fixture(params=[_fake, _faiss], ids=["fake", "faiss"])
def filled(request: pytest.FixtureRequest) -> Fill:
    """The fake and the real one."""
    fill: Fill = request.param
    return fill


def test_similarities_are_cosines(filled: Fill) -> None:
    """1 for the same direction, 0 across, −1 against."""
    index = filled(a=EAST, b=NORTH, c=WEST)
    found = index.similarities(EAST, ["a", "b", "c"])
    assert found == pytest.approx({"a": 1.0, "b": 0.0, "c": -1.0}, abs=1e-6)


def test_only_those_asked_for_and_held_are_compared(filled: Fill) -> None:
    """An opening without a vector, or not asked for, has no similarity; asking for none gives none."""
    index = filled(a=EAST, b=NORTH)
    assert set(index.similarities(EAST, ["b", "unknown"])) == {"b"}
    assert dict(index.similarities(EAST, [])) == {}
    assert dict(filled().similarities(EAST, ["a"])) == {}


def test_openings_may_be_asked_for_by_any_iterable(filled: Fill) -> None:
    """A generator is as good as a list."""
    assert set(filled(a=EAST).similarities(EAST, (name for name in "ab"))) == {"a"}


def test_a_newer_vector_takes_the_place_of_the_older(filled: Fill) -> None:
    """An opening has one vector, however often it is given."""
    index = filled(a=EAST, b=NORTH)
    for _ in range(3):
        index.upsert("a", WEST)
    assert index.similarities(EAST, ["a", "b"]) == pytest.approx({"a": -1.0, "b": 0.0}, abs=1e-6)


def test_a_removed_vector_is_gone_and_the_others_stay(filled: Fill) -> None:
    """Removing the first, the last and an unknown one leaves the others with their own vectors."""
    index = filled(a=EAST, b=NORTH, c=WEST)
    index.remove("a")
    assert index.similarities(EAST, ["a", "b", "c"]) == pytest.approx({"b": 0.0, "c": -1.0}, abs=1e-6)
    index.remove("c")
    index.remove("unknown")
    index.remove("a")
    assert set(index.similarities(EAST, ["a", "b", "c"])) == {"b"}
    index.upsert("a", WEST)
    assert index.similarities(EAST, ["a", "b"]) == pytest.approx({"a": -1.0, "b": 0.0}, abs=1e-6)


def test_the_generation_rises_with_every_change(filled: Fill) -> None:
    """Holding, replacing and removing are changes; removing what is not there is none."""
    index = filled(a=EAST)
    generations = [index.generation]
    for each in (NORTH, WEST):
        index.upsert("b", each)
        generations.append(index.generation)
    index.remove("b")
    generations.append(index.generation)
    assert generations == sorted(set(generations))
    index.remove("b")
    assert index.generation == generations[-1]


@pytest.mark.parametrize("call", ["upsert", "similarities"])
def test_vectors_of_another_model_are_refused(filled: Fill, call: str) -> None:
    """They point elsewhere: comparing them would give numbers without a meaning."""
    index = filled(a=EAST)
    foreign = vector(1, 0, 0, 0, model="another-model")
    use: dict[str, Callable[[], object]] = {
        "upsert": lambda: index.upsert("a", foreign),
        "similarities": lambda: index.similarities(foreign, ["a"]),
    }
    with pytest.raises(ValueError, match="another-model"):
        use[call]()
    assert index.model == MODEL
    assert index.similarities(EAST, ["a"]) == pytest.approx({"a": 1.0}, abs=1e-6)


def test_an_index_that_was_never_filled_is_not_ready() -> None:
    """Whoever asks too early is told, instead of being given nothing."""
    index = FaissIndex(MODEL, DIMENSION)
    assert not index.ready
    index.fill([])
    assert index.ready


def test_a_vector_of_another_length_is_refused() -> None:
    """FAISS would read memory that is not its own."""
    index = FaissIndex(MODEL, DIMENSION)
    with pytest.raises(ValueError, match="2 numbers"):
        index.upsert("a", vector(1, 0))


def test_filling_again_forgets_what_was_held() -> None:
    """What is filled in is all there is; an id twice is held once."""
    index = _faiss(a=EAST, b=NORTH)
    index.fill([("b", WEST), ("c", NORTH), ("b", EAST)])
    assert len(index) == 2
    assert index.similarities(EAST, ["a", "b", "c"]) == pytest.approx({"b": 1.0, "c": 0.0}, abs=1e-6)


_changes = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 20)), max_size=60)


@given(changes=_changes)
@settings(max_examples=80, deadline=None, database=None)
def test_any_changes_leave_what_a_fresh_index_holds(changes: list[tuple[str, int | None]]) -> None:
    """After any row of upserts and removals: as many rows as live vectors, and the cosines of an index filled anew."""
    changed, held = _faiss(), dict[str, Vector]()
    for name, number in changes:
        if number is None:
            changed.remove(name)
            held.pop(name, None)
        else:
            held[name] = vector(1, number, number % 3, 1)
            changed.upsert(name, held[name])
    assert len(changed) == len(held)
    assert dict(changed.similarities(NORTH, "abcdef")) == dict(_faiss(**held).similarities(NORTH, "abcdef"))


def test_readers_see_whole_vectors_while_writers_write() -> None:
    """A vector is read as it was before a change or after it, never half of each, and under its own name."""
    plain: npt.NDArray[np.float32] = np.full(256, 1 / 16, dtype=np.float32)
    one, other = Vector(MODEL, plain.tobytes()), Vector(MODEL, (-plain).tobytes())
    index = FaissIndex(MODEL, 256)
    index.fill([(f"steady-{number}", one) for number in range(400)] + [("moving", other)])
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            index.remove("moving")
            index.remove("steady-0")
            index.upsert("moving", other)
            index.upsert("steady-0", one)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(300):
            found = dict(index.similarities(one, [f"steady-{number}" for number in range(400)] + ["moving"]))
            moving = found.pop("moving", -1.0)
            assert moving == pytest.approx(-1.0, abs=1e-5)
            assert len(found) >= 399
            assert list(found.values()) == pytest.approx([1.0] * len(found), abs=1e-5)
    finally:
        done.set()
        writer.join()
