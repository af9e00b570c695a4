"""Openings on disk: what is read is what was written, and anything that is not certain is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from services.matching.adapters.live import Generations, Held, LiveOpeningsInMemory
from services.matching.domain.values import Concept
from tests.builders.matching import NOW, candidate, opening_id, service, training, vacancy, vocabulary
from tests.builders.matching_vocabulary import CLEANER
from tests.fakes.matching import MODEL, vector

DIMENSION = 4
EAST = vector(1, 0, 0, 0)
OPENINGS = tuple(
    candidate(each)
    for each in (vacancy(1, occupation=Concept(CLEANER), isco_code="9112"), training(2), service(3), vacancy(4))
)


def _empty(model: str = MODEL) -> LiveOpeningsInMemory:
    return LiveOpeningsInMemory(model, DIMENSION, vocabulary())


def _live() -> LiveOpeningsInMemory:
    """Four openings, one of which came twice, and one that has gone; the first has a vector."""
    live = _empty()
    live.put_all(Held(each, "text") for each in OPENINGS)
    live.put_vector(OPENINGS[0].id, "text", EAST)
    gone = candidate(vacancy(9))
    live.put(gone, "text")
    live.remove(gone.id)
    live.put(replace(OPENINGS[1], snapshot=replace(OPENINGS[1].snapshot, version=2)), "text")
    live.is_current(NOW)
    return live


def _save(folder: Path) -> Path:
    live = _live()
    Generations(folder, live, vocabulary()).save()
    (made,) = folder.glob("generation-*")
    return made


def _load(folder: Path, live: LiveOpeningsInMemory | None = None) -> bool:
    return Generations(folder, _empty() if live is None else live, vocabulary()).load()


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    """Openings, versions, vectors and the moment at which they were current; not what was replaced or is gone."""
    live, loaded = _live(), _empty()
    Generations(tmp_path, live, vocabulary()).save()
    assert _load(tmp_path, loaded)
    before, view = live.view(), loaded.view()
    assert len(loaded) == len(view.columns) == len(OPENINGS)
    assert sorted(loaded.versions()) == sorted(live.versions())
    for each in OPENINGS:
        row, held = view.row(each.id), before.row(each.id)
        assert row is not None
        assert held is not None
        assert view.candidate(row) == before.candidate(held)
        pair = [view.cosines(EAST, np.array([row])), before.cosines(EAST, np.array([held]))]
        assert np.array_equal(*pair, equal_nan=True)
    assert view.row(opening_id(9)) is None
    assert view.columns.generation >= before.columns.generation
    assert loaded.stale(NOW + timedelta(hours=25))


def test_what_was_loaded_counts_as_loaded_only_after_a_comparison(tmp_path: Path) -> None:
    """Until then it may lack what was published while the service was away."""
    _save(tmp_path)
    live = _empty()
    assert _load(tmp_path, live)
    assert not live.loaded
    live.is_current(NOW)
    assert live.loaded


def test_openings_that_were_loaded_are_changed_as_any(tmp_path: Path) -> None:
    """New ones, newer versions, vectors and removals on top of what was read."""
    _save(tmp_path)
    live = _empty()
    _load(tmp_path, live)
    live.put(candidate(vacancy(7, occupation=Concept(CLEANER))), "new")
    live.put_vector(OPENINGS[3].id, "text", EAST)
    live.remove(OPENINGS[2].id)
    live.compact()
    view = live.view()
    assert {view.columns.id(row) for row in view.alive} == {opening_id(number) for number in (1, 2, 4, 7)}
    row = view.row(OPENINGS[3].id)
    assert row is not None
    assert view.cosines(EAST, np.array([row])) == pytest.approx([1.0], abs=1e-6)


def test_saving_again_keeps_one_generation_and_clears_what_a_crash_left(tmp_path: Path) -> None:
    """An older generation goes once the newer one is whole; a folder half written is never read."""
    first = _save(tmp_path)
    (tmp_path / ".writing-crashed").mkdir()
    live = _live()
    live.remove(OPENINGS[0].id)
    Generations(tmp_path, live, vocabulary()).save()
    (second,) = tmp_path.iterdir()
    assert second != first


def test_without_any_generation_nothing_is_held(tmp_path: Path) -> None:
    """As at a first start, and with a folder that is not there."""
    for folder in (tmp_path, tmp_path / "missing"):
        live = _empty()
        assert not _load(folder, live)
        assert len(live) == 0
        assert not live.loaded


def _flip(path: Path, position: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


FILES = ("columns", "names", "packed", "vectors")
DAMAGES: dict[str, Callable[[Path], object]] = {
    **{f"a bit of {name}": lambda made, name=name: _flip(made / name) for name in FILES},  # type: ignore[misc]
    **{
        f"{name} cut": lambda made, name=name: (made / name).write_bytes((made / name).read_bytes()[:-1])
        for name in FILES
    },  # type: ignore[misc]
    **{f"{name} missing": lambda made, name=name: (made / name).unlink() for name in FILES},  # type: ignore[misc]
    "a bit of the manifest": lambda made: _flip(made / "manifest.json", 20),
    "no manifest": lambda made: (made / "manifest.json").unlink(),
    "an empty manifest": lambda made: (made / "manifest.json").write_bytes(b""),
    "another name": lambda made: made.rename(made.with_name("generation-0")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_generation_is_refused(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    """Row 36 of the bad inputs: nothing of it is held, so that everything is read from the store."""
    damage(_save(tmp_path))
    live = _empty()
    assert not _load(tmp_path, live)
    assert len(live) == 0
    assert not live.loaded


@pytest.mark.parametrize("name", ["model", "dimension", "vocabulary", "format", "code", "packing"])
def test_a_generation_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    """Another model, vocabulary, format or code: what is laid down there may mean something else."""
    from services.matching.adapters.live.files import read_manifest, write_folder

    made = _save(tmp_path)
    manifest = read_manifest(made)
    content = {file: [(made / file).read_bytes()] for file in FILES}
    described = {key: value for key, value in manifest.items() if key != "files"}
    write_folder(tmp_path, described, content)
    assert _load(tmp_path)
    write_folder(tmp_path, described | {name: "other"}, content)
    assert not _load(tmp_path)


def test_an_older_generation_serves_where_the_newest_is_damaged(tmp_path: Path) -> None:
    """As after a crash between writing the newer one and removing the older one."""
    first = _save(tmp_path)
    second = tmp_path / "generation-1"
    second.mkdir()
    (second / "manifest.json").write_text(json.dumps({}))
    assert _load(tmp_path)
    assert first.exists()


def test_a_failure_while_writing_leaves_the_generation_before(tmp_path: Path) -> None:
    """The disk is full: what was there is still of use."""
    from services.matching.adapters.live.files import write_folder

    def breaking() -> object:
        yield b"half"
        raise OSError("No space left on device")

    made = _save(tmp_path)
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path, {}, {"columns": breaking()})  # type: ignore[dict-item]
    assert list(tmp_path.iterdir()) == [made]
    assert _load(tmp_path)
