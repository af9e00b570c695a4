"""Where root's databases belong: to the var folder that made them, also when it moves, never to a copy."""

import json
import shutil
from pathlib import Path

import pytest

from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder
from deploy.embedded.postgres_place import OWNER_FILE, own_data, pointed, remove, system_folder


@pytest.fixture
def var(tmp_path: Path) -> VarFolder:
    """A var folder whose databases lie in a system folder."""
    made = VarFolder(tmp_path / "checkout" / "var")
    made.create()
    folder = tmp_path / "system" / "a1"
    (folder / "data").mkdir(parents=True)
    (folder / OWNER_FILE).write_text(json.dumps({"id": "c1", "var": str(made.root)}))
    made.postgres_pointer.write_text(json.dumps({"id": "c1", "data": str(folder / "data")}))
    return made


def test_pointer_leads_to_the_databases(var: VarFolder, tmp_path: Path) -> None:
    """The var folder that made the databases finds them; one without a pointer finds none."""
    assert pointed(var) == tmp_path / "system" / "a1"
    assert own_data(var) == tmp_path / "system" / "a1" / "data"
    empty = VarFolder(tmp_path / "other")
    empty.create()
    assert pointed(empty) is None
    assert own_data(empty) == empty.postgres / "data"


def test_moved_folder_keeps_its_databases(var: VarFolder, tmp_path: Path) -> None:
    """After a move of the checkout the databases are those of the new place."""
    moved = VarFolder(tmp_path / "moved" / "var")
    moved.root.parent.mkdir()
    var.root.rename(moved.root)
    assert pointed(moved) == tmp_path / "system" / "a1"
    assert own_data(moved) == tmp_path / "system" / "a1" / "data"


def test_copied_folder_may_not_use_the_databases(var: VarFolder, tmp_path: Path) -> None:
    """Two var folders on one cluster would end each other's server: the copy is refused."""
    copy = VarFolder(tmp_path / "copy" / "var")
    shutil.copytree(var.root, copy.root)
    with pytest.raises(StackError, match=r"is a copy of .*checkout"):
        pointed(copy)
    assert pointed(var) == tmp_path / "system" / "a1"


def test_discarding_a_copy_spares_the_databases(var: VarFolder, tmp_path: Path) -> None:
    """What a copy deletes is its own."""
    copy = VarFolder(tmp_path / "copy" / "var")
    shutil.copytree(var.root, copy.root)
    remove(copy)
    assert (tmp_path / "system" / "a1" / "data").exists()
    assert not copy.postgres_pointer.exists()
    remove(var)
    assert not (tmp_path / "system" / "a1").exists()


def test_pointer_to_nothing_is_an_error(var: VarFolder, tmp_path: Path) -> None:
    """Databases that are gone, or another cluster in their place, are said and never replaced in silence."""
    owner = tmp_path / "system" / "a1" / OWNER_FILE
    owner.write_text(json.dumps({"id": "c2", "var": str(var.root)}))
    with pytest.raises(StackError, match="no longer are"):
        pointed(var)
    shutil.rmtree(tmp_path / "system")
    with pytest.raises(StackError, match="no longer are"):
        pointed(var)


def test_each_var_folder_has_its_own_system_folder(tmp_path: Path) -> None:
    """Two checkouts on one machine never share databases."""
    system = Path("/var/lib/polku")
    folders = {system_folder(VarFolder(tmp_path / name), system) for name in ("one", "two")}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {system}
