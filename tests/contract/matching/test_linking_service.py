"""LinkingService over gRPC, with the interceptors of every service and the linker of the starter vocabulary."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import grpc.aio
import pytest
from polku.matching.v1 import linking_service_pb2 as pb
from polku.matching.v1.linking_service_pb2_grpc import LinkingServiceStub, add_LinkingServiceServicer_to_server
from polku.openings.v1 import opening_pb2

from services.matching.adapters.linking.grpc_api import LINKING_SERVICE, LinkingServicer
from services.matching.adapters.linking.linker import Linker
from shared import vocabulary
from shared.runtime.auth import TokenVerifier
from shared.runtime.issuers import read_issuers
from shared.runtime.rpc import build_server, standard_interceptors
from tests.contract.matching.profiles_stand_in import Keys

SECONDS = 20.0
STATED = opening_pb2.Basis.KIND_STATED


class Served:
    """A running service and a stub for it."""

    def __init__(self, stub: LinkingServiceStub, keys: Keys) -> None:
        self.stub = stub
        self.caller = keys.user("somebody")
        self.service = keys.service("gateway")


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    keys, words = Keys(), vocabulary.load()
    folder: Path = tmp_path_factory.mktemp("linking")
    verifier = TokenVerifier(read_issuers(keys.issuers_file(folder)), "polku")
    server = build_server(listen="127.0.0.1:0", interceptors=standard_interceptors(verifier))
    linker = Linker(words, None)
    server.add(add_LinkingServiceServicer_to_server, LinkingServicer(words, lambda: linker), LINKING_SERVICE)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield Served(LinkingServiceStub(channel), keys)
    await server.stop()


async def test_a_title_is_linked_for_users_and_for_services(served: Served) -> None:
    """Both get the occupation that the title names, in the language of labels that they asked for."""
    request = pb.LinkTitleRequest(title="прибиральниця", k=3, label_language="fi")
    for metadata in (served.caller, served.service):
        answer = await served.stub.LinkTitle(request, metadata=metadata, timeout=SECONDS)
        assert len(answer.occupations) == 3
        best = answer.occupations[0]
        assert (best.label, best.basis, best.evidence[0].words) == ("siivooja", STATED, "прибиральниця")
        assert answer.notes == ["model_off"]


async def test_a_text_is_linked_with_offsets_in_code_points(served: Served) -> None:
    """Offsets count code points of the text as it was sent."""
    text = "😀 Haemme siivoojaa. Tarvitset hygieniapassin ja suomen kielen."
    answer = await served.stub.LinkText(pb.LinkTextRequest(text=text), metadata=served.caller, timeout=SECONDS)
    spans = [span for one in (*answer.occupations, *answer.licences) for span in one.evidence]
    assert {span.words for span in spans} == {"siivoojaa", "hygieniapassin"}
    assert all(text[span.start : span.end] == span.words for span in spans)
    assert [one.code for one in answer.languages] == ["fi"]


async def test_callers_without_credentials_are_refused(served: Served) -> None:
    """Anonymous calls get UNAUTHENTICATED."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.stub.LinkTitle(pb.LinkTitleRequest(title="kokki"), timeout=SECONDS)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    "request_",
    [
        pb.LinkTitleRequest(),
        pb.LinkTitleRequest(title="k" * 501),
        pb.LinkTitleRequest(title="kokki", k=101),
        pb.LinkTitleRequest(title="kokki", language="not a tag"),
    ],
)
async def test_titles_beyond_the_rules_are_refused(served: Served, request_: pb.LinkTitleRequest) -> None:
    """The rules of the proto hold: a title, not too long, k at most 100, a language tag."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.stub.LinkTitle(request_, metadata=served.caller, timeout=SECONDS)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_text_of_more_than_48_kb_is_refused(served: Served) -> None:
    """49,152 bytes are the most, counted as UTF-8."""
    request = pb.LinkTextRequest(text="ä" * 25_000)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.stub.LinkText(request, metadata=served.caller, timeout=SECONDS)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
