"""How well a training does on the development split: the figures by which its settings were chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from services.matching.training import sources
from services.matching.training.batches import QUERY
from services.matching.training.corpus import is_development
from services.matching.training.encoder import TrainedEncoder
from shared.vocabulary.held_out import is_held_out

_AT_ONCE = 256
_MOST_TOKENS = 128
_MOST_SENTENCES = 400


@dataclass(frozen=True, slots=True)
class Task:
    """Find for each query one of the right names (positions) among all `names`."""

    name: str
    queries: list[str]
    names: list[str]
    right: list[set[int]]


def tasks(data: Path, vocabulary: Path) -> Iterator[Task]:
    """Names of the split's occupations in every language → all Finnish titles; skills → English; sentences → skills."""
    occupations, skills = sources.esco_labels(data, "occupations"), sources.esco_labels(data, "skills")
    glossary = sources.glossary_concepts(vocabulary / "glossary_occupations.tsv")
    for language in sources.LANGUAGES[1:]:
        named = {
            uri: (glossary.get(uri, {}).get(language) or forms.get(language)) for uri, forms in occupations.items()
        }
        yield _names(f"{language} titles → fi", named, occupations, "fi")
    fi = {uri: forms["fi"] for uri, forms in skills.items()}
    yield _names("fi skills → en", fi, skills, "en")
    names = [forms["en"][0] for forms in skills.values()]
    place = {name.casefold(): index for index, name in enumerate(names)}
    found = [
        (sentence, {place[label.casefold()] for label in labels if label.casefold() in place})
        for sentence, labels in sources.skill_sentences(data, "dev")
    ]
    found = [one for one in found if one[1]][:_MOST_SENTENCES]
    yield Task("en sentences → skills", [one[0] for one in found], names, [one[1] for one in found])


def _names(
    name: str, queries: Mapping[str, list[str] | None], concepts: dict[str, sources.Forms], language: str
) -> Task:
    places: dict[str, set[int]] = {}
    names = [forms[language][0] for forms in concepts.values()]
    for index, one in enumerate(names):
        places.setdefault(one, set()).add(index)
    asked = [
        (listed[0], places[concepts[uri][language][0]])
        for uri, listed in queries.items()
        if listed and is_development(uri) and not is_held_out(uri)
    ]
    return Task(name, [one[0] for one in asked], names, [one[1] for one in asked])


@torch.no_grad()
def measure(encoder: TrainedEncoder, task: Task) -> tuple[float, float]:
    """(mean reciprocal rank, share with a right name among the first ten)."""
    similarity = _vectors(encoder, task.queries) @ _vectors(encoder, task.names).T
    ranks = []
    for row, right in zip(similarity, task.right, strict=True):
        best = row[list(right)].max()
        ranks.append(1 + int((row > best).sum()))
    return sum(1 / rank for rank in ranks) / len(ranks), sum(rank <= 10 for rank in ranks) / len(ranks)


def _vectors(encoder: TrainedEncoder, texts: Sequence[str]) -> Tensor:
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    vectors = torch.empty(len(texts), encoder.words.shape[1])
    for start in range(0, len(order), _AT_ONCE):
        part = order[start : start + _AT_ONCE]
        vectors[part] = encoder(encoder.tokens([QUERY + texts[index] for index in part], _MOST_TOKENS))
    return vectors
