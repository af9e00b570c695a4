"""The text of a DOCX, by python-docx. Runs in the worker only."""

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from services.profiles.adapters.documents.formats import DocumentRefused, checked
from services.profiles.adapters.documents.text import plain

LARGEST_UNPACKED = 20 * 1024 * 1024
"""Bytes of all parts together: a page of text has some ten thousand, a picture some million."""
MOST_PARTS = 500


def read_docx(content: bytes) -> str:
    """The paragraphs and the cells of tables, in their order. Raises DocumentRefused."""
    try:
        _check_parts(content)
        document = docx.Document(io.BytesIO(content))
        text = "\n".join(_blocks(document))
    except (PackageNotFoundError, zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DocumentRefused("DOCUMENT_UNREADABLE") from None
    return checked(plain(text))


def _check_parts(content: bytes) -> None:
    """Raises DocumentRefused for what unpacks to far more than a CV. The sizes are those that the archive states; the
    worker's limit of memory holds where it lies.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise DocumentRefused("DOCUMENT_TOO_LONG")
        if any(part.flag_bits & 1 for part in parts):
            raise DocumentRefused("DOCUMENT_ENCRYPTED")


def _blocks(document: Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        elif isinstance(block, Paragraph):
            yield block.text


def _rows(table: Table) -> Iterator[str]:
    """CVs in two columns have what belongs together in one row: the time on the left, the job on the right."""
    for row in table.rows:
        cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
        yield "\n".join(cell for cell in cells if cell)
        yield ""
