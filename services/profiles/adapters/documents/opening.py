"""The port `Documents`: formats that need a parser are opened by the worker, a process for each document."""

import asyncio
import json
import os
import sys
from pathlib import Path

from services.profiles.adapters.documents.formats import TEXT, DocumentRefused, media_type_of, refusal
from services.profiles.adapters.documents.reading import reading_from_json
from services.profiles.adapters.documents.text import read_text
from services.profiles.application.ports.importing import Document
from services.profiles.domain.cv.reading import Reading

SECONDS = 10.0
AT_ONCE = 2
"""Documents opened at the same time: each takes a processor."""
_ROOT = Path(__file__).parents[4]
_WORKER = "services.profiles.adapters.documents.worker"


class DocumentOpener:
    """See Documents. Nothing of a document is written to a disk."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def open(self, document: Document) -> str | Reading:
        """See Documents. Raises InvalidArgument DOCUMENT_TOO_SLOW too."""
        media_type = media_type_of(document.media_type)
        try:
            if media_type == TEXT:
                return read_text(document.content)
            async with self._turns:
                answer = await self._by_worker(media_type, document.content)
        except DocumentRefused as refused:
            raise refusal(refused.reason) from None
        if "refused" in answer:
            raise refusal(str(answer["refused"]))
        return str(answer["text"]) if "text" in answer else reading_from_json(answer["reading"])

    async def _by_worker(self, media_type: str, content: bytes) -> dict[str, object]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _WORKER,
            media_type,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a parser's complaints may quote the document
            cwd=_ROOT,
            env=_environment(),
        )
        try:
            async with asyncio.timeout(self._seconds):
                output, _ = await process.communicate(content)
        except TimeoutError:
            raise DocumentRefused("DOCUMENT_TOO_SLOW") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _answer(output, process.returncode)


def _environment() -> dict[str, str]:
    """What the interpreter needs; the worker gets none of the service's settings."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUTF8": "1"}


def _answer(output: bytes, code: int | None) -> dict[str, object]:
    """The worker's answer; a worker that ended without one has met a limit."""
    try:
        answer = json.loads(output)
    except ValueError:
        raise DocumentRefused("DOCUMENT_TOO_SLOW" if code is not None and code < 0 else "DOCUMENT_UNREADABLE") from None
    return dict(answer)
