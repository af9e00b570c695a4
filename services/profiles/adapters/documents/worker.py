"""The process that opens one document and ends: `python -m services.profiles.adapters.documents.worker MEDIA_TYPE`.

The document comes on standard input; what is in it goes out on standard output as one JSON object, {"text": …},
{"reading": …} or {"refused": reason}. Time and memory are limited from the start, so that a document made to cost much
ends this process and nothing else.
"""

import json
import resource
import sys
from dataclasses import asdict

CPU_SECONDS = 8
MEMORY = 768 * 1024 * 1024


def main(media_type: str) -> None:
    """Read, open, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written to a disk
    sys.stdout.write(json.dumps(_opened(media_type, sys.stdin.buffer.read()), ensure_ascii=True))


def _opened(media_type: str, content: bytes) -> dict[str, object]:
    # Imported here: each format pays for its own library only, and all of it within the limits.
    from services.profiles.adapters.documents import formats

    try:
        match media_type:
            case formats.PDF:
                from services.profiles.adapters.documents.pdf import read_pdf

                return {"text": read_pdf(content)}
            case formats.DOCX:
                from services.profiles.adapters.documents.docx import read_docx

                return {"text": read_docx(content)}
            case formats.JSON:
                from services.profiles.adapters.documents.europass import read_json

                return {"reading": asdict(read_json(content))}
            case formats.XML:
                from services.profiles.adapters.documents.europass import read_xml

                return {"reading": asdict(read_xml(content))}
    except formats.DocumentRefused as refused:
        return {"refused": refused.reason}
    except MemoryError:
        return {"refused": "DOCUMENT_TOO_LONG"}
    return {"refused": "DOCUMENT_UNREADABLE"}


if __name__ == "__main__":
    main(sys.argv[1])
