"""The built-in tasks: figures to beat, on public data that lies beside the checkout where it is.

`read` gives each task in turn and says which are left out and why. Goals are those that the project set itself.
"""

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from services.matching.evaluation.tasks import Known, Task, read_task
from shared.vocabulary import Vocabulary
from shared.vocabulary.glossary import Glossary
from shared.vocabulary.held_out import is_held_out

_MELO: Mapping[str, tuple[str, int, dict[str, float]]] = {
    "nor_q_no_c_no": ("MELO no→no", 0, {"MRR": 0.36, "MAP": 0.28}),
    "dnk_q_da_c_da": ("MELO da→da", 0, {"MRR": 0.64, "MAP": 0.43}),
    "est_q_et_c_et": ("MELO et→et", 0, {"MRR": 0.52, "MAP": 0.50}),
    "est_q_et_c_en": ("MELO et→en", 500, {"MRR": 0.30}),
    "pol_q_pl_c_en": ("MELO pl→en", 500, {"MRR": 0.42}),
    "deu_q_de_c_en": ("MELO de→en", 500, {"MRR": 0.45}),
}
_TITLES = (("fi", "en", 0.70), ("fi", "sv", 0.60), ("sv", "en", 0.75))
_SEEKERS = ("uk", "ru", "ar", "so")
_SEED = 7
_NOT_LABELS = frozenset(("UNDERSPECIFIED", "LABEL NOT PRESENT", "UNK"))


class BuiltIn:
    """The tasks of a data folder. `skipped` says, after `tasks` has ended, what was left out and why."""

    def __init__(self, data: Path, vocabulary: Vocabulary, glossary: Glossary) -> None:
        self._data = data
        self._vocabulary = vocabulary
        self._glossary = glossary
        self.skipped: list[str] = []

    def tasks(self) -> Iterator[Task]:
        """Each task that the data is there for."""
        for folder, (name, queries, goals) in _MELO.items():
            read = partial(melo, name=name, queries=queries, goal=goals)
            yield from self._try(name, self._data / "melo" / folder, read)
        occupations, skills = (self._data / "esco" / f"{kind}.json" for kind in ("occupations", "skills"))
        for source, target, mrr in _TITLES:
            name = f"ESCO titles {source}→{target}, held out"
            read = partial(labels, name=name, source=source, target=target, goal={"MRR": mrr})
            yield from self._try(name, occupations, read)
        name = "ESCO skills fi→en, held out"
        yield from self._try(name, skills, partial(labels, name=name, source="fi", target="en", goal={"MRR": 0.78}))
        for language in _SEEKERS:
            name = f"everyday titles {language}→fi, held out"
            yield from self._try(name, occupations, partial(self._everyday, name=name, language=language))
        yield from self._try("HOUSE sentences→skills", self._data / "skill_extraction", house_sentences)
        profiles = self._data / "esco" / "esco_occupation_profiles.parquet"
        yield from self._try("title→essential skills fi→fi, held out", profiles, essential_skills)

    def _try(self, name: str, path: Path, read: Callable[[Path], Task]) -> Iterator[Task]:
        if not path.exists():
            self.skipped.append(f"{name} (no {path})")
            return
        try:
            task = read(path)
        except ModuleNotFoundError as missing:
            self.skipped.append(f"{name} (install it with `pip install {missing.name}`)")
            return
        yield task

    def _everyday(self, path: Path, name: str, language: str) -> Task:
        """Wordings that only held-out concepts have, against every Finnish title."""
        rows = [row for row in _json(path) if "/occupation/" in row["uri"]]
        place = {row["uri"]: number for number, row in enumerate(rows)}
        named: dict[str, set[str]] = {}
        for uri, words in self._words(language):
            for word in words:
                named.setdefault(word.strip().casefold(), set()).add(uri)
        asked = {word: uris for word, uris in named.items() if uris <= place.keys() and all(map(is_held_out, uris))}
        return Task(
            name,
            tuple(asked),
            tuple(row["prefLabel"]["fi"] for row in rows),
            tuple(frozenset(place[uri] for uri in uris) for uris in asked.values()),
            language,
            "fi",
            goal={"hit@10": 0.85, "MRR": 0.60},
        )

    def _words(self, language: str) -> Iterator[tuple[str, Sequence[str]]]:
        for uri, row in self._vocabulary.tables.occupations.items():
            yield uri, (row.labels[language], *(word for word in row.words[language] if not word.endswith("*")))
        for entry in self._glossary.of_kind("occupation"):
            yield entry.uri, entry.words.get(language, ())


