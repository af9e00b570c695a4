"""The data files of the starter vocabulary are complete, consistent, and agree with ESCO where ESCO is at hand."""

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from shared.vocabulary import LANGUAGES, Vocabulary, load

ESCO = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "esco"
OCCUPATION_URI = re.compile(r"^http://data\.europa\.eu/esco/occupation/[0-9a-f-]{36}$")
SKILL_URI = re.compile(r"^http://data\.europa\.eu/esco/skill/[0-9a-f-]{36}$")
# Greater Uusimaa as a box in degrees: a swapped or mistyped coordinate falls outside it.
UUSIMAA_BOX = {"latitude": (59.7, 60.8), "longitude": (22.7, 26.7)}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The starter vocabulary as services load it."""
    return load()


@pytest.fixture(scope="module")
def esco() -> Path:
    """The folder with ESCO's own files."""
    if not ESCO.is_dir():
        pytest.skip(f"ESCO'S OWN FILES ARE NOT AT {ESCO}: URIs and ISCO codes were NOT compared with ESCO")
    return ESCO


def test_it_is_large_enough_for_the_regions_market(vocabulary: Vocabulary) -> None:
    """The starter vocabulary covers at least 150 occupations, 400 skills, 25 languages and all municipalities."""
    tables = vocabulary.tables
    assert len(tables.occupations) >= 150
    assert len(tables.skills) >= 400
    assert len(tables.languages) >= 25
    assert len(tables.municipalities) == 308


def test_uris_follow_escos_pattern(vocabulary: Vocabulary) -> None:
    """Occupations and skills are named by ESCO URIs only, so that they can go on the wire."""
    assert [uri for uri in vocabulary.tables.occupations if not OCCUPATION_URI.match(uri)] == []
    assert [uri for uri in vocabulary.tables.skills if not SKILL_URI.match(uri)] == []


@pytest.mark.parametrize("kind", ["occupations", "skills", "licences", "languages"])
def test_every_concept_has_a_label_in_every_language(vocabulary: Vocabulary, kind: str) -> None:
    """No seeker language is second class: each concept has a label in all seven."""
    rows = getattr(vocabulary.tables, kind).values()
    assert [(row, language) for row in rows for language in LANGUAGES if not row.labels[language].strip()] == []


@pytest.mark.parametrize("kind", ["occupations", "skills", "licences", "languages"])
def test_no_two_concepts_of_a_kind_share_a_word(vocabulary: Vocabulary, kind: str) -> None:
    """A label or everyday word names one concept of its kind in a language, so that what is found is never in doubt."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, row in getattr(vocabulary.tables, kind).items():
        for language in LANGUAGES:
            for word in (row.labels[language], *row.words[language]):
                owners[language, word.casefold()].add(code)
    assert {word: codes for word, codes in owners.items() if len(codes) > 1} == {}


def test_files_hold_no_code_twice() -> None:
    """A code that stood twice in a file would silently win over the first: there is none."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "vocabulary" / "data"
    for path in folder.glob("*.tsv"):
        if path.name == "glossary_words.tsv":  # words have no code
            continue
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        width = 2 if path.name.startswith("occupation_") else 1
        keys = [tuple(line.split("\t")[:width]) for line in lines[1:]]
        assert len(keys) == len(set(keys)), path.name


def test_essential_skills_exist_and_are_few(vocabulary: Vocabulary) -> None:
    """Each occupation has eight essential skills at most, all of them in the vocabulary."""
    for occupation in vocabulary.tables.occupations.values():
        assert len(occupation.essential_skills) <= 8, occupation.labels["en"]
        assert all(vocabulary.skill(uri) for uri in occupation.essential_skills), occupation.labels["en"]


def test_related_occupations_exist_both_ways(vocabulary: Vocabulary) -> None:
    """Being related is mutual, and never to oneself."""
    for occupation in vocabulary.tables.occupations.values():
        for uri in occupation.related:
            other = vocabulary.occupation(uri)
            assert other is not None
            assert other is not occupation
            assert occupation.uri in other.related


def test_licences_of_occupations_and_inclusions_exist(vocabulary: Vocabulary) -> None:
    """Every licence code that is referred to is in the list, and a regulated occupation names what it needs."""
    licences = vocabulary.tables.licences
    for occupation in vocabulary.tables.occupations.values():
        assert set(occupation.required_licences + occupation.usual_licences) <= set(licences)
        assert occupation.required_licences or not occupation.regulated, occupation.labels["en"]
    for licence in licences.values():
        assert re.fullmatch(r"[a-z0-9-]{1,60}", licence.code)
        assert set(licence.includes) <= set(licences) - {licence.code}


