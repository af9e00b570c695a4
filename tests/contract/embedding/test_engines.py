"""What every engine owes: the vectors of the same model, held against torch."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from deploy.embedded.model.centre import read_centre, read_texts
from services.matching.adapters.embedding.encoder import Kind, TextEncoder
from services.matching.adapters.embedding.folder import Engine, read_folder
from services.matching.adapters.embedding.unigram import UnigramTokenizer

Vectors = Callable[[Engine], npt.NDArray[np.float32]]
Encode = Callable[[Engine], TextEncoder]

ENGINES: tuple[Engine, ...] = ("onnx", "onnx-int8", "torch")
KINDS: tuple[Kind, ...] = ("query", "passage")
TEXT = "Tuntikuljettaja, joka puhuu ukrainaa ja vähän suomea"
# Differences below this are noise of float32 sums, not a ranking.
_NOISE = 1e-5


def _neighbours(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Every text's other texts by falling similarity."""
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, np.inf)
    return np.argsort(-similarity, axis=1, kind="stable")[:, 1:]


def test_float32_is_the_same_model(vectors: Vectors) -> None:
    """ONNX in float32 and torch agree to cosine 0.9999 on every text."""
    assert (vectors("onnx") * vectors("torch")).sum(axis=1).min() >= 0.9999


def test_float32_ranks_the_same(vectors: Vectors) -> None:
    """In torch's order of neighbours, ONNX's similarities fall too."""
    similarity = vectors("onnx") @ vectors("onnx").T
    in_order = np.take_along_axis(similarity, _neighbours(vectors("torch")), axis=1)
    assert np.diff(in_order, axis=1).max() <= _NOISE


def test_int8_is_near(vectors: Vectors) -> None:
    """int8 keeps cosine 0.99 on every text and 85 % of the ten nearest neighbours."""
    assert (vectors("onnx-int8") * vectors("torch")).sum(axis=1).min() >= 0.99
    ours, theirs = _neighbours(vectors("onnx-int8"))[:, :10], _neighbours(vectors("torch"))[:, :10]
    shared = [len(set(a) & set(b)) for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)]
    assert np.mean(shared) / 10 >= 0.85


@pytest.mark.parametrize("engine", ENGINES)
def test_same_text_same_bytes(encoder: Encode, engine: Engine) -> None:
    """A text gives the same bytes every time, whatever was encoded before it and in whichever thread."""
    first = encoder(engine).encode(TEXT, "passage").tobytes()
    encoder(engine).encode(TEXT * 9, "query")
    with ThreadPoolExecutor(3) as pool:
        later = list(pool.map(lambda _: encoder(engine).encode(TEXT, "passage").tobytes(), range(6)))
    assert set(later) == {first}


@pytest.mark.parametrize("engine", ENGINES)
def test_vectors_have_unit_length(encoder: Encode, engine: Engine) -> None:
    """A vector is float32, as long as the encoder says, of length one, and finite even for an empty text."""
    for text in (TEXT, "", TEXT * 200):
        vector = encoder(engine).encode(text, "query")
        assert vector.dtype == np.float32
        assert vector.shape == (encoder(engine).dimension,)
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", KINDS)
def test_prompts_are_applied(encoder: Encode, plain: SentenceTransformer, engine: Engine, kind: Kind) -> None:
    """A kind's vector is that of the text with the model's own prefix written before it."""
    expected = plain.encode(f"{kind}: {TEXT}", show_progress_bar=False)
    vector = encoder(engine).encode(TEXT, kind)
    assert vector @ expected >= (0.99 if engine == "onnx-int8" else 0.9999)


@pytest.mark.parametrize("engine", ENGINES)
def test_long_texts_are_cut(encoder: Encode, engine: Engine) -> None:
    """What follows the last token that fits changes nothing."""
    long = "siivooja " * encoder(engine).max_tokens
    assert encoder(engine).max_tokens == 512
    assert np.array_equal(encoder(engine).encode(long, "query"), encoder(engine).encode(long + "kokki", "query"))


def test_padding_is_masked(encoder: Encode) -> None:
    """Beside a longer text, float32 gives a short text the same vector up to noise."""
    model = encoder("onnx")._model
    alone = model.encode([TEXT], show_progress_bar=False)[0]
    together = model.encode([TEXT, TEXT * 5], batch_size=2, show_progress_bar=False)[0]
    assert alone @ together >= 1 - _NOISE


def test_identity_is_the_light_readers(encoder: Encode, model_folder: Path) -> None:
    """The encoder and the reader without torch name the same vectors, each engine its own."""
    folder = read_folder(model_folder)
    ids = [encoder(engine).model_id for engine in ENGINES]
    assert ids == [folder.model_id(engine) for engine in ENGINES]
    assert len(set(ids)) == len(ENGINES)
    assert folder.model_id() == encoder("onnx").model_id
    assert folder.dimension == encoder("onnx").dimension == 384


def test_centring_can_be_left_out(encoder: Encode, uncentred: TextEncoder, model_folder: Path) -> None:
    """Centred vectors are the published model's vectors minus the stored centre, made unit length again."""
    for raw in (uncentred, TextEncoder(model_folder, engine="torch", centred=False)):
        shifted = raw.encode(TEXT, "passage") - read_centre()
        centred = encoder("torch").encode(TEXT, "passage")
        assert np.allclose(shifted / np.linalg.norm(shifted), centred, atol=_NOISE)
        assert raw.model_id.endswith("/raw")


def test_stored_centre_can_be_measured_again(uncentred: TextEncoder) -> None:
    """The centre in the repository is the mean of its texts' vectors."""
    vectors = [uncentred.encode(text, kind) for _, text in read_texts() for kind in KINDS]
    assert np.allclose(np.mean(vectors, axis=0), read_centre(), atol=1e-4)


def test_tokens_are_the_librarys(model_folder: Path) -> None:
    """Polku's small Unigram tokenizer gives the library's tokens, for the model's languages and for oddities."""
    ours = UnigramTokenizer(model_folder / "tokenizer.json", 512)
    library = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    library.enable_truncation(512)
    odd = [
        "",
        "  ",
        "\n\n a  b",
        "a▁b",
        "ﬁ ① ½ …",
        "e\u0301te\u0301",
        "😀👩‍👩‍👧 työ",
        "漢字かな",
        "\u200b\ufeff",
        "ä" * 3000,
    ]
    texts = [text for _, text in read_texts()] + odd
    assert [ours.encode(text) for text in texts] == [library.encode(text).ids for text in texts]
