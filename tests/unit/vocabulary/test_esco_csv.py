"""The loader for the official ESCO CSV package, on a tiny package in words of its own."""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.vocabulary import Vocabulary, VocabularyFileError, load
from shared.vocabulary.esco_csv import Merged, read_package

OCCUPATION = "http://data.europa.eu/esco/occupation/"
SKILL = "http://data.europa.eu/esco/skill/"
CLEANER = "http://data.europa.eu/esco/occupation/000f1d3d-0000-4000-8000-000000000001"
WASHER = "http://data.europa.eu/esco/occupation/000f1d3d-0000-4000-8000-000000000002"
RINSE = "http://data.europa.eu/esco/skill/000f1d3d-0000-4000-8000-000000000003"
SOAPS = "http://data.europa.eu/esco/skill/000f1d3d-0000-4000-8000-000000000004"
GROUP = "http://data.europa.eu/esco/skill/000f1d3d-0000-4000-8000-000000000005"
STARTER = load().tables
NURSE = next(row for row in STARTER.occupations.values() if row.labels["en"] == "practical nurse")

OCCUPATIONS = ("conceptType", "conceptUri", "iscoGroup", "preferredLabel", "altLabels", "status", "code")
SKILLS = ("conceptType", "conceptUri", "skillType", "preferredLabel", "altLabels", "status")
RELATIONS = ("occupationUri", "relationType", "skillType", "skillUri")
BROADER = ("conceptType", "conceptUri", "broaderType", "broaderUri")
ISCO = ("conceptType", "conceptUri", "code", "preferredLabel")


def write(folder: Path, name: str, header: Sequence[str], *rows: Sequence[str]) -> Path:
    """A CSV file as the package has them: commas, quotes where needed, cells over several lines."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows((header, *rows))
    return path


def occupation(uri: str, isco: str, label: str, words: str = "", status: str = "released") -> tuple[str, ...]:
    """A row of an occupations file."""
    return ("Occupation", uri, isco, label, words, status, f"{isco}.1")


def skill(uri: str, label: str, words: str = "", kind: str = "skill/competence") -> tuple[str, ...]:
    """A row of a skills file."""
    return ("KnowledgeSkillCompetence", uri, kind, label, words, "released")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A whole package in English and German: two new occupations, one that the starter has, two skills."""
    folder = tmp_path / "ESCO dataset - v1.2.0 - classification - csv"
    write(folder, "occupations_en.csv", OCCUPATIONS,
          occupation(CLEANER, "9112", "window polisher", "pane shiner\nAB\nglass*polisher"),
          occupation(WASHER, "9112", "skylight polisher"),
          occupation(NURSE.uri, NURSE.isco, "ward aide of the package", "bedside aide"),
          occupation(f"{OCCUPATION}gone", "9112", "lamp lighter", status="obsolete"))  # fmt: skip
    write(folder, "occupations_de.csv", OCCUPATIONS,
          occupation(CLEANER, "9112", "Fensterpolierer"), occupation(WASHER, "9112", ""),
          occupation(NURSE.uri, NURSE.isco, "Stationshelfer"))  # fmt: skip
    write(folder, "skills_en.csv", SKILLS, skill(RINSE, "rinse panes", "wash panes"),
          skill(SOAPS, "soap lore", kind="knowledge"))  # fmt: skip
    write(folder, "skills_de.csv", SKILLS, skill(RINSE, "Scheiben spülen"), skill(SOAPS, "", kind="knowledge"))
    write(folder, "occupationSkillRelations_en.csv", RELATIONS,
          (CLEANER, "essential", "skill/competence", RINSE), (CLEANER, "optional", "knowledge", SOAPS),
          (CLEANER, "essential", "knowledge", f"{SKILL}not-in-this-package"))  # fmt: skip
    write(folder, "broaderRelationsOccPillar_en.csv", BROADER, ("Occupation", WASHER, "Occupation", CLEANER),
          ("Occupation", CLEANER, "ISCOGroup", "http://data.europa.eu/esco/isco/C9112"))  # fmt: skip
    write(folder, "broaderRelationsSkillPillar_en.csv", BROADER,
          ("KnowledgeSkillCompetence", RINSE, "SkillGroup", GROUP))  # fmt: skip
    for language, label in (("en", "Polishers of the package"), ("de", "Polierer")):
        write(folder, f"ISCOGroups_{language}.csv", ISCO,
              ("ISCOGroup", "http://data.europa.eu/esco/isco/C9112", "9112", label))  # fmt: skip
    return folder


@pytest.fixture
def merged(package: Path) -> Merged:
    """The starter vocabulary with the package in it."""
    return read_package(package)


