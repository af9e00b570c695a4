"""The gRPC service that tells a writer what of their words the match does not use."""

import asyncio
from collections.abc import Iterable
from typing import Any

import grpc
from polku.matching.v1 import linking_service_pb2
from polku.matching.v1 import text_service_pb2 as pb
from polku.matching.v1.text_service_pb2_grpc import TextServiceServicer

from services.matching.application.texts import CheckTexts, check_texts
from services.matching.domain.scrubbing import Found
from shared.runtime.rpc import current_principal
from shared.vocabulary import Vocabulary

TEXT_SERVICE = "polku.matching.v1.TextService"
Context = grpc.aio.ServicerContext[Any, Any]


class TextServicer(TextServiceServicer):
    """polku.matching.v1.TextService."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    async def CheckTexts(self, request: pb.CheckTextsRequest, context: Context) -> pb.CheckTextsResponse:
        cmd = CheckTexts(current_principal(), list(request.texts))
        found = await asyncio.to_thread(check_texts, cmd, self._vocabulary)
        return pb.CheckTextsResponse(texts=[pb.CheckedText(found=_words(each)) for each in found])


def _words(found: Iterable[Found]) -> list[pb.PersonalWords]:
    return [
        pb.PersonalWords(
            kind=pb.PersonalWords.Kind.ValueType(each.kind),
            span=linking_service_pb2.TextSpan(start=each.start, end=each.end, words=each.words),
        )
        for each in found
    ]
