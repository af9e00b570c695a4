"""What training may see: nothing of a held-out concept, in no file and no language."""

import csv
import json
from pathlib import Path

import pytest

from services.matching.training.corpus import Concept, Corpus, is_development, read_corpus
from services.matching.training.sources import MissingData, glossary_concepts
from shared.vocabulary.held_out import is_held_out

_LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar", "so")


def _uri(kind: str, wanted: str, number: int = 0) -> str:
    """The `number`-th URI of a split: held_out, development or learnt."""
    found = (f"http://data.europa.eu/esco/{kind}/{index}" for index in range(10_000))
    return [uri for uri in found if _split(uri) == wanted][number]


def _split(uri: str) -> str:
    if is_held_out(uri):
        return "held_out"
    return "development" if is_development(uri) else "learnt"


HELD, DEVELOPED, COOK, BAKER = (
    _uri("occupation", "held_out"),
    _uri("occupation", "development"),
    _uri("occupation", "learnt"),
    _uri("occupation", "learnt", 1),
)
COOKING, HELD_SKILL = _uri("skill", "learnt"), _uri("skill", "held_out")
ESSENTIAL = {COOK: ["Cook food", "weld"], BAKER: ["weld"], HELD: ["weld"]}


def _labels(fi: str, sv: str, en: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv, "en": en}


def _csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def _tsv(path: Path, rows: list[dict[str, str]], key: str = "uri") -> None:
    columns = [key, *_LANGUAGES] if key else list(_LANGUAGES)
    lines = ["# a comment", "\t".join(columns)]
    lines += ["\t".join(row.get(column, "") for column in columns) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """(data, vocabulary) in which the held-out occupation shares a name with a learnt one and with a word."""
    data, vocabulary = tmp_path / "data", tmp_path / "vocabulary"
    (data / "esco").mkdir(parents=True)
    (data / "skillskape").mkdir()
    vocabulary.mkdir()
    occupations = {
        HELD: _labels("hitsaaja", "svetsare", "welder"),
        DEVELOPED: _labels("kuski", "förare", "driver"),
        COOK: _labels("kokki", "kock", "cook"),
        BAKER: _labels("leipuri", "bagare", "baker"),
    }
    rows = [{"uri": uri, "prefLabel": labels} for uri, labels in occupations.items()]
    rows.append({"uri": "http://data.europa.eu/esco/isco/C5", "prefLabel": _labels("ryhmä", "grupp", "group")})
    (data / "esco" / "occupations.json").write_text(json.dumps(rows), encoding="utf-8")
    skills = {
        COOKING: _labels("valmistaa ruokaa", "laga mat", "cook food"),
        HELD_SKILL: _labels("hitsata", "svetsa", "weld"),
    }
    rows = [{"uri": uri, "prefLabel": labels} for uri, labels in skills.items()]
    (data / "esco" / "skills.json").write_text(json.dumps(rows), encoding="utf-8")
    for language in ("en", "es", "de"):
        listed = [
            {
                "conceptUri": uri,
                "iscoGroup": "5120",
                "preferredLabel": f"{labels['en']} {language}",
                "altLabels": "WELDER en\nchef" if (uri, language) == (COOK, "en") else "",
                "description": f"About {labels['en']}s.",
            }
            for uri, labels in occupations.items()
        ]
        _csv(data / "esco" / f"occupations_{language}.csv", listed)
    sentences = [
        {"sentence": "You cook and weld.", "skills": "['Cook food', 'weld']"},
        {"sentence": "You smile.", "skills": "['UNK']"},
    ]
    _csv(data / "skillskape" / "train.csv", sentences)
    _tsv(vocabulary / "occupations.tsv", [{"uri": COOK, "so": "kariye|cunto*"}])
    glossary = [{"uri": HELD, "uk": "зварник"}, {"uri": BAKER, "uk": "пекар|зварник", "ru": "зварник"}]
    _tsv(vocabulary / "glossary_occupations.tsv", glossary)
    for name in ("skills.tsv", "glossary_skills.tsv"):
        _tsv(vocabulary / name, [{"uri": COOKING, "uk": "готувати"}])
    words = [{"fi": "Hitsaaja", "en": "welder", "uk": "зварник"}, {"fi": "keittiö", "en": "kitchen"}]
    _tsv(vocabulary / "glossary_words.tsv", words, key="")
    _tsv(vocabulary / "licences.tsv", [], key="")
    return data, vocabulary


@pytest.fixture
def learnt(folders: tuple[Path, Path]) -> Corpus:
    return read_corpus(*folders, ESSENTIAL, with_development=False)


def _names(concepts: tuple[Concept, ...]) -> set[tuple[str, str]]:
    return {(language, name) for one in concepts for language, names in one.forms.items() for name in names}


def test_held_out_concepts_are_not_learnt(learnt: Corpus) -> None:
    """Neither held-out occupations and skills nor those of the development split are there."""
    assert {one.uri for one in learnt.occupations} == {COOK, BAKER}
    assert [one.uri for one in learnt.skills] == [COOKING]


def test_names_of_held_out_concepts_are_not_learnt_elsewhere(learnt: Corpus) -> None:
    """A name that a held-out concept has in a language is learnt for no concept and no word of that language."""
    names = _names((*learnt.occupations, *learnt.words))
    assert not {name for name in names if name[1].casefold() in {"hitsaaja", "svetsare", "welder", "welder en"}}
    assert ("uk", "зварник") not in names
    assert {("uk", "пекар"), ("ru", "зварник"), ("en", "chef")} <= names


def test_names_of_all_sources_come_together(learnt: Corpus) -> None:
    """An occupation has ESCO's labels first, then alternatives and the project's words; none has an open ending."""
    cook = next(one for one in learnt.occupations if one.uri == COOK)
    assert cook.forms["fi"] == ["kokki"]
    assert cook.forms["en"] == ["cook", "cook en", "chef"]
    assert cook.forms["so"] == ["kariye"]
    assert cook.group == "5120"
    assert learnt.skills[0].forms["uk"] == ["готувати"]


def test_words_need_two_languages(learnt: Corpus) -> None:
    """A word of which the held-out names leave one language teaches nothing."""
    assert [one.forms for one in learnt.words] == [{"fi": ["keittiö"], "en": ["kitchen"]}]


def test_sentences_and_relations_keep_learnt_skills_only(learnt: Corpus) -> None:
    """Skills that sentences and occupations name are found whatever their capitals; held-out ones are dropped."""
    assert learnt.sentences == (("You cook and weld.", (0,)), ("You smile.", ()))
    cook = [one.uri for one in learnt.occupations].index(COOK)
    assert learnt.essential == {cook: (0,)}
    assert learnt.descriptions[cook] == "About cooks."


def test_last_training_may_see_development(folders: tuple[Path, Path]) -> None:
    """With the settings fixed the development split is learnt too, the held-out concepts never."""
    everything = read_corpus(*folders, ESSENTIAL, with_development=True)
    assert {one.uri for one in everything.occupations} == {DEVELOPED, COOK, BAKER}


def test_missing_data_says_what_to_do(tmp_path: Path) -> None:
    """A folder without the data is refused with the name of the setting."""
    with pytest.raises(MissingData, match="POLKU_TRAINING_DATA"):
        read_corpus(tmp_path, tmp_path, {}, with_development=False)
    with pytest.raises(MissingData, match="missing"):
        glossary_concepts(tmp_path / "glossary_occupations.tsv")