def test_it_replaces_occupations_skills_relations_and_isco_labels(merged: Merged) -> None:
    """Occupations and skills are the package's, with its relations; what it marks as obsolete is left out."""
    tables = merged.tables
    assert list(tables.occupations) == [CLEANER, WASHER, NURSE.uri]
    assert list(tables.skills) == [RINSE, SOAPS]
    assert tables.occupations[CLEANER].isco == "9112"
    assert tables.occupations[CLEANER].essential_skills == (RINSE,)
    assert tables.skills[RINSE].broader == (GROUP,)
    assert [tables.skills[uri].kind for uri in (RINSE, SOAPS)] == ["skill", "knowledge"]
    assert tables.isco_groups["9112"].labels["en"] == "Polishers of the package"
    assert tables.isco_groups["9112"].labels["fi"] == STARTER.isco_groups["9112"].labels["fi"]
    assert tables.isco_groups["1111"] == STARTER.isco_groups["1111"]
    assert (merged.languages, merged.missing) == (("en", "de"), ())


@pytest.mark.parametrize(
    "name",
    ["licences", "languages", "cefr_levels", "cefr_skills", "isced_levels", "isced_fields", "municipalities", "places"],
)
def test_polkus_own_lists_stay(merged: Merged, name: str) -> None:
    """What ESCO does not have comes from the starter vocabulary, unchanged."""
    assert getattr(merged.tables, name) == getattr(STARTER, name)


def test_rows_of_both_are_joined_by_uri(merged: Merged) -> None:
    """The package's label wins; languages that it lacks, everyday words and Finland's licences are the starter's."""
    nurse = merged.tables.occupations[NURSE.uri]
    assert nurse.labels["en"] == "ward aide of the package"
    assert nurse.labels["de"] == "Stationshelfer"
    assert {language: nurse.labels[language] for language in ("fi", "so", "uk")} == {
        language: NURSE.labels[language] for language in ("fi", "so", "uk")
    }
    assert {"practical nurse", "bedside aide", *NURSE.words["en"]} <= set(nurse.words["en"])
    assert nurse.words["fi"] == NURSE.words["fi"]
    assert (nurse.regulated, nurse.required_licences) == (NURSE.regulated, NURSE.required_licences)


def test_broader_occupations_are_related_both_ways(merged: Merged) -> None:
    """An occupation and the one above it in ESCO are near each other, whichever is asked for."""
    vocabulary = Vocabulary(merged.tables)
    assert vocabulary.closeness(WASHER, CLEANER) == vocabulary.closeness(CLEANER, WASHER) == 0.8


def test_concepts_of_the_package_are_found_in_text(merged: Merged) -> None:
    """Labels and alternative labels are found, in a language with endings (English) and in one without (German)."""
    find = Vocabulary(merged.tables).find
    assert [m.code for m in find("We need window polishers who wash panes.")] == [CLEANER, RINSE]
    assert [(m.code, m.language) for m in find("Wir suchen einen Fensterpolierer.")] == [(CLEANER, "de")]
    assert [m.code for m in find("lähihoitajia")] == [NURSE.uri]


def test_words_that_would_mislead_are_not_looked_for(merged: Merged) -> None:
    """A two-letter abbreviation is a word of some other language, and a star in a label is no wildcard."""
    assert merged.tables.occupations[CLEANER].words["en"] == ("pane shiner", "glasspolisher")
    assert Vocabulary(merged.tables).find("Oy Firma AB") == []


def test_a_label_in_no_language_of_the_reader_is_still_a_label(tmp_path: Path) -> None:
    """A package in German only shows German to everybody, rather than a URI."""
    write(tmp_path, "occupations_de.csv", OCCUPATIONS, occupation(CLEANER, "9112", "Fensterpolierer"))
    vocabulary = Vocabulary(read_package(tmp_path, "1.1").tables)
    assert vocabulary.label(CLEANER, "fi") == "Fensterpolierer"


def test_missing_files_are_named_and_the_starters_rows_stay(tmp_path: Path) -> None:
    """Occupations alone make a vocabulary: skills and relations stay the starter's, and each gap is told."""
    write(tmp_path, "occupations_fi.csv", OCCUPATIONS, occupation(NURSE.uri, NURSE.isco, "hoitoapuri"))
    merged = read_package(tmp_path, "1.2")
    assert merged.tables.skills == STARTER.skills
    assert merged.tables.occupations[NURSE.uri].essential_skills == NURSE.essential_skills
    assert merged.missing == (
        "skills_fi.csv", "ISCOGroups_fi.csv", "occupationSkillRelations_en.csv", "broaderRelationsOccPillar_en.csv",
        "broaderRelationsSkillPillar_en.csv",
    )  # fmt: skip


def test_languages_may_lie_in_folders_of_their_own(package: Path, tmp_path: Path) -> None:
    """Each language's download may be unpacked beside the others; the version is read off the folders' names."""
    german = package / "ESCO dataset - v1.2.0 - classification - de - csv"
    german.mkdir()
    for path in package.glob("*_de.csv"):
        path.rename(german / path.name)
    package = package.rename(tmp_path / "esco")
    merged = read_package(package)
    assert merged.languages == ("en", "de")
    assert merged.tables.esco_version.startswith("1.2.0+")


def test_languages_can_be_chosen(package: Path) -> None:
    """Of a package in many languages only the ones that are wanted are read."""
    merged = read_package(package, languages=("de",))
    assert merged.languages == ("de",)
    assert merged.tables.occupations[CLEANER].labels == {"de": "Fensterpolierer"}
    assert WASHER not in merged.tables.occupations


