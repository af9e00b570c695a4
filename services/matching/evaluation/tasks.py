"""A retrieval task and the folder that MELO ships one in: queries.tsv, corpus_elements.tsv, annotations.tsv.

The first two hold `id TAB text` a line, the third TREC qrels: `query id TAB 0 TAB element id TAB relevance`. Format:
Retyk et al., MELO: An Evaluation Benchmark for Multilingual Entity Linking of Occupations, 2024.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

QUERIES, CORPUS, ANNOTATIONS = "queries.tsv", "corpus_elements.tsv", "annotations.tsv"


class TaskFolderError(ValueError):
    """A folder that is no task: says which file and line, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """Occupations whose skills may be looked up: titles, and the places in the corpus of what each needs."""

    titles: tuple[str, ...]
    skills: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Queries, corpus and, for each query, the places in the corpus of what is relevant to it (never empty).

    `skills` says that the corpus names skills and the queries are running text; `query_language` and
    `corpus_language` are BCP 47, "" where nothing says so; with `known` the queries are titles and the corpus skills.
    `goal` is what the project set itself to reach, by metric.
    """

    name: str
    queries: tuple[str, ...]
    corpus: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    query_language: str = ""
    corpus_language: str = ""
    skills: bool = False
    known: Known | None = None
    goal: dict[str, float] = field(default_factory=dict)


def read_task(folder: Path, name: str = "") -> Task:
    """Read a folder; queries without a relevant element are left out, as MELO's own evaluation does.

    Raises TaskFolderError.
    """
    _check(folder)
    queries, corpus = _texts(folder / QUERIES), _texts(folder / CORPUS)
    place = {identifier: number for number, identifier in enumerate(corpus)}
    relevant: dict[str, set[int]] = {}
    for number, query, element in _annotations(folder / ANNOTATIONS):
        if query not in queries or element not in place:
            where, missing = (QUERIES, query) if query not in queries else (CORPUS, element)
            raise TaskFolderError(
                f"{folder / ANNOTATIONS}:{number} names {missing!r}, which {where} does not have. Give the three files "
                "of one data set, with the same ids."
            )
        relevant.setdefault(query, set()).add(place[element])
    kept = [identifier for identifier in queries if identifier in relevant]
    if not kept:
        raise TaskFolderError(
            f"{folder / ANNOTATIONS} has no relevant element for any query, so there is nothing to measure. Each line "
            "needs four columns (query id, 0, element id, relevance), with a relevance above 0 for what fits."
        )
    return Task(
        name or folder.resolve().name,
        tuple(queries[identifier] for identifier in kept),
        tuple(corpus.values()),
        tuple(frozenset(relevant[identifier]) for identifier in kept),
    )


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise TaskFolderError(f"There is no folder {folder}. Give one that holds {QUERIES}, {CORPUS}, {ANNOTATIONS}.")
    missing = [name for name in (QUERIES, CORPUS, ANNOTATIONS) if not (folder / name).is_file()]
    if missing:
        raise TaskFolderError(
            f"{folder} has no {' and no '.join(missing)}. A task needs all three files: {QUERIES} and {CORPUS} "
            f"with an id, a TAB and a text on each line, {ANNOTATIONS} with TREC relevance judgements."
        )


def _texts(path: Path) -> dict[str, str]:
    """Texts by id, in the order of the file. A header line is a text like any other: MELO has none."""
    found: dict[str, str] = {}
    for number, cells in _rows(path):
        if len(cells) < 2 or not cells[1].strip():
            raise TaskFolderError(f"{path}:{number} has no text: each line is an id, a TAB and a text.")
        if cells[0] in found:
            raise TaskFolderError(f"{path}:{number} gives the id {cells[0]!r} a second time: ids are used once.")
        found[cells[0]] = cells[1].strip()
    if not found:
        raise TaskFolderError(f"{path} is empty: each line is an id, a TAB and a text.")
    return found


def _annotations(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, query id, element id) of what is relevant."""
    for number, cells in _rows(path):
        cells = cells if len(cells) > 1 else cells[0].split()
        try:
            query, _, element, relevance = cells[:4]
            is_relevant = float(relevance) > 0
        except ValueError:
            raise TaskFolderError(
                f"{path}:{number} is no relevance judgement: it needs a query id, 0, an element id and a number, with "
                "TABs between them."
            ) from None
        if is_relevant:
            yield number, query, element


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TaskFolderError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r").split("\t")
