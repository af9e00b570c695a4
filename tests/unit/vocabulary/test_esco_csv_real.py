"""The loader on files of the official ESCO 1.2 package, read in place where they are at hand."""

import shutil
from pathlib import Path

import pytest

from shared.vocabulary import Vocabulary, load
from shared.vocabulary.esco_csv import Merged, read_package

ESCO = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "esco"
FILES = (
    *(f"occupations_{language}.csv" for language in ("en", "de", "es")),
    "ISCOGroups_en.csv",
    "broaderRelationsOccPillar_en.csv",
    "broaderRelationsSkillPillar_en.csv",
)


@pytest.fixture(scope="module")
def merged() -> Merged:
    """The starter vocabulary with the official files in it."""
    missing = [name for name in FILES if not (ESCO / name).is_file()]
    if missing:
        pytest.skip(f"ESCO'S OWN FILES ARE NOT AT {ESCO} ({', '.join(missing)}): the loader was NOT tried on them")
    return read_package(ESCO, "1.2.0")


def test_all_of_escos_occupations_are_read_in_every_language(merged: Merged) -> None:
    """3,039 occupations, each with a label in three languages and an ISCO group that has an English label."""
    occupations = merged.tables.occupations
    assert len(occupations) == 3039
    assert merged.languages == ("en", "de", "es")
    assert all({"en", "de", "es"} <= set(row.labels) for row in occupations.values())
    assert all(merged.tables.isco_groups[row.isco].labels["en"] for row in occupations.values())
    assert sum(len(row.words["en"]) for row in occupations.values() if "en" in row.words) > 29_000


def test_missing_official_files_are_named(merged: Merged) -> None:
    """The sample has no skills and no relations to them: the starter's stay."""
    assert set(merged.missing) == {
        "skills_en.csv", "skills_de.csv", "skills_es.csv", "ISCOGroups_de.csv", "ISCOGroups_es.csv",
        "occupationSkillRelations_en.csv",
    }  # fmt: skip
    assert merged.tables.skills == load().tables.skills


def test_no_occupation_of_the_starter_is_lost(merged: Merged) -> None:
    """Every starter occupation is in ESCO 1.2 and keeps its Somali label, its licences and its essential skills."""
    for uri, own in load().tables.occupations.items():
        row = merged.tables.occupations[uri]
        assert row.labels["so"] == own.labels["so"]
        assert row.required_licences == own.required_licences
        assert set(row.essential_skills) >= set(own.essential_skills)


def test_broader_occupations_are_related(merged: Merged) -> None:
    """ESCO's 1,248 relations between occupations hold both ways."""
    occupations = merged.tables.occupations
    assert sum(len(row.related) for row in occupations.values()) >= 2 * 1248
    assert all(uri in occupations[other].related for uri, row in occupations.items() for other in row.related)


def test_texts_are_read_in_escos_languages(merged: Merged) -> None:
    """A German and a Spanish advert name occupations, and Finnish is read as before."""
    vocabulary = Vocabulary(merged.tables)
    assert {m.language for m in vocabulary.find("Wir suchen eine Flugsicherungstechnikerin in Espoo")} == {"de"}
    assert {m.language for m in vocabulary.find("Buscamos una directora técnica")} == {"es"}
    assert vocabulary.find("Etsimme lähihoitajia")[0].code == load().find("Etsimme lähihoitajia")[0].code


def test_an_official_file_that_was_cut_is_refused(merged: Merged, tmp_path: Path) -> None:
    """Half a download is noticed, with the line at which it breaks off."""
    assert merged.tables.occupations
    path = tmp_path / "occupations_en.csv"
    shutil.copyfile(ESCO / path.name, path)
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[: content.index(b'"', len(content) // 2) + 10])
    with pytest.raises(ValueError, match=rf"{path.name}:\d+: (this is not CSV|the row has)"):
        read_package(tmp_path, "1.2.0")
