"""TextService over gRPC, with the interceptors of every service and the starter vocabulary."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import grpc.aio
import pytest
from polku.matching.v1 import text_service_pb2 as pb
from polku.matching.v1.text_service_pb2_grpc import TextServiceStub, add_TextServiceServicer_to_server

from services.matching.adapters.grpc_texts import TEXT_SERVICE, TextServicer
from services.matching.domain.scrubbing import Kind
from shared import vocabulary
from shared.runtime.auth import TokenVerifier
from shared.runtime.issuers import read_issuers
from shared.runtime.rpc import build_server, standard_interceptors
from tests.contract.matching.profiles_stand_in import Keys

SECONDS = 20.0


class Served:
    """A running service and a stub for it."""

    def __init__(self, stub: TextServiceStub, keys: Keys) -> None:
        self.stub = stub
        self.caller = keys.user("somebody")


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    keys = Keys()
    folder: Path = tmp_path_factory.mktemp("texts")
    verifier = TokenVerifier(read_issuers(keys.issuers_file(folder)), "polku")
    server = build_server(listen="127.0.0.1:0", interceptors=standard_interceptors(verifier))
    server.add(add_TextServiceServicer_to_server, TextServicer(vocabulary.load()), TEXT_SERVICE)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield Served(TextServiceStub(channel), keys)
    await server.stop()


async def test_each_text_gets_what_was_found_in_it(served: Served) -> None:
    """Kinds and places in code points, texts in the order of the request, and a name told in one found in the other."""
    texts = ["😀 Olen kotoisin Somaliasta.", "Siivosin toimistoja.", "Nimeni on Otabek Yusupov.", "Otabek siivosi."]
    answer = await served.stub.CheckTexts(pb.CheckTextsRequest(texts=texts), metadata=served.caller, timeout=SECONDS)
    found = [[(each.kind, each.span.words) for each in text.found] for text in answer.texts]
    assert found == [
        [(pb.PersonalWords.KIND_NATIONALITY, "Olen kotoisin Somaliasta")],
        [],
        [(pb.PersonalWords.KIND_NAME, "Nimeni on Otabek Yusupov")],
        [(pb.PersonalWords.KIND_NAME, "Otabek")],
    ]
    for text, checked in zip(texts, answer.texts, strict=True):
        assert all(text[each.span.start : each.span.end] == each.span.words for each in checked.found)


def test_the_kinds_are_the_protos() -> None:
    """Same names, same numbers."""
    wire = {name.removeprefix("KIND_"): number for name, number in pb.PersonalWords.Kind.items() if number}
    assert wire == {kind.name: kind.value for kind in Kind}


async def test_callers_without_credentials_are_refused(served: Served) -> None:
    """Anonymous calls get UNAUTHENTICATED."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.stub.CheckTexts(pb.CheckTextsRequest(texts=["a"]), timeout=SECONDS)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("texts", [[], ["a"] * 201, ["a" * 20_001], ["ä" * 13_000, "ä" * 13_000]])
async def test_more_than_a_request_may_have_is_refused(served: Served, texts: list[str]) -> None:
    """No text, too many, one too long, or all together too long."""
    request = pb.CheckTextsRequest(texts=texts)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.stub.CheckTexts(request, metadata=served.caller, timeout=SECONDS)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
