"""The text of a PDF, by pypdf. Runs in the worker only."""

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from services.profiles.adapters.documents.formats import LONGEST_TEXT, MOST_PAGES, DocumentRefused, checked
from services.profiles.adapters.documents.right_to_left import readable
from services.profiles.adapters.documents.text import plain


def read_pdf(content: bytes) -> str:
    """The text of all pages. Raises DocumentRefused."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise DocumentRefused("DOCUMENT_ENCRYPTED")
        if len(reader.pages) > MOST_PAGES:
            raise DocumentRefused("DOCUMENT_TOO_LONG")
        pages, length = [], 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > LONGEST_TEXT:
                raise DocumentRefused("DOCUMENT_TOO_LONG")
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        # What pypdf raises for a damaged file is not limited to its own errors.
        raise DocumentRefused("DOCUMENT_UNREADABLE") from None
    return checked(readable(plain("\n".join(pages))))