def test_inclusion_of_licences_is_complete(vocabulary: Vocabulary) -> None:
    """What a covered licence covers is covered too (CE covers C, C covers B, so CE names B)."""
    licences = vocabulary.tables.licences
    for licence in licences.values():
        for code in licence.includes:
            assert set(licences[code].includes) <= set(licence.includes), licence.code


def test_isco_codes_have_their_groups(vocabulary: Vocabulary) -> None:
    """Unit groups of occupations are in the ISCO list, with a label or one above them; groups have their parents."""
    groups = vocabulary.tables.isco_groups
    for occupation in vocabulary.tables.occupations.values():
        assert occupation.isco in groups
        assert vocabulary.label_in("isco", occupation.isco, "fi") != occupation.isco, occupation.isco
    assert all(group.broader in groups for group in groups.values() if len(group.code) > 1)


def test_municipality_codes_are_three_digits_and_names_differ(vocabulary: Vocabulary) -> None:
    """Codes are three digits, no two municipalities share a Finnish name, and codes that everybody knows are right."""
    towns = vocabulary.tables.municipalities
    assert all(re.fullmatch(r"\d{3}", code) for code in towns)
    assert len({town.labels["fi"] for town in towns.values()}) == len(towns)
    known = {"049": "Espoo", "091": "Helsinki", "092": "Vantaa", "235": "Kauniainen", "257": "Kirkkonummi",
             "927": "Vihti", "543": "Nurmijärvi", "858": "Tuusula", "186": "Järvenpää", "245": "Kerava",
             "837": "Tampere", "853": "Turku", "564": "Oulu"}  # fmt: skip
    assert {code: towns[code].labels["fi"] for code in known} == known
    assert towns["049"].labels["sv"] == "Esbo"


def test_places_lie_where_they_should(vocabulary: Vocabulary) -> None:
    """All of Uusimaa's 26 municipalities and every place have coordinates inside the region."""
    towns = [town for town in vocabulary.tables.municipalities.values() if town.region == "Uusimaa"]
    assert len(towns) == 26
    points = [town.coordinates for town in towns] + [row.coordinates for row in vocabulary.tables.places.values()]
    for point in points:
        assert point is not None
        for axis, (low, high) in UUSIMAA_BOX.items():
            assert low <= getattr(point, axis) <= high
    assert all(vocabulary.municipality(row.municipality) for row in vocabulary.tables.places.values())


def test_the_esco_sentence_is_there() -> None:
    """ESCO's licence asks for this sentence wherever the classification is used."""
    readme = Path(__file__).resolve().parents[3] / "shared" / "vocabulary" / "data" / "README.md"
    assert "This service uses the ESCO classification of the European Commission." in readme.read_text(encoding="utf-8")


def test_uris_exist_in_esco(vocabulary: Vocabulary, esco: Path) -> None:
    """No URI is invented: each occupation and each skill is in ESCO."""
    occupations = {row["uri"] for row in json.loads((esco / "occupations.json").read_text(encoding="utf-8"))}
    skills = {row["uri"] for row in json.loads((esco / "skills.json").read_text(encoding="utf-8"))}
    assert set(vocabulary.tables.occupations) - occupations == set()
    assert set(vocabulary.tables.skills) - skills == set()


def test_isco_codes_agree_with_esco(vocabulary: Vocabulary, esco: Path) -> None:
    """Each occupation's ISCO code is the one that ESCO 1.2 gives it."""
    with (esco / "occupations_en.csv").open(encoding="utf-8", newline="") as file:
        isco = {row["conceptUri"]: row["iscoGroup"] for row in csv.DictReader(file)}
    assert {row.uri: row.isco for row in vocabulary.tables.occupations.values()}.items() <= isco.items()


def test_labels_are_not_escos_wholesale(vocabulary: Vocabulary, esco: Path) -> None:
    """Labels are the project's own words: those that coincide with ESCO's are everyday words, under half of them."""
    theirs: dict[str, dict[str, str]] = {}
    for name in ("occupations.json", "skills.json"):
        theirs |= {row["uri"]: row["prefLabel"] for row in json.loads((esco / name).read_text(encoding="utf-8"))}
    rows = [*vocabulary.tables.occupations.values(), *vocabulary.tables.skills.values()]
    same = [row.uri for row in rows if row.labels["en"].casefold() == theirs[row.uri].get("en", "").casefold()]
    assert len(same) < len(rows) / 2