def test_the_version_names_esco_and_the_content(package: Path) -> None:
    """Decisions name what they were made with: the same content has the same version, other content another."""
    version = read_package(package).tables.esco_version
    assert read_package(package).tables.esco_version == version
    assert version.partition("+sha256.")[0] == "1.2.0"
    path = package / "skills_de.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("spülen", "baden"), encoding="utf-8")
    assert read_package(package).tables.esco_version != version


def test_a_byte_order_mark_is_no_part_of_the_header(package: Path) -> None:
    """Spreadsheet programs write one."""
    path = package / "occupations_en.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert CLEANER in read_package(package).tables.occupations


def edit(old: str, new: str) -> Callable[[Path], None]:
    """A change of the file's text."""

    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("name", "change", "line", "problem", "remedy"),
    [
        ("occupations_en.csv", edit("iscoGroup", "isco"), 1, "the column iscoGroup is missing", "as it was downloaded"),
        ("skills_en.csv", edit(",", ";"), 1, "the column conceptUri", "with commas between the columns"),
        ("occupations_en.csv", edit(WASHER, CLEANER), 5, "is here for the second time, after line 2", "Keep"),
        ("occupations_en.csv", edit(WASHER, "washer"), 5, 'conceptUri "washer" is no URI of ESCO', "Unpack"),
        ("occupations_en.csv", edit(",9112,sky", ",12,sky"), 5, 'iscoGroup "12" is no ISCO-08', "leading zeros"),
        ("occupations_de.csv", edit("9112,F", "9113,F"), 2, 'is "9113" here and "9112" in another language', "one ver"),
        ("skills_en.csv", edit("rinse panes,", "rinse panes,,"), 2, "has 7 cells, the header has 6", "Unpack"),
        ("skills_en.csv", edit("rinse panes", '"rinse panes'), 2, "this is not CSV", "Unpack"),
        ("skills_en.csv", lambda path: path.write_bytes(b"a,b\nc,\xe4\n"), 2, "byte 0xe4 is not UTF-8", "as UTF-8"),
        ("skills_en.csv", lambda path: path.write_bytes(b""), 0, "the file is empty", "or remove it"),
        ("skills_en.csv", lambda path: path.write_text(f"{','.join(SKILLS)}\n"), 0, "the file is empty", "Unpack it"),
        ("occupationSkillRelations_en.csv", edit("skillUri", "uri"), 1, "the column skillUri is missing", "commas"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_by_name_line_and_remedy(
    package: Path, name: str, change: Callable[[Path], object], line: int, problem: str, remedy: str
) -> None:
    """Whoever unpacked the package learns which file, which line, what is wrong, and what to do."""
    path = package / name
    change(path)
    with pytest.raises(VocabularyFileError) as error:
        read_package(package)
    assert (error.value.path, error.value.line) == (path, line)
    assert str(error.value).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert problem in error.value.problem
    assert remedy in error.value.remedy


@pytest.mark.parametrize(
    ("folder", "version", "problem"),
    [
        ("esco v1.0.9", None, "version 1.0.9 of ESCO is older than 1.1"),
        ("esco v1.2.0", "1.0", "version 1.0 of ESCO is older than 1.1"),
        ("esco v1.2.0", "newest", '"newest" is no version'),
        ("esco", None, "no folder's name tells the version"),
        ("esco v1.2.0/v1.1.1", None, "it mixes the versions 1.1.1, 1.2.0"),
    ],
)
def test_the_version_must_be_known_and_recent(tmp_path: Path, folder: str, version: str | None, problem: str) -> None:
    """Before 1.1 the files were others; and files of two versions make no vocabulary."""
    place = tmp_path / folder
    place.mkdir(parents=True)
    write(place, "occupations_de.csv", OCCUPATIONS, occupation(CLEANER, "9112", "Fensterpolierer"))
    root = tmp_path / Path(folder).parts[0]
    with pytest.raises(VocabularyFileError, match=re.escape(problem)) as error:
        read_package(root, version)
    assert error.value.remedy


def test_a_folder_without_a_package_says_what_to_do(package: Path, tmp_path: Path) -> None:
    """No folder, no occupations, a language that is not there, a file twice, a name without language."""
    empty = tmp_path / "empty v1.2.0"
    empty.mkdir()
    with pytest.raises(VocabularyFileError, match=r"no occupations_<language>\.csv .*Download the classification"):
        read_package(empty)
    with pytest.raises(VocabularyFileError, match="there is no such folder"):
        read_package(tmp_path / "nowhere")
    with pytest.raises(VocabularyFileError, match=r"it has no files in: fi\. It has: de, en"):
        read_package(package, languages=("fi", "en"))
    copy = write(package / "copy", "skills_en.csv", SKILLS, skill(RINSE, "rinse panes"))
    with pytest.raises(VocabularyFileError, match=r"the same file is also at .*Keep one of them"):
        read_package(package)
    copy.rename(package / "skills.csv")
    with pytest.raises(VocabularyFileError, match="the name does not say the language"):
        read_package(package)