def melo(folder: Path, name: str, queries: int, goal: dict[str, float]) -> Task:
    """A MELO folder; where `queries` is not 0, so many of them, drawn once and for all."""
    task = read_task(folder, name)
    if not queries or queries >= len(task.queries):
        chosen = list(range(len(task.queries)))
    else:
        chosen = sorted(random.Random(_SEED).sample(range(len(task.queries)), queries))  # noqa: S311
    return Task(
        name,
        tuple(task.queries[number] for number in chosen),
        task.corpus,
        tuple(task.relevant[number] for number in chosen),
        goal=goal,
    )


def labels(path: Path, name: str, source: str, target: str, goal: dict[str, float]) -> Task:
    """ESCO's preferred labels: held-out ones of one language against all of another; equal labels are equally right."""
    kind = f"/{path.stem.removesuffix('s')}/"
    rows = [row for row in _json(path) if kind in row["uri"]]
    corpus = [row["prefLabel"][target] for row in rows]
    same: dict[str, set[int]] = {}
    for number, label in enumerate(corpus):
        same.setdefault(label, set()).add(number)
    asked = [row for row in rows if is_held_out(row["uri"])]
    relevant = tuple(frozenset(same[row["prefLabel"][target]]) for row in asked)
    return Task(
        name, tuple(row["prefLabel"][source] for row in asked), tuple(corpus), relevant, source, target, goal=goal
    )


def house_sentences(folder: Path) -> Task:
    """Sentences of job adverts against all skills (HOUSE, test part); sentences without a skill are left out."""
    corpus = [line.strip() for line in _lines(folder / "skills_en_label.txt")]
    place = {label: number for number, label in enumerate(corpus)}
    named: dict[str, set[int]] = {}
    with (folder / "house_test_annotations.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            label = row["label"].strip()
            if label in place and label not in _NOT_LABELS:
                named.setdefault(row["sentence"].strip(), set()).add(place[label])
    return Task(
        "HOUSE sentences→skills",
        tuple(named),
        tuple(corpus),
        tuple(map(frozenset, named.values())),
        "en",
        "en",
        skills=True,
        goal={"MRR": 0.52},
    )


def essential_skills(path: Path) -> Task:
    """Finnish titles of held-out occupations against all Finnish skills; what the others need may be looked up."""
    from pyarrow import parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]

    skills = _json(path.with_name("skills.json"))
    place = {row["prefLabel"]["en"].strip().casefold(): number for number, row in enumerate(skills)}
    titles = {row["uri"]: row["prefLabel"]["fi"] for row in _json(path.with_name("occupations.json"))}
    rows = parquet.read_table(path, columns=["occupation_uri", "essential_skills"]).to_pylist()
    needed = {
        row["occupation_uri"]: frozenset(
            place[name.strip().casefold()] for name in row["essential_skills"] or () if name.strip().casefold() in place
        )
        for row in rows
        if row["occupation_uri"] in titles
    }
    asked = {uri: found for uri, found in needed.items() if is_held_out(uri) and found}
    known = [uri for uri in needed if not is_held_out(uri)]
    return Task(
        "title→essential skills fi→fi, held out",
        tuple(titles[uri] for uri in asked),
        tuple(row["prefLabel"]["fi"] for row in skills),
        tuple(asked.values()),
        "fi",
        "fi",
        known=Known(tuple(titles[uri] for uri in known), tuple(needed[uri] for uri in known)),
        goal={"MAP": 0.45},
    )


def _json(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
