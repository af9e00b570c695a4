"""The linker without a model, the store of vectors, and the filling of labels."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from services.matching.adapters.linking.label_filler import LabelFiller
from services.matching.adapters.linking.linker import MODEL_OFF, VECTORS_PENDING, Linker
from services.matching.adapters.linking.vector_store import Floats, Kind, VectorStore
from services.matching.application.linking import LinkTitle, link_title
from services.matching.domain.values import Basis
from shared import vocabulary
from shared.kernel.errors import Unauthenticated, Unavailable
from shared.kernel.principal import ANONYMOUS, Principal, Role
from shared.vocabulary.enrichment import with_glossary
from shared.vocabulary.glossary import Glossary, load_glossary
from shared.vocabulary.held_out import is_held_out
from tests.contract.matching.word_encoder import DIMENSION, WordEncoder

SEEKER = Principal(Role.SEEKER, "somebody")
CLEANER = "siivooja"


class ManyWords(WordEncoder):
    """The word encoder, many texts at once."""

    dimension = DIMENSION

    def encode_many(self, texts: Sequence[str], kind: Kind) -> Floats:
        """Vectors, (texts, 16)."""
        return np.stack([self.encode(text, kind) for text in texts])


@pytest.fixture(scope="module")
def starter() -> vocabulary.Vocabulary:
    """The starter vocabulary alone: a linker over it is built in a second."""
    return with_glossary(vocabulary.load(), Glossary(()))


@pytest.fixture(scope="module")
def linker(starter: vocabulary.Vocabulary) -> Linker:
    return Linker(starter, None)


@pytest.mark.parametrize("title", ["siivooja", "прибиральниця", "prybyralnytsia", "städare"])
def test_a_title_is_found_in_every_language_without_a_model(linker: Linker, title: str) -> None:
    """The first occupation is the one that the title names, stated, with the title as evidence."""
    linked = linker.link_title(f" {title} ", "", 5)
    best = linked.occupations[0]
    cleaner = linker.link_title(CLEANER, "fi", 1).occupations[0].code
    assert (best.code, best.basis) == (cleaner, Basis.STATED)
    assert (best.evidence[0].start, best.evidence[0].words) == (1, title)
    assert len(linked.occupations) == 5
    assert linked.notes == (MODEL_OFF,)


def test_implied_skills_are_inferred_weaker_and_without_evidence(linker: Linker) -> None:
    """What an occupation implies is never stated, and below what is said."""
    implied = linker.link_title(CLEANER, "fi", 1).implied_skills
    assert implied
    assert {finding.basis for finding in implied} == {Basis.INFERRED}
    assert all(finding.score <= 0.8 and not finding.evidence for finding in implied)


def test_a_text_gives_concepts_with_their_places(linker: Linker) -> None:
    """Occupations, licences and languages that a text names, each with the words between its offsets."""
    text = "😀 Haemme siivoojaa. Tarvitset hygieniapassin ja suomen kielen."
    linked = linker.link_text(text, "fi")
    for found in (linked.occupations, linked.licences, linked.languages):
        assert found
        assert all(text[span.start : span.end] == span.words for one in found for span in one.evidence)
    assert not {one.code for one in linked.implied_skills} & {one.code for one in linked.skills}


def test_who_somebody_is_reaches_no_model(starter: vocabulary.Vocabulary) -> None:
    """What a text says of it is neither encoded nor read as work; places and words are those of the text as it is."""
    encoder = ManyWords()
    text = "Nimeni on Otabek Kokki, olen kotoisin Irakista. Työni: siivooja, puh. 040 123 4567"
    linked = Linker(starter, encoder).link_text(text, "fi")
    read = " ".join(encoder.encoded)
    assert "Työni" in read
    assert not [word for word in ("Otabek", "Kokki", "Irakista", "4567") if word in read]
    spans = [span for one in linked.occupations for span in one.evidence]
    assert {span.words for span in spans} == {"siivooja", "Työni: siivooja"}
    assert all(text[span.start : span.end] == span.words for span in spans)


def test_nothing_is_found_in_nothing(linker: Linker) -> None:
    """A blank title has no occupations, a text of signs no concepts."""
    assert linker.link_title("  ", "", 3).occupations == ()
    assert linker.link_text("…!?", "").occupations == ()


async def test_labels_get_their_vectors_while_there_is_time_and_keep_them(
    starter: vocabulary.Vocabulary, tmp_path: Path
) -> None:
    """Filling ends with every vector there; the next start finds them on disk and encodes nothing."""
    encoder = ManyWords()
    linker = Linker(starter, encoder)
    assert VECTORS_PENDING in linker.link_title(CLEANER, "fi", 1).notes
    await LabelFiller(linker, encoder, tmp_path, lambda: True).run(asyncio.Event())
    assert linker.link_title(CLEANER, "fi", 1).notes == ()
    again = ManyWords()
    await LabelFiller(Linker(starter, again), again, tmp_path, lambda: True).run(asyncio.Event())
    assert again.encoded == []


def test_two_users_of_a_store_see_what_the_other_has_added(tmp_path: Path) -> None:
    """Records of several processes do not mix, and a torn one is cut off."""
    one, other = (VectorStore(tmp_path, "model@1", 2) for _ in range(2))
    one.add(["a"], "query", np.asarray([[1, 0]], np.float32))
    with next(tmp_path.glob("*.vectors")).open("ab") as stream:
        stream.write(b"torn")
    other.add(["b"], "query", np.asarray([[0, 1]], np.float32))
    one.add(["c"], "query", np.asarray([[1, 1]], np.float32))
    assert one.of(["a", "b", "c"], "query").tolist() == [[1, 0], [0, 1], [1, 1]]
    assert one.known(["a", "z"], "query") == [True, False]
    assert one.known(["a"], "passage") == [False]


def test_linking_needs_a_caller_and_a_linker(linker: Linker) -> None:
    """Anonymous callers are refused; while the linker is being built a caller is told to try again."""
    with pytest.raises(Unauthenticated):
        link_title(LinkTitle(ANONYMOUS, CLEANER), linker)
    with pytest.raises(Unavailable):
        link_title(LinkTitle(SEEKER, CLEANER), None)
    assert len(link_title(LinkTitle(SEEKER, CLEANER), linker).occupations) == 10


def test_the_glossary_is_whole_and_its_held_out_part_a_fifth() -> None:
    """Every row has words; the part for measuring is about a fifth and is gone from what measuring looks up."""
    glossary = load_glossary()
    occupations = list(glossary.of_kind("occupation"))
    held = [entry for entry in occupations if entry.held_out]
    assert 0.15 < len(held) / len(occupations) < 0.25
    assert all(entry.words for entry in glossary.entries)
    measured = glossary.without_held_out()
    assert not [entry for entry in measured.of_kind("occupation", "skill") if is_held_out(entry.uri)]
    assert glossary.get(held[0].uri) is held[0]
    assert measured.get(held[0].uri) is None
