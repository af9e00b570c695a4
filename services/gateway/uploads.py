"""Forms with a file (multipart/form-data, RFC 7578): one file and a few short fields, never on a disk."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from polku.profiles.v1.suggestion_service_pb2 import Document
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from shared.kernel.errors import InvalidArgument

LARGEST_FILE = 2 * 1024 * 1024
LONGEST_UPLOAD = LARGEST_FILE + 128 * 1024
"""A file, a text beside it, and what frames them."""
_MOST_FIELDS = 10
_BY_SUFFIX = {
    "txt": "text/plain",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "xml": "application/xml",
}
_UNSAID = ("", "application/octet-stream")
"""What browsers send for files that they do not know."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A form: its fields, and the file, whose content is empty where none was chosen."""

    fields: Mapping[str, str] = field(repr=False)
    media_type: str = ""
    content: bytes = field(default=b"", repr=False)


class _InMemory(MultiPartParser):
    spool_max_size = LONGEST_UPLOAD


def is_form(content_type: str) -> bool:
    """Whether a body is such a form."""
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


async def read_upload(body: bytes, content_type: str) -> Upload:
    """Return the form. Raises InvalidArgument FORM_INVALID."""
    if not is_form(content_type):
        raise InvalidArgument("FORM_INVALID", "Send the form as multipart/form-data.")
    headers = Headers({"content-type": content_type})
    parser = _InMemory(headers, _once(body), max_files=1, max_fields=_MOST_FIELDS, max_part_size=LONGEST_UPLOAD)
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError, KeyError):
        raise InvalidArgument("FORM_INVALID", "The form cannot be read.") from None
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    content = await files[0].read() if files else b""
    media_type = _media_type(files[0]) if files else ""
    await form.close()
    return Upload(fields, media_type, content)


def document_of(upload: Upload) -> Document:
    """The document that was sent: the file, else the text. Raises InvalidArgument DOCUMENT_MISSING."""
    if upload.content:
        return Document(media_type=upload.media_type, content=upload.content)
    text = upload.fields.get("text", "").strip()
    if not text:
        raise InvalidArgument("DOCUMENT_MISSING", "Choose a file or paste the text of the CV.")
    return Document(text=text)


def _media_type(file: UploadFile) -> str:
    """What the browser says, or what the name's ending says where it does not know. The name itself is not kept."""
    said = (file.content_type or "").partition(";")[0].strip().lower()
    if said not in _UNSAID:
        return said
    return _BY_SUFFIX.get((file.filename or "").rpartition(".")[2].lower(), "application/octet-stream")


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
